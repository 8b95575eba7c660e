"""Notes on what was lent: who, why, until when and whether it can be borne; and advances the town bears itself."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.ledger import advances_used, lock_residents, post, resident_balances
from budgeting.actions.persons import check_is_another
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.core.money import ZERO, amount
from budgeting.models import JournalEntry, Posting, Resident, User
from payments.actions.foreseen import charges_ahead, incomes_ahead
from payments.actions.limits import advance_limits
from payments.actions.orders import hold_payments
from payments.core.affordability import Affordability, affordability
from payments.models import AdvanceLent, PaymentOrder, WriteOff


class NotSoMuchLent(ValueError):
    """There is less to write off than that; `lent` is what is."""

    def __init__(self, lent: Decimal) -> None:
        super().__init__(f"{lent} is lent")
        self.lent = lent


class WriteOffDecided(Exception):
    """The write-off was approved or withdrawn before."""


class AlreadyProposed(Exception):
    """Somebody asked this before and it waits for a second person."""


class NoReason(ValueError):
    """Money that is lent or given up needs a reason in words."""


@transaction.atomic
def note_advances(*, on: date, journal_entries: Sequence[int] | None = None) -> int:
    """Writes a note on every advance that has none yet (of these journal entries only, when given); returns how many.

    A release calls it for what it lends; the daily run finds what was lent in another way.
    """
    rows = Posting.objects.filter(account__kind="advance", amount__gt=0, journal_entry__lent__isnull=True)
    if journal_entries is not None:
        rows = rows.filter(journal_entry__in=journal_entries)
    sums = rows.values_list("journal_entry", "account__resident").annotate(total=Sum("amount"))
    lent = sums.order_by("journal_entry")
    found = [(entry, int(resident), total) for entry, resident, total in lent if resident]
    if found:
        AdvanceLent.objects.bulk_create(_notes(found, on), batch_size=1000)
    return len(found)


@transaction.atomic
def propose_write_off(*, resident: Resident, value: Decimal, reason: str, on: date, by: User) -> WriteOff:
    """Asks a second person to let the town bear an advance; one is open at a time.

    Raises `NotSoMuchLent`, `NoReason` or `AlreadyProposed`.
    """
    access.check_may(by, "propose_write_off", on=on)
    if not access.may_see(by, resident, on=on):
        raise access.NotAllowed("propose_write_off")
    if not reason.strip():
        raise NoReason
    lock_residents([resident.pk])
    if WriteOff.objects.filter(resident=resident, approved_on=None, withdrawn_on=None).exists():
        raise AlreadyProposed
    _check_lent(resident.pk, amount(value))
    asked = WriteOff.objects.create(
        resident=resident, amount=amount(value), reason=reason, proposed_by=by, proposed_on=on
    )
    _tell("proposed", asked, by)
    return asked


@transaction.atomic
def approve_write_off(*, write_off: WriteOff, on: date, by: User) -> WriteOff:
    """A second person says yes, and the books say so. Raises `SamePerson`, `WriteOffDecided` or `NotSoMuchLent`."""
    access.check_may(by, "approve_write_off", on=on)
    asked = _open(write_off)
    check_is_another(by, asked.proposed_by)
    lock_residents([asked.resident_id])
    _check_lent(asked.resident_id, asked.amount)
    lines = ledger.written_off(asked.resident_id, asked.amount)
    move = Movement("write_off", on, f"write-off:{asked.pk}", lines, reason=asked.reason)
    asked.journal_entry_id = post([move], by=by)[0]
    asked.approved_by, asked.approved_on = by, on
    asked.save(update_fields=["approved_by", "approved_on", "journal_entry"])
    _tell("approved", asked, by)
    return asked


@transaction.atomic
def withdraw_write_off(*, write_off: WriteOff, on: date, by: User) -> WriteOff:
    """Takes a proposal back, by who proposed it or by who might approve it."""
    asked = _open(write_off)
    if asked.proposed_by != by:
        access.check_may(by, "approve_write_off", on=on)
    asked.withdrawn_on = on
    asked.save(update_fields=["withdrawn_on"])
    _tell("withdrawn", asked, by)
    return asked


def _open(write_off: WriteOff) -> WriteOff:
    hold_payments()
    asked = WriteOff.objects.select_for_update(no_key=True).get(pk=write_off.pk)
    if asked.approved_on or asked.withdrawn_on:
        raise WriteOffDecided
    return asked


def _check_lent(resident: int, value: Decimal) -> None:
    lent = advances_used([resident])[resident]
    if not ZERO < value <= lent:
        raise NotSoMuchLent(lent)


def _tell(what: str, asked: WriteOff, by: User) -> None:
    facts = {"amount": asked.amount, "reason": asked.reason}
    record(action=f"write_off.{what}", subject=f"write_off:{asked.pk}", by=by, resident_id=asked.resident_id, **facts)


def _notes(found: Iterable[tuple[int, int, Decimal]], on: date) -> list[AdvanceLent]:
    lines = list(found)
    residents = {resident for _, resident, _ in lines}
    entries = JournalEntry.objects.in_bulk([entry for entry, _, _ in lines])
    keys = {row.key.removeprefix("release:") for row in entries.values()}
    orders = {order.end_to_end_id: order for order in PaymentOrder.objects.filter(end_to_end_id__in=keys)}
    borne, limits = _borne(residents, on), advance_limits(residents, on=on)
    notes = []
    for number, who, value in lines:
        entry = entries[number]
        order = orders.get(entry.key.removeprefix("release:"))
        notes.append(_note(entry, order, value, who, borne[who], limits[who]))
    return notes


def _note(
    entry: JournalEntry, order: PaymentOrder | None, value: Decimal, who: int, borne: Affordability, limit: Decimal
) -> AdvanceLent:
    return AdvanceLent(
        journal_entry=entry,
        resident_id=who,
        order=order,
        amount=value,
        lent_on=entry.booked_on,
        why="charge" if order else entry.kind,
        back_by=borne.back_by,
        affordability={**borne.to_dict(), "limit": f"{limit:.2f}"},
        lent_by_id=entry.made_by_id,
    )


def _borne(residents: Iterable[int], on: date) -> dict[int, Affordability]:
    numbers = list(residents)
    money, owed = resident_balances(numbers), advances_used(numbers)
    income, charges = incomes_ahead(numbers, on), charges_ahead(numbers, on)
    return {
        number: affordability(
            on=on, owed=owed[number], money=money[number], income=income[number], charges=charges[number]
        )
        for number in numbers
    }
