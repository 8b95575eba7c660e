"""What is done a part of the residents at a time is the same as for all at once, whoever is in which part."""

import pytest
from django.db import transaction

from budgeting.models import AuditEvent, Resident
from budgeting.models.among import among
from payments.actions import parts
from payments.actions.parts import together
from payments.actions.plan import Planned, plan_orders
from payments.actions.remainders import plan_remainders
from payments.models import PaymentOrder
from tests import factories

ON = factories.ON


@pytest.fixture
def home(db):
    home = factories.house()
    for number in range(5):
        who = factories.resident(home, money=f"{700 + number}.00")
        factories.charge(home, who)
    return home


def planned():
    told = (plan_orders(on=ON, first=ON), plan_remainders(on=ON, first=ON))
    fields = ("kind", "resident", "due_on", "amount", "end_to_end_id", "state", "explanation")
    return told, list(PaymentOrder.objects.order_by("end_to_end_id").values_list(*fields))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_plans_in_small_parts_what_it_plans_in_one(home, monkeypatch, size):
    with transaction.atomic():
        at_once = planned()
        transaction.set_rollback(True)
    monkeypatch.setattr(parts, "PART", size)

    assert planned() == at_once
    assert len(parts.parts()) >= 5 // size


def test_leaves_out_parts_without_anybody_and_has_everybody_once(home, monkeypatch):
    monkeypatch.setattr(parts, "PART", 2)
    found = parts.parts()

    numbers = list(Resident.objects.order_by("pk").values_list("pk", flat=True))
    assert [number for part in found for number in numbers if number in part] == numbers
    assert all(Resident.objects.filter(among("pk", part)).exists() for part in found)
    assert Resident.objects.filter(among("pk", numbers[1:3])).count() == 2


def test_keeps_what_the_parts_before_planned_when_one_breaks_off(home, monkeypatch):
    monkeypatch.setattr(parts, "PART", 1)
    broken = factories.resident(home)
    factories.charge(home, broken)
    broken.agreements.update(recurrence={"unit": "never"})

    with pytest.raises(ValueError, match="not a recurrence"):
        plan_orders(on=ON, first=ON)

    assert PaymentOrder.objects.values("resident").distinct().count() == 5
    assert AuditEvent.objects.filter(action="orders.planned").count() == 5


def test_counts_nothing_where_nobody_is(db):
    factories.house()
    assert plan_orders(on=ON, first=ON) == Planned(0, 0, 0)
    assert together(Planned, [(1, 2, 3), (4, 0, 0)]) == Planned(5, 2, 3)
