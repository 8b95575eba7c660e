"""Registers many residents, counterparties and agreements at once: the same rows and events as one by one, in bulk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from budgeting import access
from budgeting.actions.accounts import colleagues_among
from budgeting.actions.agreements import AgreementTerms
from budgeting.actions.audit import record_many
from budgeting.actions.locks import hold
from budgeting.actions.people import ResidentDetails
from budgeting.models import (
    Account,
    Agreement,
    AgreementAmount,
    Assignment,
    Counterparty,
    Household,
    Resident,
    Role,
    RoleGrant,
    User,
)

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class MovingResident:
    """A resident of the file: its `key` and its household's ("" = an own one), and the user name of who looks after."""

    key: str
    household: str
    details: ResidentDetails
    iban: str
    case_worker: str
    row: int


@dataclass(frozen=True, slots=True)
class MovingCounterparty:
    """A counterparty of the file with its account; a name and number we know already is used, not made again."""

    key: str
    name: str
    name_at_bank: str
    iban: str
    row: int


@dataclass(frozen=True, slots=True)
class MovingAgreement:
    """What is agreed between two of the file."""

    resident: str
    counterparty: str
    terms: AgreementTerms
    row: int


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows were made."""

    residents: int
    counterparties: int
    agreements: int


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a row of the file cannot be registered here: `registered`, `not_a_case_worker` or `colleagues_iban`."""

    sheet: str
    row: int
    column: str
    code: str


class CannotMoveIn(ValueError):
    """Nothing was made; `hindrances` names every row that stands in the way."""

    def __init__(self, hindrances: Sequence[Hindrance]) -> None:
        super().__init__(f"{len(hindrances)} rows")
        self.hindrances = tuple(hindrances)


@transaction.atomic
def move_in(
    *,
    residents: Sequence[MovingResident],
    counterparties: Sequence[MovingCounterparty],
    agreements: Sequence[MovingAgreement],
    on: date,
    by: User,
) -> Moved:
    """Makes all of them or none. Raises `CannotMoveIn`."""
    access.check_may(by, "change_residents", on=on)
    hold("register_resident")
    if found := hindrances(residents=residents, counterparties=counterparties, on=on):
        raise CannotMoveIn(found)
    workers = {user.username: user for user in User.objects.filter(username__in={one.case_worker for one in residents})}
    who = _make_residents(residents, workers, on=on, by=by)
    accounts, made = _make_counterparties(counterparties, on=on, by=by)
    _make_agreements(agreements, who, accounts, by=by)
    return Moved(len(residents), made, len(agreements))


def hindrances(
    *, residents: Sequence[MovingResident], counterparties: Sequence[MovingCounterparty], on: date
) -> list[Hindrance]:
    """Every row that is known already, names nobody who looks after residents, or an account of a colleague."""
    theirs = colleagues_among({one.iban for one in residents} | {one.iban for one in counterparties}, on=on)
    return [
        *(Hindrance("residents", row, "", "registered") for row in _registered(residents)),
        *(Hindrance("residents", row, "case_worker", "not_a_case_worker") for row in _without_worker(residents, on)),
        *(Hindrance("residents", one.row, "iban", "colleagues_iban") for one in residents if one.iban in theirs),
        *(
            Hindrance("counterparties", one.row, "iban", "colleagues_iban")
            for one in counterparties
            if one.iban in theirs
        ),
    ]


def _registered(residents: Iterable[MovingResident]) -> Iterator[int]:
    """Rows of somebody of these names, born on this day, who is registered or stands in the file before."""
    rows = Resident.objects.values_list("first_names", "last_name", "birth_date")
    known = {(first.casefold(), last.casefold(), born) for first, last, born in rows.iterator(chunk_size=5000)}
    for one in residents:
        told = one.details
        same = (told.first_names.casefold(), told.last_name.casefold(), told.birth_date)
        if same in known:
            yield one.row
        known.add(same)


def _without_worker(residents: Sequence[MovingResident], on: date) -> Iterator[int]:
    users = User.objects.filter(username__in={one.case_worker for one in residents})
    workers = {user.username for user in users if Role.CASE_WORKER in access.roles_of(user, on=on)}
    return (one.row for one in residents if one.case_worker not in workers)


def _make_residents(
    residents: Sequence[MovingResident], workers: Mapping[str, User], *, on: date, by: User
) -> dict[str, Resident]:
    names: dict[str, str] = {}
    for one in residents:
        names.setdefault(one.household or f"\x00{one.key}", one.details.last_name)
    made = Household.objects.bulk_create([Household(name=name) for name in names.values()], batch_size=_AT_ONCE)
    households = dict(zip(names, made, strict=True))
    first = Resident.objects.count() + 1
    numbers = [f"R{number:06d}" for number in range(first, first + len(residents))]
    users = User.objects.bulk_create(map(_user, residents, numbers), batch_size=_AT_ONCE)
    rows = Resident.objects.bulk_create(
        [
            _resident(one, number, user, households[one.household or f"\x00{one.key}"], on)
            for one, number, user in zip(residents, numbers, users, strict=True)
        ],
        batch_size=_AT_ONCE,
    )
    _make_beside(residents, rows, users, workers, on=on, by=by)
    record_many([("resident.registered", f"resident:{row.pk}", row.pk, {}) for row in rows], by=by)
    return {one.key: row for one, row in zip(residents, rows, strict=True)}


