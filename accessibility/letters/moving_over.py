"""The letter to whom pays or collects from a resident: which account number holds from now on."""

from datetime import date

from accessibility.facts import Help
from accessibility.known import help_of_town
from accessibility.languages import FALLBACK
from accessibility.letters.letter import Letter, To
from accessibility.sentence import Block, DayOfMonth, Iban, Name, Phone, Sentence, Story, sentence
from budgeting.models import Department, MoveOver


def letter_about_account(line: MoveOver, *, iban: str, on: date, since: date) -> Letter:
    """To the other side, at the address we know of it: whom it is about, the number, from when. No amounts, no why."""
    desk, other = help_of_town(), line.agreement.counterparty
    place = Department.objects.filter(counterparty=other, until=None).exclude(street="").order_by("name").first()
    street, postcode, town = (place.street, place.postcode, place.town) if place else ("", "", "")
    to = To(line.resident.number, other.name, street, postcode, town)
    story = account_story(line, iban=iban, on=on, since=since, desk=desk)
    return Letter(to, story, FALLBACK, desk, kind=f"account-{line.pk}")


def account_story(line: MoveOver, *, iban: str, on: date, since: date, desk: Help) -> Story:
    """The same without a language."""
    agreement = line.agreement
    known = agreement.reference or ", ".join(agreement.marks)
    told: tuple[Sentence, ...] = (
        sentence("creditor.name", name=Name(str(line.resident))),
        *((sentence("move_over.known_as", reference=Name(known)),) if known else ()),
        sentence(f"move_over.{line.when}_{agreement.direction}", strong=True, day=DayOfMonth(since)),
        sentence("move_over.iban", iban=Iban(iban)),
    )
    answer = (sentence("move_over.answer", phone=Phone(desk.phone)),)
    heading, help_heading = sentence("move_over.title"), sentence("help.heading")
    blocks = (Block("notice", heading, sentences=told), Block("help", help_heading, sentences=answer))
    return Story("notice", on, heading, blocks)
