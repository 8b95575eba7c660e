"""Sums of what is older are kept; a balance stays the sum of its postings, on every day and whoever books meanwhile."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from threading import Event, Thread
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Q, Sum

from budgeting.actions.ledger import bank_balance, keep_sums, post
from budgeting.actions.statements import import_statement
from budgeting.actions.undo import undo_import
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.core.money import ZERO
from budgeting.models import KeptSum, LedgerAccount, Posting, StatementImport
from payments.actions.books import verify
from tests import factories
from tests.databases import OwnDatabase
from tests.factories import House
from tests.faults.bank import Bank, came_in

FIRST = date(2026, 11, 2)


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


def brought(home: House, day: date, bank: Bank, amount: str) -> StatementImport:
    """A statement with one entry of nobody."""
    data = bank.day(day, came_in(amount, day, name="Niemand"))
    import_statement(data=data, name=f"{day}.xml", by=home.case_worker, on=day)
    return StatementImport.objects.latest("pk")


def given(home: House, amount: str, day: date) -> None:
    lines = ledger.moved(Decimal(amount), debit=ledger.bank(home.account.pk), credit=ledger.OWN)
    post([Movement("allocation", day, f"{day} {amount} {Posting.objects.count()}", lines)], by=None)


def added_up(account: LedgerAccount, before: date | None) -> Decimal:
    """The same total from the postings alone, as the days are told in `KeptSum`."""
    rows = Posting.objects.filter(account=account)
    if before:
        entry = Q(journal_entry__entry__isnull=False) if account.kind == "bank" else Q(pk=None)
        by_entry = Q(entry, journal_entry__entry__booking_date__lt=before)
        rows = rows.filter(by_entry | Q(~entry, journal_entry__booked_on__lt=before))
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def wrong_sums() -> list[str | None]:
    return [one.first_violation for one in verify() if one.id == "I-7" and not one.ok]


@pytest.mark.parametrize("seed", range(3))
def test_says_of_every_day_what_the_postings_say_whenever_sums_were_kept(home: House, seed: int) -> None:
    chance, bank = random.Random(seed), Bank(home.account.iban, ZERO)
    for n in range(8):
        day = FIRST + timedelta(days=n)
        attempt = brought(home, day, bank, f"{chance.randint(1, 900)}.{n:02d}")
        if chance.random() < 0.5:
            given(home, f"{chance.randint(1, 900)}.10", day - timedelta(days=chance.randint(0, 3)))
        if chance.random() < 0.4:
            keep_sums()
    keep_sums()
    undo_import(attempt=attempt, reason="Verkeerd bestand", on=day + timedelta(days=2), by=home.case_worker)

    assert KeptSum.objects.values("up_to").distinct().count() > 1
    for account in LedgerAccount.objects.filter(resident=None):
        for before in (None, *(FIRST + timedelta(days=n) for n in range(-4, 14))):
            assert LedgerAccount.objects.filter(pk=account.pk).totals(before).get() == added_up(account, before)
    assert not wrong_sums()


def test_keeps_nothing_new_when_nothing_was_booked(home: House) -> None:
    given(home, "10.00", FIRST)

    assert (keep_sums(), keep_sums()) == (2, 0)
    assert bank_balance(home.account.pk) == Decimal("10.00")


@pytest.mark.parametrize(
    ("day", "further", "amount"), [("2026-11-02", 0, "9.99"), ("2026-11-03", 0, "10.00"), ("2026-11-02", 1, "10.00")]
)
def test_refuses_a_sum_the_postings_do_not_come_to(home: House, day: str, further: int, amount: str) -> None:
    given(home, "10.00", FIRST)
    last = Posting.objects.latest("pk").pk
    bank, own = LedgerAccount.objects.get(kind="bank"), LedgerAccount.objects.get(kind="own")
    kept = [(own, FIRST, last, "-10.00"), (bank, date.fromisoformat(day), last + further, amount)]

    with pytest.raises(IntegrityError, match="do not come to"), transaction.atomic():
        KeptSum.objects.bulk_create(
            KeptSum(account=account, day=on, up_to=up_to, amount=Decimal(sum_)) for account, on, up_to, sum_ in kept
        )


def test_refuses_to_keep_sums_where_the_latest_bookings_cannot_be_seen(own_database: OwnDatabase) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(DatabaseError, match="just booked"):
            keep_sums()


def test_keeps_no_sum_while_somebody_books(own_database: OwnDatabase) -> None:
    """Whoever is booking has a lower posting number and is not there yet: a sum now would forget it for ever."""
    home = factories.house()
    given(home, "10.00", FIRST)
    with _in_the_middle_of(home, "5.00"):
        given(home, "1.00", FIRST)
        assert keep_sums() == 0

    assert bank_balance(home.account.pk) == Decimal("16.00")
    assert keep_sums() == 2
    assert bank_balance(home.account.pk) == Decimal("16.00")
    assert not wrong_sums()


@contextmanager
def _in_the_middle_of(home: House, amount: str) -> Iterator[None]:
    """Somebody else has booked so much and keeps it only at the end."""
    booked, enough = Event(), Event()

    def book() -> None:
        with transaction.atomic():
            given(home, amount, FIRST)
            booked.set()
            enough.wait(20)
        connection.close()

    thread = Thread(target=book)
    thread.start()
    try:
        assert booked.wait(20)
        yield
    finally:
        enough.set()
        thread.join()


def test_adds_up_right_with_eight_who_book_and_two_who_keep_sums(own_database: OwnDatabase) -> None:
    home = factories.house()
    kept: list[Any] = []

    def book(number: int) -> None:
        for n in range(10):
            lines = ledger.moved(Decimal("1.00"), debit=ledger.bank(home.account.pk), credit=ledger.OWN)
            post([Movement("allocation", FIRST, f"{number} {n}", lines)], by=None)
        connection.close()

    def keep(_: int) -> None:
        kept.extend(keep_sums() for _ in range(15))
        connection.close()

    threads = [Thread(target=work, args=(n,)) for n, work in enumerate([book] * 8 + [keep] * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keep_sums()

    assert bank_balance(home.account.pk) == Decimal("80.00")
    assert sum(KeptSum.objects.filter(account__kind="bank").values_list("amount", flat=True)) == Decimal("80.00")
    assert not wrong_sums()
