"""What came in, was paid and is left, per household and in total, from three sources that have to agree.

What came in is taken from the entries of the statements, what was paid from the orders, what is left from the postings.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from budgeting.actions.ledger import advances_used, bank_balance, resident_balances
from budgeting.actions.recognition import OWN_ID_RULE
from budgeting.core.money import ZERO
from budgeting.models import Allocation, BankAccount, Posting, Resident, StatementDay
from payments.models import PaymentOrder


@dataclass(frozen=True, slots=True)
class HouseholdFigures:
    """A household's euros: came in, paid for charges, paid to themselves, lent by the municipality, left with us."""

    name: str
    residents: int
    came_in: Decimal
    charges: Decimal
    remainder: Decimal
    lent: Decimal
    left: Decimal

    @property
    def adds_up(self) -> bool:
        """Whether what came in and was lent is what was paid and is left."""
        return self.came_in + self.lent == self.charges + self.remainder + self.left


@dataclass(frozen=True, slots=True)
class BankFigures:
    """The account: by its statements, and by the books as what it is made of."""

    opening: Decimal
    closing: Decimal
    books: Decimal
    left: Decimal
    lent: Decimal
    waiting: Decimal
    in_transit: Decimal
    own: Decimal

    @property
    def adds_up(self) -> bool:
        """Whether bank and books say the same, and the parts are the whole."""
        parts = self.left - self.lent + self.waiting + self.in_transit + self.own
        return self.closing == self.books == parts


@dataclass(frozen=True, slots=True)
class Figures:
    """The table: households, their total, and the account."""

    households: tuple[HouseholdFigures, ...]
    total: HouseholdFigures
    bank: BankFigures

    @property
    def adds_up(self) -> bool:
        """Whether every row, the total and the account add up."""
        return all(row.adds_up for row in (*self.households, self.total)) and self.bank.adds_up


def figures(account: BankAccount) -> Figures:
    """The figures of a municipality with one account, as its database stands."""
    residents = list(Resident.objects.select_related("household").order_by("household", "pk"))
    numbers = [resident.pk for resident in residents]
    sources = _Sources(
        came_in=_came_in(),
        charges=_paid("charge"),
        remainder=_paid("remainder"),
        lent=advances_used(numbers),
        left=resident_balances(numbers),
    )
    households: dict[int, list[Resident]] = defaultdict(list)
    for resident in residents:
        households[resident.household_id].append(resident)
    rows = tuple(sources.row(group[0].household.name, group) for group in households.values())
    total = sources.row("total", residents)
    return Figures(rows, total, _bank(account, total))


@dataclass(frozen=True, slots=True)
class _Sources:
    came_in: Mapping[int, Decimal]
    charges: Mapping[int, Decimal]
    remainder: Mapping[int, Decimal]
    lent: Mapping[int, Decimal]
    left: Mapping[int, Decimal]

    def row(self, name: str, residents: Iterable[Resident]) -> HouseholdFigures:
        numbers = [resident.pk for resident in residents]
        sums = (
            sum((source.get(number, ZERO) for number in numbers), ZERO)
            for source in (self.came_in, self.charges, self.remainder, self.lent, self.left)
        )
        return HouseholdFigures(name, len(numbers), *sums)


def _came_in() -> dict[int, Decimal]:
    """Per resident, all entries that are theirs, but for our own payments going out and coming back."""
    rows = Allocation.objects.exclude(rule_version=OWN_ID_RULE).filter(resident__isnull=False)
    return dict(rows.values_list("resident").annotate(total=Sum("amount")))


def _paid(kind: str) -> dict[int, Decimal]:
    """Per resident, orders that left: what came back or was refused was not paid."""
    rows = PaymentOrder.objects.filter(kind=kind, state__in=["released", "booked"])
    return dict(rows.values_list("resident").annotate(total=Sum("amount")))


def _bank(account: BankAccount, total: HouseholdFigures) -> BankFigures:
    days = StatementDay.objects.filter(bank_account=account).order_by("day", "part")
    first, last = days.first(), days.last()
    return BankFigures(
        opening=first.opening if first else ZERO,
        closing=last.closing if last else ZERO,
        books=bank_balance(account.pk),
        left=total.left,
        lent=total.lent,
        waiting=-_held("suspense"),
        in_transit=-_held("in_transit"),
        own=-_held("own"),
    )


def _held(kind: str) -> Decimal:
    return Posting.objects.filter(account__kind=kind).aggregate(total=Sum("amount"))["total"] or ZERO
