"""Leefgeld as the resident asks: an extra payout, another rhythm, a fixed amount; what charges need stays."""

from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.ledger import lock_residents
from budgeting.core.money import ZERO, amount
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Account, Resident, User
from payments.actions.orders import hold_payments
from payments.actions.remainders import REMITTANCE, payouts_of, plan_remainders
from payments.core.payment_file import end_to_end_id
from payments.core.remainder import Payout, Remainder
from payments.models import LIVE, PaymentOrder

_DAYS_TO_CHOOSE = 7


class NotToBePaidOut(ValueError):
    """`what` is wrong with an extra payout: `amount`, `reason`, `account`, or `often` (one each day is enough)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no extra payout: {what}")
        self.what = what


class CoursesDiffer(Exception):
    """The coming weeks are not what they were when they were shown: look again."""


@dataclass(frozen=True, slots=True)
class Course:
    """One pay day: what it brings as it is now, and then."""

    on: date
    now: Decimal
    then: Decimal

    @property
    def difference(self) -> Decimal:
        """More above zero, less below."""
        return self.then - self.now


def courses(now: Remainder, then: Remainder) -> tuple[Course, ...]:
    """The pay days of both beside each other."""
    before, after = _by_day(now.payouts), _by_day(then.payouts)
    days = sorted(before.keys() | after.keys())
    return tuple(Course(day, before.get(day, ZERO), after.get(day, ZERO)) for day in days)


def with_extra_payout(resident: Resident, extra: Decimal, *, on: date, first: date) -> tuple[Course, ...]:
    """What an extra payout on `first` does to the coming pay days. Raises `TooMuch` or `NotToBePaidOut`."""
    if amount(extra) <= ZERO:
        raise NotToBePaidOut("amount")
    now = payouts_of(resident, on=on, first=first)
    return courses(now, payouts_of(resident, on=on, first=first, extra=amount(extra)))


def with_another_way(
    resident: Resident, *, rhythm: Recurrence, fixed: Decimal | None, on: date, first: date
) -> tuple[Course, ...]:
    """What another rhythm or a fixed amount does to the coming pay days; nothing is saved."""
    other = copy(resident)
    other.pay_rhythm, other.fixed_payout = rhythm.to_dict(), fixed
    return courses(payouts_of(resident, on=on, first=first), payouts_of(other, on=on, first=first))


@transaction.atomic
def pay_extra(
    *, resident: Resident, extra: Decimal, reason: str, seen: tuple[Course, ...], on: date, first: date, by: User
) -> PaymentOrder:
    """Plans what was asked for the next day the bank can execute, and the coming payouts accordingly.

    `seen` is what was shown before the yes. Raises `CoursesDiffer`, `TooMuch`, `NotToBePaidOut` or `NotAllowed`.
    """
    _check_may_change(resident, on, by)
    if not reason.strip():
        raise NotToBePaidOut("reason")
    hold_payments()
    lock_residents([resident.pk])
    if with_extra_payout(resident, extra, on=on, first=first) != seen:
        raise CoursesDiffer
    made = _order(resident, amount(extra), reason.strip(), on, first)
    plan_remainders(on=on, first=first, by=by, only=[resident.pk])
    facts = {"amount": made.amount, "reason": reason.strip()}
    record(action="payout.extra", subject=f"order:{made.pk}", by=by, resident_id=resident.pk, **facts)
    return made


@transaction.atomic
def change_way(
    *, resident: Resident, rhythm: Recurrence, fixed: Decimal | None, reason: str, on: date, first: date, by: User
) -> Resident:
    """From the next pay day on leefgeld comes in this rhythm, and as a fixed amount when one is given."""
    _check_may_change(resident, on, by)
    if not reason.strip():
        raise NotToBePaidOut("reason")
    if fixed is not None and amount(fixed) <= ZERO:
        raise NotToBePaidOut("amount")
    hold_payments()
    row = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
    row.pay_rhythm, row.fixed_payout = rhythm.to_dict(), fixed
    row.save(update_fields=["pay_rhythm", "fixed_payout"])
    facts = {"rhythm": row.pay_rhythm, "fixed": fixed or "", "reason": reason.strip()}
    record(action="payout.changed", subject=f"resident:{row.pk}", by=by, resident_id=row.pk, **facts)
    plan_remainders(on=on, first=first, by=by, only=[row.pk])
    return row


def _check_may_change(resident: Resident, on: date, by: User) -> None:
    access.check_may(by, "change_residents", on=on)
    if not access.may_see(by, resident, on=on):
        raise access.NotAllowed("change_residents")


def _by_day(payouts: tuple[Payout, ...]) -> dict[date, Decimal]:
    return {payout.on: payout.amount for payout in payouts}


def _order(resident: Resident, extra: Decimal, reason: str, on: date, first: date) -> PaymentOrder:
    account = Account.objects.filter(resident=resident, until=None).first()
    if account is None:
        raise NotToBePaidOut("account")
    day = _free_day(resident, on)
    attempt = PaymentOrder.objects.filter(kind="remainder", resident=resident, due_on=day).count() + 1
    return PaymentOrder.objects.create(
        kind="remainder",
        resident=resident,
        account=account,
        category="living_money",
        due_on=day,
        execute_on=first,
        amount=extra,
        name=account.name,
        iban=account.iban,
        remittance=REMITTANCE,
        attempt=attempt,
        end_to_end_id=end_to_end_id(settings.E2E_KEY, "remainder", resident.pk, day, attempt),
        explanation={"extra": reason},
    )


def _free_day(resident: Resident, on: date) -> date:
    """A day of its own for this order: today, or the last day before it that is no pay day and has no payout yet."""
    week = [on - timedelta(days=back) for back in range(_DAYS_TO_CHOOSE)]
    rows = PaymentOrder.objects.filter(kind="remainder", resident=resident, state__in=LIVE, due_on__in=week)
    taken = set(rows.values_list("due_on", flat=True))
    pay_day = Recurrence.from_dict(resident.pay_rhythm)
    free = [day for day in week if day not in taken and not _is_pay_day(pay_day, day)]
    if not free:
        raise NotToBePaidOut("often")
    return free[0]


def _is_pay_day(rhythm: Recurrence, day: date) -> bool:
    return bool(due_dates(rhythm, since=day, until=day + timedelta(days=1), valid_from=rhythm.starts_on))
