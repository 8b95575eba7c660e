"""A stay has an end that is told, that one tap moves and that clears the screen; shorter on a shared computer."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accessibility.scripts import sources, stay
from budgeting.actions.people import issue_letter_code
from budgeting.models import Resident
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)  # ten o'clock in Amsterdam


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def home() -> factories.House:
    return factories.house()


def inside(home: factories.House, who: Resident, **more: str) -> Client:
    client = Client(headers={"Accept-Language": "nl"})
    code = issue_letter_code(resident=who, now=datetime.now(tz=UTC), by=home.case_worker)
    client.post(reverse("login"), {"code": code, **more})
    return client


def told(client: Client) -> str:
    page = client.get(reverse("resident_home")).content.decode()
    found = re.search(r"ingelogd tot (?:<[^>]*>)?(\d\d:\d\d)", page)
    assert found, page
    return found.group(1)


def test_tells_until_when_one_stays_and_moves_it_with_every_tap(home: factories.House, clock: Any) -> None:
    client = inside(home, factories.resident(home))
    assert told(client) == "10:15"
    clock.shift(timedelta(minutes=10))
    assert told(client) == "10:25"


def test_offers_more_time_on_the_page_itself(home: factories.House) -> None:
    page = inside(home, factories.resident(home)).get(reverse("months")).content.decode()
    assert f'href="{reverse("months")}">Ik wil langer kijken' in page


def test_takes_the_page_from_the_screen_when_the_stay_ends(home: factories.House, clock: Any) -> None:
    client = inside(home, factories.resident(home))
    answer = client.get(reverse("resident_home"))
    assert answer["Refresh"] == f"900;url={reverse('ended')}"
    clock.shift(timedelta(seconds=900))
    stopped = client.get(reverse("ended"))
    assert "U bent gestopt" in stopped.content.decode()
    assert "cookies" in stopped["Clear-Site-Data"]
    assert client.get(reverse("resident_home")).status_code == 302


def test_takes_an_old_page_from_the_screen_of_who_reads_on_another(home: factories.House, clock: Any) -> None:
    client = inside(home, factories.resident(home))
    told(client)
    clock.shift(timedelta(minutes=10))
    told(client)
    clock.shift(timedelta(minutes=5))
    assert "U bent gestopt" in client.get(reverse("ended")).content.decode()
    assert told(client) == "10:30"


def test_lets_the_browser_run_its_one_script_and_no_other(home: factories.House) -> None:
    answer = inside(home, factories.resident(home)).get(reverse("resident_home"))
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", answer.content.decode())
    assert scripts == [stay()]
    assert sources()[0] in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_keeps_a_stay_short_on_a_computer_of_many(home: factories.House, clock: Any) -> None:
    client = inside(home, factories.resident(home), shared="1")
    assert told(client) == "10:05"
    ends = [told(client) for _ in range(4) if clock.shift(timedelta(minutes=4)) is None]
    assert ends == ["10:09", "10:13", "10:17", "10:20"]
    clock.shift(timedelta(minutes=4))
    assert client.get(reverse("resident_home")).status_code == 302


def test_forgets_that_the_computer_was_shared_at_the_next_log_in(home: factories.House) -> None:
    who = factories.resident(home)
    client = inside(home, who, shared="1")
    client.post(reverse("stop"))
    client.post(reverse("login"), {"code": issue_letter_code(resident=who, now=NOW, by=home.case_worker)})
    assert told(client) == "10:15"


def test_remembers_what_was_ticked_when_a_code_is_refused() -> None:
    page = Client().post(reverse("login"), {"code": "nee", "shared": "1"}).content.decode()
    assert re.search(r'name="shared" value="1" checked', page)
