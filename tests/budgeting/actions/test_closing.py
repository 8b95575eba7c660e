"""A closed month takes nothing in any more: not by hand, not by a statement, not by raw SQL, not in a race."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from budgeting import access
from budgeting.actions.closing import (
    AlreadyAsked,
    AlreadyReopened,
    BooksDoNotTieOut,
    MonthNotOver,
    NoReason,
    NotTheNextMonth,
    OpenItemsChanged,
    ask_reopening,
    close_month,
    closed_until,
    open_items,
    reopen_month,
)
from budgeting.actions.entries import Part, decide_entry, take_back
from budgeting.actions.ledger import MonthIsClosed, post, reverse
from budgeting.actions.persons import SamePerson
from budgeting.actions.statements import import_statement
from budgeting.actions.undo import CannotUndo, undo_import
from budgeting.core import ledger
from budgeting.core.closing import booking_day, month_after, month_of
from budgeting.core.ledger import Movement
from budgeting.models import Entry, JournalEntry, MonthClosing, Role, StatementImport
from payments.actions.books import verify
from tests import factories
from tests.faults.bank import Bank, came_in
from tests.faults.races import Job, race

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
TODAY = date(2026, 11, 9)
A_DAY = date(2026, 10, 28)


@pytest.fixture
def home(db):
    return factories.house()


def take_in(home, day: date, bank: Bank, *amounts: str):
    data = bank.day(day, *(came_in(amount, day, name="J. Voorbeeld") for amount in amounts))
    return import_statement(data=data, name="afschrift.xml", by=home.case_worker, on=TODAY)


def close(home, month: date = OCTOBER) -> MonthClosing:
    return close_month(month=month, seen=open_items(month).digest, on=TODAY, by=home.approver)


def an_october(home) -> Bank:
    bank = Bank(home.account.iban, Decimal("100.00"))
    take_in(home, A_DAY, bank, "10.00", "25.00")
    return bank


def holds() -> bool:
    return all(finding.ok for finding in verify())


def test_knows_its_months() -> None:
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_of(date(2028, 2, 29)) == date(2028, 2, 1)
    assert booking_day(A_DAY, closed_until=NOVEMBER) == NOVEMBER
    assert booking_day(TODAY, closed_until=NOVEMBER) == TODAY == booking_day(TODAY, closed_until=None)


def test_books_nothing_into_a_closed_month_and_everything_after_it(home) -> None:
    an_october(home)
    closing = close(home)

    assert closed_until() == NOVEMBER
    assert (closing.journal_entries, closing.turnover) == (3, Decimal("135.00"))
    who = factories.resident(home)
    with pytest.raises(MonthIsClosed), transaction.atomic():
        factories.give(home, who, "5.00", on=date(2026, 10, 31))
    factories.give(home, who, "5.00", on=NOVEMBER)
    assert holds()


def test_shows_what_is_open_before_it_closes(home) -> None:
    an_october(home)

    items = open_items(OCTOBER)

    assert (items.waiting, items.suspense, items.held, items.in_transit) == (2, Decimal("35.00"), (), Decimal("0.00"))
    assert [(tie.told_on, tie.bank, tie.books) for tie in items.ties] == [(A_DAY, Decimal("135.00"), Decimal("135.00"))]
    assert close(home).left_open["waiting"] == 2


def test_closes_only_what_was_seen(home) -> None:
    bank = an_october(home)
    seen = open_items(OCTOBER).digest
    take_in(home, date(2026, 10, 29), bank, "1.00")

    with pytest.raises(OpenItemsChanged):
        close_month(month=OCTOBER, seen=seen, on=TODAY, by=home.approver)


@pytest.mark.parametrize("month", [date(2026, 9, 1), NOVEMBER, date(2026, 12, 1)])
def test_closes_one_month_after_the_other_when_it_is_over(home, month: date) -> None:
    an_october(home)

    with pytest.raises(MonthNotOver if month >= NOVEMBER else NotTheNextMonth):
        close(home, month)


def test_refuses_to_close_books_that_differ_from_the_bank(home) -> None:
    an_october(home)
    lines = ledger.moved(Decimal("3.00"), debit=ledger.bank(home.account.pk), credit=ledger.OWN)
    post([Movement("opening", A_DAY, "a slip", lines)], by=None)

    with pytest.raises(BooksDoNotTieOut):
        close(home)


def test_holds_a_statement_of_a_closed_month_until_two_people_open_it(home) -> None:
    bank = an_october(home)
    closing = close(home)
    data = bank.day(date(2026, 10, 30), came_in("7.00", date(2026, 10, 30), name="Te laat"))
    late = {"data": data, "name": "te laat.xml", "by": home.case_worker, "on": TODAY}

    held = import_statement(**late)
    assert (held.status, [problem.code for problem in held.problems]) == ("held", ["month_is_closed"])
    assert open_items(NOVEMBER).held == ("te laat.xml",)

    request = ask_reopening(month=closing, reason="Een afschrift kwam te laat", on=TODAY, by=home.case_worker)
    reopen_month(request=request, on=TODAY, by=home.approver)
    assert closed_until() is None
    assert import_statement(**late).status == "imported"
    assert close(home).turn == 2
    assert holds()


def test_dates_a_correction_on_the_first_open_day_and_says_what_it_corrects(home) -> None:
    an_october(home)
    entry, who = Entry.objects.earliest("n"), factories.resident(home)
    decide_entry(entry=entry, parts=[Part(entry.amount, who)], on=A_DAY, by=home.case_worker)
    factories.give(home, who, "5.00", on=A_DAY)
    gift = JournalEntry.objects.get(key__startswith="gift:")
    close(home)

    reverse(journal_entry=gift, reason="dubbel", by=home.case_worker, on=A_DAY)
    take_back(entry=entry, reason="van een ander", on=A_DAY, by=home.case_worker)

    opposite, back = JournalEntry.objects.order_by("-pk")[:2][::-1]
    assert (opposite.booked_on, opposite.reverses) == (NOVEMBER, gift)
    assert (back.booked_on, back.entry, back.reason) == (NOVEMBER, entry, "van een ander")
    assert holds()


def test_keeps_an_import_whose_days_lie_in_a_closed_month(home) -> None:
    an_october(home)
    close(home)

    with pytest.raises(CannotUndo, match="month_is_closed"):
        undo_import(attempt=StatementImport.objects.get(), reason="x", on=TODAY, by=home.case_worker)


def test_takes_two_people_and_a_reason_to_open_a_month(home) -> None:
    an_october(home)
    closing = close(home)
    same = factories.user(Role.APPROVER, person=home.approver.person_number)

    with pytest.raises(NoReason):
        ask_reopening(month=closing, reason="  ", on=TODAY, by=home.approver)
    request = ask_reopening(month=closing, reason="Een vergissing", on=TODAY, by=home.approver)
    with pytest.raises(AlreadyAsked):
        ask_reopening(month=closing, reason="Nog eens", on=TODAY, by=home.case_worker)
    for who in (home.approver, same):
        with pytest.raises(SamePerson):
            reopen_month(request=request, on=TODAY, by=who)
    with pytest.raises(access.NotAllowed):
        reopen_month(request=request, on=TODAY, by=home.case_worker)
    other = factories.user(Role.APPROVER)
    reopen_month(request=request, on=TODAY, by=other)
    with pytest.raises(AlreadyReopened):
        reopen_month(request=request, on=TODAY, by=other)


def test_opens_only_the_latest_closed_month(home) -> None:
    an_october(home)
    first = close(home)
    close_month(month=NOVEMBER, seen=open_items(NOVEMBER).digest, on=date(2026, 12, 1), by=home.approver)

    with pytest.raises(NotTheNextMonth):
        ask_reopening(month=first, reason="Toch nog", on=TODAY, by=home.case_worker)


RAW = {
    "a movement": "INSERT INTO journal_entry (kind, booked_on, key, reason) VALUES ('opening', '2026-10-31', 'x', '')",
    "a closing out of turn": "INSERT INTO month_closing (month, turn, journal_entries, turnover, left_open, closed_on, "
    "closed_by_id) SELECT '2027-01-01', 1, 0, 0, '{}', '2026-11-09', closed_by_id FROM month_closing",
    "an opening by who asked": "INSERT INTO month_reopening (request_id, approved_on, approved_by_id) SELECT id, "
    "asked_on, asked_by_id FROM reopening_request",
}


@pytest.mark.parametrize("attack", RAW.values(), ids=RAW)
def test_refuses_raw_sql_of_its_own_application(home, attack: str) -> None:
    an_october(home)
    ask_reopening(month=close(home), reason="x", on=TODAY, by=home.approver)

    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(attack)


def test_closes_and_opens_once_however_many_do_it_at_once(own_database) -> None:
    home = factories.house()
    an_october(home)
    seen = open_items(OCTOBER).digest
    other = factories.user(Role.APPROVER)
    polite = (NotTheNextMonth, AlreadyAsked, AlreadyReopened)

    def closing(_: int) -> object:
        return close_month(month=OCTOBER, seen=seen, on=TODAY, by=home.approver)

    found = race(Job("close", closing, polite), 8)
    row = MonthClosing.objects.get()
    found += race(Job("ask", lambda _: ask_reopening(month=row, reason="x", on=TODAY, by=home.approver), polite), 8)
    found += race(Job("open", lambda _: reopen_month(request=row.request, on=TODAY, by=other), polite), 8)

    assert not found
    assert closed_until() is None
    assert holds()


def test_lets_no_booking_slip_in_while_a_month_closes(own_database) -> None:
    home = factories.house()
    bank = an_october(home)
    who = factories.resident(home)
    late = bank.day(date(2026, 10, 30), came_in("7.00", date(2026, 10, 30), name="Te laat"))

    def work(number: int) -> object:
        if number == 0:
            return close_month(month=OCTOBER, seen=open_items(OCTOBER).digest, on=TODAY, by=home.approver)
        if number == 1:
            return import_statement(data=late, name="l.xml", by=home.case_worker, on=TODAY).status == "imported"
        lines = ledger.moved(Decimal("1.00"), debit=ledger.OWN, credit=ledger.resident(who.pk))
        return post([Movement("allocation", A_DAY, f"slip:{number}", lines)], by=home.case_worker)

    found = race(Job("close and book", work, (MonthIsClosed, OpenItemsChanged), None), 8)

    assert not found
    assert holds()
