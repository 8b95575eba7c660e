"""Plans what is left for each resident: the next pay day's order, with the day that binds it as its explanation."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from budgeting.actions.audit import record
from budgeting.actions.bulk import write_changes, write_new
from budgeting.actions.ledger import lock_residents, post
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.core.money import ZERO
from budgeting.core.schedule import due_dates
from budgeting.core.terms import recurrence_of
from budgeting.models import Account, JournalEntry, Resident, Town, User
from budgeting.models.among import among
from payments.actions.foreseen import AHEAD, charges_ahead, incomes_ahead
from payments.actions.holdings import holdings, own_money
from payments.actions.orders import hold_payments, hold_payments_of, move_orders
from payments.actions.parts import Day, Spread, Told, one_after_another, together
from payments.actions.repayment import repayments, to_repay
from payments.core.banking_days import charge_day
from payments.core.payment_file import end_to_end_id
from payments.core.remainder import Remainder, fixed_remainder, most_payable, remainder, with_extra
from payments.core.scenario import Scenario
from payments.models import PaymentOrder

REMITTANCE = "Leefgeld"


@dataclass(frozen=True, slots=True)
class RemaindersPlanned:
    """What a run did: new orders, changed ones, and those that fell to nothing."""

    new: int = 0
    changed: int = 0
    cancelled: int = 0


def repay_advances(*, on: date, by: User | None = None, spread: Spread = one_after_another) -> int:
    """What has to be paid back by now is, from the money that is there; returns how many residents paid back.

    Each part of the residents is a transaction.
    """
    return sum(count for (count,) in spread(repayments_of_part, Day(on, on, by)))


@transaction.atomic
def repayments_of_part(part: range, day: Day) -> Told:
    """Repays the advances of a part of the residents; returns how many paid back."""
    on, _, by = day
    hold_payments_of(part)
    lent_to = Resident.objects.filter(among("pk", part), ledger_accounts__kind="advance", stopped_because="")
    residents = list(lent_to.values_list("pk", flat=True))
    lock_residents(residents)
    money, lent = own_money(residents), to_repay(residents, on=on)
    payable = {number: min(money[number], lent[number]) for number in money}
    before = _repaid_before(part, on)
    movements = [
        Movement("repayment", on, f"repayment:{number}:{on}:{before}", ledger.repaid(number, value))
        for number, value in payable.items()
        if value > ZERO
    ]
    post(movements, by=by)
    if movements:
        record(action="advances.repaid", subject=f"day:{on}", by=by, residents=len(movements))
    return [len(movements)]


def _repaid_before(part: range, on: date) -> int:
    """How often one of them repaid on that day already: another number for each time somebody repays."""
    rows = JournalEntry.objects.filter(among("postings__account__resident", part), postings__account__kind="advance")
    return rows.filter(kind="repayment", booked_on=on).count()


def plan_remainders(
    *,
    on: date,
    first: date,
    by: User | None = None,
    only: Collection[int] | None = None,
    spread: Spread = one_after_another,
) -> RemaindersPlanned:
    """For every resident (or `only` some) the order of the next pay day, as large as the coming five weeks allow.

    A second run changes nothing; an order not yet in a batch follows what came in or went out since. Each part of the
    residents is a transaction.
    """
    day = Day(on, first, by)
    if only is None:
        return together(RemaindersPlanned, spread(remainders_of_part, day))
    with transaction.atomic():
        hold_payments()
        return RemaindersPlanned(*_plan(only, day))


@transaction.atomic
def remainders_of_part(part: range, day: Day) -> Told:
    """Plans the remainders of a part of the residents; returns the counts of `RemaindersPlanned`."""
    hold_payments_of(part)
    return _plan(part, day)


def payouts_of(
    resident: Resident, *, on: date, first: date, extra: Decimal = ZERO, town: Town | None = None
) -> Remainder:
    """What the coming pay days bring a resident as their row says now, also one changed and not saved.

    `extra` is paid out on `first` besides; raises `TooMuch` when a charge would lack it.
    """
    facts = _Facts([resident], on=on, first=first, to_look=True, town=town)
    scenario = facts.scenario(resident)
    wish = resident.fixed_payout
    if extra:
        scenario = with_extra(scenario, first, extra)
    return remainder(scenario) if wish is None else fixed_remainder(scenario, wish)


def _plan(among_whom: Collection[int], day: Day) -> Told:
    on, first, by = day
    residents = _residents(among_whom, on)
    facts = _Facts(residents, on=on, first=first)
    wanted = {number: order for row in residents if (order := facts.order(row)) for number in [row.pk]}
    kept = {order.resident: order for order in facts.open_orders if _is_of_its_day(order, wanted)}
    gone = [order.pk for order in facts.open_orders if kept.get(order.resident) is not order]
    cancelled = move_orders(_locked(gone), "cancelled", by=by, reason="nothing_left")
    changed = _follow({one.pk: number for number, one in kept.items() if wanted[number][2:] != one.followed}, wanted)
    new = [facts.made(order) for number, order in wanted.items() if number not in kept]
    write_new(new)
    if new or changed:
        record(action="remainders.planned", subject=f"day:{on}", by=by, new=len(new), changed=changed)
    return [len(new), changed, cancelled]


class _Wanted(NamedTuple):
    """What the order of a resident's next pay day has to say."""

    resident: int
    due_on: date
    amount: Decimal
    execute_on: date
    explanation: dict[str, object]
    account_id: int
    name: str
    iban: str


