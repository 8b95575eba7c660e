"""Two counterparties that are one: everything moves, nothing booked changes, and it can be undone or is refused."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from budgeting import access
from budgeting.actions.directory import (
    AlreadyMerged,
    CannotUndo,
    IbanUnderTwoNames,
    IsThereAlready,
    OtherOrganisation,
    Place,
    add_creditor_identifier,
    add_department,
    end_department,
    merge,
    undo_merge,
)
from budgeting.actions.people import register_counterparty
from budgeting.core.creditor_identifier import NotACreditorIdentifier, chamber_number, creditor_identifier
from budgeting.models import Account, Agreement, AuditEvent, Counterparty, CounterpartyMerge, Department
from tests import factories
from tests.factories import ON

SHARED, OTHER = factories.made_up_iban(701), factories.made_up_iban(702)


def identifier(number: str) -> str:
    """A Dutch creditor id with right check digits around a KvK number."""
    digits = "".join(str(int(sign, 36)) for sign in f"{number}0000NL00")
    return f"NL{98 - int(digits) % 97:02d}ZZZ{number}0000"


@pytest.fixture
def home(db):
    return factories.house()


def landlord(home, name="Woonstichting Voorbeeld", iban=SHARED, at_bank=""):
    return register_counterparty(name=name, iban=iban, on=ON, by=home.case_worker, name_at_bank=at_bank)


def rented_from(home, counterparty):
    made = factories.charge(home, factories.resident(home))
    Agreement.objects.filter(pk=made.pk).update(counterparty=counterparty, account=counterparty.accounts.get())
    return made


def together(home, kept, gone):
    return merge(kept=kept, gone=gone, on=ON, by=home.case_worker)


def state():
    """Who has what: enough to see that nothing is lost."""
    return (
        sorted(Agreement.objects.values_list("pk", "counterparty", "account")),
        sorted(Account.objects.values_list("pk", "counterparty", "iban", "until"), key=str),
        sorted(Department.objects.values_list("pk", "counterparty")),
        sorted(Counterparty.objects.values_list("pk", "kvk_number")),
    )


def test_moves_all_that_one_has_to_the_other(home):
    kept, gone = landlord(home), landlord(home, "Voorbeeld Wonen", OTHER)
    rent = rented_from(home, gone)
    add_department(counterparty=gone, place=Place("Huur", town="Voorbeeldstad"), on=ON, by=home.case_worker)
    add_creditor_identifier(counterparty=gone, value=identifier("12345678"), on=ON, by=home.case_worker)

    together(home, kept, gone)

    rent.refresh_from_db()
    assert (rent.counterparty, rent.account.iban) == (kept, OTHER)
    assert {account.iban for account in kept.accounts.all()} == {SHARED, OTHER}
    assert kept.departments.get().name == "Huur"
    assert kept.creditor_identifiers.count() == 1
    kept.refresh_from_db()
    assert kept.kvk_number == "12345678"
    assert AuditEvent.objects.filter(action="counterparty.merged").count() == 1


def test_gives_everything_back_when_it_is_undone(home):
    kept, gone = landlord(home), landlord(home, "Voorbeeld Wonen", OTHER)
    rented_from(home, kept)
    rented_from(home, gone)
    add_department(counterparty=gone, place=Place(town="Voorbeeldstad"), on=ON, by=home.case_worker)
    add_creditor_identifier(counterparty=gone, value=identifier("12345678"), on=ON, by=home.case_worker)
    before = state()

    row = together(home, kept, gone)
    assert state() != before
    undo_merge(row=row, on=ON, by=home.case_worker)

    assert state() == before
    with pytest.raises(CannotUndo):
        undo_merge(row=row, on=ON, by=home.case_worker)


def test_keeps_one_of_an_account_that_both_have_under_one_name(home):
    kept, gone = landlord(home), landlord(home, "Voorbeeld Wonen", at_bank="woonstichting VOORBEELD")
    rent = rented_from(home, gone)
    before = state()

    row = together(home, kept, gone)
    rent.refresh_from_db()
    assert rent.account == kept.accounts.get(until=None)
    undo_merge(row=row, on=ON, by=home.case_worker)

    assert state() == before


def test_refuses_one_account_under_two_names(home):
    kept, gone = landlord(home), landlord(home, "Andere Verhuurder BV")
    before = state()

    with pytest.raises(IbanUnderTwoNames) as refused:
        together(home, kept, gone)

    assert (refused.value.iban, refused.value.gone) == (SHARED, "Andere Verhuurder BV")
    assert state() == before


def test_refuses_organisations_with_different_numbers(home):
    kept, gone = landlord(home), landlord(home, "Voorbeeld Wonen", OTHER)
    add_creditor_identifier(counterparty=kept, value=identifier("12345678"), on=ON, by=home.case_worker)
    add_creditor_identifier(counterparty=gone, value=identifier("87654321"), on=ON, by=home.case_worker)

    with pytest.raises(OtherOrganisation):
        together(home, kept, gone)


def test_merges_one_into_one_only(home):
    kept, gone = landlord(home), landlord(home, "Voorbeeld Wonen", OTHER)
    third = landlord(home, "Derde", factories.made_up_iban(703))
    together(home, kept, gone)

    for pair in ((third, gone), (gone, third), (kept, kept)):
        with pytest.raises(AlreadyMerged):
            together(home, *pair)


def test_does_not_undo_below_a_later_merge(home):
    one, two = landlord(home), landlord(home, "Twee", OTHER)
    three = landlord(home, "Drie", factories.made_up_iban(703))
    first = together(home, one, two)
    second = together(home, three, one)

    with pytest.raises(CannotUndo):
        undo_merge(row=first, on=ON, by=home.case_worker)
    undo_merge(row=second, on=ON, by=home.case_worker)
    undo_merge(row=first, on=ON, by=home.case_worker)


def test_does_not_undo_what_new_agreements_use(home):
    kept, gone = landlord(home), landlord(home, "Voorbeeld Wonen", OTHER)
    row = together(home, kept, gone)
    made = factories.charge(home, factories.resident(home))
    Agreement.objects.filter(pk=made.pk).update(counterparty=kept, account=Account.objects.get(iban=OTHER))

    with pytest.raises(CannotUndo):
        undo_merge(row=row, on=ON, by=home.case_worker)


def test_knows_a_department_once_until_it_ends(home):
    counterparty = landlord(home)
    added = add_department(counterparty=counterparty, place=Place("Huur"), on=ON, by=home.case_worker)
    with pytest.raises(IsThereAlready):
        add_department(counterparty=counterparty, place=Place("Huur"), on=ON, by=home.case_worker)

    end_department(department=added, on=ON, by=home.case_worker)

    add_department(counterparty=counterparty, place=Place("Huur"), on=ON, by=home.case_worker)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NL12ZZZ123456780000", "check_digits"),
        ("", "shape"),
        ("NL", "shape"),
        ("zomaar", "shape"),
        ("NL00ZZZ", "shape"),
    ],
)
def test_refuses_what_is_no_creditor_id(text, reason):
    with pytest.raises(NotACreditorIdentifier) as refused:
        creditor_identifier(text)
    assert refused.value.reason == reason


def test_reads_the_chamber_number_in_a_dutch_creditor_id():
    plain = creditor_identifier(f" {identifier('12345678')[:4]} zzz {identifier('12345678')[7:]} ")
    assert (plain, chamber_number(plain)) == (identifier("12345678"), "12345678")
    assert chamber_number("DE98ZZZ09999999999") == ""


def test_lets_only_who_may_change_agreements(home):
    kept, gone = landlord(home), landlord(home, "Voorbeeld Wonen", OTHER)
    with pytest.raises(access.NotAllowed):
        merge(kept=kept, gone=gone, on=ON, by=home.approver)


def test_merges_once_when_two_do_so_at_once_each_the_other_way(own_database):
    home = factories.house()
    one, two = landlord(home), landlord(home, "Voorbeeld Wonen", OTHER)
    ready, done = Barrier(2), []

    def both(kept, gone):
        ready.wait()
        try:
            done.append(together(home, kept, gone).pk)
        except AlreadyMerged:
            done.append(None)
        finally:
            connection.close()

    threads = [Thread(target=both, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert min(done, key=bool) is None
    assert CounterpartyMerge.objects.count() == 1
