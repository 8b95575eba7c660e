"""A day whose parts several workers do: each part once, in its step, whoever dies; who wants all money waits."""

import os
import signal
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction

from budgeting.models import AuditEvent, Town
from payments.actions import day, parts, sharing
from payments.actions.orders import hold_payments_of
from payments.actions.parts import Day, one_after_another
from payments.actions.plan import charges_of_part
from payments.actions.sharing import TakenOver, do_a_part, shared_day
from payments.models import DayPart, PaymentOrder
from tests import databases, factories
from tests.faults.kills import counted
from tests.faults.picture import violations

ON = factories.ON
DUE = ON + timedelta(days=3)


@pytest.fixture(autouse=True)
def one_to_a_part(monkeypatch):
    monkeypatch.setattr(parts, "PART", 1)


def town(residents=3):
    home = factories.house()
    for number in range(residents):
        who = factories.resident(home, money=f"{700 + number}.00")
        factories.charge(home, who)
        factories.income(home, who)
    return home


def lived(spread):
    steps = day.steps_of_day(on=ON, first=ON, spread=spread)
    return {name: step() for name, step in steps.items()}


def put_down(run, work=charges_of_part):
    """The parts of a step as whoever runs the day puts them down, and then dies."""
    rows = [DayPart(run=run, work=work.__name__, since=p.start, until=p.stop, on=ON, first=ON) for p in parts.parts()]
    return DayPart.objects.bulk_create(rows)


RUN = "00000000-0000-0000-0000-000000000001"


@pytest.mark.django_db
def test_tells_of_a_shared_day_what_one_alone_tells():
    town()
    with shared_day() as spread:
        shared = lived(spread)
    with shared_day() as spread:
        again = lived(spread)

    assert shared["plan_orders"]["new"] == 6
    assert shared["plan_remainders"]["new"] == 3
    assert again["plan_orders"] == {"new": 0, "changed": 0, "cancelled": 0}
    assert lived(one_after_another) == again
    assert not DayPart.objects.exists()


@pytest.mark.django_db
def test_does_each_part_once_and_then_none():
    town()
    put_down(RUN)

    assert [do_a_part() for _ in range(4)] == [True, True, True, False]
    assert PaymentOrder.objects.filter(kind="charge").count() == 6
    assert sum(row.told[0] for row in DayPart.objects.all()) == 6


@pytest.mark.django_db
def test_lets_nobody_do_what_a_run_before_left_undone():
    town()
    put_down(RUN)
    with shared_day():
        assert not do_a_part()


@pytest.mark.django_db
def test_says_so_when_another_run_took_the_day_over(monkeypatch):
    town()

    def taken_over(part, _):
        DayPart.objects.filter(since__gt=part.start).delete()
        return [0, 0, 0]

    monkeypatch.setitem(sharing.WORKS, "charges_of_part", taken_over)
    with shared_day() as spread, pytest.raises(TakenOver):
        spread(charges_of_part, Day(ON, ON))


@pytest.mark.django_db
def test_stops_the_step_when_a_part_goes_wrong_and_keeps_the_others(monkeypatch):
    town()
    calls = []

    def breaks(part, today):
        calls.append(part)
        if len(calls) == 2:
            raise ZeroDivisionError
        return charges_of_part(part, today)

    monkeypatch.setitem(sharing.WORKS, "charges_of_part", breaks)
    with pytest.raises(ZeroDivisionError), shared_day() as spread:
        spread(charges_of_part, Day(ON, ON))

    assert AuditEvent.objects.filter(action="orders.planned").count() == 1
    assert not DayPart.objects.exists()


@pytest.mark.django_db
def test_holds_the_same_payments_over_a_limit_whichever_part_was_planned_first():
    town(5)
    Town.objects.update(batch_limit=Decimal("1300.00"))

    def the_other_way_round(work, today):
        return [work(part, today) for part in reversed(parts.parts())][::-1]

    found = [_going(spread) for spread in (one_after_another, the_other_way_round)]

    assert found[0] == found[1]
    assert {reason for _, _, reason in found[0]} == {"", "over_batch_limit"}


def _going(spread):
    """Who would be paid and who not, in a day that is taken back."""
    with transaction.atomic():
        for step in day.steps_of_day(on=ON, first=DUE, spread=spread).values():
            step()
        due = PaymentOrder.objects.filter(execute_on__lte=DUE, kind="charge")
        found = list(due.order_by("resident").values_list("resident", "state", "reason"))
        transaction.set_rollback(True)
    return found


def test_keeps_who_wants_all_payments_waiting_while_a_part_is_at_work(own_database):
    with databases.owner(own_database.name) as other, transaction.atomic():
        hold_payments_of(range(1000, 2000))

        assert not _gets(other, "pg_try_advisory_lock", "payments", 0)
        assert _gets(other, "pg_try_advisory_lock_shared", "payments", 0)
        assert not _gets(other, "pg_try_advisory_lock", "payments part", 1000)
        assert _gets(other, "pg_try_advisory_lock", "payments part", 2000)


def test_keeps_a_part_waiting_while_somebody_wants_all_payments(own_database):
    town()
    put_down(RUN)
    with databases.owner(own_database.name) as other, connection.cursor() as cursor:
        assert _gets(other, "pg_try_advisory_lock", "payments", 0)
        cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError):
            do_a_part()
        assert not PaymentOrder.objects.exists()
        other.execute("SELECT pg_advisory_unlock_all()")
        assert do_a_part()


def _gets(connected, ask, job, number):
    return connected.execute(f"SELECT {ask}(hashtext(%s), %s)", [job, number]).fetchone()[0]


def test_leaves_a_part_to_the_next_wherever_a_worker_is_killed(own_database):
    town(2)
    put_down(RUN)
    left = DayPart.objects.filter(told__isnull=True)
    points, died = 0, True
    while died and left.count() == 2:  # the first point after which something was kept is the commit
        points += 1
        died = _killed(points)
        assert left.count() == PaymentOrder.objects.count() * -1 // 2 + 2, "all of a part is kept, or nothing"
    assert points > 20
    assert do_a_part() == died
    assert not do_a_part()

    assert PaymentOrder.objects.filter(kind="charge").count() == 4
    assert violations() == []


def _killed(k):
    """Does a part in a child that dies at its k-th round trip to the database; whether it died."""
    connection.close()
    child = os.fork()
    if child == 0:
        connection.ensure_connection()
        with counted(k):
            do_a_part()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