_FOLLOWED = _Wanted._fields[2:]
_OPEN = ("planned", "held")


class _Open(NamedTuple):
    """An order not yet in a batch as it stands; `followed` are the values of `_FOLLOWED`."""

    pk: int
    resident: int
    due_on: date
    followed: tuple[object, ...]


def _is_of_its_day(order: _Open, wanted: dict[int, _Wanted]) -> bool:
    """Of several open orders (one came back from a cancelled batch) only that of the next pay day stays."""
    return order.resident in wanted and wanted[order.resident].due_on == order.due_on


def _follow(changed: dict[int, int], wanted: dict[int, _Wanted]) -> int:
    """Writes what each of these orders, of a resident, takes over."""
    orders = _locked(changed)
    for order in orders:
        for name in _FOLLOWED:
            setattr(order, name, getattr(wanted[changed[order.pk]], name))
    write_changes(orders, _FOLLOWED)
    return len(orders)


def _locked(numbers: Collection[int]) -> list[PaymentOrder]:
    rows = PaymentOrder.objects.filter(among("pk", numbers), state__in=_OPEN)
    return list(rows.order_by("pk").select_for_update(no_key=True))


def _residents(among_whom: Collection[int], on: date) -> list[Resident]:
    rows = Resident.objects.taking_part(on).filter(among("pk", among_whom))
    payable = Account.objects.filter(resident=OuterRef("pk"), until=None)
    return list(rows.filter(Exists(payable), stopped_because="").order_by("pk").only(*_ASKED))


# What `_Facts` reads; a resident's row is long.
_ASKED = ("starts_on", "ends_on", "pay_rhythm", "fixed_payout", "buffer", "advance_limit")


