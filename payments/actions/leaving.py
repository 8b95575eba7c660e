"""A resident goes: schedules stop from a day, what runs is settled, the last money is paid out, and then it has ended.

The money goes as every payment does: an order, a batch, a second person. Nothing here is done by a timer: a person
begins it, pays out, and says that it has ended.
"""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from django.conf import settings
from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.entries import Part, decide_entry
from budgeting.actions.ledger import advances_used, lock_residents, post, resident_balances
from budgeting.actions.locks import hold
from budgeting.core import ledger
from budgeting.core.endings import Left, what_is_left
from budgeting.core.ledger import Movement
from budgeting.core.money import ZERO
from budgeting.models import Account, Entry, JournalEntry, ParticipationEnd, Resident, User
from payments.actions.orders import hold_payments, move_orders
from payments.core import lifecycle
from payments.core.banking_days import charge_day
from payments.core.endings import LAST
from payments.core.payment_file import end_to_end_id
from payments.core.sepa_text import to_sepa
from payments.models import PaymentOrder

REMITTANCE = "Laatste leefgeld"
_TO_SEND = ("planned", "held", "batched")


class AlreadyEnding(Exception):
    """This participation ends already, or has ended."""


class NotEnding(Exception):
    """This participation does not end, or not any more: a colleague was first."""


class EndsTooEarly(ValueError):
    """The day lies before today or before the participation began."""


class SomethingIsLeft(Exception):
    """It cannot go on yet: codes of `budgeting.core.endings`, or `nothing_to_pay`, `no_account`, `no_heir`."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class NoReason(ValueError):
    """An ending needs a reason in words."""


@transaction.atomic
def begin_ending(*, resident: Resident, why: str, reason: str, ends_on: date, on: date, by: User) -> ParticipationEnd:
    """Nothing falls due from `ends_on` on; orders for later days are cancelled, earlier ones go as they were planned.

    Raises `NoReason`, `EndsTooEarly` or `AlreadyEnding`.
    """
    check_may_end(resident, reason, on=on, by=by)
    if ends_on < on or ends_on <= resident.starts_on:
        raise EndsTooEarly
    hold_payments()
    lock_residents([resident.pk])
    if standing_end(resident) is not None:
        raise AlreadyEnding
    ending = ParticipationEnd.objects.create(
        resident=resident, why=why, reason=reason.strip(), ends_on=ends_on, opened_on=on, opened_by=by
    )
    Resident.objects.filter(pk=resident.pk).update(ends_on=ends_on)
    later = PaymentOrder.objects.filter(resident=resident, state__in=["planned", "held"], due_on__gte=ends_on)
    cancelled = move_orders(list(later.select_for_update(no_key=True)), "cancelled", by=by, reason="no_longer_due")
    tell("ending", ending, by, ends_on=ends_on, why=why, reason=ending.reason, cancelled=cancelled)
    return ending


@transaction.atomic
def withdraw_ending(*, ending: ParticipationEnd, on: date, by: User) -> ParticipationEnd:
    """The resident stays after all, as long as it has not ended; the next planning makes the orders again."""
    check_may_end(ending.resident, "-", on=on, by=by)
    row = locked_end(ending)
    if row.why == ParticipationEnd.Why.DIED:
        raise NotEnding
    lifecycle.check_may_become(lifecycle.ENDING, row.state, "withdrawn")
    row.state = ParticipationEnd.State.WITHDRAWN
    row.save(update_fields=["state"])
    Resident.objects.filter(pk=row.resident_id).update(ends_on=None)
    tell("stays", row, by)
    return row


@transaction.atomic
def pay_last(*, ending: ParticipationEnd, on: date, first: date, by: User) -> PaymentOrder:
    """Repays what is lent, as far as there is money, and plans one order of all that is left to the resident.

    Raises `NotEnding`, or `SomethingIsLeft` when something runs, nothing is there, or nobody is known to pay it to.
    """
    check_may_end(ending.resident, "-", on=on, by=by)
    row = locked_end(ending)
    _replace_last(row, by)
    left = left_of(row.resident_id)
    in_the_way = set(what_is_left(left, ends_on=row.ends_on, on=on)) - {"lent", "money"}
    if in_the_way:
        raise SomethingIsLeft(*sorted(in_the_way))
    account = Account.objects.filter(resident=row.resident_id, until=None).first()
    if account is None:
        raise SomethingIsLeft("no_account")
    if row.why == ParticipationEnd.Why.DIED and not row.heirs.exists():
        raise SomethingIsLeft("no_heir")
    value = left.purse - _repay(row, left, on=on, by=by)
    if value <= ZERO:
        raise SomethingIsLeft("nothing_to_pay")
    order = _last_order(row, account, value, on=on, first=first)
    tell("paid_out", row, by, order=order.pk, amount=value)
    return order


@transaction.atomic
def pay_on(*, entry: Entry, ending: ParticipationEnd, on: date, first: date, by: User) -> PaymentOrder:
    """Income that came after the end: it is the resident's, and goes on to them at once as one order.

    Raises as `decide_entry` and `pay_last` do.
    """
    hold_payments()
    decide_entry(entry=entry, parts=[Part(entry.amount, ending.resident, category="other_income")], on=on, by=by)
    return pay_last(ending=ending, on=on, first=first, by=by)


@transaction.atomic
def end_participation(*, ending: ParticipationEnd, on: date, by: User) -> ParticipationEnd:
    """It has ended: the purse is empty, nothing is lent, nothing is underway. Raises `SomethingIsLeft`, `NotEnding`."""
    check_may_end(ending.resident, "-", on=on, by=by)
    row = locked_end(ending)
    if left := what_is_left(left_of(row.resident_id), ends_on=row.ends_on, on=on):
        raise SomethingIsLeft(*left)
    lifecycle.check_may_become(lifecycle.ENDING, row.state, "ended")
    row.state, row.ended_on, row.ended_by = ParticipationEnd.State.ENDED, on, by
    row.save(update_fields=["state", "ended_on", "ended_by"])
    tell("ended", row, by)
    return row


def standing_end(resident: Resident) -> ParticipationEnd | None:
    """The ending of this resident that holds, if any."""
    return ParticipationEnd.objects.standing().filter(resident=resident).first()


def left_of(resident: int) -> Left:
    """What is left of a participation, now."""
    orders = PaymentOrder.objects.filter(resident=resident)
    return Left(
        purse=resident_balances([resident])[resident],
        lent=advances_used([resident])[resident],
        to_send=orders.filter(state__in=_TO_SEND).count(),
        sent=orders.filter(state="released").count(),
    )


def check_may_end(resident: Resident, reason: str, *, on: date, by: User) -> None:
    """Who changes residents may, for whom they may see; raises `NotAllowed` or `NoReason`."""
    access.check_may(by, "change_residents", on=on)
    if not access.may_see(by, resident, on=on):
        raise access.NotAllowed("change_residents")
    if not reason.strip():
        raise NoReason


def locked_end(ending: ParticipationEnd) -> ParticipationEnd:
    """The ending, held with all payments and the resident's money; raises `NotEnding` unless it runs."""
    hold_payments()
    lock_residents([ending.resident_id])
    hold("ending")  # before the row: who books shares this first, and then looks at the row
    row = ParticipationEnd.objects.select_for_update(no_key=True).get(pk=ending.pk)
    if row.state != ParticipationEnd.State.ENDING:
        raise NotEnding
    return row


