"""The directory of counterparties: departments and creditor ids, and two that turn out to be one.

A merge moves agreements, accounts, departments and creditor ids; what was booked stays as it is, and where money goes
does not change. It may be undone. It is refused where one account would stand there under two names.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.core.creditor_identifier import chamber_number, creditor_identifier
from budgeting.core.names import same_name
from budgeting.models import (
    Account,
    Agreement,
    Counterparty,
    CounterpartyMerge,
    CreditorIdentifier,
    Department,
    User,
)

Moved = dict[str, Any]


class IbanUnderTwoNames(ValueError):
    """Both have the account `iban`, as `kept` and as `gone`: somebody has to find out whose it is."""

    def __init__(self, iban: str, kept: str, gone: str) -> None:
        super().__init__(iban)
        self.iban, self.kept, self.gone = iban, kept, gone


class OtherOrganisation(ValueError):
    """The two have different KvK numbers: they are not one."""


class AlreadyMerged(Exception):
    """One of the two was merged before, or they are one and the same."""


class CannotUndo(Exception):
    """The merge was undone before, one of the two was merged again, or new agreements use what was taken over."""


class IsThereAlready(Exception):
    """A department of this name, or this creditor id, is known already."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a department can be reached; `name` is empty for the organisation as a whole."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    phone: str = ""


@transaction.atomic
def add_department(*, counterparty: Counterparty, place: Place, on: date, by: User) -> Department:
    """A department with its address. Raises `IsThereAlready`."""
    access.check_may(by, "change_agreements", on=on)
    fields = {name: getattr(place, name) for name in place.__slots__}
    try:
        with transaction.atomic():
            added = Department.objects.create(counterparty=counterparty, **fields)
    except IntegrityError as error:
        raise IsThereAlready from error
    _tell("counterparty.department_added", counterparty, by, name=place.name)
    return added


@transaction.atomic
def end_department(*, department: Department, on: date, by: User) -> None:
    """The department is not used any more from `on`; it stays known."""
    access.check_may(by, "change_agreements", on=on)
    Department.objects.filter(pk=department.pk, until=None).update(until=on)
    _tell("counterparty.department_ended", department.counterparty, by, name=department.name)


@transaction.atomic
def add_creditor_identifier(*, counterparty: Counterparty, value: str, on: date, by: User) -> CreditorIdentifier:
    """An id by which it collects; a Dutch one brings the KvK number with it, when none was known.

    Raises `NotACreditorIdentifier`, `IsThereAlready`, or `OtherOrganisation` when it holds another KvK number.
    """
    access.check_may(by, "change_agreements", on=on)
    plain = creditor_identifier(value)
    number = chamber_number(plain)
    if number and counterparty.kvk_number not in ("", number):
        raise OtherOrganisation
    try:
        with transaction.atomic():
            added = CreditorIdentifier.objects.create(counterparty=counterparty, value=plain, since=on)
            if number and not counterparty.kvk_number:
                Counterparty.objects.filter(pk=counterparty.pk).update(kvk_number=number)
    except IntegrityError as error:
        raise IsThereAlready from error
    _tell("counterparty.creditor_id_added", counterparty, by, value=plain)
    return added


@transaction.atomic
def merge(*, kept: Counterparty, gone: Counterparty, on: date, by: User) -> CounterpartyMerge:
    """All that `gone` has becomes `kept`'s. Raises `AlreadyMerged`, `OtherOrganisation` or `IbanUnderTwoNames`."""
    access.check_may(by, "change_agreements", on=on)
    hold("directory")
    kept, gone = _fresh(kept), _fresh(gone)
    if kept == gone or CounterpartyMerge.objects.filter(gone__in=[kept, gone], undone_at=None).exists():
        raise AlreadyMerged
    if kept.kvk_number and gone.kvk_number and kept.kvk_number != gone.kvk_number:
        raise OtherOrganisation
    moved: Moved = {"kvk_number": _move_chamber_number(gone, kept), "ended": _end_doubles(kept, gone, on)}
    for name, rows in _belongings(gone, kept).items():
        moved[name] = sorted(rows.values_list("pk", flat=True))
        rows.update(counterparty=kept)
    made = CounterpartyMerge.objects.create(kept=kept, gone=gone, moved=moved, merged_by=by)
    _tell("counterparty.merged", kept, by, gone=gone.pk, name=gone.name)
    return made


