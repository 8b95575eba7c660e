"""Makes an example municipality through the real actions, or finds the one that is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction

from accessibility.languages import FALLBACK, LANGUAGES
from accessibility.offered import decide_language
from backend.example.record import ExampleAgreement, ExampleHousehold, ExampleResident, ExampleTown
from budgeting.actions.accounts import record_name_check
from budgeting.actions.agreements import AgreementTerms, make_agreement
from budgeting.actions.people import ResidentDetails, grant_role, register_counterparty, register_resident
from budgeting.models import (
    Account,
    Agreement,
    Assignment,
    BankAccount,
    Counterparty,
    Household,
    Resident,
    Town,
    User,
)
from payments.core.banking_days import minus

_CUT_OFF = time(13, 0)
# Charges begin a month after the income, so that the first ones can be paid from it.
_CHARGES_AFTER = timedelta(days=31)
_WHY_DRAFTS = "Voorbeeld: elke taal is te zien, nog niet nagelezen"
_ACCOUNTS_KNOWN = 20  # banking days before the start, past every cooling-off


class NotTheExample(RuntimeError):
    """The database holds people or accounts that are not the example's: it is left alone."""


@dataclass(frozen=True)
class Loaded:
    """The rows of an example: colleagues by user name, residents and agreements by their key in the example."""

    town: ExampleTown
    bank_account: BankAccount
    colleagues: Mapping[str, User]
    residents: Mapping[str, Resident]
    agreements: dict[str, Agreement]

    def with_role(self, role: str) -> User:
        """The first colleague who holds the role."""
        return self.colleagues[next(one.username for one in self.town.colleagues if role in one.roles)]


def is_empty() -> bool:
    """Whether nobody and nothing is in the database yet."""
    return not any(model.objects.exists() for model in (User, Household, BankAccount, Town))


def is_loaded(town: ExampleTown) -> bool:
    """Whether the database holds this example: its one account and its residents, in their order."""
    accounts = list(BankAccount.objects.values_list("iban", flat=True))
    names = Resident.objects.order_by("pk").values_list("first_names", "last_name")[: len(town.residents)]
    return accounts == [town.account_iban] and list(names) == [(r.first_names, r.last_name) for r in town.residents]


def load_or_find(town: ExampleTown, *, on: date) -> Loaded:
    """The example in an empty database, made from `on`, or the one that is there; otherwise `NotTheExample`."""
    if is_empty():
        load(town, on=on)
    if not is_loaded(town):
        raise NotTheExample
    return find(town)


@transaction.atomic
def load(town: ExampleTown, *, on: date) -> None:
    """Makes the whole municipality; residents take part from `on`."""
    Town.objects.create(pk=1, name=town.name, phone=town.phone, address=town.address, cut_off=_CUT_OFF)
    BankAccount.objects.create(iban=town.account_iban, name=town.account_name)
    colleagues = _make_colleagues(town, on)
    _speak_every_language(town, colleagues, on)
    workers = [colleagues[one.username] for one in town.colleagues if "case_worker" in one.roles]
    counterparties = _make_counterparties(town, workers[0], on)
    approver = next(colleagues[one.username] for one in town.colleagues if "approver" in one.roles)
    for place, household in enumerate(town.households):
        worker = workers[place % len(workers)]
        for resident in _make_household(town, household, worker, on):
            _make_agreements(resident[0], resident[1], counterparties, worker, on)
    _let_stand_in(town, colleagues, on)
    _check_names(approver, on)


def find(town: ExampleTown) -> Loaded:
    """The rows of an example that was loaded before: residents and agreements keep the order they were made in."""
    residents = dict(zip((one.key for one in town.residents), Resident.objects.order_by("pk"), strict=False))
    agreements: dict[str, Agreement] = {}
    for one in town.residents:
        rows = Agreement.objects.filter(resident=residents[one.key]).order_by("pk").select_related("resident")
        agreements |= dict(zip((agreement.key for agreement in one.agreements), rows, strict=False))
    return Loaded(
        town=town,
        bank_account=BankAccount.objects.get(iban=town.account_iban),
        colleagues={user.username: user for user in User.objects.filter(resident__isnull=True)},
        residents=residents,
        agreements=agreements,
    )


