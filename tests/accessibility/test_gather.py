"""The facts of a story, gathered from the books and the orders."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accessibility.facts import ChargeState, Hours, ThingKind
from accessibility.gather import facts_of, payment_facts_of
from accessibility.known import help_of_town
from accessibility.months import NoSuchMonth, month_facts_of, months_of
from accessibility.why import NoPayout, why_facts_of
from budgeting.actions.entries import take_back
from budgeting.actions.statements import import_statement
from budgeting.models import Entry, Resident, Town
from payments.actions.batches import approve_batch, release_batch
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.models import PaymentOrder
from tests import factories
from tests.faults.bank import Bank, came_in
from tests.one_file import assemble_batch

pytestmark = pytest.mark.django_db
ON = factories.ON  # Monday 2 November 2026


@pytest.fixture
def home() -> factories.House:
    return factories.house(opening_hours={"first_weekday": 0, "last_weekday": 4, "opens": 9, "closes": 17})


def planned(home: factories.House, **resident: Any) -> Resident:
    """A resident with money, rent on the 5th, energy on the 20th, a benefit on the 24th, and all of it planned."""
    who = factories.resident(home, **({"money": "900.00"} | resident))
    factories.charge(home, who, amount="600.00", day=5)
    factories.charge(home, who, amount="80.00", day=20, category="energy")
    factories.income(home, who, amount="1200.00", day=24)
    plan_orders(on=ON, first=ON)
    plan_remainders(on=ON, first=ON)
    return who


def released(home: factories.House, *, on: date) -> None:
    """All that is ready goes to the bank."""
    batch = assemble_batch(bank_account=home.account, on=ON, first=on, by=home.case_worker)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    release_batch(batch=batch, now=datetime(2026, 11, 2, 15, tzinfo=UTC), by=home.approver)


def test_tells_what_we_have_and_what_we_will_pay_before_the_next_income(home: factories.House) -> None:
    facts = facts_of(planned(home), on=ON)

    assert facts.held == Decimal("900.00")
    assert facts.until == date(2026, 11, 23)
    assert facts.to_pay == Decimal("680.00")
    assert facts.left == Decimal("220.00")
    assert {(charge.category, charge.state) for charge in facts.charges} == {
        ("rent", ChargeState.PLANNED),
        ("energy", ChargeState.PLANNED),
    }


def test_tells_the_next_money_of_the_plan(home: factories.House) -> None:
    who = planned(home)
    order = PaymentOrder.objects.get(resident=who, kind="remainder")

    payout = facts_of(who, on=ON).payout

    assert payout is not None
    assert (payout.amount, payout.day) == (order.amount, order.execute_on)


def test_tells_a_resident_without_anything_a_true_story(home: factories.House) -> None:
    facts = facts_of(factories.resident(home), on=ON)

    assert (facts.payout, facts.thing, facts.charges, facts.held) == (None, None, (), Decimal("0.00"))
    assert facts.right_until is None


def test_tells_which_charge_waits_for_money(home: factories.House) -> None:
    who = planned(home, money="10.00")
    order = PaymentOrder.objects.get(resident=who, category="rent", due_on=date(2026, 11, 5))
    PaymentOrder.objects.filter(pk=order.pk).update(state="held", reason="short")

    facts = facts_of(who, on=ON)

    assert facts.thing is not None
    assert (facts.thing.kind, facts.thing.about) == (ThingKind.SHORT_WE_WAIT, "rent")
    assert facts.thing.caller == home.case_worker.full_name
    assert ChargeState.UNPAID in {charge.state for charge in facts.charges}


def test_tells_that_the_town_pays_in_advance(home: factories.House) -> None:
    who = planned(home, money="100.00", limit="1000.00")
    released(home, on=date(2026, 11, 5))

    facts = facts_of(who, on=ON)

    assert facts.held == Decimal("-500.00")
    assert facts.thing is not None
    assert facts.thing.kind is ThingKind.SHORT_WE_PAY


def test_tells_what_the_bank_has_as_sent(home: factories.House) -> None:
    who = planned(home)
    released(home, on=date(2026, 11, 5))

    rent = next(charge for charge in facts_of(who, on=ON).charges if charge.category == "rent")

    assert rent.state is ChargeState.SENT


def test_counts_until_today_while_the_main_income_is_awaited(home: factories.House) -> None:
    assert facts_of(planned(home), on=date(2026, 11, 25)).until == date(2026, 11, 25)


def test_counts_five_weeks_when_no_income_is_expected(home: factories.House) -> None:
    assert facts_of(factories.resident(home), on=ON).until == ON + timedelta(days=35)


def test_tells_who_stopped_since_when(home: factories.House) -> None:
    who = factories.resident(home)
    Resident.objects.filter(pk=who.pk).update(ends_on=date(2026, 11, 1))
    who.refresh_from_db()

    assert facts_of(who, on=ON).stopped_on == date(2026, 11, 1)


@pytest.mark.parametrize("charges", [0, 1, 9])
def test_asks_the_database_one_question_whatever_there_is_to_tell(home: factories.House, charges: int) -> None:
    who = factories.resident(home, money="5000.00")
    for _ in range(charges):
        factories.charge(home, who, amount="10.00")
    plan_orders(on=ON, first=ON)
    plan_remainders(on=ON, first=ON)

    with CaptureQueriesContext(connection) as asked:
        facts_of(who, on=ON)

    assert len(asked) == 1


def test_gives_opening_hours_only_when_the_town_did(home: factories.House) -> None:
    assert help_of_town().hours == Hours(0, 4, 9, 17)
    Town.objects.update(opening_hours={})
    assert help_of_town().hours is None


def test_shows_one_payment_to_its_resident_only(home: factories.House) -> None:
    who, other = planned(home), factories.resident(home)
    order = PaymentOrder.objects.get(resident=who, category="rent", due_on=date(2026, 11, 5))

    assert payment_facts_of(who, order.pk, on=ON).iban == order.iban
    with pytest.raises(PaymentOrder.DoesNotExist):
        payment_facts_of(other, order.pk, on=ON)


def test_explains_the_next_payout_by_the_day_that_binds_it(home: factories.House) -> None:
    facts = why_facts_of(planned(home), on=ON)

    order = PaymentOrder.objects.get(kind="remainder")
    assert facts.payout.amount == order.amount
    assert facts.binding_day == date.fromisoformat(order.explanation["because"])


def test_tells_the_sum_that_the_plan_wrote_beside_the_order(home: factories.House) -> None:
    who = planned(home)
    written = {"held": "900.00", "income": "0.00", "to_pay": "680.00", "buffer": "0.00", "shared": "220.00", "times": 4}
    order = PaymentOrder.objects.get(kind="remainder")
    PaymentOrder.objects.filter(pk=order.pk).update(explanation=order.explanation | written)

    counting = why_facts_of(who, on=ON).counting

    assert counting is not None
    assert (counting.shared, counting.times) == (Decimal("220.00"), 4)


def test_leaves_out_a_sum_that_does_not_add_up(home: factories.House) -> None:
    who = planned(home)
    written = {"held": "900.00", "income": "0.00", "to_pay": "680.00", "buffer": "0.00", "shared": "219.00", "times": 4}
    PaymentOrder.objects.filter(kind="remainder").update(explanation=written)

    assert why_facts_of(who, on=ON).counting is None


def test_has_nothing_to_explain_without_a_payout(home: factories.House) -> None:
    with pytest.raises(NoPayout):
        why_facts_of(factories.resident(home), on=ON)


def test_tells_a_month_as_a_sum_that_adds_up(home: factories.House) -> None:
    who = planned(home)
    released(home, on=date(2026, 11, 6))

    month = month_facts_of(who, ON, on=ON)

    assert {movement.category for movement in month.paid} == {"rent"}
    assert [movement.category for movement in month.given] == ["living_money"]
    assert month.closing == facts_of(who, on=ON).held


def test_tells_an_advance_as_money_paid_and_not_as_money_that_came_in(home: factories.House) -> None:
    who = planned(home, money="100.00", limit="1000.00")
    released(home, on=date(2026, 11, 5))

    month = month_facts_of(who, ON, on=ON)

    assert [movement.amount for movement in month.paid] == [Decimal("600.00")]
    assert month.closing == Decimal("-500.00")


def test_lists_every_month_since_the_first_movement(home: factories.House) -> None:
    who = factories.resident(home, money="10.00", on=date(2026, 9, 15))

    assert months_of(who, on=ON) == [date(2026, 11, 1), date(2026, 10, 1), date(2026, 9, 1)]
    assert month_facts_of(who, date(2026, 10, 5), on=ON).opening == Decimal("10.00")


@pytest.mark.parametrize("month", [date(2026, 12, 1), date(2026, 8, 1)])
def test_has_no_page_for_a_month_without_a_story(home: factories.House, month: date) -> None:
    who = factories.resident(home, money="10.00", on=date(2026, 9, 15))

    with pytest.raises(NoSuchMonth):
        month_facts_of(who, month, on=ON)


def test_expects_money_again_when_a_person_took_back_that_it_came(home: factories.House) -> None:
    who = factories.resident(home)
    benefit = factories.income(home, who, day=3)
    day = date(2026, 11, 3)
    line = came_in("1200.00", day, iban=benefit.counterparty.accounts.get().iban, remittance="uitkering november")
    data = Bank(home.account.iban).day(day, line)
    entry = Entry.objects.get(pk=import_statement(data=data, name="a.xml", by=None, on=day).entry_ids[0])
    after = facts_of(who, on=day).expected

    take_back(entry=entry, reason="van een ander", on=day, by=home.case_worker)

    again = facts_of(who, on=day).expected
    assert after is not None
    assert again is not None
    assert (after.day, again.day) == (date(2026, 12, 3), date(2026, 11, 3))
