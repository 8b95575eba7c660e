"""Why an entry does, or does not, belong to an agreement: facts as codes with values, and an order made from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from budgeting.core.agreement_index import Id, Plan
from budgeting.core.iban import normalise
from budgeting.core.statement import Entry
from budgeting.core.words import word_set

Value = str | int | Decimal | date

# How much each fact moves an agreement up the list of candidates; a word counts once, however many were found.
_WEIGHT = {
    "same_reference": 45, "same_iban": 25, "word": 20, "number": 25, "name": 25, "amount_as_agreed": 20,
    "amount_in_range": 12, "on_the_day": 10, "days_late": 7, "days_early": 7,
    "other_direction": -40, "word_missing": -10, "other_iban": -10, "name_differs": -20, "other_reference": -25,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact for or `against` an answer: a stable code and the values a sentence about it needs.

    For: same_reference, same_iban, word{word}, number{number}, name{name}, amount_as_agreed{amount},
    amount_in_range{amount,low,high}, on_the_day{due}, days_late{days,due}, days_early{days,due}.
    Against: other_direction, amount_outside_range{amount,low,high}, word_missing{word}, name_differs{name}, no_words,
    other_iban{iban}, other_reference, outside_window{days,due}, outside_period.
    Of a whole answer: points_at_several, shared_account, several_fit, zero_amount, other_currency{currency},
    reversal, returned{reason}, not_booked{status}, unknown_account, nothing_fits.
    """

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    against: bool = False


_SAME_REFERENCE, _SAME_IBAN = Reason("same_reference"), Reason("same_iban")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agreement an entry may belong to. Explained when asked: most of 100,000 answers are never looked at."""

    plan: Plan
    entry: Entry

    @property
    def agreement_id(self) -> Id:
        """The agreement's own id."""
        return self.plan.facts.id

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every fact for or against it, in the order a person would check them."""
        return reasons_of(self.plan, self.entry)

    @property
    def score(self) -> int:
        """0 to 100, to put candidates in order; not a probability."""
        return score_of(self.reasons)

    def order(self) -> tuple[int, str]:
        """What to sort candidates by: the best first, the same every time."""
        return -self.score, str(self.agreement_id)


def text_of(entry: Entry) -> str:
    """Everything in an entry in which a word or number of an agreement may stand."""
    return (
        f"{entry.counterparty_name} {entry.remittance} {entry.structured_reference} {entry.mandate_id} "
        f"{entry.end_to_end_id}"
    )


def reasons_of(plan: Plan, entry: Entry) -> tuple[Reason, ...]:
    """Every fact that speaks for or against this agreement, in the order a person would check them."""
    tokens = word_set(text_of(entry))
    return (
        *_of_account(plan, entry),
        *_of_text(plan, tokens),
        _of_amount(plan, entry.amount),
        *_of_day(plan, entry.booking_date),
    )


def score_of(reasons: tuple[Reason, ...]) -> int:
    """The weights of the facts together, kept within 0 and 100."""
    return max(0, min(100, sum(_WEIGHT.get(code, 0) for code in {reason.code for reason in reasons})))


def _of_account(plan: Plan, entry: Entry) -> Iterator[Reason]:
    if entry.structured_reference and plan.reference:
        same = plan.reference == normalise(entry.structured_reference)
        yield _SAME_REFERENCE if same else Reason("other_reference", against=True)
    if entry.counterparty_iban in plan.ibans:
        yield _SAME_IBAN
    elif plan.ibans and entry.counterparty_iban:
        yield Reason("other_iban", {"iban": entry.counterparty_iban}, against=True)


def _of_text(plan: Plan, tokens: frozenset[bytes]) -> Iterator[Reason]:
    yield from _found(plan.words & tokens)
    if not plan.words <= tokens:
        for word in sorted(plan.words - tokens):
            yield Reason("word_missing", {"word": word.decode()}, against=True)
    for mark in sorted(plan.marks & tokens):
        yield Reason("number", {"number": mark.decode()})
    if plan.name and plan.name <= tokens:
        yield Reason("name", {"name": _written(plan)})
    elif plan.name & tokens:
        yield Reason("name_differs", {"name": _written(plan)}, against=True)
    if not (plan.words or plan.marks or plan.name):
        yield Reason("no_words", against=True)


@lru_cache(maxsize=4096)
def _found(words: frozenset[bytes]) -> tuple[Reason, ...]:
    """Kept, for all agreements with one payer share their words."""
    return tuple(Reason("word", {"word": word.decode()}) for word in sorted(words))


def _written(plan: Plan) -> str:
    return " ".join(plan.facts.name_words)


def _of_amount(plan: Plan, amount: Decimal) -> Reason:
    facts, seen = plan.facts, abs(amount)
    if (amount > 0) != (facts.direction == "in"):
        return Reason("other_direction", {"amount": amount}, against=True)
    if seen == facts.amount:
        return Reason("amount_as_agreed", {"amount": seen})
    values = {"amount": seen, "low": facts.amount_low, "high": facts.amount_high}
    if facts.amount_low <= seen <= facts.amount_high:
        return Reason("amount_in_range", values)
    return Reason("amount_outside_range", values, against=True)


def _of_day(plan: Plan, day: date) -> Iterator[Reason]:
    if not plan.valid_from <= day < plan.valid_until:
        yield Reason("outside_period", {"from": plan.valid_from, "until": plan.valid_until}, against=True)
    if not plan.due:
        return
    number = day.toordinal()
    _, nearest = min((abs(number - expected), expected) for expected in plan.due)
    late, due = number - nearest, date.fromordinal(nearest)
    if abs(late) > plan.facts.window:
        yield Reason("outside_window", {"days": late, "due": due}, against=True)
    elif late == 0:
        yield Reason("on_the_day", {"due": due})
    else:
        yield Reason("days_late" if late > 0 else "days_early", {"days": abs(late), "due": due})
