"""An entry of a household divided over its people and agreements: to the cent, with what is left, and undone."""

from decimal import Decimal

import pytest
from django.test import Client

from budgeting.actions.ledger import resident_balances
from budgeting.models import Allocation, Entry, Resident
from payments.actions.books import verify
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House
from tests.faults.bank import came_in
from tests.payments.actions.test_leaving import Town

ROWS = {"part-TOTAL_FORMS": "5", "part-INITIAL_FORMS": "0"}


def parts(*rows: dict[str, str], choose: str = "split") -> dict[str, str]:
    filled = {f"part-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return {"choose": choose} | ROWS | filled


@pytest.fixture
def shared(db: None) -> tuple[Town, Resident, Resident, Entry]:
    """Two people of one household, and a benefit for both that looks like the first one's."""
    town = Town()
    one, other = factories.resident(town.home), factories.resident(town.home)
    Resident.objects.filter(pk=other.pk).update(household=one.household)
    benefit = factories.income(town.home, one, amount="1200.00", day=2)
    factories.income(town.home, other, amount="300.00", day=2)
    payer = benefit.counterparty.accounts.get()
    line = came_in("1500.00", ON, name=payer.name, iban=payer.iban, remittance="uitkering gezin")
    return town, one, other, Entry.objects.get(pk=town.hear(ON, line)[0])


def desk(home: House) -> Client:
    return signed_in(home.case_worker)


def money(*people: Resident) -> list[Decimal]:
    found = resident_balances([who.pk for who in people])
    return [found[who.pk] for who in people]


def test_divides_an_entry_over_agreements_of_a_household_to_the_cent(shared: tuple) -> None:
    town, one, other, entry = shared
    client, page = desk(town.home), f"/bank/wachtend/{entry.pk}/"
    first, second = one.agreements.get(), other.agreements.get()
    shown = client.get(page).content.decode()
    assert f'value="agreement:{second.pk}"' in shown
    assert f"Iets anders voor {other}" in shown
    rows = [
        {"amount": "1200,00", "whose": f"agreement:{first.pk}"},
        {"amount": "299,99", "whose": f"agreement:{second.pk}"},
    ]

    counted = client.post(page, parts(*rows, choose="count")).content.decode()
    assert "te verdelen" in counted
    assert "0,01" in counted
    assert "niet het hele bedrag" in client.post(page, parts(*rows)).content.decode()
    assert not Allocation.objects.exists()
    cent = {"amount": "0,01", "whose": f"resident:{other.pk}", "category": "other_income"}
    done = client.post(page, parts(*rows, cent), follow=True)

    assert "In delen geboekt" in done.content.decode()
    assert money(one, other) == [Decimal("1200.00"), Decimal("300.00")]
    assert {row.agreement for row in Allocation.objects.all()} == {first, second, None}
    assert all(finding.ok for finding in verify())


def test_undoes_the_parts_together(shared: tuple) -> None:
    town, one, other, entry = shared
    client, page = desk(town.home), f"/bank/wachtend/{entry.pk}/"
    rows = [
        {"amount": "1000", "whose": f"agreement:{one.agreements.get().pk}"},
        {"amount": "500", "resident": other.number, "category": "other_income"},
    ]
    client.post(page, parts(*rows))
    assert money(one, other) == [Decimal("1000.00"), Decimal("500.00")]

    client.post(f"{page}terug/")

    assert money(one, other) == [Decimal("0.00")] * 2
    assert all(finding.ok for finding in verify())


def test_says_what_is_too_much_and_books_nothing(shared: tuple) -> None:
    town, one, other, entry = shared
    client, page = desk(town.home), f"/bank/wachtend/{entry.pk}/"
    rows = [{"amount": "1600", "whose": f"resident:{one.pk}", "category": "benefit", "resident": other.number}]

    answer = client.post(page, parts(*rows, choose="count"))
    assert answer.status_code == 400
    assert answer.content.decode().count("andere inwoner dan u koos") == 2, "at the field and in the summary"
    assert 'href="#id_part-0-' in answer.content.decode()
    rows[0]["resident"] = ""
    assert "De delen zijn te veel" in client.post(page, parts(*rows, choose="count")).content.decode()
    outside = factories.charge(town.home, factories.resident(town.home))
    rows[0]["whose"] = f"agreement:{outside.pk}"
    assert client.post(page, parts(*rows)).status_code == 400
    assert not Allocation.objects.exists()