def _make_beside(
    residents: Sequence[MovingResident],
    rows: Sequence[Resident],
    users: Sequence[User],
    workers: Mapping[str, User],
    *,
    on: date,
    by: User,
) -> None:
    """Each resident's role, account and case worker."""
    RoleGrant.objects.bulk_create(
        [RoleGrant(user=user, role=Role.RESIDENT, valid_from=on) for user in users], batch_size=_AT_ONCE
    )
    pairs = list(zip(residents, rows, strict=True))
    Account.objects.bulk_create(
        [Account(iban=one.iban, name=str(row)[:70], resident=row, since=on, added_by=by) for one, row in pairs],
        batch_size=_AT_ONCE,
    )
    Assignment.objects.bulk_create(
        [Assignment(case_worker=workers[one.case_worker], resident=row, valid_from=on) for one, row in pairs],
        batch_size=_AT_ONCE,
    )


def _user(one: MovingResident, number: str) -> User:
    itself = f"resident:{number}"
    name = f"{one.details.first_names} {one.details.last_name}"[:200]
    return User(username=itself, full_name=name, person_number=itself, password=make_password(None))


def _resident(one: MovingResident, number: str, user: User, household: Household, on: date) -> Resident:
    details = one.details
    fields = {name: getattr(details, name) for name in ResidentDetails.__slots__ if name != "pay_rhythm"}
    rhythm = details.pay_rhythm.to_dict()
    return Resident(household=household, user=user, number=number, starts_on=on, pay_rhythm=rhythm, **fields)


def _make_counterparties(
    counterparties: Sequence[MovingCounterparty], *, on: date, by: User
) -> tuple[dict[str, Account], int]:
    """The account of each key, and how many were new."""
    related = Account.objects.filter(counterparty__isnull=False, until=None).select_related("counterparty")
    known = {(row.iban, row.counterparty.name): row for row in related if row.counterparty is not None}
    fresh = {(one.iban, one.name): one for one in counterparties if (one.iban, one.name) not in known}
    made = Counterparty.objects.bulk_create(
        [Counterparty(name=one.name) for one in fresh.values()], batch_size=_AT_ONCE
    )
    accounts = Account.objects.bulk_create(
        [
            Account(iban=one.iban, name=one.name_at_bank[:70], counterparty=row, since=on, added_by=by)
            for one, row in zip(fresh.values(), made, strict=True)
        ],
        batch_size=_AT_ONCE,
    )
    events = [("counterparty.registered", f"counterparty:{row.pk}", None, {"name": row.name}) for row in made]
    record_many(events, by=by)
    known |= dict(zip(fresh, accounts, strict=True))
    return {one.key: known[one.iban, one.name] for one in counterparties}, len(made)


def _make_agreements(
    agreements: Sequence[MovingAgreement],
    residents: Mapping[str, Resident],
    accounts: Mapping[str, Account],
    *,
    by: User,
) -> None:
    rows = Agreement.objects.bulk_create(
        [_agreement(one, residents[one.resident], accounts[one.counterparty], by) for one in agreements],
        batch_size=_AT_ONCE,
    )
    AgreementAmount.objects.bulk_create(
        [
            AgreementAmount(agreement=row, valid_from=one.terms.valid_from, amount=one.terms.amount, made_by=by)
            for one, row in zip(agreements, rows, strict=True)
        ],
        batch_size=_AT_ONCE,
    )
    record_many(
        [
            ("agreement.made", f"agreement:{row.pk}", row.resident_id, {"facts": {"amount": f"{one.terms.amount:.2f}"}})
            for one, row in zip(agreements, rows, strict=True)
        ],
        by=by,
    )


def _agreement(one: MovingAgreement, resident: Resident, account: Account, by: User) -> Agreement:
    terms = one.terms
    fields: dict[str, Any] = {
        name: getattr(terms, name)
        for name in ("direction", "category", "description", "reference", "window_days", "valid_from", "valid_until")
    }
    assert account.counterparty is not None
    return Agreement(
        resident=resident,
        counterparty=account.counterparty,
        account=account if terms.direction == "out" else None,
        recurrence=terms.recurrence.to_dict(),
        words=list(terms.words),
        marks=list(terms.marks),
        amount_low=terms.low,
        amount_high=terms.high,
        made_by=by,
        **fields,
    )
