"""What a helper, a visitor and the second screen see, in a real browser: within the screen and by the rules of axe."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from backend import identity_providers
from budgeting.models import Role
from tests import factories
from tests.access.test_helping import asked, rich
from tests.accessibility.browser import Showing, browser
from tests.backend.web.desk import signed_in

pytestmark = pytest.mark.browser
# A script from right to left on a phone, a script with letters of its own on a wide screen, Dutch on both.
WIDTHS = {"nl": (1280, 360), "ar": (360,), "ti": (1280,)}


@pytest.fixture(params=WIDTHS)
def pages(request: Any, db: None, settings: Any) -> dict[str, str]:
    """Every page of this door once, in one language."""
    language: str = request.param
    settings.SIGN_IN = identity_providers.example(1)
    home = factories.house()
    factories.speak_every_language(home.case_worker)
    who = rich(home)
    type(who).objects.filter(pk=who.pk).update(language=language)
    desk, nobody = signed_in(home.case_worker), Client()
    mine, theirs, let_in = asked(who, factories.user(Role.VOLUNTEER))
    for client in (mine, theirs, nobody):
        client.cookies["language"] = language
    along = f"/helpen/{let_in.pk}/"
    answers = {
        "a code": theirs.get("/helpen/"),
        "a wrong code": theirs.post("/helpen/", {"code": "000000"}),
        "a card": theirs.get("/helpen/kaart/"),
        "waiting": theirs.get(along),
        "may this person": mine.get("/mijn-geld/hulp/code/"),
        "who helps": mine.get("/mijn-geld/hulp/"),
        "log in": nobody.get("/inloggen/"),
        "not let in": nobody.get("/inloggen/digid/terug/"),
        "second screen, welcome": desk.get("/balie/scherm/"),
    }
    mine.post("/mijn-geld/hulp/antwoord/", {"let_in": let_in.pk, "answer": "yes"})
    answers["along"] = theirs.get(along)
    answers["own page"] = mine.get("/mijn-geld/")
    answers["done"] = theirs.post(f"{along}stop/")
    desk.post(f"/inwoners/{who.pk}/balie/", {"reason": "question", "seen": "on"})
    answers["second screen"] = desk.get("/balie/scherm/")
    return {name: answer.content.decode() for name, answer in answers.items() if answer.content}


def test_shows_every_page_of_helping_within_the_screen_and_by_the_rules(pages: dict[str, str], request: Any) -> None:
    problems = []
    with browser() as chromium:
        for width in WIDTHS[request.node.callspec.id]:
            window = Showing(chromium, width=width)
            for name, html in pages.items():
                window.show(html)
                if folder := os.environ.get("PHOTOGRAPHS"):
                    shot = f"{name}-{request.node.callspec.id}-{width}.png".replace(" ", "-")
                    window.page.screenshot(path=str(Path(folder) / shot), full_page=True)
                problems += [f"{width} {name}: {finding}" for finding in window.findings()]
                if window.fit()["sideways"] > 0:
                    problems.append(f"{width} {name}: wider than the screen")

    assert len(pages) > 10
    assert not problems, "\n".join(problems)
