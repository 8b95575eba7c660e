"""What came back or was refused is paid again when a person says so: a new attempt, to the account that holds now."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from budgeting.actions.people import change_account
from payments.actions.again import NotToBePaidAgain, pay_again
from payments.actions.batches import approve_batch, release_batch
from payments.actions.orders import move_orders
from payments.actions.plan import plan_orders
from payments.models import PaymentOrder
from tests import factories
from tests.factories import ON
from tests.one_file import assemble_batch

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 5)


@pytest.fixture
def home():
    return factories.house()


@pytest.fixture
def refused(home):
    """A rent order that the bank rejected."""
    rent = factories.charge(home, factories.resident(home, money="1000.00"))
    plan_orders(on=ON, first=ON)
    batch = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    now = datetime(2026, 11, 5, 9, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    release_batch(batch=batch, now=now, by=home.approver)
    order = PaymentOrder.objects.get(agreement=rent, due_on=DUE)
    move_orders([order], "rejected", by=None, reason="AC04")
    return order


def test_plans_the_next_attempt_to_the_account_that_holds_now(home, refused):
    new = factories.made_up_iban(99)
    change_account(old=refused.account, iban=new, name="Verhuurder", on=ON, by=home.case_worker)

    again = pay_again(order=refused, on=date(2026, 11, 9), first=date(2026, 11, 9), by=home.case_worker)

    assert (again.attempt, again.iban, again.amount, again.state) == (2, new, refused.amount, "planned")
    assert again.execute_on == date(2026, 11, 9)
    assert again.end_to_end_id != refused.end_to_end_id


def test_pays_a_due_date_again_only_once_at_a_time(home, refused):
    pay_again(order=refused, on=DUE, first=DUE, by=home.case_worker)

    with pytest.raises(NotToBePaidAgain, match="underway"):
        pay_again(order=refused, on=DUE, first=DUE, by=home.case_worker)


def test_refuses_to_pay_again_what_never_left_or_arrived(home):
    factories.charge(home, factories.resident(home, money="1000.00"))
    plan_orders(on=ON, first=ON)

    with pytest.raises(NotToBePaidAgain, match="planned"):
        pay_again(order=PaymentOrder.objects.get(due_on=DUE), on=ON, first=ON, by=home.case_worker)
