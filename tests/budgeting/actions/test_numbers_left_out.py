"""A statement without entries that was lost shows in the bank's numbers: it is told, and holds nothing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from budgeting.actions.statements import import_statement
from budgeting.actions.undo import undo_import
from budgeting.models import StatementImport
from tests import factories
from tests.faults.bank import Bank, came_in

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
WEEK = [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3)]


@pytest.fixture
def home():
    return factories.house()


@pytest.fixture
def bank(home):
    made = Bank(home.account.iban, Decimal("1000.00"))
    for day in WEEK[:3]:
        take_in(home, made.day(day, came_in("10.00", day)))
    return made


def take_in(home, data: bytes):
    return import_statement(data=data, name="a.xml", by=home.case_worker, on=WEEK[-1] + timedelta(days=9))


def test_names_the_number_that_is_missing_and_books_all_the_same(home, bank):
    bank.day(WEEK[3])  # never received, and nothing moved

    result = take_in(home, bank.day(WEEK[3], came_in("5.00", WEEK[3])))

    (note,) = result.problems
    assert (result.status, note.code, note.severity) == ("imported", "sequence_jump", "note")
    assert int(note.values["number"]) - int(note.values["before"]) == 2
    assert StatementImport.objects.get(pk=result.attempt_id).problems[0]["severity"] == "note"


def test_says_nothing_of_the_next_number(home, bank):
    assert take_in(home, bank.day(WEEK[3], came_in("5.00", WEEK[3]))).problems == ()


def test_holds_a_file_whose_balances_break_for_that_and_not_for_its_number(home, bank):
    bank.day(WEEK[3], came_in("7.00", WEEK[3]))

    result = take_in(home, bank.day(WEEK[3], came_in("5.00", WEEK[3])))

    assert result.status == "held"
    assert [problem.code for problem in result.problems] == ["gap"]


def test_does_not_count_from_a_statement_that_was_undone(home, bank):
    last = take_in(home, bank.day(WEEK[3], came_in("5.00", WEEK[3])))
    undo_import(attempt=StatementImport.objects.get(pk=last.attempt_id), reason="x", on=WEEK[3], by=home.case_worker)
    bank.balance -= 5
    bank.sequence -= 1

    assert take_in(home, bank.day(WEEK[3], came_in("6.00", WEEK[3]))).problems == ()
