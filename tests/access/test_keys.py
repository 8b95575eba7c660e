"""Keys in a phone: how a resident and a colleague come in with one, and the ways in which nobody does."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from budgeting.actions.helping import look_together
from budgeting.actions.passkeys import House as At
from budgeting.actions.passkeys import (
    NotAValidKey,
    ask_to_make,
    ask_to_show,
    keep_key,
    replace_lost_phone,
    take_key,
)
from budgeting.actions.people import issue_letter_code
from budgeting.actions.rights import erase
from budgeting.models import AuditEvent, Passkey, Resident, Role, Town, User
from tests import databases, factories
from tests.access.phone import Phone
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

AT = At("Voorbeeldstad", "testserver", "http://testserver")
KEYS, SECOND, LOG_IN = "own_keys", "second_factor", "key_login"


@pytest.fixture
def home(db: None) -> House:
    home = factories.house()
    Town.objects.update(passkeys=True)
    return home


@pytest.fixture
def resident(home: House) -> Resident:
    return factories.resident(home, money="100.00", first_names="Noor", last_name="Kanarievogel")


def question(answer: Any) -> str:
    """What the page asks the phone."""
    found = re.search(r'data-question="([^"]+)"', answer.content.decode())
    assert found, "the page asks nothing"
    return html.unescape(found[1])


def by_letter(home: House, resident: Resident, **more: str) -> tuple[Client, Any]:
    client = Client()
    letter = issue_letter_code(resident=resident, now=timezone.now(), by=home.case_worker)
    return client, client.post(reverse("login"), {"code": letter, **more})


def make(client: Client, phone: Phone) -> Any:
    asked = question(client.get(reverse(KEYS)))
    return client.post(reverse(KEYS), {"answer": phone.make(asked)})


def with_phone(home: House, resident: Resident) -> Phone:
    client, _ = by_letter(home, resident)
    phone = Phone()
    assert "We onthouden deze telefoon." in make(client, phone).content.decode()
    return phone


def is_in(client: Client) -> bool:
    return client.get(reverse("resident_home")).status_code == 200


def come_in(phone: Phone, **lies: Any) -> tuple[Client, Any]:
    client = Client()
    asked = question(client.get(reverse(LOG_IN)))
    return client, client.post(reverse(LOG_IN), {"answer": phone.show(asked, **lies)})


def test_lets_a_resident_in_by_the_phone_that_a_letter_led_to(home: House, resident: Resident) -> None:
    client, answer = by_letter(home, resident)
    assert answer.headers["Location"] == reverse(KEYS)
    phone = Phone()
    assert make(client, phone).status_code == 200
    client.post(reverse("stop"))
    assert not is_in(client)

    client, answer = come_in(phone)
    assert answer.status_code == 302
    assert is_in(client)
    told = AuditEvent.objects.filter(resident_id=resident.pk, action__startswith="passkey.").values_list("action")
    assert [action for (action,) in told.order_by("id")] == ["passkey.made", "passkey.used"]


def test_asks_a_resident_once_and_takes_no_for_an_answer(home: House, resident: Resident) -> None:
    client, _ = by_letter(home, resident)
    page = client.get(reverse(KEYS)).content.decode()
    assert "Nu niet" in page
    assert f'href="{reverse("home")}"' in page
    assert is_in(client)
    with_phone(home, resident)
    _, answer = by_letter(home, resident)
    assert answer.headers["Location"] == reverse("home")


@pytest.mark.parametrize(
    "attack",
    [
        "a page elsewhere",
        "a host elsewhere",
        "another question",
        "a broken signature",
        "another's name for its owner",
        "no name for its owner",
        "a phone that does not look who holds it",
        "a key nobody knows",
        "no answer",
        "words",
        "a list",
    ],
)
def test_refuses_a_phone_with(attack: str, home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    lies: dict[str, Any] = {}
    if attack == "a page elsewhere":
        phone.origin = "http://testserver.evil.example"
    elif attack == "a host elsewhere":
        phone.host = "evil.example"
    elif attack == "another question":
        lies["challenge"] = "AAAAAAAAAAAAAAAAAAAAAA"
    elif attack == "a broken signature":
        lies["broken"] = True
    elif attack == "another's name for its owner":
        lies["handle"] = "AAAAAAAAAAAAAAAAAAAAAA"
    elif attack == "no name for its owner":
        lies["handle"] = ""
    elif attack == "a phone that does not look who holds it":
        phone.knows_owner = False
    elif attack == "a key nobody knows":
        phone.credential = b"unknown" * 4
    client = Client()
    asked = question(client.get(reverse(LOG_IN)))
    odd = {"no answer": "", "words": "{" * 50_000, "a list": "[]"}
    given = odd[attack] if attack in odd else phone.show(asked, **lies)

    answer = client.post(reverse(LOG_IN), {"answer": given})

    assert answer.status_code == 422
    assert "Het lukte niet." in answer.content.decode()
    assert not is_in(client)


def test_takes_an_answer_once_in_the_browser_that_was_asked(home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    first, other = Client(), Client()
    asked = question(first.get(reverse(LOG_IN)))
    other.get(reverse(LOG_IN))
    answer = phone.show(asked)

    assert other.post(reverse(LOG_IN), {"answer": answer}).status_code == 422
    assert first.post(reverse(LOG_IN), {"answer": answer}).status_code == 302
    first.post(reverse("stop"))
    assert first.post(reverse(LOG_IN), {"answer": answer}).status_code == 422
    assert not is_in(first)
    assert not is_in(other)


def test_takes_no_answer_to_a_question_of_six_minutes_ago(
    home: House, resident: Resident, monday_morning: time_machine.Traveller
) -> None:
    phone = with_phone(home, resident)
    client = Client()
    asked = question(client.get(reverse(LOG_IN)))
    monday_morning.shift(timedelta(minutes=6))

    assert client.post(reverse(LOG_IN), {"answer": phone.show(asked)}).status_code == 422


def test_knows_a_copied_key_by_its_count(home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    phone.count = 5
    assert come_in(phone)[1].status_code == 302
    phone.count = 4
    assert come_in(phone)[1].status_code == 422


def test_takes_one_answer_once_of_sixteen_at_once(own_database: databases.OwnDatabase) -> None:
    home = factories.house()
    who = factories.resident(home)
    assert who.user
    phone, now = Phone(), timezone.now()
    made = ask_to_make(user=who.user, house=AT, shown_as="Noor", alone=True)
    given = phone.make(made.options)
    keep_key(user=who.user, answer=given, challenge=made.challenge, house=AT, name="", alone=True, now=now)
    asked = ask_to_show(user=None, house=AT)
    answer = phone.show(asked.options)

    def show(_: int) -> bool:
        try:
            take_key(user=None, answer=answer, challenge=asked.challenge, house=AT, now=now)
        except NotAValidKey:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as at_once:
        assert sum(at_once.map(show, range(16))) == 1


def test_gives_one_key_to_one_user_of_sixteen_at_once(own_database: databases.OwnDatabase) -> None:
    home = factories.house()
    who = factories.resident(home)
    assert who.user
    user, now = who.user, timezone.now()
    made = ask_to_make(user=user, house=AT, shown_as="Noor", alone=True)
    given = Phone().make(made.options)

    def keep(_: int) -> bool:
        try:
            keep_key(user=user, answer=given, challenge=made.challenge, house=AT, name="", alone=True, now=now)
        except NotAValidKey:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as at_once:
        assert sum(at_once.map(keep, range(16))) == 1


def test_has_no_phones_until_the_town_decides(home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    client = Client()
    asked = question(client.get(reverse(LOG_IN)))
    Town.objects.update(passkeys=False)

    assert client.post(reverse(LOG_IN), {"answer": phone.show(asked)}).status_code == 404
    assert Client().get(reverse(LOG_IN)).status_code == 404
    assert reverse(LOG_IN) not in Client().get(reverse("login")).content.decode()
    client, answer = by_letter(home, resident)
    assert answer.headers["Location"] == reverse("home")
    assert client.get(reverse(KEYS)).status_code == 404


def test_remembers_no_phone_that_others_use_or_look_at(home: House, resident: Resident) -> None:
    client, answer = by_letter(home, resident, shared="1")
    assert answer.headers["Location"] == reverse("home")
    assert client.get(reverse(KEYS)).status_code == 403
    assert resident.user
    client, _ = by_letter(home, resident)
    look_together(resident=resident, now=timezone.now(), by=resident.user)
    assert client.get(reverse(KEYS)).status_code == 403


def test_adds_no_phone_to_a_page_that_was_left_open(
    home: House, resident: Resident, monday_morning: time_machine.Traveller
) -> None:
    client, _ = by_letter(home, resident)
    asked = question(client.get(reverse(KEYS)))
    monday_morning.shift(timedelta(minutes=4))
    is_in(client)
    monday_morning.shift(timedelta(minutes=7))

    page = client.get(reverse(KEYS)).content.decode()
    assert "data-question" not in page
    assert "log eerst opnieuw in" in page
    assert client.post(reverse(KEYS), {"answer": Phone().make(asked)}).status_code == 422
    assert not Passkey.objects.exists()


def test_forgets_a_phone_with_one_tap_and_nobody_elses(home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    number = Passkey.objects.get().pk
    stranger, _ = by_letter(home, factories.resident(home))
    stranger.post(reverse("end_own_key", args=[number]))
    assert Passkey.objects.count() == 1

    client, _ = come_in(phone)
    client.post(reverse("end_own_key", args=[number]))
    assert come_in(phone)[1].status_code == 422


def test_replaces_a_lost_phone_in_person_at_the_desk(home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    desk = signed_in(home.case_worker)
    address = reverse("lost_phone", args=[resident.pk])
    assert "Laatst gebruikt" not in desk.get(address).content.decode()
    assert desk.post(address, {}).status_code == 422, "first look who it is"
    assert come_in(phone)[1].status_code == 302

    page = desk.post(address, {"seen": "on"}).content.decode()

    assert come_in(phone)[1].status_code == 422
    shown = re.search(r'class="hhb-figure"[^>]*>([^<]+)<', page)
    assert shown
    assert Client().post(reverse("login"), {"code": shown[1]}).headers["Location"] == reverse(KEYS)
    assert signed_in(factories.user(Role.CASE_WORKER)).get(address).status_code == 404


def test_leaves_no_key_to_who_was_erased(home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    Resident.objects.filter(pk=resident.pk).update(ends_on=ON)
    resident.refresh_from_db()
    erase(resident=resident, reason="", now=timezone.now(), on=ON, by=home.case_worker)
    assert come_in(phone)[1].status_code == 422


def test_lets_nobody_in_whose_account_is_off(home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    User.objects.filter(pk=resident.user_id).update(is_active=False)
    assert come_in(phone)[1].status_code == 422


def test_ends_a_code_of_a_letter_after_five_wrong_tries_that_begin_alike(home: House, resident: Resident) -> None:
    letter = issue_letter_code(resident=resident, now=timezone.now(), by=home.case_worker)
    wrong = letter[:6] + ("00000" if letter[6:] != "00000" else "11111")
    for _ in range(4):
        assert Client().post(reverse("login"), {"code": wrong}).status_code == 422
    other = factories.resident(home)
    assert by_letter(home, other)[1].status_code == 302, "another letter is not touched by it"
    assert Client().post(reverse("login"), {"code": wrong}).status_code == 422

    assert Client().post(reverse("login"), {"code": letter}).status_code == 422
    assert AuditEvent.objects.filter(action="letter_code.guessed", resident_id=resident.pk).exists()


def test_stores_no_half_of_a_key_that_opens_anything(home: House, resident: Resident) -> None:
    phone = with_phone(home, resident)
    kept = bytes(Passkey.objects.get().public)
    private = phone.key.private_numbers().private_value.to_bytes(32, "big")
    assert private not in kept
    assert AuditEvent.objects.filter(body__contains=Passkey.objects.get().credential).count() == 0
    replace_lost_phone(resident=resident, now=timezone.now(), by=home.case_worker)
    assert not Passkey.objects.exists()
