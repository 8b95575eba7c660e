"""Pictures of the example municipality's own pages, made when the site is built, so that they are never old."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, Page

from budgeting.models import Resident, User, WaitingEntry
from payments.models import PaymentBatch
from tests.accessibility.browser import browser

DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 780}


@dataclass(frozen=True)
class Screen:
    """One picture: whose page, at which address; `whole` is longer than the screen."""

    name: str
    role: str
    address: str
    whole: bool = False


SCREENS = (
    Screen("vandaag", "case_worker", "/vandaag/"),
    Screen("inwoner", "case_worker", "/inwoners/{resident}/"),  # before the resident reads who looked
    Screen("bank", "case_worker", "/bank/"),
    Screen("wachtend", "case_worker", "/bank/wachtend/{waiting}/"),
    Screen("betalen", "case_worker", "/betalen/"),
    Screen("bestand", "approver", "/betalen/bestand/{batch}/"),
    Screen("mijn-geld", "resident", "/mijn-geld/", whole=True),
    Screen("wie-keek", "resident", "/mijn-geld/gekeken/"),
    Screen("hulp", "resident", "/mijn-geld/hulp/"),
)


class NothingToShow(LookupError):
    """The example has no row for a picture."""


def photograph(address: str, told: dict[str, Any], folder: Path) -> None:
    """Every picture into the folder, of what the example told of itself. Raises `NothingToShow`."""
    name, code = next(iter(told["letter_codes"].items()))
    rows = _rows(name)
    with browser() as chromium:
        for role in dict.fromkeys(screen.role for screen in SCREENS):
            with _inside(chromium, address, role, told["log_ins"], code) as page:
                for screen in SCREENS:
                    if screen.role == role:
                        _take(page, address, screen, rows, folder)


def _rows(name: str) -> dict[str, int]:
    """A row of each kind that the addresses name; the resident is the one who can log in."""
    waiting = WaitingEntry.objects.filter(closed_at=None).order_by("-pk").values_list("entry", flat=True)
    return {
        "resident": _first([row.pk for row in Resident.objects.all() if str(row) == name], "resident"),
        "batch": _first(PaymentBatch.objects.order_by("-pk").values_list("pk", flat=True), "batch"),
        "waiting": _first(waiting, "waiting entry"),
    }


def _first(numbers: Any, what: str) -> int:
    for number in numbers[:1]:
        return int(number)
    raise NothingToShow(f"the example has no {what}")


def _take(page: Page, address: str, screen: Screen, rows: dict[str, int], folder: Path) -> None:
    answer = page.goto(address + screen.address.format(**rows))
    assert answer is not None
    if not answer.ok or re.search(r"/inloggen/", page.url):
        raise NothingToShow(f"{screen.name}: {answer.status} {page.url}")
    page.screenshot(path=folder / f"{screen.name}.png", full_page=screen.whole)


@contextmanager
def _inside(chromium: Browser, address: str, role: str, log_ins: list[dict[str, Any]], code: str) -> Iterator[Page]:
    """A browser in which somebody with this role is logged in."""
    viewport = PHONE if role == "resident" else DESK
    context = chromium.new_context(viewport=viewport, locale="nl", color_scheme="light")
    page = context.new_page()
    if role == "resident":
        page.goto(f"{address}/inloggen/")
        page.fill("input[name=code]", code)
        page.click("main form button")
    else:
        _log_in(page, address, next(one for one in log_ins if role in one["roles"]))
    yield page
    context.close()


def _log_in(page: Page, address: str, colleague: dict[str, Any]) -> None:
    page.goto(f"{address}/inloggen/medewerker/")
    page.fill("input[name=username]", colleague["username"])
    page.fill("input[name=password]", colleague["password"])
    page.click("main form button")
    device = TOTPDevice.objects.get(user=User.objects.get(username=colleague["username"]))
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1)
    page.fill("main input[autocomplete=one-time-code]", f"{totp(device.bin_key):06d}")
    page.click("main form button")
    page.wait_for_url(re.compile("/vandaag/"))
