"""A person says whose waiting money is: whole, once, and never against the facts; and takes it back without editing."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from budgeting import access
from budgeting.actions.entries import (
    AgreementOfAnother,
    NothingToTakeBack,
    NotWaiting,
    Part,
    PartsDoNotAddUp,
    decide_entry,
    take_back,
)
from budgeting.actions.ledger import (
    AlreadyReversed,
    BalanceTooLow,
    MayNotBeReversed,
    advances_used,
    resident_balances,
    reverse,
)
from budgeting.actions.statements import import_statement
from budgeting.models import Allocation, AuditEvent, Entry, JournalEntry, Posting, WaitingEntry
from payments.actions import books
from tests import factories
from tests.factories import ON
from tests.faults.bank import Bank, came_in, drawn

DAY = date(2026, 11, 3)
WHY = "van de buurvrouw"


@pytest.fixture
def home():
    return factories.house()


@pytest.fixture
def who(home):
    return factories.resident(home)


@pytest.fixture
def verified():
    yield
    assert [(f.id, f.first_violation, f.difference) for f in books.verify() if not f.ok] == []


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verified")]


def waiting(home, *lines) -> Entry:
    """The first of some lines that nobody knows whose they are."""
    bank = Bank(home.account.iban, Decimal("1000.00"))
    taken = import_statement(data=bank.day(DAY, *lines), name="a.xml", by=None, on=DAY)
    assert taken.suspense == len(lines)
    return Entry.objects.get(pk=taken.entry_ids[0])


def balance(who) -> Decimal:
    return resident_balances([who.pk])[who.pk]


def decide(home, entry, *parts):
    return decide_entry(entry=entry, parts=parts, on=ON, by=home.case_worker)


def test_gives_waiting_money_to_a_resident_with_who_said_so(home, who):
    entry = waiting(home, came_in("100.00", DAY))

    decide(home, entry, Part(Decimal("100.00"), who, category="gift"))

    assert balance(who) == Decimal("100.00")
    assert Allocation.objects.get().decided_by == home.case_worker
    assert WaitingEntry.objects.get().closed_by == home.case_worker


def test_splits_an_entry_over_residents_agreements_and_the_town(home, who):
    other, benefit = factories.resident(home), factories.income(home, who, amount="70.00")
    entry = waiting(home, came_in("100.00", DAY))

    decide(
        home,
        entry,
        Part(Decimal("70.00"), who, benefit),
        Part(Decimal("20.00"), other),
        Part(Decimal("10.00")),
    )

    assert (balance(who), balance(other)) == (Decimal("70.00"), Decimal("20.00"))
    assert list(Allocation.objects.order_by("pk").values_list("category", "due_on")) == [
        ("benefit", DAY),
        ("", None),
        ("", None),
    ]


def test_decides_an_entry_once_and_names_who_did(home, who):
    entry = waiting(home, came_in("100.00", DAY))
    decide(home, entry, Part(Decimal("100.00"), who))

    with pytest.raises(NotWaiting) as refusal:
        decide(home, entry, Part(Decimal("100.00"), who))

    assert refusal.value.who == str(home.case_worker)
    assert balance(who) == Decimal("100.00")


def test_decides_nothing_about_an_entry_that_never_waited(home, who):
    benefit = factories.income(home, who, day=3)
    payer = benefit.counterparty.accounts.get().iban
    bank = Bank(home.account.iban)
    data = bank.day(DAY, came_in("1200.00", DAY, iban=payer, name="Uitkeerder", remittance="uitkering november"))
    taken = import_statement(data=data, name="a.xml", by=None, on=DAY)
    assert taken.booked == 1

    with pytest.raises(NotWaiting):
        decide(home, Entry.objects.get(pk=taken.entry_ids[0]), Part(Decimal("1200.00"), who))


@pytest.mark.parametrize(
    "amounts",
    [[], ["99.99"], ["100.01"], ["100.00", "0.00"], ["150.00", "-50.00"], ["-100.00"], ["50.00", "49.99"]],
    ids=str,
)
def test_refuses_parts_that_are_not_the_whole_entry(home, who, amounts):
    entry = waiting(home, came_in("100.00", DAY))

    with pytest.raises(PartsDoNotAddUp):
        decide(home, entry, *(Part(Decimal(amount), who) for amount in amounts))

    assert balance(who) == Decimal("0.00")


def test_refuses_a_part_for_the_agreement_of_another_resident(home, who):
    benefit = factories.income(home, factories.resident(home))
    entry = waiting(home, came_in("100.00", DAY))

    with pytest.raises(AgreementOfAnother):
        decide(home, entry, Part(Decimal("100.00"), who, benefit))


def test_lets_only_case_workers_decide(home, who):
    entry = waiting(home, came_in("100.00", DAY))

    with pytest.raises(access.NotAllowed):
        decide_entry(entry=entry, parts=[Part(Decimal("100.00"), who)], on=ON, by=home.approver)


def test_books_money_that_was_drawn_from_our_account(home):
    rich = factories.resident(home, money="80.00")
    entry = waiting(home, drawn("30.00", DAY))

    decide(home, entry, Part(Decimal("-30.00"), rich))

    assert balance(rich) == Decimal("50.00")


def test_lends_what_was_drawn_beyond_a_balance_within_the_limit(home):
    poor = factories.resident(home, money="10.00", limit="20.00")
    entry = waiting(home, drawn("30.00", DAY))

    decide(home, entry, Part(Decimal("-30.00"), poor))

    assert balance(poor) == Decimal("0.00")
    assert advances_used([poor.pk]) == {poor.pk: Decimal("20.00")}


def test_refuses_to_take_more_from_a_resident_than_they_have_and_may_be_lent(home):
    poor = factories.resident(home, money="10.00", limit="19.99")
    entry = waiting(home, drawn("30.00", DAY))

    with pytest.raises(BalanceTooLow) as refusal:
        decide(home, entry, Part(Decimal("-30.00"), poor))

    assert refusal.value.lacking == Decimal("20.00")
    assert WaitingEntry.objects.get().closed_at is None


def test_takes_back_a_decision_and_lets_another_be_made(home, who):
    other = factories.resident(home)
    entry = waiting(home, came_in("100.00", DAY))
    decide(home, entry, Part(Decimal("100.00"), who))

    take_back(entry=entry, reason=WHY, on=ON, by=home.case_worker)
    assert (balance(who), WaitingEntry.objects.get().closed_at) == (Decimal("0.00"), None)
    decide(home, entry, Part(Decimal("100.00"), other))

    assert (balance(who), balance(other)) == (Decimal("0.00"), Decimal("100.00"))
    assert [row.resident for row in Allocation.objects.standing()] == [other]
    assert sum(row.amount for row in Allocation.objects.all()) == Decimal("100.00")
    assert AuditEvent.objects.filter(action="entry.taken_back").count() == 1


def test_takes_back_what_a_rule_recognised(home, who):
    benefit = factories.income(home, who, day=3)
    payer = benefit.counterparty.accounts.get().iban
    bank = Bank(home.account.iban)
    data = bank.day(DAY, came_in("1200.00", DAY, iban=payer, name="Uitkeerder", remittance="uitkering november"))
    entry = Entry.objects.get(pk=import_statement(data=data, name="a.xml", by=None, on=DAY).entry_ids[0])
    assert balance(who) == Decimal("1200.00")

    take_back(entry=entry, reason=WHY, on=ON, by=home.case_worker)

    assert balance(who) == Decimal("0.00")
    assert WaitingEntry.objects.get(entry=entry).closed_at is None
    assert not Allocation.objects.standing().exists()


def test_takes_nothing_back_twice(home, who):
    entry = waiting(home, came_in("100.00", DAY))
    decide(home, entry, Part(Decimal("100.00"), who))
    take_back(entry=entry, reason=WHY, on=ON, by=home.case_worker)

    with pytest.raises(NothingToTakeBack):
        take_back(entry=entry, reason=WHY, on=ON, by=home.case_worker)


def test_does_not_take_back_money_that_was_spent_beyond_what_may_be_lent(home, who):
    entry = waiting(home, came_in("100.00", DAY), drawn("60.00", DAY))
    decide(home, entry, Part(Decimal("100.00"), who))
    decide(home, Entry.objects.order_by("pk").last(), Part(Decimal("-60.00"), who))

    with pytest.raises(BalanceTooLow):
        take_back(entry=entry, reason=WHY, on=ON, by=home.case_worker)

    assert balance(who) == Decimal("40.00")


def test_reverses_a_movement_once_with_its_reason(home):
    who = factories.resident(home, money="100.00")
    gift = JournalEntry.objects.get(kind="allocation")

    number = reverse(journal_entry=gift, reason=WHY, by=home.case_worker, on=ON)
    with pytest.raises(AlreadyReversed):
        reverse(journal_entry=gift, reason=WHY, by=home.case_worker, on=ON)

    assert balance(who) == Decimal("0.00")
    assert JournalEntry.objects.get(pk=number).reason == WHY
    assert AuditEvent.objects.filter(action="journal.reversed").count() == 1


def test_has_one_reversal_of_a_movement_in_the_database_itself(home):
    factories.resident(home, money="100.00")
    gift = JournalEntry.objects.get(kind="allocation")
    reverse(journal_entry=gift, reason=WHY, by=None, on=ON)

    with pytest.raises(IntegrityError), transaction.atomic():
        JournalEntry.objects.create(kind="reversal", booked_on=ON, key="again", reverses=gift)


def test_does_not_reverse_what_the_bank_did(home):
    waiting(home, came_in("100.00", DAY))
    booked = JournalEntry.objects.get(kind="entry")

    with pytest.raises(MayNotBeReversed):
        reverse(journal_entry=booked, reason=WHY, by=home.case_worker, on=ON)

    assert Posting.objects.filter(journal_entry__reverses=booked).count() == 0


def test_does_not_reverse_a_gift_that_was_spent(home):
    who = factories.resident(home, money="100.00")
    gift = JournalEntry.objects.get(kind="allocation")
    decide(home, waiting(home, drawn("1.00", DAY)), Part(Decimal("-1.00"), who))

    with pytest.raises(BalanceTooLow):
        reverse(journal_entry=gift, reason=WHY, by=home.case_worker, on=ON)
