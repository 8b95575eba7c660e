"""Who gets which page of the desk, and what the others are told."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from backend.urls import DESK
from backend.web.guards import abilities_of
from budgeting.access import ABILITIES
from budgeting.models import AuditEvent, Role
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

STAFF = (Role.CASE_WORKER, Role.FRONT_DESK, Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR)
PAGES = {
    "today": "use_desk",
    "residents": "see_residents",
    "register": "change_residents",
    "bank": "import_statements",
    "waiting": "decide_entries",
    "payments": "see_payments",
    "books": "verify_books",
}


def test_gives_every_page_of_the_desk_an_ability() -> None:
    patterns = [pattern for door in DESK for pattern in door.urlpatterns]

    assert len(patterns) > 20
    assert not [pattern.name for pattern in patterns if not getattr(pattern.callback, "abilities", ())]


def test_asks_only_for_abilities_that_some_role_has() -> None:
    known = frozenset().union(*ABILITIES.values())

    assert not [p.name for door in DESK for p in door.urlpatterns if not set(p.callback.abilities) <= known]


@pytest.mark.parametrize("role", [*STAFF, Role.RESIDENT, Role.VOLUNTEER])
@pytest.mark.parametrize("page", PAGES)
def test_opens_a_page_for_the_roles_that_need_it_and_no_other(home: House, role: str, page: str) -> None:
    user = factories.user(role)

    answer = signed_in(user).get(reverse(page))

    assert answer.status_code == (200 if PAGES[page] in abilities_of(user, on=ON) else 403)


def test_asks_a_colleague_without_a_second_factor_for_it_and_comes_back(home: House) -> None:
    answer = signed_in(home.case_worker, second_factor=False).get("/betalen/?page=2")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/inloggen/tweede-stap/?next=%2Fbetalen%2F%3Fpage%3D2"


def test_sends_a_colleague_away_who_did_nothing_for_half_an_hour(
    home: House, monday_morning: time_machine.Traveller
) -> None:
    client = signed_in(home.case_worker)
    monday_morning.shift(timedelta(minutes=31))

    assert client.get("/vandaag/").headers["Location"] == "/inloggen/medewerker/?next=/vandaag/"


def test_sends_a_stranger_to_the_door(home: House) -> None:
    assert Client().get("/vandaag/").headers["Location"].startswith("/inloggen/")


def test_answers_the_same_for_a_hidden_resident_and_for_nobody(home: House) -> None:
    other = factories.user(Role.CASE_WORKER)
    hidden = factories.resident(House(home.town, home.account, other, home.approver))
    client = signed_in(home.case_worker)

    not_mine, nobody = client.get(f"/inwoners/{hidden.pk}/"), client.get("/inwoners/987654/")

    assert not_mine.status_code == nobody.status_code == 404
    assert _without_token(not_mine.content, hidden.pk) == _without_token(nobody.content, 987654)


def _without_token(content: bytes, asked: int) -> str:
    """The page without what is new in every answer, and without the address that was asked."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content.decode())
    return page.replace(f"/inwoners/{asked}/", "")


def test_writes_who_looked_before_the_page_is_sent(home: House) -> None:
    who = factories.resident(home)

    signed_in(home.case_worker).get(f"/inwoners/{who.pk}/")

    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor, event.resident_id) == ("looked", home.case_worker.username, who.pk)


def test_keeps_every_page_of_the_desk_out_of_every_cache(home: House) -> None:
    assert signed_in(home.case_worker).get("/vandaag/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("wanted", ["en", "pl", "ar"])
def test_speaks_dutch_at_the_desk_and_says_so_whatever_a_browser_prefers(home: House, wanted: str) -> None:
    who = factories.resident(home)
    client = signed_in(home.case_worker)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = wanted

    for address in ("/vandaag/", "/inwoners/", f"/inwoners/{who.pk}/", "/betalen/"):
        shown = client.get(address, headers={"accept-language": wanted})
        assert shown.headers["Content-Language"] == "nl"
        assert '<html lang="nl" dir="ltr">' in shown.content.decode()
        assert ">Vandaag</a>" in shown.content.decode()
