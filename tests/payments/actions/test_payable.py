"""What may not be paid is held with its reason, long before the file is made, and once more when it is."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from budgeting.actions.accounts import confirm_account, record_name_check
from budgeting.actions.agreements import AgreementTerms, make_agreement
from budgeting.actions.people import change_account, grant_role, register_counterparty
from budgeting.core.schedule import Recurrence
from budgeting.models import Role, Town
from payments.actions.batches import (
    AlreadyDecided,
    NothingToPay,
    NotTheSecondPerson,
    approve_batch,
    release_batch,
)
from payments.actions.checks import NotToBePaid
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.models import PaymentBatch, PaymentOrder
from tests import factories
from tests.factories import ON, made_up_iban
from tests.faults.races import Job, race
from tests.one_file import assemble_batch

NOW = datetime(2026, 11, 5, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
DUE = date(2026, 11, 5)


@pytest.fixture
def home(db):
    return factories.house()


def first_charge(home, who, *, since: date, name: str = "De Eik B.V.", **terms: object):
    """A charge to a counterparty that nobody knew before, typed by the case worker."""
    landlord = register_counterparty(name=name, iban=made_up_iban(4711), on=since, by=home.case_worker)
    facts = {
        "direction": "out",
        "category": "rent",
        "description": "Huur",
        "amount": Decimal("600.00"),
        "recurrence": Recurrence(unit="month", starts_on=date(2026, 11, 1), days=(5,)),
        "valid_from": date(2026, 11, 1),
    }
    terms = AgreementTerms(**(facts | terms))
    account = landlord.accounts.get()
    return make_agreement(resident=who, counterparty=landlord, account=account, terms=terms, by=home.case_worker)


def assembled(home, *, on: date = ON, first: date = DUE) -> PaymentBatch:
    plan_orders(on=on, first=on)
    return assemble_batch(bank_account=home.account, on=on, first=first, by=home.case_worker)


def approved(home, batch: PaymentBatch) -> PaymentBatch:
    return approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)


def held(home) -> str:
    with pytest.raises(NothingToPay):
        assembled(home)
    return PaymentOrder.objects.filter(state="held").earliest("due_on").reason


def test_pays_nothing_to_a_first_account_that_one_person_typed(home):
    first_charge(home, factories.resident(home, money="1000.00"), since=date(2026, 1, 1))

    assert held(home) == "account_not_confirmed"


def test_waits_three_banking_days_before_paying_to_a_first_account(home):
    rent = first_charge(home, factories.resident(home, money="1000.00"), since=ON)
    confirm_account(account=rent.account, reason="", on=ON, by=home.approver)

    for on in (ON, date(2026, 11, 3), date(2026, 11, 4)):
        with pytest.raises(NothingToPay):
            assembled(home, on=on)
        assert PaymentOrder.objects.get(due_on=DUE).reason == "account_is_new"
    assert assembled(home, on=DUE).orders.get().agreement == rent


def test_pays_a_resident_only_to_an_account_that_two_people_saw(home):
    who = factories.resident(home, money="1000.00")
    iban = made_up_iban(4712)
    new = change_account(old=who.accounts.get(), iban=iban, name=str(who), on=date(2026, 10, 1), by=home.case_worker)
    friday = factories.FIRST_FRIDAY
    plan_remainders(on=ON, first=ON)
    with pytest.raises(NothingToPay):
        assemble_batch(bank_account=home.account, on=ON, first=friday, by=home.case_worker)
    assert PaymentOrder.objects.get().reason == "account_not_confirmed"

    record_name_check(account=new, outcome="match", on=ON, by=home.approver)

    batch = assemble_batch(bank_account=home.account, on=ON, first=friday, by=home.case_worker)
    assert batch.orders.get().iban == iban


def test_makes_no_file_when_the_bank_says_no_after_the_approval(home):
    rent = factories.charge(home, factories.resident(home, money="1000.00"))
    batch = approved(home, assembled(home))

    record_name_check(account=rent.account, outcome="no_match", on=ON, by=home.case_worker)

    with pytest.raises(NotToBePaid) as refusal:
        release_batch(batch=batch, now=NOW, by=home.approver)
    assert refusal.value.reason == "name_does_not_match"
    batch.refresh_from_db()
    assert (batch.state, batch.content) == ("approved", None)


def test_lets_nobody_approve_money_for_themselves(home):
    who = factories.resident(home, money="1000.00")
    factories.charge(home, who)
    for role in (Role.APPROVER, Role.CASE_WORKER):
        grant_role(user=who.user, role=role, on=date(2026, 1, 1), by=None)
    batch = assembled(home)

    with pytest.raises(NotTheSecondPerson):
        approve_batch(batch=batch, digest=batch.digest, on=ON, by=who.user)


def test_refuses_a_second_person_with_the_same_e_mail_address(home):
    factories.charge(home, factories.resident(home, money="1000.00"))
    maker = factories.user(Role.CASE_WORKER, email="sam@voorbeeld.example")
    twin = factories.user(Role.APPROVER, email="SAM@voorbeeld.example")
    plan_orders(on=ON, first=ON)
    batch = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=maker)

    with pytest.raises(NotTheSecondPerson):
        approve_batch(batch=batch, digest=batch.digest, on=ON, by=twin)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "لاله"}, "name_cannot_be_written"),
        ({"description": "أجرة", "reference": "ألف"}, "remittance_cannot_be_written"),
    ],
)
def test_holds_what_the_bank_s_characters_cannot_write(home, changed, reason):
    rent = first_charge(home, factories.resident(home, money="1000.00"), since=date(2026, 1, 1), **changed)
    confirm_account(account=rent.account, reason="", on=ON, by=home.approver)

    assert held(home) == reason


def test_holds_what_the_bank_would_refuse_of_an_order(home):
    factories.charge(home, factories.resident(home, money="1000.00"))
    plan_orders(on=ON, first=ON)
    for field, value, reason in [
        ("iban", "NL00TEST0000000000", "iban_wrong"),
        ("structured_reference", "1234567890123456", "reference_wrong"),
        ("iban", home.account.iban, "iban_is_ours"),
    ]:
        order = PaymentOrder.objects.get(due_on=DUE)
        before = {"remittance": order.remittance, field: getattr(order, field)}
        PaymentOrder.objects.filter(pk=order.pk).update(**({"remittance": ""} | {field: value}))
        with pytest.raises(NothingToPay):
            assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)

        assert PaymentOrder.objects.get(pk=order.pk).reason == reason
        PaymentOrder.objects.filter(pk=order.pk).update(**before)


def test_counts_all_batches_of_a_day_in_what_may_go_out_that_day(home):
    one, other = (factories.resident(home, money="1000.00") for _ in range(2))
    factories.charge(home, one)
    assembled(home)
    factories.charge(home, other)
    Town.objects.update(day_limit=Decimal("1199.99"))

    assert held(home) == "over_day_limit"

    Town.objects.update(day_limit=Decimal("1200.00"))
    assert assembled(home).orders.get().resident == other


def test_goes_over_no_day_s_limit_when_two_files_are_released_at_once(own_database):
    home = factories.house()
    batches = []
    for _ in range(2):
        factories.charge(home, factories.resident(home, money="1000.00"))
        batches.append(approved(home, assembled(home)))
    Town.objects.update(day_limit=Decimal("1199.99"))

    def release(number: int) -> object:
        return release_batch(batch=batches[number % 2], now=NOW, by=home.approver)

    assert race(Job("release", release, (AlreadyDecided, NotToBePaid)), 6) == []
    assert sorted(PaymentBatch.objects.values_list("state", flat=True)) == ["approved", "released"]


def test_releases_no_order_above_a_limit_that_was_lowered(home):
    factories.charge(home, factories.resident(home, money="1000.00"))
    batch = approved(home, assembled(home))
    Town.objects.update(order_limit=Decimal("599.99"))

    with pytest.raises(NotToBePaid, match="over_order_limit"):
        release_batch(batch=batch, now=NOW, by=home.approver)


def test_pays_to_an_account_only_once_it_is_confirmed_whatever_happens_at_once(own_database):
    home = factories.house()
    rent = first_charge(home, factories.resident(home, money="1000.00"), since=date(2026, 1, 1))
    plan_orders(on=ON, first=ON)

    def try_it(number: int) -> object:
        if number == 0:
            return confirm_account(account=rent.account, reason="", on=ON, by=home.approver) and None
        return assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)

    assert race(Job("confirm and assemble", try_it, (NothingToPay,), effects=None), 6) == []

    assert PaymentBatch.objects.count() <= 1
    for batch in PaymentBatch.objects.all():
        assert batch.assembled_at >= rent.account.confirmations.get().said_at