def tell(what: str, ending: ParticipationEnd, by: User, **facts: object) -> None:
    """Writes the audit event of an ending."""
    number = ending.resident_id
    record(action=f"participation.{what}", subject=f"resident:{number}", by=by, resident_id=number, facts=facts)


def _replace_last(ending: ParticipationEnd, by: User) -> None:
    """A last payment that did not go yet makes place for one of all that is there now."""
    rows = PaymentOrder.objects.filter(resident=ending.resident_id, kind="remainder", explanation__has_key=LAST)
    waiting = list(rows.filter(state__in=["planned", "held"]).select_for_update(no_key=True))
    move_orders(waiting, "cancelled", by=by, reason="replaced")


def _repay(ending: ParticipationEnd, left: Left, *, on: date, by: User) -> Decimal:
    """What is lent comes first; returns how much was repaid."""
    value = min(left.purse, left.lent)
    if value > ZERO:
        keys = (f"repayment:end:{ending.pk}:{number}" for number in count(1))
        key = next(one for one in keys if not JournalEntry.objects.filter(key=one).exists())
        post([Movement("repayment", on, key, ledger.repaid(ending.resident_id, value))], by=by)
    return max(value, ZERO)


def _last_order(ending: ParticipationEnd, account: Account, value: Decimal, *, on: date, first: date) -> PaymentOrder:
    resident = ending.resident_id
    payouts = PaymentOrder.objects.filter(kind="remainder", resident=resident)
    due_on = on
    while payouts.live().filter(due_on=due_on).exists():  # there was a pay day on this very day: a day further
        due_on += timedelta(days=1)
    attempt = max(payouts.filter(due_on=due_on).values_list("attempt", flat=True), default=0) + 1
    return PaymentOrder.objects.create(
        kind="remainder",
        resident_id=resident,
        account=account,
        category="living_money",
        due_on=due_on,
        execute_on=charge_day(due_on, first=first),
        amount=value,
        name=account.name,
        iban=account.iban,
        remittance=to_sepa(REMITTANCE),
        attempt=attempt,
        end_to_end_id=end_to_end_id(settings.E2E_KEY, "remainder", resident, due_on, attempt),
        explanation={LAST: str(ending.pk)},
    )