@transaction.atomic
def undo_merge(*, row: CounterpartyMerge, on: date, by: User) -> None:
    """What was moved and is still there goes back. Raises `CannotUndo`."""
    access.check_may(by, "change_agreements", on=on)
    hold("directory")
    kept, gone = row.kept, row.gone
    if (
        _went_on(row)
        or CounterpartyMerge.objects.filter(pk=row.pk, undone_at=None).update(undone_at=Now(), undone_by=by) != 1
    ):
        raise CannotUndo
    for name, model in _KINDS.items():
        model.objects.filter(pk__in=row.moved[name], counterparty=kept).update(counterparty=gone)
    for account, agreements in row.moved["ended"]:
        Account.objects.filter(pk=account).update(until=None)
        Agreement.objects.filter(pk__in=agreements, counterparty=gone).update(account=account)
    if number := row.moved["kvk_number"]:
        Counterparty.objects.filter(pk=kept.pk).update(kvk_number="")
        Counterparty.objects.filter(pk=gone.pk).update(kvk_number=number)
    _tell("counterparty.merge_undone", kept, by, gone=gone.pk, name=gone.name)


_KINDS: dict[str, Any] = {
    "agreements": Agreement,
    "accounts": Account,
    "departments": Department,
    "creditor_identifiers": CreditorIdentifier,
}


def _went_on(row: CounterpartyMerge) -> bool:
    """Whether `kept` was merged itself, or new agreements use what it took over."""
    newer = Agreement.objects.filter(account__in=row.moved["accounts"]).exclude(pk__in=row.moved["agreements"])
    return newer.exists() or CounterpartyMerge.objects.filter(gone=row.kept, undone_at=None).exists()


def _fresh(counterparty: Counterparty) -> Counterparty:
    return Counterparty.objects.select_for_update().get(pk=counterparty.pk)


def _belongings(gone: Counterparty, kept: Counterparty) -> dict[str, Any]:
    """What moves; a department that `kept` has under the same name, and an account ended as a double, stay behind."""
    there = Department.objects.filter(counterparty=kept, until=None).values("name")
    doubles = Account.objects.filter(counterparty=kept).values("iban")
    return {
        "agreements": Agreement.objects.filter(counterparty=gone),
        "accounts": Account.objects.filter(counterparty=gone).exclude(iban__in=doubles),
        "departments": Department.objects.filter(counterparty=gone).exclude(name__in=there),
        "creditor_identifiers": CreditorIdentifier.objects.filter(counterparty=gone),
    }


def _end_doubles(kept: Counterparty, gone: Counterparty, on: date) -> list[tuple[int, list[int]]]:
    """Accounts both have: agreements go over to the one of `kept`, the other ends. Under two names it is refused."""
    ended = []
    theirs = {account.iban: account for account in Account.objects.filter(counterparty=kept, until=None)}
    for account in Account.objects.filter(counterparty=gone, until=None, iban__in=theirs).order_by("pk"):
        same = theirs[account.iban]
        if not same_name(same.name, account.name):
            raise IbanUnderTwoNames(account.iban, same.name, account.name)
        agreements = Agreement.objects.filter(account=account)
        ended.append((account.pk, sorted(agreements.values_list("pk", flat=True))))
        agreements.update(account=same)
        Account.objects.filter(pk=account.pk).update(until=on)
    return ended


def _move_chamber_number(gone: Counterparty, kept: Counterparty) -> str:
    """The number that `kept` takes over, when it had none."""
    number = gone.kvk_number
    if not number or kept.kvk_number:
        return ""
    Counterparty.objects.filter(pk=gone.pk).update(kvk_number="")
    Counterparty.objects.filter(pk=kept.pk).update(kvk_number=number)
    return number


def _tell(action: str, counterparty: Counterparty, by: User, **facts: object) -> None:
    record(action=action, subject=f"counterparty:{counterparty.pk}", by=by, facts=facts)
