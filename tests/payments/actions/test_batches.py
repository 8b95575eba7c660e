"""From a due date to the bank's file: planned once, seen by two, made once."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from budgeting import access
from budgeting.actions.agreements import change_amount, pause_agreement, skip_due_date
from budgeting.actions.ledger import advances_used, resident_balances
from budgeting.actions.people import change_account
from budgeting.models import AuditEvent, Role
from payments.actions import books
from payments.actions.batches import (
    AlreadyDecided,
    ContentChanged,
    NothingToPay,
    NotTheSecondPerson,
    approve_batch,
    cancel_batch,
    digest_of,
    release_batch,
)
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.core import pain001
from payments.models import Approval, PaymentBatch, PaymentOrder
from tests import factories
from tests.factories import ON
from tests.one_file import assemble_batch

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 5, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
DUE = date(2026, 11, 5)


@pytest.fixture
def home():
    return factories.house()


@pytest.fixture
def payer(home):
    return factories.resident(home, money="1000.00")


def assembled(home) -> PaymentBatch:
    plan_orders(on=ON, first=ON)
    return assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)


def approved(home) -> PaymentBatch:
    batch = assembled(home)
    return approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)


def released(home) -> PaymentBatch:
    return release_batch(batch=approved(home), now=NOW, by=home.approver)


def test_plans_each_due_date_once_however_often_it_plans(home, payer):
    factories.charge(home, payer)

    first = plan_orders(on=ON, first=ON)
    second = plan_orders(on=ON, first=ON)

    assert (first.new, second.new) == (2, 0)
    assert list(PaymentOrder.objects.order_by("due_on").values_list("due_on", "execute_on")) == [
        (date(2026, 11, 5), date(2026, 11, 5)),
        (date(2026, 12, 5), date(2026, 12, 4)),  # a Saturday: the banking day before
    ]


def test_lets_planned_orders_follow_a_changed_amount_and_no_others(home, payer):
    rent = factories.charge(home, payer)
    plan_orders(on=ON, first=ON)

    change_amount(agreement=rent, amount=Decimal("650.00"), valid_from=date(2026, 12, 1), by=home.case_worker)
    plan_orders(on=ON, first=ON)

    assert list(PaymentOrder.objects.order_by("due_on").values_list("amount", flat=True)) == [
        Decimal("600.00"),
        Decimal("650.00"),
    ]


def test_cancels_what_is_no_longer_due_and_plans_it_anew_when_it_is(home, payer):
    rent = factories.charge(home, payer)
    plan_orders(on=ON, first=ON)
    exception = skip_due_date(agreement=rent, due_on=DUE, reason="kwijtgescholden", by=home.case_worker)
    assert plan_orders(on=ON, first=ON).cancelled == 1

    exception.delete()

    assert plan_orders(on=ON, first=ON).new == 1
    assert list(PaymentOrder.objects.filter(due_on=DUE).order_by("attempt").values_list("state", "attempt")) == [
        ("cancelled", 1),
        ("planned", 2),
    ]


def test_plans_nothing_in_a_pause(home, payer):
    rent = factories.charge(home, payer)
    pause_agreement(
        agreement=rent, valid_from=date(2026, 11, 1), valid_until=date(2026, 12, 1), reason="x", by=home.case_worker
    )

    plan_orders(on=ON, first=ON)

    assert [order.due_on for order in PaymentOrder.objects.all()] == [date(2026, 12, 5)]


def test_pays_what_two_people_approved_as_a_file_the_bank_accepts(home, payer):
    factories.charge(home, payer)

    batch = released(home)

    order = batch.orders.get()
    assert pain001.schema_problems(bytes(batch.content)) == ()
    assert order.end_to_end_id.encode() in bytes(batch.content)
    assert (batch.state, order.state) == ("released", "released")
    assert resident_balances([payer.pk]) == {payer.pk: Decimal("400.00")}
    assert all(finding.ok for finding in books.verify() if finding.id != "I-2")


def test_keeps_the_bytes_of_a_file_for_ever_the_same(home, payer):
    factories.charge(home, payer)
    batch = released(home)
    content = bytes(PaymentBatch.objects.get(pk=batch.pk).content)

    with pytest.raises(AlreadyDecided):
        release_batch(batch=batch, now=NOW, by=home.approver)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(content=b"other")

    assert bytes(PaymentBatch.objects.get(pk=batch.pk).content) == content


def test_refuses_the_assembler_as_second_person(home, payer):
    factories.charge(home, payer)
    both = factories.user(Role.CASE_WORKER, Role.APPROVER)
    plan_orders(on=ON, first=ON)
    batch = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=both)

    with pytest.raises(NotTheSecondPerson):
        approve_batch(batch=batch, digest=batch.digest, on=ON, by=both)


def test_refuses_the_same_human_being_under_a_second_account(home, payer):
    factories.charge(home, payer)
    maker = factories.user(Role.CASE_WORKER, person="P-same")
    again = factories.user(Role.APPROVER, person="P-same")
    plan_orders(on=ON, first=ON)
    batch = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=maker)

    with pytest.raises(NotTheSecondPerson):
        approve_batch(batch=batch, digest=batch.digest, on=ON, by=again)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(batch=batch, assembled_by=maker, approved_by=again, digest=batch.digest)


def test_refuses_who_changed_an_account_in_the_batch_as_second_person(home, payer):
    rent = factories.charge(home, payer)
    both = factories.user(Role.CASE_WORKER, Role.APPROVER)
    new = change_account(old=rent.account, iban=factories.made_up_iban(77), name="Verhuurder", on=ON, by=both)
    factories.vouch(home, new)
    plan_orders(on=ON, first=ON)
    batch = assemble_batch(bank_account=home.account, on=DUE, first=DUE, by=home.case_worker)

    with pytest.raises(NotTheSecondPerson):
        approve_batch(batch=batch, digest=batch.digest, on=DUE, by=both)

    assert approve_batch(batch=batch, digest=batch.digest, on=DUE, by=home.approver).state == "approved"


def test_refuses_an_approval_of_other_content_than_was_seen(home, payer):
    factories.charge(home, payer)
    batch = assembled(home)

    with pytest.raises(ContentChanged):
        approve_batch(batch=batch, digest="0" * 64, on=ON, by=home.approver)


def test_freezes_an_order_once_it_is_in_a_batch(home, payer):
    factories.charge(home, payer)
    order = assembled(home).orders.get()

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(iban=factories.made_up_iban(9))


def test_releases_nothing_that_was_not_approved(home, payer):
    factories.charge(home, payer)
    batch = assembled(home)

    with pytest.raises(AlreadyDecided):
        release_batch(batch=batch, now=NOW, by=home.approver)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(state="approved")


def test_lets_nobody_approve_without_the_role(home, payer):
    factories.charge(home, payer)
    batch = assembled(home)

    with pytest.raises(access.NotAllowed):
        approve_batch(batch=batch, digest=batch.digest, on=ON, by=factories.user(Role.CASE_WORKER))


def test_plans_the_orders_of_a_cancelled_batch_again(home, payer):
    factories.charge(home, payer)
    batch = approved(home)

    cancel_batch(batch=batch, reason="verkeerde dag", on=ON, by=home.approver)

    assert list(PaymentOrder.objects.order_by("due_on").values_list("state", "batch")) == [("planned", None)] * 2
    assert assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker).digest == batch.digest


def test_holds_a_charge_that_money_and_advance_cannot_carry(home):
    poor = factories.resident(home, money="100.00", limit="400.00")
    factories.charge(home, poor, amount="600.00")

    with pytest.raises(NothingToPay):
        assembled(home)

    held = PaymentOrder.objects.get(due_on=DUE)
    assert (held.state, held.reason) == ("held", "short")


def test_plans_a_held_charge_again_once_the_money_is_there(home):
    poor = factories.resident(home, money="100.00")
    factories.charge(home, poor, amount="600.00")
    with pytest.raises(NothingToPay):
        assembled(home)

    factories.give(home, poor, "500.00")

    assert assembled(home).orders.get().due_on == DUE


def test_pays_rent_before_a_subscription_when_both_cannot_be_paid(home):
    poor = factories.resident(home, money="600.00")
    factories.charge(home, poor, amount="20.00", category="subscriptions", day=4)
    factories.charge(home, poor, amount="600.00", category="rent", day=5)

    batch = assembled(home)

    assert [order.category for order in batch.orders.all()] == ["rent"]


def test_lends_within_the_limit_and_books_it_as_an_advance(home):
    poor = factories.resident(home, money="100.00", limit="500.00")
    factories.charge(home, poor, amount="600.00")

    released(home)

    assert resident_balances([poor.pk]) == {poor.pk: Decimal("0.00")}
    assert advances_used([poor.pk]) == {poor.pk: Decimal("500.00")}


def test_waits_three_banking_days_before_paying_to_a_changed_account(home, payer):
    rent = factories.charge(home, payer)
    new = change_account(
        old=rent.account, iban=factories.made_up_iban(77), name="Verhuurder", on=ON, by=home.case_worker
    )
    factories.vouch(home, new)
    plan_orders(on=ON, first=ON)

    with pytest.raises(NothingToPay):
        assemble_batch(bank_account=home.account, on=date(2026, 11, 4), first=DUE, by=home.case_worker)

    batch = assemble_batch(bank_account=home.account, on=DUE, first=DUE, by=home.case_worker)
    assert batch.orders.get().iban == factories.made_up_iban(77)


def test_writes_every_step_in_the_audit_chain(home, payer):
    factories.charge(home, payer)

    released(home)

    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions[-5:] == ["orders.planned", "order.batched", "batch.approved", "batch.released", "order.released"]


def test_has_a_digest_that_every_cent_changes(home, payer):
    factories.charge(home, payer)
    orders = list(assembled(home).orders.all())
    before = digest_of(orders)

    orders[0].amount += Decimal("0.01")

    assert digest_of(orders) != before


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE posting SET amount = amount + 1",
        "DELETE FROM journal_entry",
        "TRUNCATE audit_event",
        "ALTER TABLE posting DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DELETE FROM payment_order",
        "UPDATE approval SET digest = ''",
        "DROP TRIGGER posting_append_only ON posting",
    ],
)
def test_withstands_the_application_s_own_role(home, payer, attack):
    factories.charge(home, payer)
    released(home)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_explains_a_remainder_by_the_sum_that_binds_it(home, payer):
    factories.charge(home, payer, amount="600.00", day=20)

    plan_orders(on=ON, first=ON)
    plan_remainders(on=ON, first=ON)

    order = PaymentOrder.objects.get(kind="remainder")
    assert (order.due_on, order.amount) == (factories.FIRST_FRIDAY, Decimal("80.00"))
    assert order.explanation == {
        "because": "2026-12-04",
        "name": "rent",
        "times": 5,
        "held": "1000.00",
        "income": "0.00",
        "to_pay": "600.00",
        "buffer": "0.00",
        "shared": "400.00",
    }
