"""No account is paid on the word of one person: who vouches for it, and what speaks against it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from budgeting import access
from budgeting.actions.accounts import (
    AccountNotInUse,
    AlreadyConfirmed,
    IbanIsAColleagues,
    NeedsAnExplanation,
    confirm_account,
    note_colleague_account,
    objections,
    problems_of,
    record_name_check,
    refuses,
)
from budgeting.actions.people import change_account, grant_role, register_counterparty
from budgeting.actions.persons import SamePerson, is_one_of
from budgeting.models import Account, AccountConfirmation, AuditEvent, BankAccount, ColleagueAccount, Role
from payments.actions.settle import take_in_statement
from tests import factories
from tests.factories import ON, made_up_iban
from tests.faults.bank import Bank, came_in, drawn
from tests.faults.races import Job, race

IBAN = made_up_iban(4711)


@pytest.fixture
def home(db):
    return factories.house()


def typed(home, *, iban=IBAN, name="De Eik B.V.", by=None) -> Account:
    registered = register_counterparty(name=name, iban=iban, on=date(2026, 1, 1), by=by or home.case_worker)
    return registered.accounts.get()


def problem(account) -> str | None:
    return problems_of(Account.objects.filter(pk=account.pk), on=ON).get(account.pk)


def test_trusts_no_account_that_one_person_typed(home):
    assert problem(typed(home)) == "account_not_confirmed"


def test_trusts_an_account_that_a_second_person_confirmed(home):
    account = typed(home)

    confirm_account(account=account, reason="", on=ON, by=home.approver)

    assert problem(account) is None
    assert AuditEvent.objects.latest("id").action == "account.confirmed"
    with pytest.raises(AlreadyConfirmed):
        confirm_account(account=account, reason="", on=ON, by=home.approver)


def test_lets_nobody_confirm_what_they_typed_under_any_account(home):
    typist = factories.user(Role.CASE_WORKER, person="P-same", email="sam@voorbeeld.example")
    account = typed(home, by=typist)
    twins = [
        typist,
        factories.user(Role.APPROVER, person="P-same"),
        factories.user(Role.APPROVER, email="Sam@voorbeeld.example"),
        factories.user(Role.APPROVER),
    ]
    for user in (typist, twins[3]):
        TOTPDevice.objects.create(user=user, name="app", key="0a" * 20)

    for twin in twins:
        with pytest.raises(SamePerson):
            confirm_account(account=account, reason="", on=ON, by=twin)
        with pytest.raises(SamePerson):
            record_name_check(account=account, outcome="match", on=ON, by=twin)
        with pytest.raises(IntegrityError, match="does not vouch"), transaction.atomic():
            AccountConfirmation.objects.create(account=account, how="second_person", said_by=twin, said_on=ON)
    assert problem(account) == "account_not_confirmed"


def test_knows_two_human_beings_apart(home):
    assert not is_one_of(home.case_worker, [home.approver, None])
    assert not is_one_of(factories.user(email=""), [factories.user(email="")])


@pytest.mark.parametrize(
    ("outcome", "left"),
    [
        ("match", None),
        ("close", "account_not_confirmed"),
        ("unavailable", "account_not_confirmed"),
        ("no_match", "name_does_not_match"),
    ],
)
def test_takes_only_a_match_of_the_bank_for_a_yes(home, outcome, left):
    account = typed(home)

    record_name_check(account=account, outcome=outcome, on=ON, by=home.approver)

    account.refresh_from_db()
    assert problem(account) == left
    assert account.confirmations.get().outcome == outcome


def test_stops_what_a_second_person_confirmed_when_the_bank_says_no(home):
    account = typed(home)
    confirm_account(account=account, reason="", on=ON, by=home.approver)

    record_name_check(account=account, outcome="no_match", on=ON, by=home.case_worker)

    assert problem(account) == "name_does_not_match"


@pytest.mark.parametrize(
    ("name", "left"), [("DE EIK BV", None), ("Iemand Anders", "account_not_confirmed"), ("", "account_not_confirmed")]
)
def test_trusts_an_account_from_which_money_came_under_that_name(home, name, left):
    account = typed(home)
    bank = Bank(home.account.iban, Decimal("100.00"))
    data = bank.day(ON, came_in("0.01", ON, iban=IBAN, name=name))

    take_in_statement(data=data, name="camt.xml", by=home.case_worker, on=ON)

    assert problem(account) == left


def test_believes_no_name_that_we_wrote_ourselves(home):
    account = typed(home)
    bank = Bank(home.account.iban, Decimal("100.00"))

    data = bank.day(ON, drawn("5.00", ON, iban=IBAN, name="De Eik B.V."))
    take_in_statement(data=data, name="camt.xml", by=home.case_worker, on=ON)

    assert problem(account) == "account_not_confirmed"


def test_refuses_the_account_of_a_colleague_and_writes_who_tried(home):
    manager = factories.user(Role.APPLICATION_MANAGER)
    note_colleague_account(user=home.approver, iban=IBAN, on=ON, by=manager)

    with pytest.raises(IbanIsAColleagues):
        typed(home)

    assert refuses(IBAN, on=ON, by=home.case_worker)
    assert not refuses(made_up_iban(4712), on=ON, by=home.case_worker)
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor) == ("account.refused", home.case_worker.username)
    assert IBAN not in ColleagueAccount.objects.get().digest
    assert not AuditEvent.objects.filter(body__contains=IBAN).exists()


def test_stops_an_account_that_turns_out_to_be_a_colleague_s(home):
    account = typed(home)
    confirm_account(account=account, reason="", on=ON, by=home.approver)

    manager = factories.user(Role.APPLICATION_MANAGER)
    note_colleague_account(user=home.case_worker, iban=IBAN, on=ON, by=manager)

    assert problem(account) == "iban_is_a_colleagues"
    with pytest.raises(IbanIsAColleagues):
        confirm_account(account=account, reason="Zij verhuurt", on=ON, by=home.approver)


def test_pays_a_colleague_who_is_a_resident_but_nobody_else_to_that_account(home):
    who = factories.resident(home)
    grant_role(user=who.user, role=Role.FRONT_DESK, on=date(2026, 1, 1), by=None)
    own = who.accounts.get()

    assert problem(own) is None
    assert refuses(own.iban, on=ON, by=home.case_worker)
    with pytest.raises(IbanIsAColleagues):
        typed(home, iban=own.iban)


def test_asks_a_second_person_to_explain_one_account_under_two_names(home):
    first = typed(home, name="De Eik B.V.")
    factories.vouch(home, first)
    second = typed(home, name="De Beuk B.V.")

    with pytest.raises(NeedsAnExplanation):
        confirm_account(account=second, reason=" ", on=ON, by=home.approver)
    record_name_check(account=second, outcome="match", on=ON, by=home.approver)
    second.refresh_from_db()
    assert problem(second) == "iban_under_two_names"
    assert problem(first) is None, "whoever types a number again does not stop what was known"

    confirm_account(account=second, reason="De Eik int voor De Beuk", on=ON, by=home.approver)
    assert problem(second) is None


def test_stops_a_resident_s_account_as_somebody_else_s(home):
    who = factories.resident(home)

    landlord = typed(home, iban=who.accounts.get().iban)

    assert problem(landlord) == "iban_under_two_names"


def test_lets_two_of_one_household_share_an_account_and_no_others(home):
    one, other, stranger = (factories.resident(home) for _ in range(3))
    other.household = one.household
    other.save()
    iban = one.accounts.get().iban
    for who, left in ((other, "account_not_confirmed"), (stranger, "iban_under_two_names")):
        new = change_account(old=who.accounts.get(), iban=iban, name=str(who), on=ON, by=home.case_worker)

        assert problem(new) == left


def test_confirms_no_account_that_was_replaced(home):
    old = typed(home)
    change_account(old=old, iban=made_up_iban(4713), name="De Eik B.V.", on=ON, by=home.case_worker)

    with pytest.raises(AccountNotInUse):
        confirm_account(account=old, reason="", on=ON, by=home.approver)
    with pytest.raises(AccountNotInUse):
        change_account(old=old, iban=made_up_iban(4714), name="De Eik B.V.", on=ON, by=home.case_worker)


def test_asks_for_the_right_to_confirm_and_to_note(home):
    account = typed(home)
    desk = factories.user(Role.FRONT_DESK)

    with pytest.raises(access.NotAllowed):
        confirm_account(account=account, reason="", on=ON, by=desk)
    with pytest.raises(access.NotAllowed):
        record_name_check(account=account, outcome="match", on=ON, by=desk)
    with pytest.raises(access.NotAllowed):
        note_colleague_account(user=desk, iban=IBAN, on=ON, by=home.case_worker)


def test_confirms_once_and_changes_once_when_many_do_it_at_once(own_database):
    home = factories.house()
    account = typed(home)

    confirm = Job("confirm", lambda _: confirm_account(account=account, reason="", on=ON, by=home.approver),
                  (AlreadyConfirmed,))  # fmt: skip
    change = Job("change", lambda n: change_account(old=account, iban=made_up_iban(900 + n), name="De Eik B.V.", on=ON,
                 by=home.case_worker), (AccountNotInUse,))  # fmt: skip

    assert race(confirm, 6) == []
    assert race(change, 6) == []
    assert Account.objects.filter(counterparty=account.counterparty, until=None).count() == 1
    assert BankAccount.objects.count() == 1


def test_knows_of_an_account_that_was_replaced_that_its_number_is_anothers(home):
    first = typed(home)
    second = typed(home, name="De Beuk B.V.", by=home.approver)
    Account.objects.filter(pk=second.pk).update(until=ON)

    assert [one.other for one in objections([Account.objects.get(pk=second.pk)], on=ON)[second.pk]] == [first]
    assert objections([first], on=ON)[first.pk] == []


def test_asks_as_little_about_many_accounts_as_about_one(home, django_assert_num_queries):
    accounts = [typed(home, iban=made_up_iban(5000 + number), name=f"Zaak {number}") for number in range(20)]
    with django_assert_num_queries(6):
        assert len(problems_of(accounts[:1], on=ON)) == 1
    with django_assert_num_queries(6):
        assert set(problems_of(accounts, on=ON).values()) == {"account_not_confirmed"}
