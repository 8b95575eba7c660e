"""What takes long in a large town is worked out beside the pages: the check of the books, the figures of a year."""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from backend.desk import kept_figures
from backend.desk.books_checked import CUT_OFF, check_books
from backend.desk.kept_figures import DESK, OPEN, keep_figures, last_of_month_before, shown_figures
from backend.desk.town_figures import town_figures
from backend.models import WorkedOut
from backend.tasks import check_the_books
from budgeting.models import AuditEvent, Role
from payments.actions.books import verify
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House


@pytest.fixture
def auditor(home: House) -> Client:
    return signed_in(factories.user(Role.AUDITOR))


def test_says_that_nobody_checked_the_books_before_anybody_did(auditor: Client) -> None:
    assert "De boeken zijn nog niet gecontroleerd" in auditor.get("/boeken/").content.decode()


def test_checks_the_books_beside_the_pages_and_shows_what_was_found(auditor: Client) -> None:
    assert auditor.post("/boeken/").headers["Location"] == "/boeken/"
    waiting = auditor.get("/boeken/")
    assert waiting.headers["Refresh"]
    assert "De boeken worden gecontroleerd" in waiting.content.decode()

    assert check_the_books.func() == 0

    shown = auditor.get("/boeken/")
    page = shown.content.decode()
    assert "Refresh" not in shown.headers
    assert "De boeken kloppen" in page
    assert "om 10:00, gevraagd door Collega" in page
    assert page.count('scope="row"') == len(verify())
    event = AuditEvent.objects.get(action="books.verified")
    assert json.loads(event.body)["broken"] == []


def test_asks_for_one_check_only_until_it_is_done_or_was_cut_off(
    auditor: Client, monday_morning: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(type(check_the_books), "enqueue", lambda *_: asked.append(1))
    auditor.post("/boeken/")
    auditor.post("/boeken/")
    assert len(asked) == 1

    WorkedOut.objects.update(asked_at=timezone.now() - CUT_OFF)
    auditor.post("/boeken/")
    assert len(asked) == 2


def test_shows_which_rule_is_broken(home: House, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = verify()
    broken = replace(first, ok=False, first_violation="7")
    monkeypatch.setattr("backend.desk.books_checked.verify", lambda: [broken, *others])

    check_books(now=timezone.localtime())

    page = auditor.get("/boeken/").content.decode()
    assert "1 regel van de boeken" in page
    assert "Als eerste: 7" in page or "7</span>" in page


def test_keeps_what_a_command_found_when_it_is_asked_to(home: House, auditor: Client) -> None:
    call_command("verify_books", json=True, stdout=StringIO())
    assert not WorkedOut.objects.exists()

    call_command("verify_books", keep=True, json=True, stdout=StringIO())

    assert "De boeken kloppen" in auditor.get("/boeken/").content.decode()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A town counts as large from its first resident on."""
    monkeypatch.setattr(kept_figures, "LARGE", 1)


def test_shows_a_large_town_s_figures_of_this_morning_and_says_so(home: House, auditor: Client, large: None) -> None:
    factories.resident(home, money="100.00")
    assert keep_figures(on=ON, now=timezone.localtime()) >= 1
    then = town_figures(on=ON)
    factories.resident(home, money="100.00")

    shown = shown_figures(DESK, on=ON)

    assert replace(shown, as_of=None) == then
    page = auditor.get("/cijfers/").content.decode().replace("\u00a0", " ")
    assert "Zo stond het op 2 november om 10:00." in page


def test_works_out_the_figures_of_now_when_the_kept_ones_are_a_week_old(
    home: House, large: None, settings: Any
) -> None:
    settings.OPEN_FIGURES = True
    factories.resident(home)
    assert keep_figures(on=ON, now=timezone.localtime()) == 2

    assert shown_figures(DESK, on=ON + timedelta(days=7)).as_of
    assert shown_figures(DESK, on=ON + timedelta(days=8)).as_of is None
    assert shown_figures(DESK, on=ON - timedelta(days=1)).as_of is None
    assert shown_figures(OPEN, on=last_of_month_before(ON)).as_of


def test_keeps_no_figures_of_a_small_town(home: House, auditor: Client) -> None:
    WorkedOut.objects.create(name=DESK, on=ON, at=timezone.now(), facts={"months": []})

    assert keep_figures(on=ON, now=timezone.localtime()) == 0

    assert not WorkedOut.objects.exists()
    assert "Zo stond het op" not in auditor.get("/cijfers/").content.decode()
