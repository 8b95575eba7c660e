"""From a resident's own bank file to agreements and a first budget: in a browser, in few actions, in two minutes."""

import re
import time
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page

from budgeting.models import Agreement, Resident
from tests import factories, histories
from tests.databases import OwnDatabase
from tests.journeys.test_a_euros_whole_way import PASSWORD, address, browser, read, signed_in

__all__ = ["address", "browser"]

pytestmark = pytest.mark.browser
# What we allow a person for each action, reading included; an assumption until people were watched doing it.
A_PERSONS_SECONDS = 15.0


@dataclass
class Counting:
    """A page whose actions are counted."""

    page: Page
    actions: list[str] = field(default_factory=list)

    def click(self, what: str) -> None:
        self.actions.append(f"click {what}")
        self.page.click(what)

    def choose(self, what: str, file: dict[str, object]) -> None:
        self.actions.append(f"choose {file['name']}")
        self.page.set_input_files(what, file)

    def type(self, what: str, text: str) -> None:
        self.actions.append(f"type {text}")
        self.page.fill(what, text)


@pytest.fixture
def who(own_database: OwnDatabase) -> Resident:
    home = factories.house()
    home.case_worker.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    home.case_worker.save()
    TOTPDevice.objects.create(user=home.case_worker, name="app", key=f"{home.case_worker.pk:040x}")
    return factories.resident(home)


def test_makes_agreements_from_a_file_in_few_actions(who: Resident, address: str, browser: object) -> None:
    worker = Resident.objects.get(pk=who.pk).assignments.get().case_worker
    page = signed_in(browser, address, worker)
    page.goto(f"{address}/inwoners/{who.pk}/")
    doing, began = Counting(page), time.monotonic()

    doing.click("text=Bankafschriften van de inwoner lezen")
    data = histories.WRITERS["ing"](histories.household())
    doing.choose("input[type=file]", {"name": "mijn-ing.csv", "mimeType": "text/csv", "buffer": data})
    doing.click("main form[enctype] button")
    assert "We zien geen rekening voor water." in read(page)
    rent = page.locator("li", has_text="Huur, Woonstichting Voorbeeld")
    rent.locator("summary").click()
    doing.actions.append("open Verbeter")
    prefix = str(rent.locator("[name$='-amount']").get_attribute("name")).removesuffix("amount")
    doing.type(f"[name='{prefix}amount']", "618,00")
    doing.click("button[value=make]")

    page.wait_for_url(re.compile("/begroting/"))
    assert "6 afspraken zijn gemaakt." in read(page)
    assert "€ 618,00" in read(page)
    assert Agreement.objects.get(category="rent").amounts.get().amount == Decimal("618.00")
    assert Agreement.objects.count() == 6
    seconds = time.monotonic() - began
    print(f"intake: {len(doing.actions)} actions, {seconds:.1f} s of machine time")
    assert len(doing.actions) <= 6
    assert len(doing.actions) * A_PERSONS_SECONDS + seconds < 120
