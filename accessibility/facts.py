"""The facts of one resident that a story is told from: finished values, no language, no database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from accessibility.languages import EVERY_LANGUAGE, Offer
from budgeting.core.money import ZERO, amount


class DoesNotAddUp(ValueError):
    """The parts of a sum that would be shown do not make its outcome; such a sum is never told."""


class NegativeAmount(ValueError):
    """An amount that people read without a sign is below zero."""


class ChargeState(StrEnum):
    """How a charge of this period stands."""

    PAID = "paid"  # seen on a statement of the bank
    SENT = "sent"  # with the bank, not yet seen on a statement
    PLANNED = "planned"
    UNPAID = "unpaid"  # held back or refused by the bank; a person decides
    WAITS = "waits"  # a person decided so when money was short; nobody has to do anything
    CAME_BACK = "came_back"


class ThingKind(StrEnum):
    """What may stand under "do I need to do something": at most one, the most pressing."""

    SEND_LETTER = "send_letter"
    CALL_US = "call_us"
    SHORT_WE_PAY = "short_we_pay"
    SHORT_WE_WAIT = "short_we_wait"
    INCOME_MISSING = "income_missing"
    PAYMENT_CAME_BACK = "payment_came_back"


@dataclass(frozen=True, slots=True)
class Payout:
    """Money to the resident's own account: euro above zero, and the day it is sent."""

    amount: Decimal
    day: date

    def __post_init__(self) -> None:
        if amount(self.amount) <= ZERO:
            raise NegativeAmount(self.amount)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do or to know: `about` a category key, `before` the first day too late, who calls, and when."""

    kind: ThingKind
    about: str = ""
    before: date | None = None
    caller: str = ""
    calls_on: date | None = None


STILL_TO_PAY = frozenset({ChargeState.PLANNED, ChargeState.UNPAID, ChargeState.WAITS})
WITHOUT_A_DAY = frozenset({ChargeState.UNPAID, ChargeState.WAITS, ChargeState.CAME_BACK})


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge we pay: `category` key, euro without a sign, its state, and the day of that state when it has one."""

    category: str
    name: str
    amount: Decimal
    state: ChargeState
    day: date | None = None
    reference: str = ""

    def __post_init__(self) -> None:
        if amount(self.amount) < ZERO:
            raise NegativeAmount(self.amount)
        if (self.day is None) != (self.state in WITHOUT_A_DAY):
            raise ValueError(f"a charge that is {self.state} with day {self.day}")

    @property
    def still_to_pay(self) -> bool:
        """Whether the money for it is still with us."""
        return self.state in STILL_TO_PAY


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from the first to the last weekday (0 for Monday), between whole hours of the day."""

    first_weekday: int
    last_weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Help:
    """Where people find us, when if we know it, and in which languages."""

    town: str
    phone: str
    address: str
    hours: Hours | None = None
    offer: Offer = EVERY_LANGUAGE


@dataclass(frozen=True, slots=True)
class Expected:
    """The next main income: its category key and the day it was agreed for."""

    category: str
    day: date


@dataclass(frozen=True, slots=True)
class Arranged:
    """One thing agreed with the resident and not done yet: who does it (town, resident or both), and by which day."""

    words: str
    who: str
    said_on: date
    by_day: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the home page tells.

    `held` is what we have for the resident; below zero, what the town paid in advance. `until` is the last day whose
    charges the sum counts: the one before the next main income. `right_until` is the last day the bank told us of.
    """

    language: str
    on: date
    payout: Payout | None
    thing: Thing | None
    charges: tuple[Charge, ...]
    held: Decimal
    until: date
    right_until: date | None
    help: Help
    first_name: str = ""
    stopped_on: date | None = None
    expected: Expected | None = None
    arranged: tuple[Arranged, ...] = ()

    @property
    def to_pay(self) -> Decimal:
        """What the charges up to and including `until` still take, in euro."""
        return sum((charge.amount for charge in self.charges if self.counts(charge)), ZERO)

    @property
    def left(self) -> Decimal:
        """What is over when those charges are paid; below zero when too little."""
        return self.held - self.to_pay

    def counts(self, charge: Charge) -> bool:
        """Whether a charge is part of the sum: still to be paid, not only after `until`, and not waiting for money."""
        waits = charge.state is ChargeState.WAITS
        return charge.still_to_pay and not waits and (charge.day is None or charge.day <= self.until)


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved: `category` key, the other side's name, euro without a sign, the day it was booked."""

    category: str
    name: str
    amount: Decimal
    day: date
    reference: str = ""

    def __post_init__(self) -> None:
        if amount(self.amount) < ZERO:
            raise NegativeAmount(self.amount)


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """One month: what we had before its `first_day`, what moved, what we had at the end of its `last_day` told."""

    language: str
    on: date
    first_day: date
    last_day: date
    opening: Decimal
    came_in: tuple[Movement, ...]
    paid: tuple[Movement, ...]
    given: tuple[Movement, ...]
    closing: Decimal
    help: Help

    def __post_init__(self) -> None:
        moved = total(self.came_in) - total(self.paid) - total(self.given)
        if self.opening + moved != self.closing:
            raise DoesNotAddUp(f"{self.opening} + {moved} is not {self.closing}")


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One payment to a counterparty; `iban` in normal form."""

    language: str
    on: date
    charge: Charge
    iban: str
    help: Help


@dataclass(frozen=True, slots=True)
class Counting:
    """The sum behind a payout, in euro: `income` is cautious; what remains is shared over `times` payouts."""

    held: Decimal
    income: Decimal
    to_pay: Decimal
    buffer: Decimal
    shared: Decimal
    times: int

    def __post_init__(self) -> None:
        if self.held + self.income - self.to_pay - self.buffer != self.shared:
            raise DoesNotAddUp(f"{self.held} + {self.income} - {self.to_pay} - {self.buffer} is not {self.shared}")


@dataclass(frozen=True, slots=True)
class WhyFacts:
    """Why the next payout is its amount.

    `binding_day` is the day that leaves least room, `because` the category of its largest charge, `counting` the sum up
    to and including that day; each may be unknown. `fixed`: agreed with the resident, not
    calculated; `asked`: an extra payout that the resident asked for.
    """

    language: str
    on: date
    payout: Payout
    help: Help
    binding_day: date | None = None
    because: str = ""
    counting: Counting | None = None
    fixed: bool = False
    asked: bool = False


def total(movements: tuple[Movement, ...]) -> Decimal:
    """The sum of their amounts."""
    return sum((movement.amount for movement in movements), ZERO)
