"""Limits on money change when two people want it, and what they were is kept."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from budgeting import access
from budgeting.actions.persons import SamePerson
from budgeting.models import AuditEvent, Resident, Role, Town
from payments.actions.limit_changes import (
    TOWN_LIMITS,
    LimitAlreadyProposed,
    LimitDecided,
    LimitMoved,
    NoChange,
    NoReasonGiven,
    confirm_limit,
    propose_limit,
    withdraw_limit,
)
from payments.models import LimitChange
from tests import factories
from tests.factories import ON
from tests.faults.races import Job, race


@pytest.fixture
def home(db):
    return factories.house()


def proposed(home, *, limit="order", value="6000.00", reason="Huren stijgen", by=None, resident=None) -> LimitChange:
    by = by or home.case_worker
    return propose_limit(limit=limit, value=Decimal(value), reason=reason, on=ON, by=by, resident=resident)


@pytest.mark.parametrize("limit", TOWN_LIMITS)
def test_changes_a_limit_of_the_town_when_two_people_want_it(home, limit):
    change = proposed(home, limit=limit, value="7000.01")
    before = getattr(Town.objects.get(), TOWN_LIMITS[limit])
    assert before == change.before != Decimal("7000.01"), "a proposal changes nothing"

    confirm_limit(change=change, on=ON, by=home.approver)

    assert getattr(Town.objects.get(), TOWN_LIMITS[limit]) == Decimal("7000.01")
    assert AuditEvent.objects.latest("id").action == "limit.confirmed"


def test_changes_the_advance_limit_of_one_resident(home):
    one, other = (factories.resident(home, limit="100.00") for _ in range(2))

    confirm_limit(change=proposed(home, limit="advance", value="0.00", resident=one), on=ON, by=home.approver)

    assert Resident.objects.get(pk=one.pk).advance_limit == Decimal("0.00")
    assert Resident.objects.get(pk=other.pk).advance_limit == Decimal("100.00")


def test_lets_nobody_confirm_their_own_proposal_under_any_account(home):
    change = proposed(home)
    twin = factories.user(Role.APPROVER, person=home.case_worker.person_number)

    with pytest.raises(SamePerson):
        confirm_limit(change=change, on=ON, by=twin)
    with pytest.raises(IntegrityError, match="who proposed it"), transaction.atomic():
        LimitChange.objects.filter(pk=change.pk).update(confirmed_by=twin, confirmed_on=ON)
    assert Town.objects.get().order_limit == Decimal("5000.00")


def test_refuses_a_change_without_reason_amount_or_right(home):
    with pytest.raises(NoReasonGiven):
        proposed(home, reason=" ")
    for value in ("5000.00", "0.00", "-1.00"):
        with pytest.raises(NoChange):
            proposed(home, value=value)
    with pytest.raises(access.NotAllowed):
        proposed(home, by=factories.user(Role.FRONT_DESK))
    change = proposed(home)
    with pytest.raises(LimitAlreadyProposed):
        proposed(home, value="8000.00")
    with pytest.raises(access.NotAllowed):
        confirm_limit(change=change, on=ON, by=factories.user(Role.CASE_WORKER))


def test_keeps_what_was_proposed_and_decided(home):
    change = proposed(home)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        LimitChange.objects.filter(pk=change.pk).update(after=Decimal("99999.00"))
    withdraw_limit(change=change, on=ON, by=home.case_worker)
    with pytest.raises(LimitDecided):
        confirm_limit(change=change, on=ON, by=home.approver)
    with pytest.raises(IntegrityError), transaction.atomic():
        change.delete()
    confirm_limit(change=proposed(home), on=ON, by=home.approver)

    assert [(row.before, row.after) for row in LimitChange.objects.order_by("pk")] == [
        (Decimal("5000.00"), Decimal("6000.00"))
    ] * 2


def test_asks_again_when_the_limit_moved_meanwhile(home):
    change = proposed(home)
    Town.objects.update(order_limit=Decimal("4000.00"))

    with pytest.raises(LimitMoved):
        confirm_limit(change=change, on=ON, by=home.approver)


def test_proposes_and_confirms_once_when_many_do_it_at_once(own_database):
    home = factories.house()

    assert race(Job("propose", lambda _: proposed(home), (LimitAlreadyProposed,)), 6) == []
    change = LimitChange.objects.get()
    confirm = Job("confirm", lambda _: confirm_limit(change=change, on=ON, by=home.approver), (LimitDecided,))
    assert race(confirm, 6) == []
    assert Town.objects.get().order_limit == Decimal("6000.00")
