"""Accounts that a bank refuses, payments asked back, a bank that says somebody died: each has its way, once."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.actions.entries import NotWaiting, PartsDoNotAddUp
from budgeting.actions.ledger import resident_balances
from budgeting.models import AccountStop, Entry, Recall, Resident
from payments.actions.again import pay_again
from payments.actions.answers import take_in_answer
from payments.actions.batches import NothingToPay, approve_batch, release_batch
from payments.actions.books import verify
from payments.actions.day import run_day
from payments.actions.death import alive_after_all
from payments.actions.recalls import (
    AlreadyAnswered,
    AlreadyAsked,
    NoReason,
    NotToRecall,
    answer_recall,
    ask_recall,
    recalled_money_came,
)
from payments.actions.stops import AlreadyLifted, lift_stop
from payments.core.returns import means_death, stops_account
from payments.models import PaymentOrder
from tests import factories
from tests.faults.bank import came_back, came_in, refusal
from tests.faults.races import Job, race
from tests.one_file import assemble_batch
from tests.payments.actions.test_leaving import FRIDAY, MONDAY, TUESDAY, Town

WEDNESDAY = date(2026, 11, 4)


@pytest.fixture
def town(db):
    return Town()


def a_paid_rent(town: Town) -> tuple[Resident, PaymentOrder]:
    """Rent that the bank paid on Tuesday, and the next one that is planned."""
    who = factories.resident(town.home, money="900.00")
    factories.charge(town.home, who, amount="300.00", day=3)
    run_day(on=MONDAY, first=TUESDAY)
    return who, town.pay()[0]


def purse(who: Resident) -> Decimal:
    return resident_balances([who.pk])[who.pk]


def holds() -> bool:
    return all(finding.ok for finding in verify())


def test_knows_which_codes_stop_an_account() -> None:
    assert [code for code in ("AC04", "MD07", "MS03", "FOCR", "") if stops_account(code)] == ["AC04", "MD07"]
    assert means_death("MD07")
    assert not means_death("AC04")


@pytest.mark.parametrize("code", ["AC04", "MD07", "MS03"])
def test_holds_what_would_go_to_an_account_that_was_refused(town, code: str) -> None:
    who, rent = a_paid_rent(town)
    town.hear(WEDNESDAY, came_back(rent, WEDNESDAY, code))

    again = pay_again(order=rent, on=WEDNESDAY, first=FRIDAY, by=town.home.case_worker)
    run_day(on=WEDNESDAY, first=FRIDAY)
    again.refresh_from_db()

    assert (again.state, again.reason) == (("planned", "") if code == "MS03" else ("held", code))
    who.refresh_from_db()
    assert who.stopped_because == ""  # the landlord's account says nothing of the resident
    assert holds()


def test_pays_again_after_a_person_lifted_the_stop(town) -> None:
    _, rent = a_paid_rent(town)
    town.hear(WEDNESDAY, came_back(rent, WEDNESDAY, "AC06"))
    again = pay_again(order=rent, on=WEDNESDAY, first=FRIDAY, by=town.home.case_worker)
    run_day(on=WEDNESDAY, first=FRIDAY)
    stop = AccountStop.objects.get()
    facts = {"account_stop": stop, "reason": "Gebeld: weer open", "on": WEDNESDAY, "by": town.home.case_worker}

    lift_stop(**facts)
    with pytest.raises(AlreadyLifted):
        lift_stop(**facts)

    again.refresh_from_db()
    assert again.state == "planned"
    assert {order.pk for order in town.pay(on=WEDNESDAY, first=FRIDAY)} >= {again.pk}


def test_stops_an_account_that_a_pain_002_refuses(town) -> None:
    who = factories.resident(town.home, money="900.00")
    factories.charge(town.home, who, amount="300.00", day=3)
    run_day(on=MONDAY, first=TUESDAY)
    by, home = town.home.case_worker, town.home
    batch = assemble_batch(bank_account=home.account, on=MONDAY, first=TUESDAY, by=by)
    batch = approve_batch(batch=batch, digest=batch.digest, on=MONDAY, by=home.approver)
    batch = release_batch(batch=batch, now=_ten(MONDAY), by=home.approver)
    order = batch.orders.get()

    take_in_answer(data=refusal(batch, {order.end_to_end_id: "AC04"}, MONDAY), on=TUESDAY, by=by)

    assert AccountStop.objects.get().iban == order.iban
    assert holds()


def test_stops_everything_when_a_bank_says_that_the_resident_died(town) -> None:
    who = factories.resident(town.home, money="900.00")
    factories.charge(town.home, who, amount="300.00", day=20)
    run_day(on=MONDAY, first=FRIDAY)
    payout = next(order for order in town.pay(first=FRIDAY) if order.kind == "remainder")
    monday = date(2026, 11, 9)

    town.hear(monday, came_back(payout, monday, "MD07"))
    run_day(on=monday, first=monday)

    who.refresh_from_db()
    assert who.stopped_because == "perhaps_died"
    states = PaymentOrder.objects.filter(resident=who).values_list("state", "reason")
    assert set(states) >= {("held", "perhaps_died"), ("returned", "MD07")}
    assert not PaymentOrder.objects.filter(resident=who, state="planned").exists()
    with pytest.raises(NothingToPay):
        assemble_batch(bank_account=town.home.account, on=monday, first=monday, by=town.home.case_worker)
    alive_after_all(resident=who, reason="Net gesproken", on=monday, by=town.home.case_worker)
    run_day(on=monday, first=monday)
    who.refresh_from_db()
    assert who.stopped_because == ""
    assert PaymentOrder.objects.filter(resident=who, state="planned", kind="charge").exists()
    assert holds()


def test_asks_a_payment_back_and_hears_yes(town) -> None:
    who, rent = a_paid_rent(town)
    by = town.home.case_worker
    facts = {"order": rent, "why": "AC03", "reason": "Verkeerde verhuurder", "on": TUESDAY, "by": by}
    with pytest.raises(NoReason):
        ask_recall(**(facts | {"reason": " "}))
    recall = ask_recall(**facts)
    with pytest.raises(AlreadyAsked):
        ask_recall(**facts)
    answer_recall(recall=recall, answer="yes", reason="", on=WEDNESDAY, by=by)

    town.hear(FRIDAY, came_back(rent, FRIDAY, "FOCR"))

    recall.refresh_from_db()
    assert (recall.answer, recall.answered_on, recall.back_entry.amount) == ("yes", WEDNESDAY, Decimal("300.00"))
    assert purse(who) == Decimal("900.00")
    assert not AccountStop.objects.exists()
    with pytest.raises(NotToRecall):
        ask_recall(**facts)


def test_may_ask_once_more_after_a_no(town) -> None:
    _, rent = a_paid_rent(town)
    by = town.home.case_worker
    facts = {"order": rent, "why": "DUPL", "reason": "Dubbel", "on": TUESDAY, "by": by}
    first = ask_recall(**facts)

    answer_recall(recall=first, answer="no", reason="Wil niet", on=TUESDAY, by=by)
    with pytest.raises(AlreadyAnswered):
        answer_recall(recall=first, answer="yes", reason="", on=TUESDAY, by=by)

    assert ask_recall(**facts).pk != first.pk


def test_takes_money_without_our_number_for_what_was_asked_back_once(town) -> None:
    who, rent = a_paid_rent(town)
    by = town.home.case_worker
    recall = ask_recall(order=rent, why="CUST", reason="Te vroeg", on=TUESDAY, by=by)
    lines = [came_in(amount, FRIDAY, name="Bank van de verhuurder") for amount in ("300.00", "299.00", "300.00")]
    right, less, twice = (Entry.objects.get(pk=number) for number in town.hear(FRIDAY, *lines))
    facts = {"recall": recall, "on": FRIDAY, "by": by}
    with pytest.raises(PartsDoNotAddUp):
        recalled_money_came(back=less, **facts)

    recalled_money_came(back=right, **facts)

    rent.refresh_from_db()
    assert (rent.state, rent.reason, purse(who)) == ("returned", "FOCR", Decimal("900.00"))
    with pytest.raises((AlreadyAnswered, NotToRecall)):
        recalled_money_came(back=twice, **facts)
    assert holds()


def test_gives_money_back_once_however_many_point_at_it_at_once(own_database) -> None:
    town = Town()
    who, rent = a_paid_rent(town)
    by = town.home.case_worker
    facts = {"order": rent, "why": "CUST", "reason": "x", "on": TUESDAY, "by": by}
    found = race(Job("ask", lambda _: ask_recall(**facts), (AlreadyAsked,)), 8)
    recall = Recall.objects.get()
    entry = Entry.objects.get(pk=town.hear(FRIDAY, came_in("300.00", FRIDAY, name="Bank"))[0])
    polite = (AlreadyAnswered, NotToRecall, NotWaiting)
    back = {"recall": recall, "back": entry, "on": FRIDAY, "by": by}
    found += race(Job("back", lambda _: recalled_money_came(**back), polite), 8)

    assert not found
    assert purse(who) == Decimal("900.00")
    assert holds()


def _ten(day: date):
    from datetime import datetime  # noqa: PLC0415 - used once
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))
