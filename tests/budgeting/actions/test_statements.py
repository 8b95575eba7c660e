"""Statements come in once, whole, in their chain, or not at all; and the books always say what the bank says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from backend.example.statement_writer import write_statement
from budgeting.actions.ledger import bank_balance
from budgeting.actions.statements import import_statement
from budgeting.models import Entry, JournalEntry, StatementDay, StatementFile, StatementImport, WaitingEntry
from payments.actions import books
from tests import factories
from tests.faults.bank import Bank, came_in, drawn

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
READ_ON = date(2026, 11, 30)


@pytest.fixture
def home():
    return factories.house()


@pytest.fixture
def bank(home):
    return Bank(home.account.iban, Decimal("1000.00"))


def taken_in(home, data, name="camt.xml", **facts):
    result = import_statement(data=data, name=name, by=home.case_worker, on=READ_ON, **facts)
    assert [(f.id, f.first_violation) for f in books.verify() if not f.ok] == []
    return result


def codes(result):
    return [problem.code for problem in result.problems]


def test_books_every_entry_of_a_file_and_says_what_the_bank_says(home, bank):
    result = taken_in(home, bank.day(MONDAY, came_in("100.00", MONDAY), drawn("30.00", MONDAY)))

    assert (result.status, result.entries, result.new, result.known) == ("imported", 2, 2, 0)
    assert (result.opening, result.closing) == (Decimal("1000.00"), Decimal("1070.00"))
    assert bank_balance(home.account.pk) == Decimal("1070.00")
    assert WaitingEntry.objects.count() == result.suspense == 2


def test_adds_nothing_when_the_same_file_comes_again(home, bank):
    data = bank.day(MONDAY, came_in("100.00", MONDAY))
    taken_in(home, data)

    again = taken_in(home, data, name="nog-een-keer.xml")

    assert (again.status, again.new, again.known, again.entry_ids) == ("already_imported", 0, 1, ())
    assert (Entry.objects.count(), StatementFile.objects.count(), StatementImport.objects.count()) == (1, 1, 2)


def test_adds_nothing_when_another_file_tells_the_same_day(home, bank):
    page = bank.page(MONDAY, came_in("100.00", MONDAY), came_in("20.00", MONDAY))
    taken_in(home, write_statement(page, version="08"))

    again = taken_in(home, write_statement(page, version="02"))

    assert (again.status, again.known) == ("already_imported", 2)
    assert (Entry.objects.count(), StatementFile.objects.count()) == (2, 2)


def test_adds_only_the_new_day_of_a_file_that_overlaps(home, bank):
    first, second = bank.page(MONDAY, came_in("100.00", MONDAY)), bank.page(TUESDAY, came_in("5.00", TUESDAY))
    taken_in(home, write_statement(first))

    result = taken_in(home, write_statement(first, second))

    assert (result.status, result.new, result.known) == ("imported", 1, 1)
    assert bank_balance(home.account.pk) == Decimal("1105.00")


def test_keeps_two_equal_payments_of_one_day(home, bank):
    same = came_in("10.00", MONDAY, name="J. Voorbeeld", remittance="uitkering")

    result = taken_in(home, bank.day(MONDAY, same, same))

    assert (result.new, bank_balance(home.account.pk)) == (2, Decimal("1020.00"))


def test_holds_a_file_after_a_gap_and_books_it_when_the_gap_is_filled(home, bank):
    taken_in(home, bank.day(MONDAY, came_in("100.00", MONDAY)))
    missing = bank.day(TUESDAY, came_in("1.00", TUESDAY))
    later = bank.day(WEDNESDAY, came_in("2.00", WEDNESDAY))

    held = taken_in(home, later)

    assert (held.status, codes(held), held.entry_ids) == ("held", ["gap"], ())
    assert held.problems[0].values["closing"] == "1100.00"
    assert held.problems[0].values["opening"] == "1101.00"
    assert [taken_in(home, data).status for data in (missing, later)] == ["imported", "imported"]


def test_books_nothing_of_a_held_file_and_keeps_its_bytes(home, bank):
    taken_in(home, bank.day(MONDAY, came_in("100.00", MONDAY)))
    bank.page(TUESDAY, came_in("1.00", TUESDAY))
    later = bank.day(WEDNESDAY, came_in("2.00", WEDNESDAY))
    before = (Entry.objects.count(), StatementDay.objects.count(), JournalEntry.objects.count())

    result = taken_in(home, later)

    attempt = StatementImport.objects.get(pk=result.attempt_id)
    assert (Entry.objects.count(), StatementDay.objects.count(), JournalEntry.objects.count()) == before
    assert attempt.file.content == later
    assert attempt.problems[0]["code"] == "gap"


def test_holds_other_content_for_a_day_it_knows(home, bank):
    taken_in(home, bank.day(MONDAY, came_in("100.00", MONDAY)))
    other = Bank(home.account.iban, Decimal("1000.00"))

    held = taken_in(home, other.day(MONDAY, came_in("90.00", MONDAY), came_in("10.00", MONDAY)))

    assert (held.status, codes(held)) == ("held", ["day_differs"])


def test_books_the_later_part_of_a_day_it_knows(home, bank):
    taken_in(home, bank.day(MONDAY, came_in("100.00", MONDAY)))

    result = taken_in(home, bank.day(MONDAY, came_in("7.00", MONDAY)))

    assert (result.status, result.new) == ("imported", 1)
    assert list(StatementDay.objects.order_by("part").values_list("part", "closing")) == [
        (1, Decimal("1100.00")),
        (2, Decimal("1107.00")),
    ]
    assert list(Entry.objects.order_by("n").values_list("n", flat=True)) == [1, 2]


def test_books_an_earlier_period_that_comes_in_later(home, bank):
    earlier = bank.day(MONDAY, came_in("100.00", MONDAY))
    taken_in(home, bank.day(TUESDAY, came_in("1.00", TUESDAY)))

    result = taken_in(home, earlier)

    assert (result.status, bank_balance(home.account.pk)) == ("imported", Decimal("1101.00"))


def test_holds_an_earlier_period_that_does_not_join_the_later_one(home, bank):
    taken_in(home, bank.day(TUESDAY, came_in("1.00", TUESDAY)))
    stranger = Bank(home.account.iban, Decimal("5.00"))

    held = taken_in(home, stranger.day(MONDAY, came_in("3.00", MONDAY)))

    assert (held.status, codes(held)) == ("held", ["gap"])


def test_books_two_statements_of_one_file_in_their_order(home, bank):
    pages = [bank.page(day, came_in("10.00", day)) for day in (MONDAY, TUESDAY)]

    result = taken_in(home, write_statement(*reversed(pages)))

    assert (result.status, result.new) == ("imported", 2)
    assert (result.opening, result.closing) == (Decimal("1000.00"), Decimal("1020.00"))


def test_books_a_day_on_which_nothing_moved(home, bank):
    taken_in(home, bank.day(MONDAY, came_in("10.00", MONDAY)))

    result = taken_in(home, bank.day(TUESDAY))

    assert (result.status, result.new) == ("imported", 0)
    assert taken_in(home, bank.day(WEDNESDAY, came_in("1.00", WEDNESDAY))).status == "imported"


def test_holds_a_file_that_does_not_balance(home, bank):
    data = bank.day(MONDAY, came_in("100.00", MONDAY))
    broken = data.replace(b'<Amt Ccy="EUR">1100.00</Amt>', b'<Amt Ccy="EUR">1100.01</Amt>')
    assert broken != data

    held = taken_in(home, broken)

    assert (held.status, codes(held)) == ("held", ["does_not_balance"])
    assert (StatementFile.objects.count(), Entry.objects.count(), JournalEntry.objects.count()) == (1, 0, 0)
    assert taken_in(home, data).status == "imported"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"niets",
        b'<!DOCTYPE x [<!ENTITY a "b">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>',
        b"\x89PNG\r\n\x1a\n",
    ],
    ids=["empty", "no statement", "document type definition", "picture"],
)
def test_keeps_nothing_of_what_is_no_statement(home, data):
    result = taken_in(home, data)

    assert result.status == "refused"
    assert codes(result)
    assert not StatementFile.objects.exists()
    assert not StatementImport.objects.exists()


def test_keeps_nothing_of_a_statement_with_a_document_type_definition(home, bank):
    data = bank.day(MONDAY, came_in("100.00", MONDAY))
    head, rest = data.split(b"?>", 1)

    result = taken_in(home, head + b'?><!DOCTYPE Document [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + rest)

    assert result.status == "refused"
    assert not StatementFile.objects.exists()


def test_keeps_nothing_of_another_account(home, bank):
    other = Bank(factories.made_up_iban(99))

    result = taken_in(home, other.day(MONDAY, came_in("100.00", MONDAY)))

    assert (result.status, codes(result)) == ("refused", ["another_account"])
    assert not StatementFile.objects.exists()


def test_keeps_nothing_of_a_file_of_which_one_statement_is_of_another_account(home, bank):
    other = Bank(factories.made_up_iban(99))
    pages = bank.page(MONDAY, came_in("1.00", MONDAY)), other.page(MONDAY, came_in("1.00", MONDAY))

    assert taken_in(home, write_statement(*pages)).status == "refused"
    assert not Entry.objects.exists()


def test_keeps_nothing_of_our_account_when_another_was_expected(home, bank):
    data = bank.day(MONDAY, came_in("100.00", MONDAY))

    assert taken_in(home, data, account=factories.made_up_iban(99)).status == "refused"


@pytest.mark.parametrize("cut", [1, 40, 400, 800])
def test_books_nothing_of_a_file_that_was_cut_off(home, bank, cut):
    data = bank.day(MONDAY, came_in("100.00", MONDAY))

    assert taken_in(home, data[:-cut]).status == "refused"
    assert not Entry.objects.exists()


def test_never_books_an_amount_that_is_not_yet_booked(home, bank):
    data = bank.day(MONDAY, came_in("100.00", MONDAY)).replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>")

    assert taken_in(home, data).status == "held"
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("said", "kept"), [("999999999", 999_999_999), ("2147483648", 0), ("9" * 15, 0)])
def test_keeps_no_batch_count_that_its_column_cannot_hold(home, bank, said, kept):
    data = bank.day(MONDAY, drawn("30.00", MONDAY))
    counted = data.replace(b"<NtryDtls>", b"<NtryDtls><Btch><NbOfTxs>%s</NbOfTxs></Btch>" % said.encode(), 1)
    assert counted != data

    assert taken_in(home, counted).status == "imported"

    assert Entry.objects.get().batch_count == kept
