"""All entries: found by words, day, amount, way and state; nobody else's; and the filters stay in the address."""

from typing import Any

import pytest
from django.test import Client

from budgeting.models import AuditEvent, Resident, Role
from payments.actions.settle import take_in_statement
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in, drawn

MOST_QUERIES = 12


@pytest.fixture
def who(home: House) -> Resident:
    """A benefit that is booked by itself, a euro from a stranger, and one that was drawn."""
    found = factories.resident(home, money="500.00")
    payer = factories.income(home, found, day=2).counterparty.accounts.get()
    lines = [
        came_in("1200.00", ON, name=payer.name, iban=payer.iban, remittance="Uitkering november"),
        came_in("20.50", ON, name="Niemand", iban=factories.made_up_iban(77), remittance="bedankt hoor"),
        drawn("20.51", ON, name="Niemand", iban=factories.made_up_iban(77), remittance="incasso"),
    ]
    data = Bank(home.account.iban).day(ON, *lines)
    taken = take_in_statement(data=data, name="a.xml", by=home.case_worker, on=ON)
    assert taken.result.status == "imported", taken
    return found


def amounts(client: Client, asked: str = "") -> list[str]:
    answer: Any = client.get(f"/bank/boekingen/?{asked}")
    assert answer.status_code == 200, answer.content.decode()[:300]
    return [str(row.amount) for row in answer.context["rows"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["-20.51", "20.50", "1200.00"]),
        ("way=in", ["20.50", "1200.00"]),
        ("way=out", ["-20.51"]),
        ("state=waits", ["-20.51", "20.50"]),
        ("state=rule", ["1200.00"]),
        ("state=person", []),
        ("least=20,51", ["-20.51", "1200.00"]),
        ("most=20,50", ["20.50"]),
        ("least=20,50&most=20,51", ["-20.51", "20.50"]),
        ("since=2026-11-02&until=2026-11-02", ["-20.51", "20.50", "1200.00"]),
        ("since=2026-11-03", []),
        ("until=2026-11-01", []),
        ("q=bedankt niemand", ["20.50"]),
        ("q=niemand+uitkering", []),
        ("q=%25", []),
    ],
)
def test_finds_entries_by_what_is_filled_in(home: House, who: Resident, asked: str, found: list[str]) -> None:
    assert amounts(signed_in(home.case_worker), asked) == found


def test_says_at_the_field_what_cannot_be_looked_for(home: House, who: Resident) -> None:
    answer = signed_in(home.case_worker).get("/bank/boekingen/?least=5&most=4&since=2026-11-02&until=2026-11-01&q=huur")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Dit is minder dan het kleinste bedrag." in page
    assert "Deze dag ligt vóór de eerste." in page
    assert 'value="huur"' in page


def test_keeps_what_is_looked_for_in_the_address_and_shows_that_it_is_narrowed(home: House, who: Resident) -> None:
    client = signed_in(home.case_worker)

    assert "Alles weer laten zien" in client.get("/bank/boekingen/?state=waits").content.decode()
    assert "Alles weer laten zien" not in client.get("/bank/boekingen/").content.decode()


def test_leads_from_an_entry_that_waits_to_its_decision(home: House, who: Resident) -> None:
    page = signed_in(home.case_worker).get("/bank/boekingen/?state=waits&way=in").content.decode()

    assert "/bank/wachtend/" in page
    assert "NL" in page


def test_shows_what_is_booked_of_own_residents_only_and_writes_who_looked(home: House, who: Resident) -> None:
    colleague = signed_in(factories.user(Role.CASE_WORKER))

    assert amounts(colleague) == ["-20.51", "20.50"], "what waits may be anyone's"
    assert amounts(signed_in(home.case_worker), "state=rule") == ["1200.00"]
    assert AuditEvent.objects.filter(action="looked", actor=home.case_worker.username).exists()


def test_asks_few_questions_of_the_database_for_a_full_page(
    home: House, who: Resident, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(home.case_worker)
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get("/bank/boekingen/")
