"""The participation sheet: made when somebody begins and when it changes, printed, signed, never rewritten."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accessibility.choosing import choose_reading
from accessibility.languages import LANGUAGES
from accessibility.letters.check import faults_of_letter
from accessibility.letters.letter import values_of
from accessibility.letters.make import make
from accessibility.letters.participation import letter_of_sheet
from budgeting.actions.participation import make_sheet
from budgeting.core.participation import PURPOSES, NoPurpose, checked
from budgeting.models import AuditEvent, ParticipationSheet, Resident, Role
from tests import factories
from tests.backend.web.desk import MORNING, ON, signed_in
from tests.factories import House

BY_POST = {"month": "paper"}


@pytest.fixture
def who(home: House) -> Resident:
    return factories.resident(home, language="uk")


def sheet_of(home: House, who: Resident, *purposes: str) -> ParticipationSheet:
    given = purposes or PURPOSES
    return make_sheet(resident=who, purposes=given, channels=BY_POST, now=MORNING, by=home.case_worker)


def said(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_makes_prints_and_signs_a_sheet(home: House, who: Resident) -> None:
    client, page = signed_in(home.case_worker), f"/inwoners/{who.pk}/deelname/"

    wrong = client.post(page, {})
    made = said(client.post(page, {"purposes": ["payout", "receive"]}, follow=True))
    again = said(client.post(page, {"purposes": ["receive", "payout"]}))
    sheet = ParticipationSheet.objects.get()
    paper = client.post(f"/inwoners/deelname/{sheet.pk}/papier/")
    early = client.post(f"/inwoners/deelname/{sheet.pk}/getekend/", {"signed_on": "01-11-2026"})
    late = client.post(f"/inwoners/deelname/{sheet.pk}/getekend/", {"signed_on": "03-11-2026"})
    signed = said(client.post(f"/inwoners/deelname/{sheet.pk}/getekend/", {"signed_on": "02-11-2026"}, follow=True))

    assert wrong.status_code == early.status_code == late.status_code == 422
    assert "Kies er minstens één" in said(wrong)
    assert sheet.purposes == ["receive", "payout"]
    assert sheet.language == "uk"
    assert "Nog niet getekend" in made
    assert "Op het laatste blad staat precies dit al" in again
    assert paper.content.startswith(b"%PDF")
    assert "uiterlijk vandaag" in said(early)
    assert "De inwoner heeft getekend" not in signed
    assert "op 2 november, opgeschreven door" in signed
    actions = AuditEvent.objects.filter(subject=f"participation_sheet:{sheet.pk}").order_by("pk")
    assert [event.action.split("_")[-1] for event in actions] == ["made", "printed", "signed"]


def test_says_what_changed_since_the_sheet_and_keeps_the_earlier_one(home: House, who: Resident) -> None:
    sheet_of(home, who)
    client, page = signed_in(home.case_worker), f"/inwoners/{who.pk}/deelname/"
    client.post(page, {"purposes": PURPOSES})
    choose_reading(resident=who, language="pl", dutch_too=False, by=home.case_worker)

    before = said(client.get(page))
    client.post(page, {"purposes": PURPOSES})

    assert "Veranderd sinds dit blad is gemaakt: de taal." in before
    assert list(ParticipationSheet.objects.order_by("version").values_list("version", "language"))[-1] == (3, "pl")
    assert "Veranderd sinds dit blad" not in said(client.get(page))


def test_makes_the_first_sheet_when_somebody_is_registered(home: House) -> None:
    given = {
        "first_names": "Noor", "last_name": "Voorbeeldig", "birth_date": "1990-05-17", "language": "nl",
        "street": "Lindelaan 3", "postcode": "1234 AB", "town": "Voorbeeldstad", "iban": factories.made_up_iban(4321),
        "every": "1", "unit": "week", "starts_on": "2026-11-06",
    }  # fmt: skip
    signed_in(home.case_worker).post("/inwoners/nieuw/", given)

    sheet = ParticipationSheet.objects.get()
    assert (sheet.version, sheet.purposes, sheet.signed_on) == (1, list(PURPOSES), None)
    assert sheet.channels["payout"] == "paper"


def test_asks_mildly_for_a_signature_until_there_is_one(home: House, who: Resident) -> None:
    client, sheet = signed_in(home.case_worker), sheet_of(home, who)

    asked = said(client.get("/vandaag/"))
    listed = said(client.get("/inwoners/?deelname=niet-getekend"))
    client.post(f"/inwoners/deelname/{sheet.pk}/getekend/", {"signed_on": "02-11-2026"})

    assert "Geen getekend deelnameblad" in asked
    assert "1 inwoner heeft niet getekend wat wij doen" in asked
    assert f"/inwoners/{who.pk}/deelname/" in listed
    assert "Geen getekend deelnameblad" not in said(client.get("/vandaag/"))
    assert str(who.last_name) not in said(client.get("/inwoners/?deelname=niet-getekend"))
    assert ">niet getekend<" not in said(client.get(f"/inwoners/{who.pk}/"))


def test_asks_again_when_a_later_sheet_is_not_signed(home: House, who: Resident) -> None:
    client, sheet = signed_in(home.case_worker), sheet_of(home, who)
    client.post(f"/inwoners/deelname/{sheet.pk}/getekend/", {"signed_on": "02-11-2026"})
    sheet_of(home, who, "pay")

    assert "Geen getekend deelnameblad" in said(client.get("/vandaag/"))
    late = client.post(f"/inwoners/deelname/{sheet.pk}/getekend/", {"signed_on": "02-11-2026"}, follow=True)
    assert "Een collega was u voor" in said(late)


def test_shows_a_sheet_to_nobody_who_may_not_see_the_resident(home: House, who: Resident) -> None:
    sheet, other = sheet_of(home, who), signed_in(factories.user(Role.CASE_WORKER))

    assert other.get(f"/inwoners/{who.pk}/deelname/").status_code == 404
    assert other.post(f"/inwoners/deelname/{sheet.pk}/papier/").status_code == 404
    assert other.post(f"/inwoners/deelname/{sheet.pk}/getekend/", {"signed_on": "02-11-2026"}).status_code == 404
    assert Client().get(f"/inwoners/{who.pk}/deelname/").status_code == 302


@pytest.mark.parametrize("change", [{"purposes": ["tell"]}, {"made_on": ON - timedelta(days=1)}, {"language": "ar"}])
def test_lets_nobody_rewrite_a_sheet(home: House, who: Resident, change: dict[str, Any]) -> None:
    sheet = sheet_of(home, who)

    with pytest.raises(IntegrityError), transaction.atomic():
        ParticipationSheet.objects.filter(pk=sheet.pk).update(**change)
    ParticipationSheet.objects.filter(pk=sheet.pk).update(signed_on=ON, signed_noted_by=home.case_worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        ParticipationSheet.objects.filter(pk=sheet.pk).update(signed_on=ON + timedelta(days=1))
    assert connection.is_usable()


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_prints_the_sheet_without_faults_in_every_language(home: House, code: str) -> None:
    who = factories.resident(home, language=code)
    letter = letter_of_sheet(sheet_of(home, who), on=ON)
    made = make(values_of(letter))

    assert faults_of_letter(made.pdf) == []
    assert made.pages == len(letter.languages)


@pytest.mark.parametrize("purposes", [[], ["debts"], ["pay", "debts"], None, "pay"])
def test_knows_no_other_purposes(purposes: object) -> None:
    with pytest.raises(NoPurpose):
        checked(purposes)


def test_asks_few_questions_of_the_database(home: House, who: Resident, django_assert_max_num_queries: Any) -> None:
    for purposes in (["pay"], ["tell"], ["pay", "tell"]):
        sheet_of(home, who, *purposes)
    client = signed_in(home.case_worker)

    with django_assert_max_num_queries(15):
        client.get(f"/inwoners/{who.pk}/deelname/")
    with django_assert_max_num_queries(15):
        client.get(f"/inwoners/{who.pk}/")