def _speak_every_language(town: ExampleTown, colleagues: dict[str, User], on: date) -> None:
    """The application manager switches every translation on, as a draft that says so."""
    manager = next(colleagues[one.username] for one in town.colleagues if "application_manager" in one.roles)
    for language in LANGUAGES:
        if language != FALLBACK:
            decide_language(language=language, status="draft", reason=_WHY_DRAFTS, on=on, by=manager)


def _make_colleagues(town: ExampleTown, on: date) -> dict[str, User]:
    users = {}
    for one in town.colleagues:
        # Without a password: nobody comes in before one is given.
        user = User.objects.create_user(one.username, full_name=one.full_name, person_number=one.person_number)
        users[one.username] = user
        for role in one.roles:
            grant_role(user=user, role=role, on=on, by=None)
    return users


def _make_counterparties(town: ExampleTown, by: User, on: date) -> dict[str, Counterparty]:
    since = minus(on, _ACCOUNTS_KNOWN)
    return {
        key: register_counterparty(name=one.name, iban=one.iban, on=since, by=by)
        for key, one in town.counterparties.items()
    }


def _make_household(
    town: ExampleTown, example: ExampleHousehold, worker: User, on: date
) -> list[tuple[ExampleResident, Resident]]:
    household = Household.objects.create(name=example.name)
    residents = []
    for one in example.residents:
        details = ResidentDetails(
            first_names=one.first_names,
            last_name=one.last_name,
            pay_rhythm=one.pay_rhythm.since(on),
            birth_date=one.birth_date,
            language=one.language,
            interpreter_needed=one.interpreter_needed,
            phone=one.phone,
            street=example.street,
            postcode=example.postcode,
            town=example.town,
        )
        row = register_resident(
            household=household, details=details, iban=one.iban, case_worker=worker, on=on, by=worker
        )
        Resident.objects.filter(pk=row.pk).update(advance_limit=town.advance_limit)
        residents.append((one, row))
    return residents


def _make_agreements(
    example: ExampleResident, resident: Resident, counterparties: Mapping[str, Counterparty], worker: User, on: date
) -> None:
    for one in example.agreements:
        agree(one, resident, counterparties[one.counterparty], on=on, by=worker)


def agree(one: ExampleAgreement, resident: Resident, counterparty: Counterparty, *, on: date, by: User) -> Agreement:
    """One agreement of an example that began on `on`."""
    account = None if one.direction == "in" else Account.objects.get(counterparty=counterparty)
    return make_agreement(resident=resident, counterparty=counterparty, account=account, terms=_terms(one, on), by=by)


def _terms(one: ExampleAgreement, on: date) -> AgreementTerms:
    soon = one.direction == "in" or one.from_start or one.after
    start = on + timedelta(days=one.after) if soon else (on + _CHARGES_AFTER).replace(day=1)
    return AgreementTerms(
        direction=one.direction,
        category=one.category,
        description=one.description,
        amount=one.amount,
        recurrence=one.rhythm.since(on),
        valid_from=start,
        words=one.words,
        marks=(one.mark,) if one.mark else (),
        reference=one.reference,
        low=one.amount - one.spread if one.spread else None,
        high=one.amount + one.spread if one.spread else None,
        window_days=one.window,
    )


def _check_names(approver: User, on: date) -> None:
    """The bank knows every name with its account, asked some time before the start."""
    Account.objects.filter(since=on).update(since=minus(on, _ACCOUNTS_KNOWN))
    for account in Account.objects.order_by("pk"):
        record_name_check(account=account, outcome=Account.NameCheck.MATCH, on=on, by=approver)


def _let_stand_in(town: ExampleTown, colleagues: Mapping[str, User], on: date) -> None:
    """The case workers stand in for each other: the first one also sees the residents of the second."""
    first = colleagues[next(one.username for one in town.colleagues if "case_worker" in one.roles)]
    others = Resident.objects.exclude(assignments__case_worker=first)
    Assignment.objects.bulk_create(Assignment(case_worker=first, resident=row, valid_from=on) for row in others)
