"""A full morning at the desk, in a browser: from the bank's statement to a resident who says that it is right.

One colleague does the work, a second lets the money go; what the town's clock does between them is the day's run.
"""

import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, Page

from budgeting.actions.ledger import resident_balances
from budgeting.core.schedule import Recurrence
from budgeting.models import Agreement, AuditEvent, Resident, WaitingEntry
from payments.core import banking_days
from payments.models import PaymentOrder, ShortageProposal
from tests import factories
from tests.databases import OwnDatabase
from tests.faults.bank import Bank, came_in, paid
from tests.journeys.test_a_euros_whole_way import (
    PASSWORD,
    address,
    browser,
    manage,
    press,
    read,
    signed_in,
    upload,
    wait_for_import,
)

__all__ = ["address", "browser"]

pytestmark = [pytest.mark.journey, pytest.mark.browser]


@dataclass
class Morning:
    """Two residents: one gets other money than agreed, and one has less than rent and energy ask."""

    home: factories.House
    bank: Bank
    on: date
    first: date
    layla: Resident
    rent: Agreement
    short: Resident
    benefit: Agreement
    wage: Agreement


@pytest.fixture
def morning(own_database: OwnDatabase) -> Morning:
    """Before anyone is at work."""
    now, home = timezone.localtime(), factories.house()
    on, first = now.date(), banking_days.first_execution_day(now.date(), now.time(), home.town.cut_off)
    for user in (home.case_worker, home.approver):
        user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
        user.save()
        TOTPDevice.objects.create(user=user, name="app", key=f"{user.pk:040x}")
    once = {"recurrence": Recurrence(unit="once", starts_on=first), "valid_from": date(2026, 1, 1)}
    layla = factories.resident(home, language="ar", first_names="Layla", money="100.00", on=on)
    wage = factories.income(home, layla, amount="900.00", **once)
    rent = factories.charge(home, layla, day=1, valid_from=date(2026, 1, 1))
    factories.charge(home, layla, amount="48.20", category="water", **once)
    short = factories.resident(home, limit="50.00")
    benefit = factories.income(home, short, amount="612.00", **once)
    factories.charge(home, short, **once)
    factories.charge(home, short, amount="150.00", category="energy", **once)
    return Morning(home, Bank(home.account.iban, Decimal("5000.00")), on, first, layla, rent, short, benefit, wage)


def test_does_a_whole_morning_from_the_statement_to_the_counter(
    own_database: OwnDatabase, morning: Morning, address: str, browser: Browser
) -> None:
    page = signed_in(browser, address, morning.home.case_worker)
    second = signed_in(browser, address, morning.home.approver)

    the_statement_comes_in(morning, page, address)
    the_waiting_list_is_cleared_with_a_key(morning, page, address)
    manage(own_database, "daily_run")
    the_shortage_is_decided_from_today(morning, page, address)
    the_batch_is_made_and_another_lets_it_go(page, second, address)
    the_resident_is_helped_at_the_counter(morning, page, address)
    the_bank_has_paid(morning, page, address)

    assert manage(own_database, "verify_books")["ok"]
    page.goto(f"{address}/vandaag/")
    assert "Te weinig geld" not in read(page)


def the_statement_comes_in(morning: Morning, page: Page, address: str) -> None:
    """One benefit as agreed, and a wage three hundred euro higher than agreed, which waits for a person."""
    benefit, wage = (one.counterparty.accounts.get() for one in (morning.benefit, morning.wage))
    lines = [
        came_in("612.00", morning.on, name=benefit.name, iban=benefit.iban, remittance="Uitkering november"),
        came_in("1200.00", morning.on, name=wage.name, iban=wage.iban, remittance="Uitkering en vakantiegeld"),
    ]
    upload(page, address, "maandag.xml", morning.bank.day(morning.on, *lines))
    wait_for_import("imported")
    page.goto(f"{address}/vandaag/")
    assert WaitingEntry.objects.filter(closed_at=None).count() == 1


def the_waiting_list_is_cleared_with_a_key(morning: Morning, page: Page, address: str) -> None:
    """The first suggestion is right; nothing waits any more."""
    page.click("a[href='/bank/wachtend/volgende/']")
    assert "vakantiegeld" in read(page)
    with page.expect_navigation():
        page.keyboard.press("1")
    assert not WaitingEntry.objects.filter(closed_at=None).exists()
    assert resident_balances([morning.layla.pk])[morning.layla.pk] == Decimal("1300.00")


def the_shortage_is_decided_from_today(morning: Morning, page: Page, address: str) -> None:
    """Rent is paid, energy waits: the town's order of need, filled in by one click and given a reason."""
    page.goto(f"{address}/vandaag/")
    page.click("a[href^='/inwoners/tekort/']")
    assert "€ 88,00 ontbreekt" in read(page)
    page.click("a[href*='keuze=in_order']")
    page.fill("[name=reason]", "Samen besproken: eerst de huur")
    page.click("form[aria-labelledby=decide] > button")
    assert ShortageProposal.objects.get().state == "decided"
    assert _state(morning.short, "rent", "energy") == ["planned", "held"]


def the_batch_is_made_and_another_lets_it_go(page: Page, second: Page, address: str) -> None:
    """Who made it cannot approve it; the second person can, and takes the file for the bank."""
    page.goto(f"{address}/betalen/")
    press(page, "/betalen/maken/")
    assert page.locator("form[action$='/goedkeuren/']").count() == 0
    second.goto(page.url)
    press(second, "/goedkeuren/")
    press(second, "/versturen/")
    with second.expect_download() as coming:
        second.click("a[download]")
    assert b"pain.001" in Path(coming.value.path()).read_bytes()


def the_resident_is_helped_at_the_counter(morning: Morning, page: Page, address: str) -> None:
    """The rent goes up: changed while she is there, read on the second screen in Arabic, and she says it is right."""
    page.goto(f"{address}/inwoners/{morning.layla.pk}/balie/")
    page.select_option("[name=reason]", "change")
    page.check("[name=seen]")
    page.click("main form button")
    with page.context.expect_page() as opened:
        page.click("a[href='/balie/scherm/']")
    screen = opened.value
    assert screen.locator("html").get_attribute("dir") == "rtl"
    page.goto(f"{address}/afspraken/{morning.rent.pk}/")
    page.fill("[name=amount-amount]", "640,00")
    page.click("form[action$='/amount/'] button")
    screen.goto(f"{address}/balie/scherm/")
    assert "640,00" in read(screen)
    screen.click("button[value=yes]")
    assert AuditEvent.objects.filter(action="read_back.yes", resident_id=morning.layla.pk).count() == 1
    assert morning.rent.amounts.count() == 2


def the_bank_has_paid(morning: Morning, page: Page, address: str) -> None:
    """The next statement brings our own references back: every order that left is booked."""
    sent = list(PaymentOrder.objects.filter(state="released"))
    lines = [paid(order, morning.first) for order in sent]
    assert len(sent) >= 2
    upload(page, address, "dinsdag.xml", morning.bank.day(morning.first, *lines))
    _wait_until_booked(len(sent))


def _wait_until_booked(number: int) -> None:
    until = time.monotonic() + 30
    while PaymentOrder.objects.filter(state="booked").count() < number:
        assert time.monotonic() < until, list(PaymentOrder.objects.values_list("state", flat=True))
        time.sleep(0.2)


def _state(who: Resident, *categories: str) -> list[str]:
    states = dict(PaymentOrder.objects.filter(resident=who, kind="charge").values_list("category", "state"))
    return [states[category] for category in categories]
