"""Entries that wait, cleared with the keyboard: at most two keystrokes each, and the next comes by itself.

A short row in every run; the hundred of the promise with `WAITING_ENTRIES=100` (docs/recognition.md tells the figures).
On a busy machine only processor time says what the software itself adds, so that is what must hold everywhere.
"""

import os
import statistics
import time
from datetime import timedelta
from decimal import Decimal

import psutil
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page

from budgeting.actions.ledger import resident_balances
from budgeting.actions.statements import import_statement
from budgeting.models import Resident, User, WaitingEntry
from tests import factories
from tests.databases import OwnDatabase
from tests.faults.bank import Bank, came_in
from tests.journeys.test_a_euros_whole_way import PASSWORD, address, browser, signed_in

__all__ = ["address", "browser"]

pytestmark = pytest.mark.browser
ENTRIES = int(os.environ.get("WAITING_ENTRIES", "25"))
HUNDRED = 100
# What the software may add to a decision, in milliseconds, from the key until the next entry can be decided.
MAY_ADD = 150
TEN_MINUTES = 600.0
READING = 4.0  # seconds a person needs to read one entry and choose; an assumption until people were watched


@pytest.fixture
def who(own_database: OwnDatabase) -> Resident:
    """A resident whose benefit came a hundred times in another amount than agreed."""
    home, on = factories.house(), timezone.localdate() - timedelta(days=1)
    home.case_worker.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    home.case_worker.save()
    TOTPDevice.objects.create(user=home.case_worker, name="app", key=f"{home.case_worker.pk:040x}")
    found = factories.resident(home)
    payer = factories.income(home, found, amount="1200.00", day=on.day).counterparty.accounts.get()
    lines = [
        came_in(f"{number}.50", on, name=payer.name, iban=payer.iban, remittance="Uitkering november")
        for number in range(1, ENTRIES + 1)
    ]
    taken = import_statement(data=Bank(home.account.iban).day(on, *lines), name="a.xml", by=None, on=on)
    assert taken.suspense == ENTRIES
    return found


def test_clears_entries_with_one_key_each_and_undoes_with_one(who: Resident, address: str, browser: object) -> None:
    page = signed_in(browser, address, User.objects.get(assignments__resident=who))
    page.goto(f"{address}/bank/wachtend/volgende/")
    first = page.url
    _press(page, "1")
    _press(page, "u")
    assert page.url == first
    assert WaitingEntry.objects.filter(closed_at=None).count() == ENTRIES
    added, server = [], _server(address)
    busy = _processor_time(server)

    for _ in range(ENTRIES):
        added.append(_press(page, "1"))
        if len(added) < ENTRIES:
            assert page.locator("[data-key='u']").count() == 1

    busy = (_processor_time(server) - busy) * 1000 / ENTRIES
    median, slow = statistics.median(added), statistics.quantiles(added, n=20)[-1]
    told = f"{ENTRIES} decisions: median {median:.0f} ms each, 95 of 100 within {slow:.0f} ms"
    print(f"{told}; the server's processor {busy:.0f} ms; load {os.getloadavg()[0]:.1f}")
    assert WaitingEntry.objects.filter(closed_at=None).count() == 0
    assert resident_balances([who.pk])[who.pk] == sum(number + Decimal("0.50") for number in range(1, ENTRIES + 1))
    assert busy <= MAY_ADD
    assert HUNDRED * (READING + statistics.mean(added) / 1000) < TEN_MINUTES
    if os.getloadavg()[0] < 1:
        assert median <= MAY_ADD


def _press(page: Page, key: str) -> float:
    """One key; the milliseconds until the next page can be used."""
    page.wait_for_selector(f"[data-key='{key}']")
    began = time.perf_counter()
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.keyboard.press(key)
    return (time.perf_counter() - began) * 1000


def _server(address: str) -> psutil.Process:
    """The process that serves this address."""
    port = address.rpartition(":")[2]
    children = psutil.Process().children()
    return next(one for one in children if one.cmdline()[-2:] == ["--port", port])


def _processor_time(server: psutil.Process) -> float:
    """Seconds that it and what it started have used."""
    times = [one.cpu_times() for one in (server, *server.children(recursive=True))]
    return sum(used.user + used.system for used in times)
