"""A phone's key in a real browser, with an authenticator that the browser itself plays; and without script."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser

from budgeting.actions.people import issue_letter_code
from budgeting.models import Passkey, Resident, Role, Town, User
from tests import databases, factories
from tests.access.test_two_windows import PASSWORD, photograph
from tests.access.windows import Window, served
from tests.accessibility.browser import AXE, RULES, browser
from tests.factories import House

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class PhoneWindow(Window):
    """A window that runs our script, on a device that has a safe for keys; `owner` says whether its owner holds it."""

    def __init__(self, chromium: Browser, house: str, **screen: int) -> None:
        super().__init__(chromium, house, script=True, **screen)
        self.page.set_default_timeout(20_000)
        self.safe: Any = self.page.context.new_cdp_session(self.page)
        self.safe.send("WebAuthn.enable")
        made = self.safe.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.number = made["authenticatorId"]

    def held_by_owner(self, *, yes: bool) -> None:
        self.safe.send("WebAuthn.setUserVerified", {"authenticatorId": self.number, "isUserVerified": yes})


@dataclass(frozen=True)
class Scene:
    """A browser, the address of the house under a name, and who is in it."""

    chromium: Browser
    address: str
    home: House
    resident: Resident
    colleague: User

    def letter(self) -> str:
        return issue_letter_code(resident=self.resident, now=timezone.now(), by=self.home.case_worker)


@pytest.fixture
def scene(own_database: databases.OwnDatabase) -> Iterator[Scene]:
    home = factories.house()
    Town.objects.update(passkeys=True)
    colleague = factories.user(Role.CASE_WORKER)
    colleague.set_password(PASSWORD)
    colleague.save()
    resident = factories.resident(home, money="100.00", first_names="Noor")
    with served() as address, browser() as chromium:
        yield Scene(chromium, address.replace("127.0.0.1", "localhost"), home, resident, colleague)
        connections.close_all()


def findings(window: Window) -> list[str]:
    window.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = window.page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert window.page.evaluate(sideways) == 0
    return [one["id"] for one in found["violations"]]


def test_goes_from_a_letter_to_a_phone_and_in_again_by_the_phone_alone(scene: Scene) -> None:
    mine = PhoneWindow(scene.chromium, scene.address)
    mine.open("/inloggen/")
    photograph(mine, "log-in")
    mine.send("Verder", code=scene.letter())
    photograph(mine, "key-offer")
    assert not findings(mine)
    mine.tap("Onthoud deze telefoon")
    mine.sees("We onthouden deze telefoon.")
    photograph(mine, "key-kept")
    mine.tap("Stop")
    mine.actions = 0
    mine.open("/inloggen/")
    mine.tap("Inloggen met deze telefoon")
    photograph(mine, "key-login")
    assert not findings(mine)
    mine.tap("Inloggen met deze telefoon")
    mine.page.wait_for_url("**/mijn-geld/")
    assert mine.actions <= 3, "with a phone a resident is in with three taps, and types nothing"

    mine.tap("Stop")
    mine.held_by_owner(yes=False)
    mine.open("/inloggen/telefoon/")
    mine.tap("Inloggen met deze telefoon")
    mine.sees("Het lukte niet.")
    photograph(mine, "key-failed")
    assert Passkey.objects.get().used_at is not None


def test_shows_a_key_as_the_second_step_at_the_desk(scene: Scene) -> None:
    theirs = PhoneWindow(scene.chromium, scene.address, width=1280, height=800)
    theirs.open("/inloggen/medewerker/")
    theirs.send("Verder", username=scene.colleague.username, password=PASSWORD)
    photograph(theirs, "second-set-up")
    theirs.tap("Gebruik liever een sleutel of dit apparaat")
    photograph(theirs, "second-key")
    assert not findings(theirs)
    theirs.tap("Stel een sleutel of dit apparaat in")
    theirs.page.wait_for_url("**/vandaag/")
    theirs.tap("Uitloggen")
    theirs.open("/inloggen/medewerker/")
    theirs.send("Verder", username=scene.colleague.username, password=PASSWORD)
    photograph(theirs, "second-show")
    assert not findings(theirs)
    theirs.tap("Gebruik uw sleutel of dit apparaat")
    theirs.page.wait_for_url("**/vandaag/")


def test_says_calmly_what_to_do_without_script_or_without_a_name(scene: Scene) -> None:
    for address in (scene.address, scene.address.replace("localhost", "127.0.0.1")):
        plain = Window(scene.chromium, address)
        plain.open("/inloggen/telefoon/")
        assert "Dit werkt niet in deze browser. Gebruik de code uit uw brief." in plain.text
        assert plain.page.get_by_role("button", name="Inloggen met deze telefoon").count() == 0
        assert plain.page.get_by_role("alert").count() == 0
        photograph(plain, "key-without-script")
        plain.tap("Inloggen met uw brief")
        plain.send("Verder", code=scene.letter())
        plain.tap("Nu niet")
        assert "Noor" in plain.text or plain.page.url.endswith("/mijn-geld/")


def test_asks_for_the_phone_in_every_language(scene: Scene) -> None:
    mine = PhoneWindow(scene.chromium, scene.address)
    for language in ("ar", "en", "fa", "pl", "so", "ti", "tr", "uk"):
        mine.page.context.add_cookies([{"name": "language", "value": language, "url": scene.address}])
        mine.open("/inloggen/telefoon/")
        assert mine.page.locator("html").get_attribute("lang") == language
        assert not findings(mine), language
        assert "Inloggen met deze telefoon" not in mine.page.inner_text("main")
        photograph(mine, f"key-login-{language}")
