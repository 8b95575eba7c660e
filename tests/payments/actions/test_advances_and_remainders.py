"""What was lent is paid back from the first money, and every pay day has one living order, whatever happened before."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from budgeting import access
from budgeting.actions.ledger import advances_used, resident_balances
from payments.actions import books
from payments.actions.batches import NothingToPay, approve_batch, cancel_batch, release_batch
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders, repay_advances
from payments.models import PaymentOrder
from tests import factories
from tests.factories import ON
from tests.one_file import assemble_batch

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 5)
NOW = datetime(2026, 11, 5, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def home():
    return factories.house(resident_day_limit=Decimal("700.00"))


@pytest.fixture
def borrower(home):
    """Someone who was lent 100.00 for a charge."""
    who = factories.resident(home, limit="100.00", money="1.00")
    factories.charge(home, who, amount="101.00")
    plan_orders(on=ON, first=ON)
    batch = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    release_batch(batch=batch, now=NOW, by=home.approver)
    assert advances_used([who.pk]) == {who.pk: Decimal("100.00")}
    return who


def test_pays_an_advance_back_as_often_a_day_as_money_comes_in(home, borrower):
    for left in ("70.00", "40.00", "10.00", "0.00"):
        factories.give(home, borrower, "30.00")
        assert repay_advances(on=DUE) == 1
        assert advances_used([borrower.pk]) == {borrower.pk: Decimal(left)}

    assert repay_advances(on=DUE) == 0
    assert resident_balances([borrower.pk]) == {borrower.pk: Decimal("20.00")}


def test_pays_back_nothing_that_waits_in_a_batch(home, borrower):
    factories.give(home, borrower, "50.00")
    factories.charge(home, borrower, amount="50.00", day=6)
    plan_orders(on=ON, first=ON)
    assemble_batch(bank_account=home.account, on=DUE, first=date(2026, 11, 6), by=home.case_worker)

    assert repay_advances(on=DUE) == 0


def test_counts_earlier_batches_of_a_day_in_what_a_resident_may_pay_that_day(home):
    who = factories.resident(home, money="2000.00")
    factories.charge(home, who, amount="400.00")
    plan_orders(on=ON, first=ON)
    assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)
    factories.charge(home, who, amount="400.00")
    plan_orders(on=ON, first=ON)

    with pytest.raises(NothingToPay):
        assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)

    assert PaymentOrder.objects.get(state="held").reason == "over_resident_limit"


def test_plans_one_remainder_after_the_batch_of_an_earlier_one_was_cancelled(home):
    factories.resident(home, money="200.00")
    friday, next_friday = date(2026, 11, 6), date(2026, 11, 13)
    plan_remainders(on=ON, first=ON)
    batch = assemble_batch(bank_account=home.account, on=ON, first=friday, by=home.case_worker)
    plan_remainders(on=ON, first=ON)
    live = PaymentOrder.objects.filter(kind="remainder").live()
    assert list(live.order_by("due_on").values_list("due_on", flat=True)) == [friday, next_friday]

    cancel_batch(batch=batch, reason="x", on=ON, by=home.case_worker)
    plan_remainders(on=ON, first=ON)
    plan_remainders(on=ON, first=ON)

    assert list(live.values_list("due_on", "state")) == [(friday, "planned")]
    assert all(finding.ok for finding in books.verify())


def test_lets_only_an_approver_cancel_what_was_approved(home):
    who = factories.resident(home, money="200.00")
    factories.charge(home, who, amount="100.00")
    plan_orders(on=ON, first=ON)
    batch = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    assert batch.state == "draft"  # as the case worker's page still has it

    with pytest.raises(access.NotAllowed):
        cancel_batch(batch=batch, reason="x", on=ON, by=home.case_worker)
