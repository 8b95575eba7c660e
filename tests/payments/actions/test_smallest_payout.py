"""Cents are not paid out one by one: they roll on, and none is ever lost or kept for ever."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from budgeting.actions.ledger import resident_balances
from budgeting.models import Resident, Town
from payments.actions.batches import approve_batch, release_batch
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.models import PaymentOrder
from tests import factories
from tests.factories import FIRST_FRIDAY, ON
from tests.one_file import assemble_batch
from tests.payments.actions.test_batches import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return factories.house()


def planned(*, on: date = ON) -> list[str]:
    plan_orders(on=on, first=on)
    plan_remainders(on=on, first=on)
    return [str(order.amount) for order in PaymentOrder.objects.filter(state="planned", kind="remainder")]


@pytest.mark.parametrize(
    ("money", "paid"), [("2.00", ["1.00"]), ("1.00", ["1.00"]), ("0.99", []), ("0.01", []), ("5.00", ["1.00"])]
)
def test_makes_up_a_payout_of_cents_or_rolls_it_on(home, money, paid):
    factories.resident(home, money=money)

    assert planned() == paid
    assert planned() == paid, "a second run changes nothing"


def test_leaves_out_what_would_take_from_a_charge(home):
    factories.charge(home, factories.resident(home, money="20.50"), amount="20.00", day=20)

    assert planned() == []


def test_pays_what_rolled_on_with_the_money_of_a_later_day(home):
    who = factories.resident(home, money="0.60")
    assert planned() == []

    factories.give(home, who, "9.40", on=FIRST_FRIDAY)

    assert planned(on=FIRST_FRIDAY + timedelta(days=3)) == ["2.00"]


def test_takes_back_an_order_that_fell_to_cents(home):
    who = factories.resident(home, money="10.00")
    assert planned() == ["2.00"]

    factories.charge(home, who, amount="9.50", day=20)

    assert planned() == []
    assert PaymentOrder.objects.get(kind="remainder").state == "cancelled"


def test_pays_the_last_cents_on_the_last_pay_day(home):
    who = factories.resident(home, money="0.35")
    Resident.objects.filter(pk=who.pk).update(ends_on=FIRST_FRIDAY + timedelta(days=2))

    assert planned() == ["0.35"]


def test_pays_every_cent_when_the_town_has_no_smallest_payout_or_a_resident_wishes_less(home):
    Resident.objects.filter(pk=factories.resident(home, money="2.00").pk).update(fixed_payout=Decimal("0.30"))
    assert planned() == ["0.30"]

    Town.objects.update(smallest_payout=Decimal("0.00"))
    factories.resident(home, money="2.00")
    assert sorted(planned()) == ["0.30", "0.40"]


def test_keeps_nothing_for_ever(home):
    who = factories.resident(home, money="3.70")
    for week in range(5):
        friday = FIRST_FRIDAY + timedelta(weeks=week)
        on = friday - timedelta(days=1)
        if not planned(on=on):
            break
        batch = assemble_batch(bank_account=home.account, on=on, first=friday, by=home.case_worker)
        approve_batch(batch=batch, digest=batch.digest, on=on, by=home.approver)
        release_batch(batch=batch, now=NOW.replace(day=on.day, month=on.month), by=home.approver)

    assert resident_balances([who.pk])[who.pk] == Decimal("0.70")
