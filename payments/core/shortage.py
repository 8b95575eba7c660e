"""When money is short: within the limit everything is paid; beyond it a proposal with its reasons, for a person to
decide.

The order is the municipality's (a setting). A charge is paid whole or waits, never in part; every charge stands in
every choice, so that nobody is skipped silently. Consequences are codes here; their words are told elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from budgeting.core.money import ZERO

LIVING_MONEY = "living_money"

# The protected minimum of living money, housing, energy and heat, water, health insurance, arrangements; then the rest.
DEFAULT_ORDER: tuple[tuple[str, ...], ...] = (
    (LIVING_MONEY,),
    ("rent", "mortgage"),
    ("energy", "district_heating"),
    ("water",),
    ("health_insurance",),
    ("debt_repayment",),
)

# What happens when such a charge stays unpaid; sources in the research on order when money is short.
_CONSEQUENCES = {
    "rent": "home_at_risk_after_months",
    "mortgage": "home_at_risk_after_months",
    "energy": "reminders_then_cut_off",
    "district_heating": "reminders_then_cut_off",
    "water": "reminders_then_cut_off",
    "health_insurance": "surcharge_after_six_months",
    "debt_repayment": "arrangement_may_lapse",
}
_OTHERWISE = "reminder_and_costs"


class NotACharge(ValueError):
    """Living money is no charge, and a charge is more than nothing: `key` says which line is wrong."""

    def __init__(self, key: int) -> None:
        super().__init__(f"not a charge: {key}")
        self.key = key


class Source(StrEnum):
    """Where the money for a charge comes from, or why it waits."""

    BALANCE = "balance"
    ADVANCE = "advance"
    BOTH = "balance_and_advance"
    DOES_NOT_FIT = "does_not_fit"
    AFTER_ONE_THAT_WAITS = "after_one_that_waits"


@dataclass(frozen=True, slots=True)
class Due:
    """A charge to be paid now; `key` is the caller's own number for it."""

    key: int
    on: date
    amount: Decimal
    category: str


@dataclass(frozen=True, slots=True)
class Line:
    """What a choice does with one charge. `missing` is what it lacked when its turn came; `consequence` of waiting."""

    due: Due
    rank: int
    source: Source
    from_balance: Decimal = ZERO
    from_advance: Decimal = ZERO
    missing: Decimal = ZERO
    consequence: str = ""

    @property
    def is_paid(self) -> bool:
        """Whether the charge is paid, wholly."""
        return self.source in {Source.BALANCE, Source.ADVANCE, Source.BOTH}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to go on: `all`, `in_order`, `strictly_in_order`, `without_living_money` or `over_the_limit`.

    `living_money` is kept apart for the resident; `advance_after` is what is lent afterwards in all, `over_limit` how
    far that is above the limit: for a named person to allow.
    """

    code: str
    lines: tuple[Line, ...]
    living_money: Decimal
    balance_after: Decimal
    advance_after: Decimal
    over_limit: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Shortage:
    """`missing` is what balance and free advance lack for all charges (zero: all is paid). The first choice is
    proposed."""

    missing: Decimal
    choices: tuple[Choice, ...]

    @property
    def proposed(self) -> Choice:
        """What to do unless a person chooses otherwise; only when `missing` is zero may it be done without one."""
        return self.choices[0]


@dataclass(frozen=True, slots=True)
class Means:
    """What there is: the resident's balance (may be negative), the advance limit and what of it is used already."""

    balance: Decimal
    advance_limit: Decimal = ZERO
    advance_used: Decimal = ZERO

    @property
    def own(self) -> Decimal:
        """The resident's own money."""
        return max(self.balance, ZERO)

    @property
    def free_advance(self) -> Decimal:
        """What can still be lent; a negative balance is in fact lent already."""
        return max(self.advance_limit - self.advance_used + min(self.balance, ZERO), ZERO)


