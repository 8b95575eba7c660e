"""What a remainder comes to, in a few short sentences: when, how much, whether it stays so, what comes before."""

from decimal import Decimal
from itertools import pairwise

from accessibility.sentence import DayOfMonth, Name, Sentence, Value, Word, sentence
from accessibility.words import CATEGORIES
from budgeting.core.money import CENT, ZERO
from payments.core.remainder import Binding, Remainder


def remainder_sentences(answer: Remainder) -> tuple[Sentence, ...]:
    """The answer as it is told to the resident, the most important first."""
    if not answer.payouts:
        return (sentence("remainder.no_day"), *_short(answer))
    first = answer.payouts[0]
    if first.amount == ZERO:
        return (sentence("remainder.nothing"), *_later(answer), *_because(answer), *_short(answer))
    gets = sentence("remainder.gets", day=first.on, amount=first.amount)
    return (gets, *_later(answer), *_because(answer), *_short(answer))


def _later(answer: Remainder) -> tuple[Sentence, ...]:
    """How it goes on; a cent more or less is the same."""
    amounts = [payout.amount for payout in answer.payouts]
    if len(amounts) == 1 or not any(amounts):
        return ()
    if max(amounts) - min(amounts) <= CENT:
        return (sentence("remainder.same"),)
    return (sentence("remainder.more" if _is_rising(amounts) else "remainder.differs"),)


def _is_rising(amounts: list[Decimal]) -> bool:
    return all(earlier <= later for earlier, later in pairwise(amounts))


def _because(answer: Remainder) -> tuple[Sentence, ...]:
    binding: Binding | None = answer.binding[0] if answer.binding else None
    if binding is None or binding.charge is None:
        return ()
    pays = sentence("remainder.pays", day=DayOfMonth(binding.charge.on), what=name_of(binding.charge.name))
    if binding.next_income is None:
        return (pays,)
    return pays, sentence("remainder.next_income", day=DayOfMonth(binding.next_income))


def _short(answer: Remainder) -> tuple[Sentence, ...]:
    return (sentence("money.too_little"), sentence("thing.we_look_for_a_way")) if answer.short else ()


def name_of(name: str) -> Value:
    """A charge as people call it: the word of its category, else the name it was given."""
    if not name:
        return Word("category.other_expense")
    return Word(f"category.{name}") if f"category.{name}" in CATEGORIES else Name(name)
