"""Makes residents of the building blocks: gives each part of a budget to one of them, with references of their own."""

from datetime import date

from backend.example.made_up import made_up_iban, made_up_phone, payment_reference
from backend.example.parts import Part
from backend.example.record import ExampleAgreement, ExampleResident, Rhythm
from budgeting.core.money import amount as euro


def person(
    place: int, name: tuple[str, str], born: str, language: str, channel: str, rhythm: Rhythm, *parts: Part
) -> ExampleResident:
    """The resident at this place in the example (from 1); "ar!" is someone who needs an interpreter for Arabic."""
    key = f"r{place:02d}"
    return ExampleResident(
        key=key,
        first_names=name[0],
        last_name=name[1],
        birth_date=date.fromisoformat(born),
        language=language.rstrip("!"),
        channel=channel,
        interpreter_needed=language.endswith("!"),
        phone=made_up_phone(100 + place),
        iban=made_up_iban(100_000 + 7 * place),
        pay_rhythm=rhythm,
        agreements=tuple(agreement_of(place, number, part) for number, part in enumerate(parts, 1)),
    )


def agreement_of(place: int, number: int, part: Part, *, after: int = 0) -> ExampleAgreement:
    """A part of a budget given to the resident at a place, as their agreement with this number."""
    resident = f"r{place:02d}"
    # What an authority or employer calls this resident, and what a creditor wants to see on our payment.
    file_number = f"7{place:04d}{number:02d}"
    coming_in = part.direction == "in"
    return ExampleAgreement(
        key=f"{resident}-{part.category}-{number}",
        resident=resident,
        direction=part.direction,
        category=part.category,
        counterparty=part.counterparty,
        amount=euro(part.amount),
        rhythm=part.rhythm,
        description=part.description,
        words=part.words,
        mark=file_number if coming_in else "",
        reference="" if coming_in else payment_reference(place * 1000 + number),
        spread=euro(part.spread),
        window=part.window,
        from_start=part.from_start,
        after=after,
    )