def decide(
    means: Means,
    dues: Iterable[Due],
    *,
    protected_living_money: Decimal = ZERO,
    order: Sequence[Sequence[str]] = DEFAULT_ORDER,
) -> Shortage:
    """All charges paid when the limit allows; else choices, the one in the municipality's order first.

    `protected_living_money` is kept from the resident's own money, before the charges that `order` puts after it; it is
    never lent. Raises `NotACharge`.
    """
    ranked = _ranked(dues, order)
    missing = max(sum((due.amount for _, due in ranked), ZERO) - means.own - means.free_advance, ZERO)
    if missing == ZERO:
        return Shortage(ZERO, (_choice("all", means, ranked),))
    keep = min(protected_living_money, means.own)
    living = (rank_of(LIVING_MONEY, order), keep)
    choices = [
        _choice("in_order", means, ranked, living=living),
        _choice("strictly_in_order", means, ranked, living=living, strictly=True),
        _choice("without_living_money", means, ranked),
        _choice("over_the_limit", means, ranked, beyond=missing),
    ]
    return Shortage(missing, tuple(_without_twins(choices)))


def rank_of(category: str, order: Sequence[Sequence[str]] = DEFAULT_ORDER) -> int:
    """The place of a category in an order of need, 0 the most needed; what the order does not name comes last."""
    return next((rank for rank, categories in enumerate(order) if category in categories), len(order))


def _ranked(dues: Iterable[Due], order: Sequence[Sequence[str]]) -> list[tuple[int, Due]]:
    ranked = [(rank_of(due.category, order), due) for due in dues]
    for _, due in ranked:
        if due.category == LIVING_MONEY or due.amount <= ZERO:
            raise NotACharge(due.key)
    return sorted(ranked, key=lambda pair: (pair[0], pair[1].on, pair[1].key))


def _choice(
    code: str,
    means: Means,
    ranked: list[tuple[int, Due]],
    *,
    living: tuple[int, Decimal] = (0, ZERO),
    strictly: bool = False,
    beyond: Decimal = ZERO,
) -> Choice:
    purse = _Purse(means.own, means.free_advance + beyond, living, strictly=strictly)
    lines = tuple(purse.pay(rank, due) for rank, due in ranked)
    kept = purse.keep()
    lent = sum((line.from_advance for line in lines), ZERO)
    return Choice(code, lines, kept, means.balance - means.own + purse.own, means.advance_used + lent, beyond)


class _Purse:
    """The money as it goes down from charge to charge; living money is put apart when its rank comes."""

    def __init__(self, own: Decimal, free: Decimal, living: tuple[int, Decimal], *, strictly: bool) -> None:
        self.own, self.free = own, free
        self.living_rank, self.living = living
        self.strictly, self.one_waits, self.kept = strictly, False, False

    def keep(self) -> Decimal:
        """Puts living money apart, once, as far as own money goes."""
        if not self.kept:
            self.kept, self.living = True, min(self.living, self.own)
            self.own -= self.living
        return self.living

    def pay(self, rank: int, due: Due) -> Line:
        if rank > self.living_rank:
            self.keep()
        missing = max(due.amount - self.own - self.free, ZERO)
        consequence = _CONSEQUENCES.get(due.category, _OTHERWISE)
        if missing:
            self.one_waits = True
            return Line(due, rank, Source.DOES_NOT_FIT, missing=missing, consequence=consequence)
        if self.strictly and self.one_waits:
            return Line(due, rank, Source.AFTER_ONE_THAT_WAITS, consequence=consequence)
        own = min(self.own, due.amount)
        self.own, self.free = self.own - own, self.free - (due.amount - own)
        return Line(due, rank, _source(own, due.amount), own, due.amount - own)


def _source(own: Decimal, whole: Decimal) -> Source:
    if own == whole:
        return Source.BALANCE
    return Source.BOTH if own else Source.ADVANCE


def _without_twins(choices: Iterable[Choice]) -> Iterator[Choice]:
    seen: list[tuple[object, ...]] = []
    for choice in choices:
        meaning = (choice.living_money, choice.advance_after, [line.is_paid for line in choice.lines])
        if meaning not in seen:
            seen.append(meaning)
            yield choice
