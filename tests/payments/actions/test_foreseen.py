"""Income counts as low and as late as its payer was before; or, where the town says so, not before it is there."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from budgeting.actions.agreements import pause_agreement
from budgeting.core.schedule import Recurrence
from budgeting.models import Town
from payments.actions.foreseen import incomes_ahead
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.models import PaymentOrder
from tests import factories
from tests.payments.actions.test_alerting import Payer

ON = date(2026, 11, 2)
MONTHLY = Recurrence(unit="month", starts_on=date(2026, 1, 1), days=(10,))


@pytest.fixture
def home(db):
    return factories.house()


def wages(home, who, **terms):
    facts = {"category": "wages", "recurrence": MONTHLY, "valid_from": date(2026, 1, 1), "window_days": 5}
    return factories.income(home, who, amount="1200.00", **(facts | terms))


def ahead(who):
    return [(line.on, line.amount) for line in incomes_ahead([who.pk], ON)[who.pk]]


def test_counts_on_what_was_agreed_of_a_payer_nobody_knows_yet(home):
    who = factories.resident(home)
    wages(home, who)

    assert ahead(who) == [(date(2026, 11, 10), Decimal("1200.00"))]


def test_counts_as_low_and_as_late_as_the_payer_was(home):
    who = factories.resident(home)
    agreement, payer = wages(home, who), Payer(home)
    for day, amount in ((date(2026, 8, 10), "1200.00"), (date(2026, 9, 14), "900.00"), (date(2026, 10, 12), "1200.00")):
        payer.pays(agreement, day, amount)

    # The lowest of three; once four days late, so the fourteenth, a Saturday.
    assert ahead(who) == [(date(2026, 11, 16), Decimal("900.00"))]


def test_never_counts_on_more_or_earlier_than_was_agreed(home):
    who = factories.resident(home)
    agreement, payer = wages(home, who), Payer(home)
    for day in (date(2026, 8, 7), date(2026, 9, 8)):
        payer.pays(agreement, day, "1500.00")

    assert ahead(who) == [(date(2026, 11, 10), Decimal("1200.00"))]


def test_counts_on_nothing_while_an_income_is_paused(home):
    who = factories.resident(home)
    agreement = wages(home, who)
    pause_agreement(
        agreement=agreement,
        valid_from=ON,
        valid_until=ON + timedelta(days=30),
        reason="Onbetaald verlof",
        by=home.case_worker,
    )

    assert ahead(who) == []


def test_counts_on_nothing_ahead_where_the_town_wants_only_what_is_certain(home):
    who = factories.resident(home, money="400.00")
    factories.charge(home, who, amount="300.00", day=5)
    wages(home, who)
    planned = {}
    for way in (Town.CountsOn.CAUTIOUS, Town.CountsOn.CERTAIN):
        Town.objects.update(counts_on=way)
        plan_orders(on=ON, first=ON)
        plan_remainders(on=ON, first=ON)
        planned[way] = PaymentOrder.objects.filter(kind="remainder", state="planned").values_list("amount", flat=True)
        planned[way] = list(planned[way])

    # 400 and 1200 with care, less two rents, over five Fridays; without: the rents take all there is.
    assert planned[Town.CountsOn.CAUTIOUS] == [Decimal("100.00")]
    assert planned[Town.CountsOn.CERTAIN] == []
