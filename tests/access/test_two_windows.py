"""Helping in real browsers, two at once: few taps to let in, one to stop, and nothing left to see after."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser

from backend.web.helping import own, visitor
from budgeting.actions.people import issue_letter_code
from budgeting.models import LetIn, Mode, Resident, Role, User
from tests import databases, factories
from tests.access.test_helping import number_on, payout, rich
from tests.access.windows import Window, served
from tests.accessibility.browser import browser
from tests.backend.web.desk import code, secret
from tests.factories import House

pytestmark = pytest.mark.browser
PASSWORD = "een lang wachtwoord 12"


@dataclass(frozen=True)
class Scene:
    """A browser, the address of the house, and who is in it."""

    chromium: Browser
    address: str
    home: House
    resident: Resident
    helper: User

    def window(self, **screen: int) -> Window:
        return Window(self.chromium, self.address, **screen)

    def phone(self) -> Window:
        """The resident's own phone, logged in by a letter."""
        window = self.window()
        window.open("/inloggen/")
        code = issue_letter_code(resident=self.resident, now=timezone.now(), by=self.home.case_worker)
        window.send("Verder", code=code)
        window.actions = 0
        return window


@pytest.fixture
def scene(own_database: databases.OwnDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for door in (own, visitor):
        monkeypatch.setattr(door, "AGAIN", 1)
    home = factories.house()
    helper = factories.user(Role.VOLUNTEER)
    helper.full_name = "Samira, bibliotheek Centrum"
    helper.set_password(PASSWORD)
    helper.save()
    helper.totpdevice_set.create(name="app", key=secret(helper))
    resident = rich(home)
    with served() as address, browser() as chromium:
        yield Scene(chromium, address, home, resident, helper)
        # A loop has connections of its own, which would outlive this database.
        connections.close_all()


def photograph(window: Window, name: str) -> None:
    """Kept for who asks for it by naming a folder."""
    if folder := os.environ.get("PHOTOGRAPHS"):
        window.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_looks_along_on_two_screens_in_few_taps(scene: Scene) -> None:
    mine = scene.phone()
    theirs = scene.window(width=1280, height=800)

    theirs.open("/inloggen/medewerker/")
    theirs.send("Verder", username=scene.helper.username, password=PASSWORD)
    theirs.send("Verder", token=code(scene.helper))
    photograph(theirs, "helper-code")
    mine.tap("Iemand helpt mij")
    photograph(mine, "help-me")
    mine.tap("Iemand kijkt op een ander scherm")
    photograph(mine, "help-code")
    theirs.send("Kijk mee met de bezoeker", code=number_on(mine.text))
    photograph(theirs, "helper-waits")
    mine.sees("Mag deze persoon meekijken?")
    photograph(mine, "consent")
    mine.tap("Ja")
    assert mine.actions <= 3, "a resident lets somebody in with three taps"
    theirs.sees("U kijkt mee met Noor")
    assert theirs.actions <= 6, "a volunteer looks along within six actions"
    assert payout(scene.resident) not in theirs.text
    photograph(theirs, "helper-along")
    photograph(mine, "home-along")

    mine.tap("Laat de bedragen zien")
    theirs.sees(payout(scene.resident))
    mine.actions = 0
    mine.tap("Stop met meekijken")
    assert mine.actions == 1
    theirs.sees("U ziet niets meer.")
    photograph(theirs, "helper-done")
    assert "Noor" not in theirs.text
    theirs.page.go_back()
    assert "Noor" not in theirs.text, "neither is there anything one page back"

    mine.open("/mijn-geld/gekeken/")
    photograph(mine, "who-looked")
    assert "Samira, bibliotheek Centrum" in mine.text


def test_looks_together_on_one_screen_in_few_taps(scene: Scene) -> None:
    card = scene.window(width=800)
    card.open("/helpen/kaart/")
    assert "Vraag nooit naar een BSN of een wachtwoord." in card.text
    photograph(card, "card")
    mine = scene.phone()
    mine.tap("Iemand helpt mij")
    mine.tap("Wij kijken op één scherm")
    assert mine.actions + card.actions <= 3
    mine.sees("Iemand kijkt met u mee op dit scherm.")
    photograph(mine, "home-together")
    mine.actions = 0
    mine.tap("Stop met meekijken")
    assert mine.actions == 1
    assert not LetIn.objects.filter(mode=Mode.TOGETHER, ended_at=None).exists()


def test_lets_a_trusted_person_read_on_their_own_phone_until_the_resident_stops(scene: Scene) -> None:
    mine, theirs = scene.phone(), scene.window()
    mine.open("/mijn-geld/hulp/vertrouwd/")
    mine.page.get_by_label("Naam van deze persoon").fill("Kim de Vries")
    mine.page.get_by_label("Wanneer u geld krijgt").check()
    mine.page.get_by_label("3 maanden").check()
    photograph(mine, "trust")
    mine.tap("Laat deze persoon meekijken")
    photograph(mine, "trust-code")
    given = mine.page.locator(".hhb-digits").inner_text()
    theirs.open("/inloggen/")
    theirs.send("Verder", code=given)
    photograph(theirs, "trusts")
    theirs.tap("Noor")
    photograph(theirs, "trusted-story")
    assert payout(scene.resident) in theirs.text
    assert "212,40" not in theirs.text
    mine.open("/mijn-geld/hulp/")
    photograph(mine, "help-me-trusted")
    mine.tap("Stop met meekijken")
    theirs.page.reload()
    assert "Noor" not in theirs.text
