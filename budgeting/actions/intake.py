"""Makes the agreements that a person confirmed of an intake; of the history itself nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from budgeting import access
from budgeting.actions.agreements import AgreementTerms, make_agreement
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.actions.people import register_counterparty
from budgeting.models import Account, Agreement, Resident, User


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One regular income or charge as a person confirmed it: the other side's name and account, and the terms."""

    name: str
    iban: str
    terms: AgreementTerms


@dataclass(frozen=True, slots=True)
class Made:
    """The new agreements, and how many were there already."""

    agreements: list[Agreement]
    known: int


@transaction.atomic
def confirm_intake(*, resident: Resident, confirmed: Sequence[Confirmed], on: date, by: User) -> Made:
    """All of them or none. What is agreed already, with this account, is not agreed twice: may be sent again.

    Raises what `register_counterparty` raises: `NotAnIban`, `IbanIsAColleagues`.
    """
    access.check_may(by, "change_agreements", on=on)
    hold("intake", resident.pk)
    made: list[Agreement] = []
    for one in confirmed:
        account = _account(one, on, by)
        if not _is_known(resident, account, one.terms, on):
            made.append(_make(resident, account, one.terms, by))
    known = len(confirmed) - len(made)
    figures = {"made": len(made), "known": known}
    record(action="intake.confirmed", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, facts=figures)
    return Made(made, known)


def note_reading(*, resident: Resident, files: int, entries: int, by: User) -> None:
    """Writes that a resident's own bank files were read for an intake: how many, nothing of what they say."""
    figures = {"files": files, "entries": entries}
    record(action="intake.read", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, facts=figures)


def _account(one: Confirmed, on: date, by: User) -> Account:
    rows = Account.objects.filter(counterparty__isnull=False, until=None, iban=one.iban)
    known = rows.select_related("counterparty").order_by("pk").first()
    if known:
        return known
    counterparty = register_counterparty(name=one.name, iban=one.iban, on=on, by=by)
    return Account.objects.select_related("counterparty").get(counterparty=counterparty)


def _is_known(resident: Resident, account: Account, terms: AgreementTerms, on: date) -> bool:
    rows = Agreement.objects.in_force(max(on, terms.valid_from)).filter(resident=resident, direction=terms.direction)
    return rows.filter(counterparty=account.counterparty_id, category=terms.category).exists()


def _make(resident: Resident, account: Account, terms: AgreementTerms, by: User) -> Agreement:
    assert account.counterparty is not None
    paid_to = account if terms.direction == "out" else None
    return make_agreement(resident=resident, counterparty=account.counterparty, account=paid_to, terms=terms, by=by)
