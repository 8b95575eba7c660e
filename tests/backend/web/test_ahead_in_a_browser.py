"""What looks ahead at the desk, and "Klopt dit niet?", in a browser: no finding of axe, nothing beyond the screen."""

import pytest
from django.conf import settings

from tests.accessibility.browser import Showing, browser
from tests.backend.web.desk import signed_in
from tests.backend.web.test_advances import borrower
from tests.backend.web.test_ahead import living
from tests.backend.web.test_alerts import missing
from tests.backend.web.test_in_a_browser import DeskShowing
from tests.backend.web.test_shortages import filled, proposal_of, short
from tests.factories import House

pytestmark = pytest.mark.browser


def desk_pages(home: House) -> dict[str, str]:
    """Every page of the desk that looks ahead, with something on it."""
    client, who, lent_to, alive = signed_in(home.case_worker), short(home), borrower(home), living(home)
    proposal, alert = proposal_of(who), missing(home, alive)
    asked = {"what": "extra", "extra": "60", "reason": "Winterjas"}
    answers = {
        "open": client.get(f"/inwoners/tekort/{proposal.pk}/"),
        "wrong": client.post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal) | {"reason": ""}),
        "decided": client.post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal), follow=True),
        "objection": client.post(f"/inwoners/{who.pk}/bezwaar/?tekort={proposal.pk}", {"words": "Nee."}, follow=True),
        "what if": client.post(f"/inwoners/{alive.pk}/wat-als/", {"since": "2026-12-01", "rent": "700"}),
        "extra": client.post(f"/inwoners/{alive.pk}/leefgeld/", asked),
        "alerts": client.get("/signalen/"),
        "alert": client.get(f"/signalen/{alert.pk}/"),
        "calls": client.get("/bellen/"),
        "advances": client.get(f"/inwoners/{lent_to.pk}/voorschot/"),
    }
    return {name: answer.content.decode() for name, answer in answers.items()}


def test_fits_every_screen_and_passes_every_rule(home: House) -> None:
    pages = desk_pages(home)
    with browser() as chromium:
        wide, narrow = DeskShowing(chromium, width=1280), DeskShowing(chromium, width=768)
        for name, html in pages.items():
            narrow.show(html)
            assert narrow.fit()["sideways"] == 0, name
            wide.show(html)
            assert not wide.findings(), name


def test_lets_a_resident_say_so_on_a_small_screen_in_their_language(home: House) -> None:
    who = living(home)
    assert who.user is not None
    own = signed_in(who.user, second_factor=False)
    own.post("/mijn-geld/klopt-niet/", {"words": "Het klopt niet."})
    pages = []
    for code in ("nl", "ar", "ti"):
        own.cookies[settings.LANGUAGE_COOKIE_NAME] = code
        pages.append(own.get("/mijn-geld/klopt-niet/").content.decode())

    with browser() as chromium:
        window = Showing(chromium, width=360)
        for html in pages:
            window.show(html)
            assert window.fit() == {"sideways": 0, "small": []}
            assert not window.findings()
