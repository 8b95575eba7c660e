"""An extra payout, and an objection: done once whoever asks at once, and never from what a charge needs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from budgeting import access
from budgeting.core.schedule import Recurrence
from budgeting.models import Role
from payments.actions.day import run_day
from payments.actions.extra import CoursesDiffer, NotToBePaidOut, change_way, pay_extra, with_extra_payout
from payments.actions.objections import (
    LONGEST,
    Answered,
    NothingSaid,
    NotTheirs,
    ObjectsAlready,
    answer_objection,
    make_objection,
)
from payments.core.remainder import TooMuch
from payments.models import Objection, PaymentOrder
from tests import factories
from tests.factories import ON
from tests.faults.races import Job, race

DUE = ON + timedelta(days=3)
SIXTY = Decimal("60.00")


@pytest.fixture
def home(db):
    return factories.house()


def living(home):
    who = factories.resident(home, money="800.00")
    factories.charge(home, who, amount="600.00", day=5)
    factories.income(home, who, amount="1200.00", day=24)
    run_day(on=ON, first=DUE)
    return who


def paid(home, who, **changed):
    seen = with_extra_payout(who, SIXTY, on=ON, first=DUE)
    facts = {"extra": SIXTY, "reason": "Winterjas", "seen": seen, "on": ON, "first": DUE, "by": home.case_worker}
    return pay_extra(resident=who, **(facts | changed))


def test_pays_once_what_many_say_yes_to_at_once(own_database):
    home = factories.house()
    who = living(home)
    seen = with_extra_payout(who, SIXTY, on=ON, first=DUE)

    assert race(Job("extra", lambda _: paid(home, who, seen=seen), (CoursesDiffer,)), 8) == []

    assert PaymentOrder.objects.get(explanation__has_key="extra").amount == SIXTY


def test_keeps_one_objection_about_a_thing_when_many_are_sent_at_once(own_database):
    home = factories.house()
    who = factories.resident(home)

    def object_to(_):
        return make_objection(resident=who, words="Dit klopt niet.", on=ON, by=who.user)

    assert race(Job("object", object_to, (ObjectsAlready,)), 8) == []

    assert Objection.objects.count() == 1


def test_never_takes_from_a_charge_however_often_it_is_asked(home):
    who = living(home)
    for _ in range(3):
        paid(home, who)

    with pytest.raises(TooMuch) as much:
        with_extra_payout(who, Decimal("20.01"), on=ON, first=DUE)
    assert much.value.most == Decimal("20.00"), "200 can be spared before the benefit, 180 of it is gone"


@pytest.mark.parametrize(
    ("changed", "what"),
    [({"reason": "  "}, "reason"), ({"extra": Decimal("0.00")}, "amount"), ({"extra": Decimal("-5.00")}, "amount")],
)
def test_pays_nothing_without_amount_and_reason(home, changed, what):
    who = living(home)

    with pytest.raises(NotToBePaidOut) as wrong:
        paid(home, who, **changed)
    assert wrong.value.what == what


def test_lets_only_the_residents_case_worker_change_leefgeld(home):
    who, stranger = living(home), factories.user(Role.CASE_WORKER)
    weekly = Recurrence("week", ON, weekdays=(1,))

    for by in (stranger, home.approver, who.user):
        with pytest.raises(access.NotAllowed):
            paid(home, who, by=by)
        with pytest.raises(access.NotAllowed):
            change_way(resident=who, rhythm=weekly, fixed=None, reason="Anders", on=ON, first=DUE, by=by)


def test_keeps_objection_and_answer_as_they_are(home):
    who, other = factories.resident(home), living(home)
    made = make_objection(resident=who, words="Dit klopt niet.", on=ON, by=who.user)
    theirs = PaymentOrder.objects.filter(resident=other).first()

    with pytest.raises(NotTheirs):
        make_objection(resident=who, words="Dit klopt niet.", on=ON, by=who.user, order=theirs)
    with pytest.raises(access.NotAllowed):
        make_objection(resident=who, words="Dit klopt niet.", on=ON, by=other.user)
    for words in ("", "   ", "x" * (LONGEST + 1), "nul\x00"):
        with pytest.raises(NothingSaid):
            make_objection(resident=who, words=words, on=ON, by=who.user, order=None)
    with pytest.raises(access.NotAllowed):
        answer_objection(objection=made, granted=True, answer="Ja.", on=ON, by=who.user)
    answer_objection(objection=made, granted=False, answer="Nee, want.", on=ON, by=home.case_worker)
    with pytest.raises(Answered):
        answer_objection(objection=made, granted=True, answer="Toch wel.", on=ON, by=home.case_worker)
    for change in ({"answer": "Toch wel."}, {"words": "Iets anders."}):
        with pytest.raises(IntegrityError, match="objection"), transaction.atomic():
            Objection.objects.filter(pk=made.pk).update(**change)
