"""Every advance says who lent it, why and until when; it ends by repayment, or by a write-off that two people want."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from budgeting import access
from budgeting.actions.ledger import advances_used, post, resident_balances
from budgeting.actions.persons import SamePerson
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.core.schedule import Recurrence
from budgeting.models import Resident, Role, Town
from payments.actions import books
from payments.actions.advances import (
    AlreadyProposed,
    NoReason,
    NotSoMuchLent,
    WriteOffDecided,
    approve_write_off,
    note_advances,
    propose_write_off,
    withdraw_write_off,
)
from payments.actions.batches import AdvanceNotAllowed, approve_batch, release_batch
from payments.actions.checks import reconsider
from payments.actions.day import run_day
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders, repay_advances
from payments.actions.repayment import AlreadyAgreed, NothingAgreed, agree_repayment, instalments_ahead, to_repay
from payments.models import AdvanceLent, PaymentOrder, RepaymentPlan, WriteOff
from tests import factories
from tests.factories import ON
from tests.faults.races import Job, race
from tests.one_file import assemble_batch
from tests.payments.actions.test_advances_and_remainders import DUE, NOW

FRIDAYS = Recurrence(unit="week", starts_on=factories.FIRST_FRIDAY, weekdays=(5,))


@pytest.fixture
def home(db):
    return factories.house()


def approved_batch(home):
    plan_orders(on=ON, first=DUE)
    batch = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)
    return approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)


def borrower(home, *, limit="400.00", income_day=24):
    """Rent of 500 with 200 in hand: 300 is lent, income of 1,200 comes later."""
    who = factories.resident(home, money="200.00", limit=limit)
    factories.charge(home, who, amount="500.00", valid_until=date(2026, 12, 1))
    if income_day:
        factories.income(home, who, day=income_day)
    release_batch(batch=approved_batch(home), now=NOW, by=home.approver)
    return who


def asked(home, who, value="120.00", **more):
    facts = {"reason": "schulden kwijtgescholden", "on": ON, "by": home.case_worker}
    return propose_write_off(resident=who, value=Decimal(value), **(facts | more))


def test_notes_who_lent_why_until_when_and_what_it_rests_on(home):
    who = borrower(home)

    note = AdvanceLent.objects.get()

    assert (note.resident, note.amount, note.why, note.lent_by) == (who, Decimal("300.00"), "charge", home.approver)
    assert (note.order.category, note.lent_on, note.back_by) == ("rent", NOW.date(), date(2026, 11, 24))
    assert note.affordability == {
        "owed": "300.00",
        "money": "0.00",
        "income": "1200.00",
        "charges": "0.00",
        "spare": "900.00",
        "limit": "400.00",
    }
    assert note_advances(on=ON) == 0


def test_says_that_no_day_of_repayment_is_in_sight(home):
    borrower(home, income_day=None)

    note = AdvanceLent.objects.get()

    assert (note.back_by, note.affordability["spare"]) == (None, "-300.00")


def test_notes_in_the_daily_run_what_was_lent_in_another_way(home):
    who = factories.resident(home, limit="50.00")
    post([Movement("advance", ON, "lent:test", ledger.given(who.pk, Decimal("20.00")))], by=home.case_worker)

    assert run_day(on=ON, first=DUE)["note_advances"] == {"noted": 1}
    assert run_day(on=ON, first=DUE)["note_advances"] == {"noted": 0}
    assert AdvanceLent.objects.get().why == "advance"


def test_keeps_its_notes(home):
    borrower(home)

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        AdvanceLent.objects.update(why="anders")


def test_lends_nothing_more_when_lending_is_switched_off(home):
    who = factories.resident(home, money="200.00", limit="400.00")
    factories.charge(home, who, amount="500.00", valid_until=date(2026, 12, 1))
    batch = approved_batch(home)
    Town.objects.update(lends_advances=False)

    with pytest.raises(AdvanceNotAllowed):
        release_batch(batch=batch, now=NOW, by=home.approver)


def test_lets_who_was_lent_before_pay_from_own_money_when_lending_stops(home):
    who = borrower(home)
    Town.objects.update(lends_advances=False, repays="by_plan")
    plan(home, who, "30.00")
    factories.give(home, who, "80.00")
    factories.charge(home, who, amount="75.00", category="energy", valid_until=date(2026, 12, 1))

    release_batch(batch=approved_batch(home), now=NOW, by=home.approver)

    assert advances_used([who.pk]) == {who.pk: Decimal("300.00")}
    assert resident_balances([who.pk]) == {who.pk: Decimal("5.00")}
    assert reconsider(on=ON, first=DUE) == {}


def plan(home, who, instalment, **more):
    facts = {"recurrence": FRIDAYS, "valid_from": ON, "reason": "afgesproken", "on": ON, "by": home.case_worker}
    return agree_repayment(resident=who, instalment=Decimal(instalment), **(facts | more))


def test_repays_at_once_unless_the_town_repays_by_plan(home):
    who = borrower(home)
    plan(home, who, "50.00")

    assert to_repay([who.pk], on=ON) == {who.pk: Decimal("300.00")}
    Town.objects.update(repays="by_plan")
    assert to_repay([who.pk], on=ON) == {who.pk: Decimal("0.00")}


def test_takes_each_instalment_once_and_leaves_the_rest_to_the_resident(home):
    Town.objects.update(repays="by_plan")
    who = borrower(home, income_day=None)
    plan(home, who, "50.00")
    factories.give(home, who, "500.00")

    left = []
    for day in (date(2026, 11, 5), date(2026, 11, 6), date(2026, 11, 7), date(2026, 11, 13), date(2026, 11, 20)):
        repay_advances(on=day)
        repay_advances(on=day)
        left.append(advances_used([who.pk])[who.pk])

    assert left == [Decimal(text) for text in ("300.00", "250.00", "250.00", "200.00", "150.00")]
    assert all(finding.ok for finding in books.verify())


def test_keeps_instalments_ahead_out_of_what_the_resident_gets(home):
    Town.objects.update(repays="by_plan")
    who = borrower(home, income_day=None)
    plan(home, who, "50.00")
    factories.give(home, who, "500.00")

    ahead = instalments_ahead([who.pk], on=ON, until=date(2026, 12, 7))[who.pk]
    plan_remainders(on=ON, first=ON)

    assert [charge.amount for charge in ahead] == [Decimal("50.00")] * 5
    # Five Fridays share 500 less five instalments.
    assert PaymentOrder.objects.get(kind="remainder").amount == Decimal("50.00")


def test_ends_an_earlier_plan_when_another_is_agreed(home):
    who = factories.resident(home)
    plan(home, who, "50.00")
    plan(home, who, "20.00", valid_from=date(2026, 12, 1))

    assert [(row.instalment, row.valid_until) for row in RepaymentPlan.objects.order_by("valid_from")] == [
        (Decimal("50.00"), date(2026, 12, 1)),
        (Decimal("20.00"), None),
    ]
    with pytest.raises(AlreadyAgreed):
        plan(home, who, "10.00", valid_from=date(2026, 12, 1))
    for wrong in ("0.00", "-5.00"):
        with pytest.raises(NothingAgreed):
            plan(home, who, wrong)


def test_writes_off_what_two_people_want(home):
    who = borrower(home)
    proposal = asked(home, who)

    done = approve_write_off(write_off=proposal, on=ON, by=home.approver)

    assert advances_used([who.pk]) == {who.pk: Decimal("180.00")}
    assert (done.approved_by, done.journal_entry.kind) == (home.approver, "write_off")
    assert all(finding.ok for finding in books.verify())
    with pytest.raises(WriteOffDecided):
        approve_write_off(write_off=proposal, on=ON, by=home.approver)


def test_refuses_a_write_off_by_one_person_under_two_accounts(home):
    who = borrower(home)
    both = factories.user(Role.APPROVER, Role.CASE_WORKER, person=home.case_worker.person_number)
    proposal = asked(home, who)

    with pytest.raises(SamePerson):
        approve_write_off(write_off=proposal, on=ON, by=both)
    entry = post([Movement("write_off", ON, "x", ledger.written_off(who.pk, Decimal("1.00")))], by=both)[0]
    with pytest.raises(IntegrityError, match="who proposed it"), transaction.atomic():
        WriteOff.objects.filter(pk=proposal.pk).update(approved_by=both, approved_on=ON, journal_entry=entry)


def test_refuses_a_write_off_without_reason_right_or_loan(home):
    who = borrower(home)
    for value in ("300.01", "0.00", "-1.00"):
        with pytest.raises(NotSoMuchLent):
            asked(home, who, value)
    with pytest.raises(NoReason):
        asked(home, who, reason=" ")
    with pytest.raises(access.NotAllowed):
        asked(home, who, by=home.approver)
    proposal = asked(home, who)
    with pytest.raises(AlreadyProposed):
        asked(home, who)
    with pytest.raises(access.NotAllowed):
        approve_write_off(write_off=proposal, on=ON, by=home.case_worker)
    withdraw_write_off(write_off=proposal, on=ON, by=home.case_worker)
    with pytest.raises(WriteOffDecided):
        approve_write_off(write_off=proposal, on=ON, by=home.approver)


def test_tells_the_second_of_two_who_propose_a_write_off_at_once(own_database):
    home = factories.house()
    who = borrower(home)

    assert race(Job("propose", lambda _: asked(home, who), (AlreadyProposed,)), 6) == []

    assert WriteOff.objects.count() == 1


def test_writes_off_once_when_many_approve_at_once(own_database):
    home = factories.house()
    who = borrower(home)
    proposal = asked(home, who)

    job = Job("write off", lambda _: approve_write_off(write_off=proposal, on=ON, by=home.approver), (WriteOffDecided,))

    assert race(job, 6) == []
    assert advances_used([who.pk]) == {who.pk: Decimal("180.00")}
    assert Resident.objects.count() == 1
