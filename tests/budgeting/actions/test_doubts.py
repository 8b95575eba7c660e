"""What a payer could have written into an MT940 is not booked by a rule: a person says why it is right, once."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from budgeting.actions.entries import Part, ReasonNeeded, decide_entry, take_back
from budgeting.actions.ledger import resident_balances
from budgeting.actions.statements import import_statement
from budgeting.models import Allocation, AuditEvent, Entry, WaitingEntry
from payments.actions import books
from tests import factories
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import DAY, Fact

pytestmark = pytest.mark.django_db
ON = DAY + timedelta(days=1)


@pytest.fixture
def town():
    """A resident whose benefit a rule books by itself."""
    home = factories.house()
    home.account.iban = writing.OWN
    home.account.save(update_fields=["iban"])
    who = factories.resident(home)
    agreement = factories.income(home, who, amount="640.00", day=5, valid_from=DAY - timedelta(days=40))
    return home, who, agreement.counterparty.accounts.get()


def benefit(payer, amount: str = "640.00") -> Fact:
    return Fact(Decimal(amount), name=payer.name, iban=payer.iban, text="Uitkering maart")


def take_in(home, data: bytes):
    result = import_statement(data=data, name="bank.txt", by=home.case_worker, on=ON)
    assert [(f.id, f.first_violation) for f in books.verify() if not f.ok] == []
    return result


def why(entry: Entry) -> list[str]:
    (row,) = [row for row in WaitingEntry.objects.get(entry=entry).suggestions if row.get("code") == "why"]
    return [reason["code"] for reason in row["reasons"]]


@pytest.mark.parametrize("form", [writing.mt940, writing.camt053], ids=["mt940", "camt053"])
def test_books_the_benefit_by_itself_when_nothing_is_odd(town, form):
    home, who, payer = town

    assert take_in(home, form([benefit(payer)])).booked == 1
    assert resident_balances([who.pk]) == {who.pk: Decimal("640.00")}


def test_waits_with_an_amount_that_another_line_takes_away_again(town):
    home, who, payer = town
    pair = [benefit(payer), Fact(Decimal("-640.00")), Fact(Decimal("3.00"))]

    result = take_in(home, writing.mt940(pair))

    assert (result.status, result.booked, result.suspense) == ("imported", 0, 3)
    assert resident_balances([who.pk]) == {who.pk: Decimal("0.00")}
    plus, minus, other = Entry.objects.order_by("n")
    assert why(plus)[0] == why(minus)[0] == "cancels_another"
    assert "cancels_another" not in why(other)


def test_finds_the_pair_that_was_written_into_a_payment_s_text(town):
    home, who, payer = town
    text = f"hoi\r\n:61:2603050305C640,00N654NONREF\r\n:86:/IBAN/{payer.iban}/NAME/{payer.name}/REMI/Uitkering"
    text += "\r\n:61:2603050305D640,00N654NONREF\r\n:86:/REMI/x"

    result = take_in(home, writing.mt940([Fact(Decimal("0.01"))]).replace(b"Termijn", f"{text} Termijn".encode()))

    assert (result.status, result.new, result.booked) == ("imported", 3, 0)
    assert resident_balances([who.pk]) == {who.pk: Decimal("0.00")}


def test_believes_a_camt_that_has_the_same_pair(town):
    home, _, payer = town

    assert take_in(home, writing.camt053([benefit(payer), Fact(Decimal("-640.00"))])).booked == 1


def test_waits_with_a_large_amount(town):
    home, _, payer = town
    home.town.order_limit = Decimal("640.00")
    home.town.save(update_fields=["order_limit"])

    assert take_in(home, writing.mt940([benefit(payer)])).booked == 0
    assert why(Entry.objects.get())[0] == "large_in_mt940"


def test_asks_who_decides_for_the_reason_and_keeps_it(town):
    home, who, payer = town
    take_in(home, writing.mt940([benefit(payer), Fact(Decimal("-640.00"))]))
    entry = Entry.objects.order_by("n").first()
    decision = {"entry": entry, "parts": [Part(Decimal("640.00"), who)], "on": ON, "by": home.case_worker}

    with pytest.raises(ReasonNeeded):
        decide_entry(**decision, reason=" ")
    decide_entry(**decision, reason="Staat zo op internetbankieren")

    allocation = Allocation.objects.get()
    event = AuditEvent.objects.get(action="entry.decided")
    assert (allocation.decided_by, event.actor) == (home.case_worker, home.case_worker.username)
    assert json.loads(event.body)["reason"] == "Staat zo op internetbankieren"
    take_back(entry=entry, reason="Toch niet", on=ON, by=home.case_worker)
    with pytest.raises(ReasonNeeded):
        decide_entry(**decision)
