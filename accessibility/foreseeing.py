"""What the coming weeks bring, in a few short sentences: as counts of past months, with the first day that may hurt."""

from accessibility.remaining import name_of
from accessibility.sentence import DayOfMonth, Sentence, sentence
from budgeting.core.outlook import Basis, FirstShort, Outlook


def outlook_sentences(found: Outlook) -> tuple[Sentence, ...]:
    """The outlook as it is told at the counter."""
    return (_counts(found), *(_first_short(found.first_short) if found.first_short else ()))


def _counts(found: Outlook) -> Sentence:
    if found.basis is Basis.AGREEMENTS:
        return sentence("outlook.short_agreed" if found.advance_needed else "outlook.enough_agreed")
    if not found.advance_needed:
        return sentence("outlook.enough", months=found.months)
    return sentence("outlook.times", times=found.advance_needed, months=found.months)


def _first_short(first: FirstShort) -> tuple[Sentence, ...]:
    told = [sentence("outlook.first", day=DayOfMonth(first.on))]
    if first.charge:
        told.append(sentence("remainder.pays", day=DayOfMonth(first.charge.on), what=name_of(first.charge.name)))
    told.append(sentence(f"outlook.{first.why}"))
    if first.next_income:
        told.append(sentence("remainder.next_income", day=DayOfMonth(first.next_income)))
    return tuple(told)
