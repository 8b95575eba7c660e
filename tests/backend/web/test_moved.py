"""What moved for a resident, and putting it right with a reason: nothing is edited, everything stays to be seen."""

from decimal import Decimal

import pytest
from django.test import Client

from budgeting.actions.entries import Part, decide_entry
from budgeting.actions.ledger import resident_balances
from budgeting.models import Entry, JournalEntry, Resident, Role, WaitingEntry
from payments.actions.books import verify
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.faults.bank import came_in
from tests.payments.actions.test_leaving import Town


@pytest.fixture
def told(db: None) -> tuple[Town, Client, Resident, Entry, JournalEntry]:
    """A resident with a gift of the town and an entry that a colleague decided."""
    town = Town()
    who = factories.resident(town.home, money="25.00")
    gift = JournalEntry.objects.get(key__startswith="gift:")
    entry = Entry.objects.get(pk=town.hear(ON, came_in("90.00", ON, name="Werkgever"))[0])
    decide_entry(entry=entry, parts=[Part(entry.amount, who, category="wages")], on=ON, by=town.home.case_worker)
    return town, signed_in(town.home.case_worker), who, entry, gift


def purse(who: Resident) -> Decimal:
    return resident_balances([who.pk])[who.pk]


def post(client: Client, address: str, reason: str) -> str:
    return client.post(address, {"reason": reason}, follow=True).content.decode()


def test_shows_every_movement_and_reverses_one_with_its_reason(told: tuple) -> None:
    _, client, who, _, gift = told
    page = f"/inwoners/{who.pk}/geld/"
    assert "Alle boekingen, en rechtzetten" in client.get(f"/inwoners/{who.pk}/").content.decode()
    assert "Werkgever" in client.get(page).content.decode()

    assert "Zeg waarom" in post(client, f"{page}{gift.pk}/tegenboeken/", " ")
    assert purse(who) == Decimal("115.00")
    shown = post(client, f"{page}{gift.pk}/tegenboeken/", "Van een ander")
    again = post(client, f"{page}{gift.pk}/tegenboeken/", "Nog eens")

    assert "Zet recht wat op" in shown
    assert "Van een ander" in shown
    assert "Een collega was u voor" in again
    assert purse(who) == Decimal("90.00")
    assert all(finding.ok for finding in verify())


def test_lets_an_entry_wait_again(told: tuple) -> None:
    _, client, who, entry, _ = told

    shown = post(client, f"/inwoners/{who.pk}/geld/boeking/{entry.pk}/terug/", "Loon van de buurman")

    assert "Rechtgezet" in shown
    assert f"boeking/{entry.pk}/terug/" not in shown
    assert WaitingEntry.objects.get(pk=entry.pk).closed_at is None
    assert purse(who) == Decimal("25.00")
    assert all(finding.ok for finding in verify())


def test_reverses_nothing_of_another_resident_or_of_a_bank(told: tuple) -> None:
    town, client, who, entry, gift = told
    other = factories.resident(town.home)
    of_bank = JournalEntry.objects.filter(entry=entry).latest("pk")

    for address in (f"{other.pk}/geld/{gift.pk}/tegenboeken/", f"{who.pk}/geld/{of_bank.pk}/tegenboeken/",
                    f"{other.pk}/geld/boeking/{entry.pk}/terug/"):  # fmt: skip
        assert client.post(f"/inwoners/{address}", {"reason": "x"}).status_code == 404
    stranger = signed_in(factories.user(Role.CASE_WORKER))
    assert stranger.get(f"/inwoners/{who.pk}/geld/").status_code == 404
    assert purse(who) == Decimal("115.00")
