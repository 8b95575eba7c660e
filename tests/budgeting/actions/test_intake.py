"""What a person confirmed of an intake becomes agreements: all or none, once, and never to a colleague's account."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from budgeting import access
from budgeting.actions.accounts import IbanIsAColleagues, note_colleague_account
from budgeting.actions.agreements import AgreementTerms
from budgeting.actions.intake import Confirmed, confirm_intake
from budgeting.actions.statements import import_statement
from budgeting.core.schedule import Recurrence
from budgeting.models import Account, Agreement, AuditEvent, Counterparty, Entry, Role
from tests import factories
from tests.factories import ON
from tests.faults.bank import Bank, came_in

TAX = factories.made_up_iban(555)


def confirmed(category="rent_allowance", amount="310.00", iban=TAX, **more):
    terms = {
        "direction": "in",
        "category": category,
        "description": "Belastingdienst",
        "amount": Decimal(amount),
        "recurrence": Recurrence(unit="month", starts_on=date(2026, 11, 20)),
        "valid_from": date(2026, 11, 1),
        "words": ("huurtoeslag",),
        "marks": ("330055",),
    }
    return Confirmed("Belastingdienst", iban, AgreementTerms(**(terms | more)))


@pytest.fixture
def home(db):
    return factories.house()


@pytest.fixture
def who(home):
    return factories.resident(home)


def confirm(home, who, *some):
    return confirm_intake(resident=who, confirmed=some, on=ON, by=home.case_worker)


def test_makes_agreements_and_one_counterparty_for_one_account(home, who):
    made = confirm(home, who, confirmed(), confirmed("healthcare_allowance", "128.00", words=("zorgtoeslag",)))

    assert (len(made.agreements), made.known) == (2, 0)
    assert Counterparty.objects.get().accounts.get().iban == TAX
    assert AuditEvent.objects.filter(action="intake.confirmed", resident_id=who.pk).count() == 1


def test_makes_nothing_twice(home, who):
    confirm(home, who, confirmed())

    assert confirm(home, who, confirmed()).known == 1
    assert Agreement.objects.count() == 1


def test_is_recognised_on_the_next_statement(home, who):
    confirm(home, who, confirmed())
    line = came_in("310.00", date(2026, 11, 20), name="Belastingdienst", iban=TAX, remittance="Huurtoeslag 330055")
    data = Bank(home.account.iban).day(date(2026, 11, 20), line)

    taken = import_statement(data=data, name="a.xml", by=None, on=date(2026, 11, 20))

    assert taken.booked == 1
    assert Entry.objects.get().allocations.get().resident == who


def test_makes_none_when_one_goes_to_a_colleague(home, who):
    colleague = factories.made_up_iban(999)
    manager = factories.user(Role.APPLICATION_MANAGER)
    note_colleague_account(user=home.approver, iban=colleague, on=ON, by=manager)

    with pytest.raises(IbanIsAColleagues):
        confirm(home, who, confirmed(), confirmed("rent", iban=colleague, direction="out"))

    assert not Agreement.objects.exists()
    assert not Account.objects.filter(counterparty__isnull=False).exists()


def test_lets_only_who_may_change_agreements(home, who):
    with pytest.raises(access.NotAllowed):
        confirm_intake(resident=who, confirmed=[confirmed()], on=ON, by=home.approver)


def test_makes_one_agreement_when_it_is_sent_twice_at_once(own_database):
    home = factories.house()
    who, ready, made = factories.resident(home), Barrier(4), []

    def send():
        ready.wait()
        try:
            made.append(len(confirm(home, who, confirmed()).agreements))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == [0, 0, 0, 1]
    assert Agreement.objects.count() == 1
