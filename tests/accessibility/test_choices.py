"""A resident chooses how we write, in which language, and says what was clear; until then we write on paper."""

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from accessibility.choosing import NotAChoice, channels_of, choose_channels, choose_reading, gets_texts, told_by
from accessibility.clearness import ENOUGH, clearness_since, count_answer
from accessibility.languages import LANGUAGES
from accessibility.models import Channel, ChannelChoice, Clearness, LanguageDecision, MessageKind, ReadingPreference
from accessibility.offered import LanguageNotComplete, decide_language
from budgeting.models import AuditEvent, Resident, Role
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def home() -> factories.House:
    return factories.house()


@pytest.fixture
def resident(home: factories.House) -> Resident:
    return factories.resident(home, phone="06 1234 5678")


@pytest.fixture
def inside(resident: Resident) -> Client:
    client = Client(headers={"Accept-Language": "nl"})
    client.force_login(resident.user)
    return client


def choose(resident: Resident, **channels: str) -> bool:
    return choose_channels(resident=resident, channels=channels, now=NOW, by=resident.user)


def test_writes_on_paper_until_a_resident_chooses_otherwise(resident: Resident) -> None:
    assert set(channels_of(resident).values()) == {Channel.PAPER}
    everyone = Resident.objects.all()
    assert told_by(everyone, kind=MessageKind.MONTH, channel=Channel.PAPER).get() == resident
    choose(resident, month="screen")
    assert not told_by(everyone, kind=MessageKind.MONTH, channel=Channel.PAPER).exists()
    assert told_by(everyone, kind=MessageKind.MONTH, channel=Channel.SCREEN).get() == resident
    assert told_by(everyone, kind=MessageKind.PAYOUT, channel=Channel.PAPER).get() == resident


def test_keeps_a_choice_per_kind_of_message_and_who_made_it(resident: Resident) -> None:
    assert choose(resident, payout="text", month="screen")
    assert not choose(resident, payout="text"), "the same again changes nothing"
    assert channels_of(resident)[MessageKind.PAYOUT] == Channel.TEXT
    event = AuditEvent.objects.get(action="choices.channels")
    assert (event.actor, event.resident_id) == (resident.user.username, resident.pk)
    assert json.loads(event.body) == {"payout": "text", "month": "screen"}


@pytest.mark.parametrize("channels", [{"month": "text"}, {"payout": "mail"}, {"gossip": "paper"}, {"payout": ""}])
def test_keeps_nothing_of_a_choice_that_was_not_offered(resident: Resident, channels: dict[str, str]) -> None:
    with pytest.raises(NotAChoice):
        choose(resident, let_in="screen", **channels)
    assert not ChannelChoice.objects.exists()


def test_tells_no_month_in_a_text_message_whoever_writes_the_row(resident: Resident) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelChoice.objects.create(resident=resident, kind="month", channel="text", chosen_at=NOW)


@pytest.mark.parametrize(
    ("number", "gets"),
    [("06 1234 5678", True), ("+31 6 12345678", True), ("0031612345678", True), ("+963 944 123456", True),
     ("020 123 4567", False), ("+31 20 1234567", False), ("", False), ("14 030", False)],
)  # fmt: skip
def test_sends_texts_only_to_numbers_that_get_them(number: str, gets: bool) -> None:
    assert gets_texts(number) == gets


def test_offers_no_text_message_to_whom_none_would_reach(home: factories.House) -> None:
    without = factories.resident(home, phone="")
    client = Client(headers={"Accept-Language": "nl"})
    client.force_login(without.user)
    page = client.get(reverse("choices")).content.decode()
    assert 'value="text"' not in page
    assert "Geef ons uw nummer" in page
    assert client.post(reverse("choices"), {"payout": "text"}).status_code == 422


def test_shows_the_choices_and_keeps_them(inside: Client, resident: Resident) -> None:
    asked = {"language": "ar", "dutch": "1", "month": "screen", "payout": "text", "let_in": "paper"}
    answer = inside.post(reverse("choices"), asked)
    assert answer.status_code == 302
    page = inside.get(answer.headers["Location"]).content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "hhb-dutch" in page
    assert 'name="month" value="screen" checked' in page
    assert '<option value="ar" lang="ar" selected>' in page
    resident.refresh_from_db()
    assert resident.language == "ar"


def test_reads_as_chosen_at_the_next_log_in(home: factories.House, resident: Resident) -> None:
    from tests.accessibility.test_pages import come_in  # noqa: PLC0415 - the way in from a letter

    choose_reading(resident=resident, language="ti", dutch_too=True, by=resident.user)
    client = Client()
    come_in(client, home, resident)
    page = client.get(reverse("resident_home")).content.decode()
    assert '<html lang="ti"' in page
    assert "hhb-dutch" in page


def test_knows_no_language_it_does_not_have(inside: Client, resident: Resident) -> None:
    assert inside.post(reverse("choices"), {"language": "xx"}).status_code == 422
    assert not ReadingPreference.objects.exists()


