"""A closed door tells why in the reader's own language, calmly, and whom to call."""

import re

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from accessibility.languages import LANGUAGES
from backend.web.refusals import broken
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> factories.House:
    return factories.house()


@pytest.fixture
def inside(home: factories.House) -> Client:
    client = Client()
    client.force_login(factories.resident(home).user)
    return client


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_in_every_language_that_a_page_is_not_there(inside: Client, language: str) -> None:
    inside.cookies["language"] = language
    answer = inside.get("/mijn-geld/nergens/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert f'<html lang="{language}"' in page
    assert '<span lang="nl"' not in page
    assert "14 030" in page


@pytest.mark.parametrize("language", ["nl", "ar", "ti"])
def test_says_in_the_own_language_that_a_page_is_not_for_you(inside: Client, language: str) -> None:
    inside.cookies["language"] = language
    answer = inside.get(reverse("today"))
    assert answer.status_code == 403
    assert '<span lang="nl"' not in answer.content.decode()


def test_marks_the_words_of_colleagues_as_dutch_in_another_language(home: factories.House) -> None:
    page = Client(headers={"Accept-Language": "ti"}).get(reverse("staff_login")).content.decode()
    assert re.search(r'<h1[^>]*><span lang="nl" dir="ltr">Inloggen', page)
    assert '<label for="password"><span lang="nl"' in page


def test_says_the_same_of_what_is_not_there_and_of_what_is_not_yours(home: factories.House, inside: Client) -> None:
    nowhere = inside.get(reverse("payment", args=[999_999])).content
    elsewhere = inside.get(reverse("month", args=["1999-01"])).content
    without = [re.sub(rb'value="[^"]*"', b"", page) for page in (nowhere, elsewhere)]
    assert without[0] == without[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_in_every_language_that_a_mistake_is_its_own(
    home: factories.House, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(factories.resident(home).user)
    client.cookies["language"] = language
    monkeypatch.setattr("backend.web.resident.own_facts", _breaks)
    answer = client.get(reverse("resident_home"))
    page = answer.content.decode()
    assert answer.status_code == 500
    assert f'<html lang="{language}"' in page
    assert '<span lang="nl"' not in page
    assert "14 030" in page


def test_says_so_also_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.web.refusals.page", _is_away)
    with translation.override("nl"):
        answer = broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Er ging bij ons iets mis" in answer.content.decode()


def test_asks_to_come_back_in_a_moment_when_the_database_is_away(
    home: factories.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(factories.resident(home).user)
    with monkeypatch.context() as broken_line:
        broken_line.setattr("backend.web.resident.own_facts", _is_away)
        broken_line.setattr("backend.web.refusals.page", _breaks)  # it asks the database nothing
        answer = client.get(reverse("resident_home"))
    page = answer.content.decode()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Er ging bij ons iets mis" in page
    assert "no connection" not in page
    assert client.get(reverse("resident_home")).status_code == 200


def _breaks(*_: object, **__: object) -> None:
    raise RuntimeError("a mistake")


def _is_away(*_: object, **__: object) -> None:
    raise OperationalError("no connection")
