"""What is amiss is told once, stays until it is solved or put away, and comes up by itself."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from budgeting import access
from budgeting.actions.agreements import end_agreement
from budgeting.actions.alerts import NoReason, NotStanding, put_away_alert, residents_to_call, snooze_alert
from budgeting.actions.entries import Part, decide_entry, take_back
from budgeting.core.schedule import Recurrence
from budgeting.models import Agreement, Alert, AuditEvent, Entry, Resident, Role
from payments.actions import parts
from payments.actions.alerting import watch
from payments.actions.batches import approve_batch, release_batch
from payments.actions.day import run_day
from payments.actions.plan import plan_orders
from payments.actions.settle import take_in_statement
from payments.models import PaymentOrder
from tests import factories
from tests.faults.bank import Bank, came_in
from tests.faults.races import Job, race
from tests.one_file import assemble_batch

DUE = date(2026, 11, 24)  # a Tuesday
LATE = date(2026, 11, 28)


@pytest.fixture
def home(db):
    return factories.house()


@pytest.fixture
def benefit(home):
    return factories.income(home, factories.resident(home), day=24)


class Payer:
    """Pays an agreement on days, through statements that follow each other."""

    def __init__(self, home):
        self.home, self.bank = home, Bank(home.account.iban, Decimal("0.00"))

    def pays(self, agreement, day, amount="1200.00", iban=""):
        statement = self.bank.day(day, came_in(amount, day, iban=iban))
        taken = take_in_statement(data=statement, name="afschrift.xml", by=self.home.case_worker, on=day)
        entry = Entry.objects.get(pk=taken.result.entry_ids[0])
        part = Part(Decimal(amount), agreement.resident, agreement)
        decide_entry(entry=entry, parts=[part], on=day, by=self.home.case_worker)
        return entry


def standing():
    return [(alert.kind, alert.period) for alert in Alert.objects.standing().order_by("pk")]


def test_says_once_that_income_is_missing_and_stays_silent_before(home, benefit):
    assert watch(on=DUE + timedelta(days=3)).opened == 0

    assert watch(on=LATE).opened == 1
    for day in range(5):
        assert watch(on=LATE + timedelta(days=day)).opened == 0

    alert = Alert.objects.get()
    assert (alert.resident, alert.agreement, alert.kind, alert.period) == (
        benefit.resident,
        benefit,
        "income_missing",
        DUE,
    )
    assert (alert.facts, alert.opened_on) == ({"amount": "1200.00", "days": 8}, LATE)
    assert AuditEvent.objects.filter(action="alert.opened").count() == 1


def test_closes_by_itself_when_the_money_comes_however_late(home, benefit):
    watch(on=LATE)
    Payer(home).pays(benefit, date(2026, 12, 9))

    assert watch(on=date(2026, 12, 10)).solved == 1
    assert (Alert.objects.get().closed_because, standing()) == ("solved", [])


def test_opens_the_same_alert_again_when_the_money_was_somebody_elses(home, benefit):
    watch(on=LATE)
    entry = Payer(home).pays(benefit, LATE)
    watch(on=LATE)
    snoozed = Alert.objects.get()
    take_back(entry=entry, reason="van een ander", on=LATE, by=home.case_worker)

    assert watch(on=date(2026, 12, 1)).reopened == 1
    alert = Alert.objects.get()
    assert (alert.pk, alert.opened_on, alert.closed_on) == (snoozed.pk, date(2026, 12, 1), None)


def test_names_every_agreement_whose_money_is_missing(home, benefit):
    other = factories.income(home, benefit.resident, day=23)
    paused = factories.income(home, benefit.resident, day=23)
    paused.pauses.create(valid_from=date(2026, 11, 1), valid_until=None, reason="geen recht")

    watch(on=LATE)

    assert {alert.agreement_id for alert in Alert.objects.all()} == {benefit.pk, other.pk}


def test_closes_what_is_no_longer_agreed(home, benefit):
    watch(on=LATE)
    end_agreement(agreement=benefit, valid_until=DUE, by=home.case_worker)

    assert watch(on=LATE).solved == 1


def test_gives_a_payer_the_days_it_is_used_to(home):
    rhythm = Recurrence(unit="month", starts_on=date(2026, 9, 1), days=(24,))
    late_payer = factories.income(
        home, factories.resident(home), recurrence=rhythm, valid_from=date(2026, 9, 1), category="alimony_received"
    )
    payer = Payer(home)
    payer.pays(late_payer, date(2026, 9, 24))
    payer.pays(late_payer, date(2026, 11, 2))  # ten days after 24 October, which is a Saturday: 26 October and seven

    # Once seven days late: it is given seven and half as many again.
    assert watch(on=date(2026, 12, 5)).opened == 0
    assert watch(on=date(2026, 12, 6)).opened == 1


def test_sees_what_came_twice_changed_or_came_from_a_stranger(home, benefit):
    payer = Payer(home)
    payer.pays(benefit, date(2026, 11, 24), "1100.00")
    payer.pays(benefit, date(2026, 11, 25), "1200.00", iban=factories.made_up_iban(7))

    watch(on=date(2026, 11, 26))

    assert standing() == [("double", DUE), ("amount_outside_range", DUE), ("unexpected_payer", DUE)]


def test_sees_that_an_allowance_stopped(home):
    rhythm = Recurrence(unit="month", starts_on=date(2026, 9, 1), days=(20,))
    allowance = factories.income(
        home, factories.resident(home), recurrence=rhythm, valid_from=date(2026, 9, 1), category="rent_allowance"
    )
    Payer(home).pays(allowance, date(2026, 9, 21))

    watch(on=LATE)

    assert standing() == [
        ("income_missing", date(2026, 10, 20)),
        ("income_missing", date(2026, 11, 20)),
        ("allowance_stopped", date(2026, 11, 20)),
    ]


def test_sees_a_charge_that_did_not_leave_and_that_the_money_runs_out(home):
    who = factories.resident(home, money="100.00")
    factories.charge(home, who, amount="600.00", day=24)
    run_day(on=DUE, first=DUE)

    assert standing() == [("balance_going_negative", None)]
    alert = Alert.objects.get()
    assert (alert.resident, alert.facts) == (who, {"on": "2026-11-24", "balance": "-500.00"})
    run_day(on=LATE, first=LATE)
    assert ("charge_not_collected", DUE) in standing()
    factories.give(home, who, "500.00")
    run_day(on=LATE, first=LATE)
    assert standing() == [("charge_not_collected", DUE)]


def test_has_one_alert_of_a_balance_however_it_changes(home):
    who = factories.resident(home, money="100.00")
    factories.charge(home, who, amount="600.00", day=24)
    plan_orders(on=DUE, first=DUE)
    watch(on=DUE)
    factories.give(home, who, "50.00")
    watch(on=DUE)
    assert standing() == [("balance_going_negative", None)]

    factories.give(home, who, "450.00")
    watch(on=DUE)
    assert standing() == []
    PaymentOrder.objects.update(amount=Decimal("700.00"))
    watch(on=DUE)
    assert (standing(), Alert.objects.count()) == ([("balance_going_negative", None)], 2)


def test_sleeps_until_the_day_that_was_given_with_a_reason(home, benefit):
    watch(on=LATE)
    until = LATE + timedelta(days=7)

    snooze_alert(alert=Alert.objects.get(), until=until, reason="uitkeerder gebeld", on=LATE, by=home.case_worker)
    watch(on=LATE)

    assert list(Alert.objects.awake(LATE)) == []
    assert residents_to_call(on=LATE) == []
    assert residents_to_call(on=until) == [Resident.objects.get()]
    assert Alert.objects.awake(until).get().reason == "uitkeerder gebeld"


def test_does_not_come_back_with_what_a_person_put_away(home, benefit):
    watch(on=LATE)

    put_away_alert(alert=Alert.objects.get(), reason="eenmalig overgeslagen", on=LATE, by=home.case_worker)

    assert watch(on=LATE).opened == watch(on=LATE).reopened == 0
    with pytest.raises(NotStanding):
        snooze_alert(alert=Alert.objects.get(), until=date(2027, 1, 1), reason="x", on=LATE, by=home.case_worker)


def test_puts_nothing_off_without_reason_or_right(home, benefit):
    watch(on=LATE)
    alert, until = Alert.objects.get(), date(2026, 12, 24)
    for by in (home.approver, factories.user(Role.CASE_WORKER)):
        with pytest.raises(access.NotAllowed):
            snooze_alert(alert=alert, until=until, reason="x", on=LATE, by=by)
    with pytest.raises(NoReason):
        snooze_alert(alert=alert, until=until, reason=" ", on=LATE, by=home.case_worker)
    with pytest.raises(NoReason):
        snooze_alert(alert=alert, until=LATE, reason="x", on=LATE, by=home.case_worker)


def test_asks_nobody_about_what_is_long_ago(home):
    rhythm = Recurrence(unit="month", starts_on=date(2026, 1, 1), days=(20,))
    factories.income(home, factories.resident(home), recurrence=rhythm, valid_from=date(2026, 1, 1))

    watch(on=LATE)

    assert standing() == [("income_missing", date(2026, 10, 20)), ("income_missing", date(2026, 11, 20))]


def test_says_it_once_when_many_look_at_once(own_database):
    home = factories.house()
    benefit = factories.income(home, factories.resident(home), day=24)

    assert race(Job("watch", lambda _: watch(on=LATE).opened), 6) == []

    assert Alert.objects.get().agreement == Agreement.objects.get(pk=benefit.pk)


def test_keeps_one_alert_of_a_kind_and_period(home, benefit):
    facts = {"resident": benefit.resident, "agreement": benefit, "kind": "double", "opened_on": LATE}
    Alert.objects.create(period=DUE, **facts)
    for wrong in ({"period": DUE}, {"period": None}, {"period": LATE, "closed_on": LATE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.create(**(facts | wrong))


def test_tells_of_today_as_long_as_it_stands(home, benefit):
    watch(on=LATE)
    first = Alert.objects.standing().get().facts

    watch(on=LATE + timedelta(days=5))

    later = Alert.objects.standing().get()
    assert later.opened_on == LATE
    assert later.facts["days"] - first["days"] == 5


def test_watches_the_others_when_one_is_not_watched(home, benefit):
    quiet, other = (factories.income(home, factories.resident(home), day=24) for _ in range(2))
    watch(on=LATE)
    put_away_alert(alert=Alert.objects.get(agreement=quiet), reason="Klopt zo", on=LATE, by=home.case_worker)
    end_agreement(agreement=benefit, valid_until=DUE, by=home.case_worker)
    month = timedelta(days=31)

    watch(on=LATE + month)

    missing = Alert.objects.standing().filter(kind="income_missing", period__gt=DUE)
    assert {alert.agreement_id for alert in missing} == {quiet.pk, other.pk}


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("days", [33, 37, 44, 55])  # not late yet, late for others, late for this payer, for anybody
def test_sees_the_same_whatever_part_a_resident_is_in(home, monkeypatch, size, days):
    payer = Payer(home)
    incomes = [factories.income(home, factories.resident(home), day=24) for _ in range(4)]
    shared = incomes[0].counterparty  # one payer of all, whose habit each of them is held against
    Agreement.objects.filter(pk__in=[income.pk for income in incomes]).update(counterparty=shared)
    for income, day in zip(incomes[:2], (DUE, DUE + timedelta(days=8)), strict=True):
        payer.pays(income, day)
    on = DUE + timedelta(days=days)

    with transaction.atomic():
        at_once, stood = watch(on=on), standing()
        transaction.set_rollback(True)
    monkeypatch.setattr(parts, "PART", size)

    assert at_once.opened > 1
    assert watch(on=on) == at_once
    assert sorted(standing()) == sorted(stood)


def test_says_nothing_of_a_charge_that_left_and_all_of_one_that_did_not(home):
    quiet, late = (
        factories.charge(home, factories.resident(home, money=money), day=24) for money in ("900.00", "0.00")
    )
    run_day(on=DUE, first=DUE)
    batch = assemble_batch(bank_account=home.account, on=DUE, first=DUE, by=home.case_worker)
    approve_batch(batch=batch, digest=batch.digest, on=DUE, by=home.approver)
    release_batch(batch=batch, now=datetime.combine(DUE, time(9, 0), tzinfo=UTC), by=home.approver)

    watch(on=LATE)

    assert PaymentOrder.objects.get(agreement=quiet, due_on=DUE).state == "released"
    told = Alert.objects.standing().filter(agreement__isnull=False).values_list("agreement", "kind", "period")
    assert list(told) == [(late.pk, "charge_not_collected", DUE)]