def test_lets_nobody_choose_for_another(home: factories.House) -> None:
    client = Client()
    client.force_login(home.case_worker)
    assert client.post(reverse("choices"), {"month": "screen"}).status_code == 403


def test_speaks_dutch_until_the_town_switches_a_language_on(home: factories.House, inside: Client) -> None:
    decide("ar", "off", home)
    inside.cookies["language"] = "ar"
    page = inside.get(reverse("resident_home")).content.decode()
    assert '<html lang="nl" dir="ltr">' in page
    assert 'value="ar"' not in page
    decide("ar", "draft", home)
    page = inside.get(reverse("resident_home")).content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "hhb-draft" in page


def test_stops_calling_a_translation_a_draft_once_it_was_read(home: factories.House, inside: Client) -> None:
    decide("ar", "checked", home, reader="Een moedertaalspreker")
    inside.cookies["language"] = "ar"
    assert "hhb-draft" not in inside.get(reverse("resident_home")).content.decode()


def decide(language: str, status: str, home: factories.House, reader: str = "") -> LanguageDecision:
    manager = factories.user(Role.APPLICATION_MANAGER)
    return decide_language(
        language=language, status=status, reason="Voor de test", on=date(2026, 11, 2), by=manager, reader=reader
    )


def test_switches_no_language_on_that_is_not_translated(home: factories.House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accessibility.offered.is_translated", lambda message, language: message != "thing.no")
    with pytest.raises(LanguageNotComplete, match="first is thing"):
        decide("ti", "draft", home)


def test_names_who_decided_and_cannot_forget_it(home: factories.House) -> None:
    decided = decide("ti", "draft", home)
    assert AuditEvent.objects.get(action="language.decided").actor == decided.decided_by.username
    with pytest.raises(ProgrammingError), transaction.atomic():
        LanguageDecision.objects.filter(pk=decided.pk).update(status="checked")
    with pytest.raises(IntegrityError), transaction.atomic():
        decide("ti", "checked", home, reader="")


def test_decides_about_a_language_at_the_command_line(home: factories.House, capsys: Any) -> None:
    manager = factories.user(Role.APPLICATION_MANAGER)
    with pytest.raises(CommandError, match="application manager"):
        call_command("languages", decide=["ar", "off"], by=home.case_worker.username, reason="x")
    with pytest.raises(CommandError, match="reader"):
        call_command("languages", decide=["ar", "checked"], by=manager.username, reason="x")
    call_command("languages", decide=["ar", "off"], by=manager.username, reason="Nog niet klaar", json=True)
    told = {one["code"]: one for one in json.loads(capsys.readouterr().out)["languages"]}
    assert set(told) == set(LANGUAGES)
    assert told["ar"]["status"] == "off"
    assert told["ar"]["decided_by"] == manager.full_name
    assert told["nl"]["status"] == "source"


@pytest.mark.parametrize("name", ["resident_home", "months", "choices", "looked"])
def test_asks_below_every_page_whether_it_was_clear(inside: Client, resident: Resident, name: str) -> None:
    page = inside.get(reverse(name)).content.decode()
    assert "Was dit duidelijk?" in page
    assert page.count('name="clear"') == 2


def test_counts_a_tap_without_who_or_when(inside: Client, resident: Resident) -> None:
    before = AuditEvent.objects.count()
    address = reverse("clear", args=["home"])
    answer = inside.post(address, {"clear": "no", "next": reverse("resident_home")})
    assert answer.headers["Location"] == f"{reverse('resident_home')}#clear"
    inside.post(address, {"clear": "yes"})
    kept = Clearness.objects.values().get()
    kept.pop("id")
    assert kept == {"page": "home", "language": "nl", "month": date(2026, 11, 1), "yes": 0, "no": 1}
    assert AuditEvent.objects.count() == before
    page = inside.get(reverse("resident_home")).content.decode()
    assert "Zullen wij het uitleggen?" in page
    assert 'name="clear"' not in page


@pytest.mark.parametrize(("page", "answer"), [("nergens", "yes"), ("home", "misschien"), ("home", "")])
def test_counts_only_answers_about_pages_it_has(inside: Client, page: str, answer: str) -> None:
    assert inside.post(reverse("clear", args=[page]), {"clear": answer}).status_code == 404
    assert not Clearness.objects.exists()


def test_goes_nowhere_else_after_a_tap(inside: Client) -> None:
    answer = inside.post(reverse("clear", args=["home"]), {"clear": "yes", "next": "https://elders.example/"})
    assert answer.headers["Location"].startswith(reverse("resident_home"))


def test_tells_the_town_a_share_only_of_enough_answers() -> None:
    for number in range(ENOUGH):
        assert all(one.share is None for one in clearness_since(date(2026, 11, 1)))
        count_answer(page="home", language=LANGUAGES["ti"], clear=number > 0, on=date(2026, 11, 20))
    [told] = clearness_since(date(2026, 11, 30))
    assert (told.page, told.language, told.answers, told.share) == ("home", "ti", 5, 80)
    assert clearness_since(date(2026, 12, 1)) == []
