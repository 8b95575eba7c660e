"""What the coming weeks bring, in a few short sentences: as counts of past months, with the first day that may hurt."""

from accessibility.remaining import name_of
from accessibility.sentence import DayOfMonth, Name, Sentence, sentence
from budgeting.core.money import ZERO
from budgeting.core.outlook import Basis, FirstShort, Outlook
from payments.core.what_if import NOW, Outcome


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


def what_if_sentences(outcome: Outcome, *, weeks: int) -> tuple[Sentence, ...]:
    """One way as it is told at the counter: what is left a week, what that is against now, whether it is enough."""
    told = [sentence("what_if.week", amount=outcome.a_week)]
    if outcome.code != NOW:
        told.append(_difference(outcome))
    if outcome.short:
        told.append(sentence("what_if.short", weeks=weeks))
    return tuple(told)


def what_if_title(outcome: Outcome, *, what: str = "") -> Sentence:
    """What a way is called; `what` names the income that stays away."""
    if outcome.code == "loses_income":
        return sentence("what_if.loses_income", what=Name(what))
    return sentence(f"what_if.{outcome.code}")


def _difference(outcome: Outcome) -> Sentence:
    if outcome.difference == ZERO:
        return sentence("what_if.same")
    message = "what_if.more" if outcome.difference > ZERO else "what_if.less"
    return sentence(message, amount=abs(outcome.difference))
