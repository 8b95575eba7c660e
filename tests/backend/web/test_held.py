"""A held file on the desk: why, what is in it, the typed balances, a second colleague, and refusing it for good."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from budgeting.models import BankAccount, Entry, HeldDecision, Role, StatementImport
from payments.actions.settle import take_up_statement
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.backend.web.test_bank import choose, statement, text_of
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import Fact
from tests.factories import House
from tests.faults.bank import Bank, came_in

EXPORT = writing.triodos([Fact(Decimal("-100.00"), day=ON), Fact(Decimal("50.25"), day=ON)])
RIGHT = {"do": "take_up", "opening": "1.000,00", "closing": "950,25", "reason": "Gezien op papier"}


@pytest.fixture
def ours(home: House) -> House:
    BankAccount.objects.filter(pk=home.account.pk).update(iban=writing.OWN)
    return home


def held(home: House, client: Any, data: bytes = EXPORT) -> str:
    """The address of the page of a file that was held."""
    page = text_of(choose(client, a_csv=data))
    (address,) = re.findall(r'href="(/bank/vastgehouden/\d+/)"', page)
    assert "Beslis over dit bestand" in page
    return address


def test_shows_what_is_in_it_and_asks_for_both_balances(ours: House) -> None:
    client = signed_in(ours.case_worker)

    page = text_of(client.get(held(ours, client)))

    assert "Het saldo aan het begin of het einde ontbreekt." in page
    assert writing.OWN in page
    assert "2 boekingen" in page
    for amount in ("50,25", "100,00"):
        assert amount in page
    assert "Saldo vóór de eerste boeking" in page
    assert page.count('name="do"') == 2


def test_books_it_when_the_typed_balances_are_right(ours: House) -> None:
    client = signed_in(ours.case_worker)
    address = held(ours, client)

    page = text_of(client.post(address, RIGHT, follow=True))

    assert "Ingelezen: 2 nieuwe boekingen." in page
    assert "Toch ingeboekt" in page
    assert "Gezien op papier" in page
    assert Entry.objects.count() == 2
    decided = text_of(client.get(address))
    assert "Overgetypt: € 1.000,00 vóór de eerste boeking, € 950,25 na de laatste." in re.sub("<[^>]+>", "", decided)
    assert 'name="do"' not in decided


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"closing": "950,26"}, "maar aan het einde staat € 950,26. Het verschil is € 0,01."),
        ({"closing": ""}, "Vul dit in."),
        ({"reason": " "}, "Vul dit in."),
        ({"opening": "1.000"}, "Vul een bedrag in zoals 1234,50."),
        ({"opening": "NaN"}, "Vul een bedrag in zoals 1234,50."),
        ({"opening": "1e3"}, "Vul een bedrag in zoals 1234,50."),
        ({"opening": "１０００,００"}, "Vul een bedrag in zoals 1234,50."),
    ],
)
def test_books_nothing_and_says_why(ours: House, given: dict[str, str], told: str) -> None:
    client = signed_in(ours.case_worker)
    address = held(ours, client)

    answer = client.post(address, RIGHT | given)

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert (Entry.objects.count(), HeldDecision.objects.count()) == (0, 0)


def test_refuses_it_for_good_with_a_reason(ours: House) -> None:
    client = signed_in(ours.case_worker)
    address = held(ours, client)
    assert client.post(address, {"do": "refuse", "why": ""}).status_code == 422

    page = text_of(client.post(address, {"do": "refuse", "why": "Verkeerde rekening"}, follow=True))

    assert "Definitief geweigerd" in page
    assert "Verkeerde rekening" in page
    assert client.post(address, RIGHT).status_code == 200
    assert Entry.objects.count() == 0


def test_tells_who_decided_while_one_was_typing(ours: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = signed_in(ours.case_worker), factories.user(Role.CASE_WORKER)
    address = held(ours, client)

    def first(**given: Any) -> Any:
        monkeypatch.undo()
        signed_in(other).post(address, {"do": "refuse", "why": "Dubbel"})
        return take_up_statement(**given)

    monkeypatch.setattr("backend.web.desk.held.take_up_statement", first)
    answer = client.post(address, RIGHT)

    assert answer.status_code == 422
    assert f"{other.full_name} heeft al over dit bestand beslist." in text_of(answer)
    assert 'name="do"' not in text_of(answer)
    assert Entry.objects.count() == 0


def test_offers_no_booking_of_what_does_not_add_up(home: House) -> None:
    client = signed_in(home.case_worker)
    address = held(home, client, statement(home).replace(b">1020.00<", b">1021.00<"))

    page = text_of(client.get(address))

    assert "Dit bestand kan niemand boeken" in page
    assert 'value="take_up"' not in page
    assert client.post(address, RIGHT).status_code == 422
    assert Entry.objects.count() == 0


def test_looks_again_at_a_file_that_waited_for_the_day_before(home: House) -> None:
    client, bank = signed_in(home.case_worker), Bank(home.account.iban, Decimal("1000.00"))
    days = [ON - timedelta(days=n) for n in (3, 2, 1)]
    files = [bank.day(day, came_in("20.00", day)) for day in days]
    choose(client, a_xml=files[0])
    address = held(home, client, files[2])
    again = {"do": "take_up", "reason": "De dag ervoor is binnen"}

    early = client.post(address, again)
    choose(client, b_xml=files[1])

    assert early.status_code == 422
    assert "30 oktober 2026 eindigt met € 1.020,00" in text_of(early)
    assert "Ingelezen: 1 nieuwe boeking." in text_of(client.post(address, again, follow=True))


def test_shows_only_files_that_were_held(ours: House) -> None:
    client = signed_in(ours.case_worker)
    address = held(ours, client)
    client.post(address, RIGHT)
    became = HeldDecision.objects.get().became_id

    assert client.get(f"/bank/vastgehouden/{became}/").status_code == 404
    assert client.get("/bank/vastgehouden/99999/").status_code == 404
    assert signed_in(ours.approver).get(address).status_code == 403
    assert StatementImport.objects.count() == 2
