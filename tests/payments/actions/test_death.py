"""When a resident has died nothing goes by itself, nobody writes in their name, and a person decides each charge."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accessibility.letters.gather import letters_of, on_paper, residents_of
from accessibility.models import MessageKind
from budgeting.actions.ledger import advances_used, post, resident_balances
from budgeting.core import ledger
from budgeting.core.endings import ends_after_death, held_because
from budgeting.core.ledger import Movement
from budgeting.models import ParticipationEnd, Resident
from payments.actions.batches import NothingToPay
from payments.actions.books import verify
from payments.actions.checks import reconsider
from payments.actions.day import run_day
from payments.actions.death import (
    AlreadyReported,
    NotToDecide,
    NotYet,
    decide_charge,
    note_heir,
    report_death,
    take_back_death,
)
from payments.actions.leaving import NoReason, SomethingIsLeft, begin_ending, end_participation, pay_last
from payments.models import PaymentBatch, PaymentOrder
from tests import factories
from tests.faults.races import Job, race
from tests.one_file import assemble_batch
from tests.payments.actions.test_leaving import FRIDAY, MONDAY, TUESDAY, Town

SUNDAY = date(2026, 11, 1)


@pytest.fixture
def town(db):
    return Town()


def told(town: Town, who: Resident, **other: object) -> ParticipationEnd:
    facts = {"died_on": SUNDAY, "reason": "De dochter belde", "on": MONDAY, "by": town.home.case_worker}
    return report_death(resident=who, **(facts | other))


def a_life(town: Town) -> Resident:
    """Rent tomorrow, energy later, some money and a payout that is planned."""
    who = factories.resident(town.home, money="900.00")
    factories.charge(town.home, who, amount="300.00", day=3)
    factories.charge(town.home, who, amount="60.00", day=20, category="energy")
    run_day(on=MONDAY, first=TUESDAY)
    return who


def decide(order: PaymentOrder, town: Town, *, pay: bool) -> PaymentOrder:
    return decide_charge(order=order, pay=pay, reason="Overlegd met de dochter", on=MONDAY, by=town.home.case_worker)


def held(who: Resident) -> list[PaymentOrder]:
    return list(PaymentOrder.objects.filter(resident=who, state="held", reason="resident_died").order_by("due_on"))


def holds() -> bool:
    return all(finding.ok for finding in verify())


def test_knows_when_it_ends_and_why_orders_are_held() -> None:
    assert ends_after_death(SUNDAY, starts_on=date(2026, 1, 1)) == MONDAY
    assert ends_after_death(SUNDAY, starts_on=FRIDAY) == FRIDAY + timedelta(days=1)
    assert [held_because(code) for code in ("", "died", "own_wish")] == ["", "resident_died", "resident_stopped"]


def test_holds_every_charge_and_cancels_every_payout(town) -> None:
    who = a_life(town)
    told(town, who)
    run_day(on=MONDAY, first=TUESDAY)
    run_day(on=FRIDAY, first=FRIDAY)

    assert {order.kind for order in held(who)} == {"charge"}
    assert len(held(who)) == PaymentOrder.objects.filter(resident=who, kind="charge").count() == 3
    assert not PaymentOrder.objects.filter(resident=who, kind="remainder").exclude(state="cancelled").exists()
    with pytest.raises(NothingToPay):
        assemble_batch(bank_account=town.home.account, on=MONDAY, first=TUESDAY, by=town.home.case_worker)
    assert resident_balances([who.pk])[who.pk] == Decimal("900.00")
    assert holds()


def test_keeps_a_file_from_going_and_plans_the_payments_of_others_again(town) -> None:
    who, other = a_life(town), factories.resident(town.home, money="500.00")
    factories.charge(town.home, other, amount="20.00", day=3)
    run_day(on=MONDAY, first=TUESDAY)
    assemble_batch(bank_account=town.home.account, on=MONDAY, first=TUESDAY, by=town.home.case_worker)

    told(town, who)

    assert PaymentBatch.objects.get().state == "cancelled"
    assert [order.resident for order in town.pay()] == [other]
    assert holds()


def test_lets_a_person_decide_each_charge(town) -> None:
    who = a_life(town)
    told(town, who)
    first, *others = held(who)

    decide(first, town, pay=True)
    assert [decide(order, town, pay=False).reason for order in others] == ["not_after_death"] * 2
    with pytest.raises(NotToDecide):
        decide(first, town, pay=False)
    reconsider(on=MONDAY, first=TUESDAY)

    assert [order.pk for order in town.pay()] == [first.pk]
    run_day(on=FRIDAY, first=FRIDAY)
    assert not held(who)


def test_holds_the_money_and_repays_nothing_by_itself(town) -> None:
    who = factories.resident(town.home, limit="300.00")
    post([Movement("advance", MONDAY, "lent", ledger.given(who.pk, Decimal("80.00")))], by=None)
    told(town, who)

    run_day(on=MONDAY, first=TUESDAY)

    assert resident_balances([who.pk])[who.pk] == Decimal("80.00") == advances_used([who.pk])[who.pk]


def test_pays_what_is_left_to_the_heirs_who_were_noted(town) -> None:
    who = factories.resident(town.home, money="120.00")
    ending, by = told(town, who), town.home.case_worker
    with pytest.raises(SomethingIsLeft, match="no_heir"):
        pay_last(ending=ending, on=MONDAY, first=TUESDAY, by=by)

    with pytest.raises(NoReason):
        note_heir(ending=ending, name="A. Voorbeeld", contact="06", proof=" ", on=MONDAY, by=by)
    note_heir(ending=ending, name="A. Voorbeeld", contact="06", proof="Verklaring van erfrecht", on=MONDAY, by=by)
    order = pay_last(ending=ending, on=MONDAY, first=TUESDAY, by=by)

    assert [one.pk for one in town.pay()] == [order.pk]
    assert end_participation(ending=ending, on=TUESDAY, by=by).state == "ended"
    assert holds()


def test_shuts_the_way_in_at_once(town) -> None:
    who = factories.resident(town.home)
    inside = Client()
    inside.force_login(who.user)
    assert "_auth_user_id" in inside.session

    told(town, who)

    assert inside.get("/").status_code == 302
    who.user.refresh_from_db()
    assert not who.user.is_active


def test_sends_no_letter_in_the_name_of_who_died(town) -> None:
    who, other = factories.resident(town.home), factories.resident(town.home)
    month = date(2026, 11, 1)
    told(town, who)

    assert list(on_paper(residents_of(month), MessageKind.MONTH)) == [other]
    assert list(letters_of(Resident.objects.filter(pk=who.pk), month=month, on=MONDAY)) == []


def test_takes_a_mistake_back(town) -> None:
    who = a_life(town)
    ending = told(town, who)

    take_back_death(ending=ending, reason="Een ander met dezelfde naam", on=MONDAY, by=town.home.case_worker)
    run_day(on=MONDAY, first=TUESDAY)

    who.refresh_from_db()
    assert (who.stopped_because, who.ends_on, who.user.is_active) == ("", None, True)
    assert not held(who)
    assert PaymentOrder.objects.filter(resident=who, state="planned", kind="remainder").exists()


def test_refuses_what_cannot_be_and_takes_the_place_of_another_ending(town) -> None:
    who = factories.resident(town.home)
    with pytest.raises(NotYet):
        told(town, who, died_on=TUESDAY)
    with pytest.raises(NoReason):
        told(town, who, reason="")
    by = town.home.case_worker
    begin_ending(resident=who, why="moved", reason="x", ends_on=FRIDAY, on=MONDAY, by=by)

    told(town, who)

    assert list(ParticipationEnd.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "ending"]
    with pytest.raises(AlreadyReported):
        told(town, who)


def test_stops_once_however_many_report_it_at_once(own_database) -> None:
    town = Town()
    who = a_life(town)

    found = race(Job("report", lambda _: told(town, who), (AlreadyReported,)), 8)
    first = held(who)[0]
    found += race(Job("decide", lambda number: decide(first, town, pay=number % 2 == 0), (NotToDecide,)), 8)

    assert not found
    assert holds()
