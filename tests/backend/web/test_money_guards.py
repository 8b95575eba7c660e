"""At the desk: account numbers wait for a second person, limits change by two, a colleague's account is refused."""

from decimal import Decimal
from typing import Any

import pytest

from budgeting.actions.accounts import note_colleague_account
from budgeting.actions.people import register_counterparty
from budgeting.models import Account, AuditEvent, ColleagueAccount, Role, Town
from payments.models import LimitChange
from tests import factories
from tests.backend.web.desk import ON, code, signed_in
from tests.factories import House, made_up_iban

IBAN = made_up_iban(4711)


@pytest.fixture
def account(home: House) -> Account:
    """A landlord's, typed by the case worker, for a rent."""
    rent = factories.charge(home, factories.resident(home, money="700.00"))
    landlord = register_counterparty(name="De Eik", iban=IBAN, on=ON, by=home.case_worker)
    rent.account = landlord.accounts.get()
    rent.save()
    return rent.account


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def place(account: Account, step: str = "") -> str:
    return f"/betalen/rekeningen/{account.pk}/{step}"


def test_shows_what_waits_and_lets_a_second_person_confirm_it_with_a_code(home: House, account: Account) -> None:
    client = signed_in(home.approver)
    assert "De Eik" in text_of(client.get("/betalen/rekeningen/"))
    assert "Rekeningnummers die wachten: 1" in text_of(client.get("/betalen/"))

    refused = client.post(place(account, "bevestigen/"), {"code": ""})
    assert (refused.status_code, account.confirmations.count()) == (422, 0)
    done = client.post(place(account, "bevestigen/"), {"code": code(home.approver)}, follow=True)

    assert "Bevestigd." in text_of(done)
    assert account.confirmations.get().said_by == home.approver
    assert "Er wacht niets." in text_of(done)
    assert "Hier mag naar betaald worden" in text_of(client.get(place(account)))


def test_lets_who_typed_it_look_and_not_confirm(home: House, account: Account) -> None:
    client = signed_in(home.case_worker, fresh=True)

    assert "Het nummer klopt" not in text_of(client.get(place(account)))
    answer = client.post(place(account, "bevestigen/"), {})

    assert answer.status_code == 422
    assert "U hebt dit nummer zelf getypt." in text_of(answer)


def test_writes_down_what_the_bank_said_of_a_name(home: House, account: Account) -> None:
    client = signed_in(home.approver, fresh=True)

    assert client.post(place(account, "naamcontrole/"), {"outcome": "x"}).status_code == 422
    client.post(place(account, "naamcontrole/"), {"outcome": "no_match"})

    account.refresh_from_db()
    assert account.name_check == "no_match"
    assert "De bank zegt" in text_of(client.get("/betalen/rekeningen/"))


def test_asks_for_an_explanation_of_a_number_under_two_names(home: House, account: Account) -> None:
    second = register_counterparty(name="De Beuk", iban=IBAN, on=ON, by=home.case_worker).accounts.get()
    client = signed_in(home.approver, fresh=True)

    assert "Hetzelfde nummer is bekend als dat van De Eik." in text_of(client.get(place(second)))
    assert client.post(place(second, "bevestigen/"), {"reason": ""}).status_code == 422
    client.post(place(second, "bevestigen/"), {"reason": "De Eik int voor De Beuk"})

    assert second.confirmations.get().explains == [f"account:{account.pk}"]


def test_refuses_to_type_a_colleague_s_account_and_keeps_who_tried(home: House) -> None:
    who = factories.resident(home)
    manager = factories.user(Role.APPLICATION_MANAGER)
    note_colleague_account(user=home.approver, iban=IBAN, on=ON, by=manager)

    answer = signed_in(home.case_worker).post(f"/inwoners/{who.pk}/rekening/", {"iban": IBAN, "name": "Sam"})

    assert answer.status_code == 422
    assert "Dit is de rekening van een collega." in text_of(answer)
    assert AuditEvent.objects.filter(action="account.refused", actor=home.case_worker.username).count() == 1
    assert who.accounts.get().iban != IBAN


def test_notes_the_account_of_a_colleague(home: House) -> None:
    client = signed_in(factories.user(Role.APPLICATION_MANAGER))
    page = "/betalen/rekeningen/collegas/"

    assert client.post(page, {"colleague": home.approver.pk, "iban": "NL00"}).status_code == 422
    client.post(page, {"colleague": home.approver.pk, "iban": IBAN})

    assert ColleagueAccount.objects.get().user == home.approver
    assert IBAN not in text_of(client.get(page))
    assert signed_in(home.case_worker).get(page).status_code == 403


def test_changes_a_limit_by_two_people_with_a_fresh_code(home: House) -> None:
    first, second = signed_in(home.case_worker), signed_in(home.approver)
    given = {"limit": "order", "value": "6.000,00", "reason": "Huren stijgen"}

    assert "Voorgesteld." in text_of(first.post("/betalen/grenzen/", given, follow=True))
    change = LimitChange.objects.get()
    assert "U hebt dit zelf voorgesteld." in text_of(first.get("/betalen/grenzen/"))
    confirm = f"/betalen/grenzen/{change.pk}/bevestigen/"
    assert first.post(confirm, {}).status_code == 403
    assert second.post(confirm, {"code": ""}).status_code == 422
    assert Town.objects.get().order_limit == Decimal("5000.00")

    done = second.post(confirm, {"code": code(home.approver)}, follow=True)

    assert "De nieuwe grens geldt vanaf nu." in text_of(done)
    assert Town.objects.get().order_limit == Decimal("6000.00")
    assert "Huren stijgen" in text_of(done)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"limit": "", "value": "1", "reason": "x"}, "Vul dit in."),
        ({"limit": "order", "value": "5.000,00", "reason": "x"}, "Dit is de grens al"),
        ({"limit": "order", "value": "-5", "reason": "x"}, "geen bedrag dat een grens kan zijn"),
        ({"limit": "order", "value": "6000", "reason": ""}, "Vul dit in."),
        ({"limit": "advance", "value": "100", "reason": "x", "number": "R999999"}, "geen inwoner met dit nummer"),
    ],
)
def test_says_what_is_wrong_with_a_proposal(home: House, given: dict[str, str], told: str) -> None:
    answer = signed_in(home.case_worker).post("/betalen/grenzen/", given)

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not LimitChange.objects.exists()


def test_takes_a_proposal_back_and_changes_an_advance_limit(home: House) -> None:
    who = factories.resident(home, limit="100.00")
    client = signed_in(home.case_worker)
    given = {"limit": "advance", "value": "250", "reason": "Wacht op toeslag", "number": who.number.lower()}

    client.post("/betalen/grenzen/", given)
    assert "wacht al op een tweede persoon" in text_of(client.post("/betalen/grenzen/", given))
    client.post(f"/betalen/grenzen/{LimitChange.objects.get().pk}/terugnemen/")
    client.post("/betalen/grenzen/", given)
    second = signed_in(home.approver, fresh=True)
    second.post(f"/betalen/grenzen/{LimitChange.objects.latest('pk').pk}/bevestigen/")

    who.refresh_from_db()
    assert who.advance_limit == Decimal("250.00")
    assert "teruggenomen" in text_of(second.get("/betalen/grenzen/"))