class _Facts:
    """All that the remainders of many residents follow from, fetched at once."""

    def __init__(
        self, residents: list[Resident], *, on: date, first: date, to_look: bool = False, town: Town | None = None
    ) -> None:
        self.on, self.first = on, first
        numbers = [row.pk for row in residents]
        held, town = holdings(numbers), town or Town.objects.get()
        self.money = {number: one.own for number, one in held.items()}
        self.lent = {number: one.lent for number, one in held.items()}
        self.to_repay, ahead = repayments(self.lent, on=on, until=on + AHEAD)
        self.charges = charges_ahead(numbers, on)
        for number, instalments in ahead.items():
            self.charges[number] += instalments
        self.smallest, counts = town.smallest_payout, town.counts_on == Town.CountsOn.CAUTIOUS
        self.incomes = incomes_ahead(numbers, on) if counts else defaultdict(list)
        accounts = Account.objects.filter(among("resident", numbers), until=None)
        told = () if to_look else accounts.values_list("resident", "pk", "name", "iban")
        self.accounts = {row[0]: row[1:] for row in told}
        orders = PaymentOrder.objects.filter(among("resident", numbers), kind="remainder", due_on__gte=on - AHEAD)
        asked = Q(explanation__has_key="extra", state__in=_OPEN)
        self.paid_days = set(orders.filter(asked | Q(state__in=_UNDERWAY)).values_list("resident", "due_on"))
        orders = orders.exclude(explanation__has_key="extra")
        open_orders = orders.filter(state__in=_OPEN).exclude(explanation__has_key="protected")
        # Who holds payments may read them unlocked: nobody else moves any.
        rows = () if to_look else open_orders.values_list("pk", "resident", "due_on", *_FOLLOWED)
        self.open_orders = [_Open(row[0], row[1], row[2], row[3:]) for row in rows]
        self.attempts = {} if to_look else _attempts(orders)

    def order(self, resident: Resident) -> _Wanted | None:
        """The order of the next pay day, or None when there is no pay day or nothing to pay."""
        scenario = self.scenario(resident)
        pay_days = scenario.pay_days
        if not pay_days:
            return None
        wish = resident.fixed_payout
        answer = remainder(scenario) if wish is None else fixed_remainder(scenario, wish)
        wanted = answer.payouts[0].amount
        amount = (
            wanted if wish is not None and wish < self.smallest else self._not_too_small(resident, scenario, wanted)
        )
        if amount == ZERO:
            return None
        return self._order(resident, pay_days[0], amount, _explanation(scenario, answer) if amount == wanted else {})

    def _not_too_small(self, resident: Resident, scenario: Scenario, wanted: Decimal) -> Decimal:
        """Less than the town's smallest payout is made up to it, or rolls on when that would take from a charge.

        Making up keeps a few euro from being spread so thin for ever that none is paid. The last pay day pays all.
        """
        day = scenario.pay_days[0]
        is_last = resident.ends_on is not None and resident.ends_on <= self.on + AHEAD and len(scenario.pay_days) == 1
        if wanted >= self.smallest or is_last:
            return wanted
        return self.smallest if most_payable(scenario, day) >= self.smallest else ZERO

    def _pay_days(self, resident: Resident) -> list[date]:
        """Pay days that can still be met and have no payment underway."""
        rhythm = recurrence_of(json.dumps(resident.pay_rhythm))
        until = resident.ends_on
        days = due_dates(rhythm, since=self.on, until=self.on + AHEAD, valid_from=resident.starts_on, valid_until=until)
        return [day for day in days if charge_day(day) >= self.first and (resident.pk, day) not in self.paid_days]

    def scenario(self, resident: Resident) -> Scenario:
        """All that this resident's remainder follows from."""
        number = resident.pk
        return Scenario(
            on=self.on,
            balance=self.money[number] - self.to_repay[number],
            pay_days=tuple(self._pay_days(resident)),
            income=tuple(self.incomes[number]),
            charges=tuple(self.charges[number]),
            buffer=resident.buffer,
            advance_limit=resident.advance_limit,
            advance_used=self.lent[number],
        )

    def _order(self, resident: Resident, day: date, amount: Decimal, explanation: dict[str, object]) -> _Wanted:
        execute_on = charge_day(day, first=self.first)
        return _Wanted(resident.pk, day, amount, execute_on, explanation, *self.accounts[resident.pk])

    def made(self, wanted: _Wanted) -> PaymentOrder:
        """The order of a pay day that has none yet, not saved."""
        number, day, *_ = wanted
        attempt = self.attempts[(number, day)] + 1
        return PaymentOrder(
            kind="remainder",
            resident_id=number,
            category="living_money",
            due_on=day,
            remittance=REMITTANCE,
            attempt=attempt,
            end_to_end_id=end_to_end_id(settings.E2E_KEY, "remainder", number, day, attempt),
            **dict(zip(_FOLLOWED, wanted[2:], strict=True)),
        )


def _explanation(scenario: Scenario, answer: Remainder) -> dict[str, object]:
    """The sum behind the first payout: what there is until the day that binds it, shared by the pay days it binds.

    Empty when nothing binds it: the resident wished a fixed amount, and it is paid in full.
    """
    first = answer.payouts[0].on
    binding = next((one for one in answer.binding if one.pay_day == first), None)
    if binding is None:
        return {}
    day = binding.because
    income = sum((line.amount for line in scenario.income if line.on <= day), ZERO)
    to_pay = sum((line.amount for line in scenario.charges if line.on <= day), ZERO)
    shared = scenario.balance + income - to_pay - scenario.buffer
    amounts = {"held": scenario.balance, "income": income, "to_pay": to_pay, "buffer": scenario.buffer}
    written = {name: f"{value:.2f}" for name, value in (amounts | {"shared": shared}).items()}
    times = sum(one.because == day for one in answer.binding)
    name = binding.charge.name if binding.charge else ""
    return {"because": day.isoformat(), "name": name, "times": times, **written}


_UNDERWAY = ("batched", "released", "booked")


def _attempts(orders: QuerySet[PaymentOrder]) -> dict[tuple[int, date], int]:
    last = orders.order_by().values_list("resident", "due_on").annotate(last=Max("attempt"))
    return defaultdict(int, {(number, day): attempt for number, day, attempt in last})
