"""An import that was wrong is undone whole, when nothing was paid from it; its days may then come in again."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.actions.entries import Part, decide_entry
from budgeting.actions.ledger import BalanceTooLow, bank_balance, post, resident_balances
from budgeting.actions.statements import import_statement
from budgeting.actions.undo import CannotUndo, undo_import
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.models import Allocation, Entry, StatementImport, WaitingEntry
from payments.actions.books import verify
from tests import factories
from tests.faults.bank import Bank, came_in

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


@pytest.fixture
def home():
    return factories.house()


def take_in(home, day: date, opening: str, *amounts: str) -> StatementImport:
    bank = Bank(home.account.iban, Decimal(opening))
    data = bank.day(day, *(came_in(amount, day) for amount in amounts))
    result = import_statement(data=data, name="afschrift.xml", by=home.case_worker, on=TUESDAY)
    return StatementImport.objects.get(pk=result.attempt_id)


def undo(home, attempt: StatementImport) -> int:
    return undo_import(attempt=attempt, reason="verkeerd bestand", on=TUESDAY, by=home.case_worker)


def test_undoes_an_import_and_takes_the_right_file_in_instead(home):
    wrong = take_in(home, MONDAY, "100.00", "10.00", "20.00")

    assert undo(home, wrong) == 2
    right = take_in(home, MONDAY, "100.00", "10.00", "25.00")

    assert (right.status, right.new) == ("imported", 2)
    assert bank_balance(home.account.pk) == Decimal("135.00")
    assert list(Entry.objects.order_by("n").values_list("n", flat=True)) == [1, 2, 3, 4]
    assert WaitingEntry.objects.filter(closed_at=None).count() == 2
    assert all(finding.ok for finding in verify())


def test_takes_a_decided_entry_back_from_its_resident(home):
    resident = factories.resident(home)
    attempt = take_in(home, MONDAY, "0.00", "50.00")
    part = Part(Decimal("50.00"), resident)
    decide_entry(entry=Entry.objects.get(), parts=[part], on=MONDAY, by=home.case_worker)

    undo(home, attempt)

    assert resident_balances([resident.pk]) == {resident.pk: Decimal("0.00")}
    assert not Allocation.objects.standing().exists()
    assert all(finding.ok for finding in verify() if finding.id != "I-2")


def test_refuses_when_the_money_is_gone(home):
    resident = factories.resident(home)
    attempt = take_in(home, MONDAY, "0.00", "50.00")
    part = Part(Decimal("50.00"), resident)
    decide_entry(entry=Entry.objects.get(), parts=[part], on=MONDAY, by=home.case_worker)
    spent = ledger.moved(Decimal("30.00"), debit=ledger.resident(resident.pk), credit=ledger.OWN)
    post([Movement("allocation", MONDAY, "spent", spent)], by=home.case_worker)

    with pytest.raises(BalanceTooLow):
        undo(home, attempt)


def test_refuses_any_but_the_latest_and_any_twice(home):
    first = take_in(home, MONDAY, "0.00", "10.00")
    second = take_in(home, TUESDAY, "10.00", "5.00")

    with pytest.raises(CannotUndo, match="not_the_latest"):
        undo(home, first)
    undo(home, second)
    undo(home, first)
    with pytest.raises(CannotUndo, match="already_undone"):
        undo(home, first)
    assert bank_balance(home.account.pk) == Decimal("0.00")
