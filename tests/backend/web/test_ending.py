"""Stopping at the desk: begin, see what is left, pay out, end; a death; income that came after the end."""

from decimal import Decimal

import pytest
from django.test import Client

from budgeting.models import AuditEvent, Entry, ParticipationEnd, Resident, Role
from payments.actions.day import run_day
from payments.models import PaymentOrder
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House
from tests.faults.bank import came_in
from tests.payments.actions.test_leaving import MONDAY, TUESDAY, Town

BEGIN = {"why": "own_wish", "reason": "Kan het weer zelf", "ends_on": "2026-11-02"}
DEATH = {"died_on": "2026-11-01", "reason": "De dochter belde"}


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def desk(town: Town) -> Client:
    return signed_in(town.home.case_worker)


def page(who: Resident) -> str:
    return f"/inwoners/{who.pk}/einde/"


def told(client: Client, address: str, **given: str) -> str:
    answer = client.post(address, given, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_takes_someone_to_the_end_step_by_step(town: Town, desk: Client) -> None:
    who = factories.resident(town.home, money="40.00")
    assert "Stoppen, of overlijden melden" in desk.get(f"/inwoners/{who.pk}/").content.decode()

    begun = told(desk, f"{page(who)}beginnen/", **BEGIN)
    assert "Er is geld over. Betaal het uit." in begun
    paid = told(desk, f"{page(who)}uitbetalen/")
    assert "Onderweg" in paid
    assert PaymentOrder.objects.get().remittance == "Laatste leefgeld"
    assert "eerst uit moeten gaan" in told(desk, f"{page(who)}klaar/")
    town.pay()
    told(desk, f"{page(who)}klaar/")

    assert ParticipationEnd.objects.get().state == "ended"
    assert "is gestopt" in desk.get(page(who)).content.decode()


def test_asks_again_what_was_not_filled_in(town: Town, desk: Client) -> None:
    who = factories.resident(town.home)

    for address, given in ((f"{page(who)}beginnen/", BEGIN), (f"{page(who)}overleden/", DEATH)):
        answer = desk.post(address, given | {"reason": ""})
        assert answer.status_code == 422
        assert "Vul dit in" in answer.content.decode()
    assert not ParticipationEnd.objects.exists()


def test_stops_everything_for_a_death_and_lets_a_person_decide(town: Town, desk: Client) -> None:
    who = factories.resident(town.home, money="900.00")
    rent = factories.charge(town.home, who, amount="300.00", day=3)
    run_day(on=MONDAY, first=TUESDAY)

    shown = told(desk, f"{page(who)}overleden/", **DEATH)

    assert f"{who} is overleden" in shown
    assert rent.counterparty.name in shown
    order = PaymentOrder.objects.filter(state="held").earliest("due_on")
    assert desk.post(f"/betalen/opdracht/{order.pk}/na-overlijden/", {"pay": "yes"}).status_code == 422
    told(desk, f"/betalen/opdracht/{order.pk}/na-overlijden/", pay="yes", reason="Huur tot en met deze maand")
    order.refresh_from_db()
    assert order.state == "planned"
    told(desk, f"{page(who)}erven/", name="A. Voorbeeld", contact="06 12", proof="Verklaring van erfrecht")
    assert "Verklaring van erfrecht" in desk.get(page(who)).content.decode()
    told(desk, f"{page(who)}vergissing/", reason="Een ander")
    who.refresh_from_db()
    assert who.stopped_because == ""


def test_pays_income_after_the_end_on_to_the_resident(town: Town, desk: Client) -> None:
    who = factories.resident(town.home)
    benefit = factories.income(town.home, who, amount="500.00", day=3)
    told(desk, f"{page(who)}beginnen/", **BEGIN)
    told(desk, f"{page(who)}klaar/")
    payer = benefit.counterparty.accounts.get()
    line = came_in("500.00", TUESDAY, iban=payer.iban, name=payer.name, remittance="uitkering november")
    entry = Entry.objects.get(pk=town.hear(TUESDAY, line)[0])
    assert "Doorbetalen aan de inwoner" in desk.get(f"/bank/wachtend/{entry.pk}/").content.decode()

    told(desk, f"/bank/wachtend/{entry.pk}/doorbetalen/", resident=str(who.pk))
    again = told(desk, f"/bank/wachtend/{entry.pk}/doorbetalen/", resident=str(who.pk))

    assert "Een collega heeft" in again
    assert [order.amount for order in PaymentOrder.objects.all()] == [Decimal("500.00")]


def test_makes_the_closing_statement_and_writes_that_it_did(town: Town, desk: Client) -> None:
    who = factories.resident(town.home)
    address = f"{page(who)}overzicht.pdf"
    assert desk.post(address).status_code == 404
    told(desk, f"{page(who)}beginnen/", **BEGIN)

    answer = desk.post(address)

    assert answer.content.startswith(b"%PDF")
    assert AuditEvent.objects.filter(action="letter.closing", resident_id=who.pk).exists()
    told(desk, f"{page(who)}overleden/", **DEATH)
    assert desk.post(address).status_code == 404


def test_hides_it_from_who_may_not(town: Town) -> None:
    home: House = town.home
    who = factories.resident(home)

    assert signed_in(factories.user(Role.CASE_WORKER)).get(page(who)).status_code == 404
    assert signed_in(factories.user(Role.FRONT_DESK)).get(page(who)).status_code == 403
    assert signed_in(home.case_worker).post(f"{page(who)}onzin/").status_code == 404
    assert signed_in(home.case_worker).get(page(who)).status_code == 200
    assert AuditEvent.objects.latest("id").action == "looked"
    assert ON == MONDAY
