"""A change read back at the counter: one plain sentence in the resident's language, a yes or a no, and what follows."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accessibility.languages import LANGUAGES
from accessibility.reading_back import block_of
from accessibility.sentence import Story
from accessibility.telling import Reader, told
from budgeting.actions.agreed import note_agreed
from budgeting.actions.agreements import change_amount, end_agreement, pause_agreement
from budgeting.actions.alert_facts import incomes_of
from budgeting.actions.alerts import refresh_alerts
from budgeting.actions.people import change_account
from budgeting.actions.reading_back import CHANGES, NotAsked, answer_read_back, to_read_back
from budgeting.actions.rights import correct_resident
from budgeting.models import Agreement, Alert, AuditEvent, LetIn, Resident
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

SCREEN = "/balie/scherm/"
NEXT_MONTH = date(2026, 12, 1)


@pytest.fixture
def who(home: House) -> Resident:
    return factories.resident(home, language="uk", money="100.00")


@pytest.fixture
def rent(home: House, who: Resident) -> Agreement:
    return factories.charge(home, who, amount="600.00")


def welcomed(home: House, who: Resident) -> Client:
    client = signed_in(home.case_worker)
    client.post(f"/inwoners/{who.pk}/balie/", {"reason": "change", "seen": "on"})
    return client


def said(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def asked(page: str) -> str:
    found = re.search(r'action="(/balie/scherm/\d+/)"', page)
    return found[1] if found else ""


def test_reads_back_what_was_changed_since_the_resident_was_welcomed(
    home: House, who: Resident, rent: Agreement
) -> None:
    client = welcomed(home, who)
    before = said(client.get(SCREEN))
    change_amount(agreement=rent, amount=Decimal("640.00"), valid_from=NEXT_MONTH, by=home.case_worker)

    screen = client.get(SCREEN)
    page = said(screen)
    thanks = client.post(asked(page), {"answer": "yes"})

    assert asked(before) == "", "made before the resident was here"
    assert screen["Content-Language"] == "uk"
    assert "Чи все правильно?" in page
    assert "640,00" in page
    assert "Так, правильно" in page
    assert "Дякуємо." in said(thanks)
    assert thanks["Refresh"].endswith("url=/balie/scherm/")
    assert asked(said(client.get(SCREEN))) == ""
    assert AuditEvent.objects.get(action="read_back.yes").resident_id == who.pk
    assert not Alert.objects.exists()


def test_makes_work_of_a_no_until_a_person_closes_it(home: House, who: Resident, rent: Agreement) -> None:
    client = welcomed(home, who)
    change_amount(agreement=rent, amount=Decimal("640.00"), valid_from=NEXT_MONTH, by=home.case_worker)
    end_agreement(agreement=rent, valid_until=NEXT_MONTH, by=home.case_worker)
    for _ in range(2):
        client.post(asked(said(client.get(SCREEN))), {"answer": "no"})

    incomes = incomes_of(on=ON, expected=lambda day: day)
    refresh_alerts(on=ON, incomes=incomes, payers=incomes.payers())
    page = said(client.get("/vandaag/"))

    assert page.count("De inwoner zegt: dit klopt niet") == 1
    assert "€ 640,00 vanaf 1 december 2026; " in page
    row = Alert.objects.get()
    assert row.closed_on is None
    client.post(f"/signalen/{row.pk}/", {"what": "away", "reason": "Rechtgezet"})
    assert "De inwoner zegt: dit klopt niet" not in said(client.get("/vandaag/"))


def test_counts_the_first_answer_only(home: House, who: Resident, rent: Agreement) -> None:
    client = welcomed(home, who)
    change_amount(agreement=rent, amount=Decimal("640.00"), valid_from=NEXT_MONTH, by=home.case_worker)
    let_in = LetIn.objects.get()
    event = to_read_back(let_in)
    assert event is not None
    given = {"let_in": let_in, "event": event.pk, "change": "huur", "on": ON, "by": home.case_worker}
    answer_read_back(right=True, **given)

    with pytest.raises(NotAsked):
        answer_read_back(right=False, **given)
    assert client.post(f"{SCREEN}{event.pk}/", {"answer": "no"}).status_code == 302
    assert not Alert.objects.exists()


def test_reads_back_nothing_of_another_resident_or_colleague(home: House, who: Resident, rent: Agreement) -> None:
    other = factories.charge(home, factories.resident(home))
    client = welcomed(home, who)
    change_amount(agreement=rent, amount=Decimal("1.00"), valid_from=NEXT_MONTH, by=home.approver)
    change_amount(agreement=other, amount=Decimal("2.00"), valid_from=NEXT_MONTH, by=home.case_worker)
    foreign = AuditEvent.objects.filter(action="agreement.amount_changed").latest("pk")

    assert asked(said(client.get(SCREEN))) == ""
    assert client.post(f"{SCREEN}{foreign.pk}/", {"answer": "no"}).status_code == 302
    assert client.post(f"{SCREEN}999999999/", {"answer": "no"}).status_code == 302
    assert not AuditEvent.objects.filter(action__startswith="read_back.").exists()


def test_reads_nothing_back_when_the_resident_has_gone(home: House, who: Resident, rent: Agreement) -> None:
    client = welcomed(home, who)
    change_amount(agreement=rent, amount=Decimal("640.00"), valid_from=NEXT_MONTH, by=home.case_worker)
    where = asked(said(client.get(SCREEN)))
    client.post("/balie/klaar/")

    assert "640,00" not in said(client.get(SCREEN))
    assert client.post(where, {"answer": "no"}).status_code == 302
    assert not Alert.objects.exists()


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_has_a_sentence_for_each_change_in_every_language(
    home: House, who: Resident, rent: Agreement, code: str
) -> None:
    by = home.case_worker
    change_amount(agreement=rent, amount=Decimal("640.00"), valid_from=NEXT_MONTH, by=by)
    pause_agreement(agreement=rent, valid_from=NEXT_MONTH, valid_until=None, reason="Verhuisd", by=by)
    end_agreement(agreement=rent, valid_until=NEXT_MONTH + timedelta(days=40), by=by)
    change_account(old=who.accounts.get(), iban=factories.made_up_iban(4711), name="Sam", on=ON, by=by)
    note_agreed(resident=who, words="Wij bellen", who="town", by_day=None, on=ON, by=by)
    correct_resident(resident=who, details={"phone": "0612345678"}, on=ON, by=by)

    events = list(AuditEvent.objects.filter(resident_id=who.pk, action__in=CHANGES))
    reader = Reader(LANGUAGES[code], ON, sees_accounts=False)
    sentences = [told_block(event, reader) for event in events]

    assert {event.action for event in events} == set(CHANGES) - {"payout.extra", "payout.changed"}
    assert all(sentences)
    assert not [one for one in sentences if "{" in one or factories.made_up_iban(4711) in one.replace(" ", "")]


def told_block(event: AuditEvent, reader: Reader) -> str:
    block = block_of(event)
    story = told(Story("read_back", ON, block.heading, (block,)), reader)
    return " ".join(str(words) for words, _ in story.blocks[0].sentences)
