"""A euro's whole way: it comes in on a bank's statement, pays the rent, and what is left reaches the resident.

No mocks: a bank we did not write on the other side, the commands and pages of the product, a browser of phone size.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, Page, sync_playwright

from backend.example.events import Credit
from backend.example.loopback_bank import LoopbackBank, loopback_bank
from budgeting.actions.people import issue_letter_code
from budgeting.core.schedule import Recurrence
from budgeting.models import Agreement, Resident, StatementImport, User
from payments.core import banking_days
from tests import factories
from tests.accessibility.browser import CHROMIUM
from tests.databases import OwnDatabase

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "een-lang-voorbeeld-woord"
PHONE = {"width": 360, "height": 640}


@dataclass
class Way:
    """Who and what is on the way, and the day before which nothing can be executed any more."""

    home: factories.House
    resident: Resident
    rent: Agreement
    benefit: Agreement
    on: date
    first: date


@pytest.fixture
def way(own_database: OwnDatabase) -> Way:
    """A town with one resident, whose benefit is due now and whose rent must leave on the first day the bank can."""
    now = timezone.localtime()
    home = factories.house()
    on, first = now.date(), banking_days.first_execution_day(now.date(), now.time(), home.town.cut_off)
    weekly = Recurrence(unit="week", starts_on=first, weekdays=(first.isoweekday(),))
    resident = factories.resident(home, language="ar", first_names="Layla", pay_rhythm=weekly)
    once = Recurrence(unit="once", starts_on=first)
    benefit = factories.income(
        home, resident, amount="900.00", recurrence=once, valid_from=date(2026, 1, 1), marks=("7700123",)
    )
    rent = factories.charge(home, resident, amount="612.40", recurrence=once, valid_from=date(2026, 1, 1))
    for user in (home.case_worker, home.approver):
        user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")  # as the served product reads it
        user.save()
        TOTPDevice.objects.create(user=user, name="app", key=f"{user.pk:040x}")
    return Way(home, resident, rent, benefit, on, first)


@pytest.fixture
def bank(way: Way) -> Iterator[LoopbackBank]:
    """The bank, on the banking day before today, with the town's own 5000 euro on our account."""
    start = banking_days.minus(way.on, 1)
    account = way.home.account
    with loopback_bank(iban=account.iban, owner=account.name, start=start, balance=Decimal("5000.00")) as running:
        yield running


@pytest.fixture
def address(own_database: OwnDatabase) -> Iterator[str]:
    """The product, served as `make run` serves it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    environment = os.environ | own_database.environment
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip().rstrip("/")
        server.terminate()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Chromium. Its driver keeps an event loop in this thread, in which Django would refuse to ask the database."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        connections.close_all()  # those of a loop that an earlier test began
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def manage(own: OwnDatabase, *words: str) -> dict[str, object]:
    """A command as an operator types it; its JSON answer."""
    command = [sys.executable, "manage.py", *words, "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | own.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def signed_in(browser: Browser, address: str, user: User) -> Page:
    """A colleague's page after password and second factor."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl").new_page()
    page.goto(f"{address}/inloggen/medewerker/")
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    page.fill("main input[autocomplete=one-time-code]", code_of(user))
    page.click("main form button")
    page.wait_for_url(re.compile("/vandaag/"))
    return page


def code_of(user: User) -> str:
    """What the colleague's app shows now; a code works once, so the device is set back as time would."""
    device = TOTPDevice.objects.get(user=user)
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1)
    return f"{totp(device.bin_key):06d}"


def press(page: Page, action: str) -> None:
    """Presses the button of the form that goes to an address."""
    page.click(f"form[action$='{action}'] button")


def upload(page: Page, address: str, name: str, data: bytes) -> None:
    page.goto(f"{address}/bank/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/xml", "buffer": data})
    page.click("main form[enctype] button")


def read(page: Page) -> str:
    """What stands on the page, with plain spaces."""
    return page.locator("main").inner_text().replace("\u00a0", " ")


def wait_for_import(status: str) -> None:
    """Until the worker beside the pages has taken the file in."""
    until = time.monotonic() + 30
    while not StatementImport.objects.filter(status=status).exists():
        assert time.monotonic() < until, list(StatementImport.objects.values_list("status", "problems"))
        time.sleep(0.2)


@pytest.mark.journey
@pytest.mark.browser
def test_walks_a_euro_from_the_statement_to_the_resident(own_database, way, bank, address, browser, tmp_path):
    case_worker, approver = (signed_in(browser, address, user) for user in (way.home.case_worker, way.home.approver))

    statement = the_benefit_comes_in(way, bank)
    upload(case_worker, address, "afschrift.xml", statement)
    wait_for_import("imported")
    the_day_is_run(own_database)
    payments = two_people_make_the_file(address, case_worker, approver)
    phone = the_resident_comes_in(way, browser, address)
    assert "€ 57,52" in read(phone), "what is left of 900.00, 287.60, spread over five weeks"
    assert "€ 612,40" in read(phone)

    the_bank_answers(bank, payments, approver, address)
    the_bank_books(own_database, way, bank, tmp_path)
    phone.goto(address)
    assert read(phone).count("€ 612,40") == 1
    assert "€ 230,08" in read(phone), "900.00 less 612.40 rent and 57.52 paid out"

    upload(case_worker, address, "nog-eens.xml", statement)
    wait_for_import("already_imported")
    assert manage(own_database, "verify_books")["ok"]


def the_benefit_comes_in(way: Way, bank: LoopbackBank) -> bytes:
    """The statement of the day on which it did."""
    iban = way.benefit.counterparty.accounts.get().iban
    bank.arrive(Credit(bank.today, Decimal("900.00"), "Uitkeerder", iban, "Uitkering november 7700123"))
    (statement,) = bank.end_day()
    return statement


def the_day_is_run(own: OwnDatabase) -> None:
    """The rent is planned, and what is left of the benefit."""
    steps = manage(own, "daily_run")["steps"]
    assert (steps["plan_orders"]["new"], steps["plan_remainders"]["new"]) == (1, 1)


def two_people_make_the_file(address: str, case_worker: Page, approver: Page) -> bytes:
    """One makes it, another approves and sends it; the bytes the bank gets."""
    case_worker.goto(f"{address}/betalen/")
    press(case_worker, "/betalen/maken/")
    approver.goto(case_worker.url)
    press(approver, "/goedkeuren/")
    press(approver, "/versturen/")
    with approver.expect_download() as downloaded:
        approver.click("a[download]")
    return Path(downloaded.value.path()).read_bytes()


def the_resident_comes_in(way: Way, browser: Browser, address: str) -> Page:
    """On a phone without scripts, with the code of a letter, to a page in their own language and direction."""
    code = issue_letter_code(resident=way.resident, now=datetime.now(ZoneInfo("UTC")), by=way.home.case_worker)
    phone = browser.new_context(viewport=PHONE, locale="nl", java_script_enabled=False).new_page()
    phone.goto(address)
    phone.fill("input[name=code]", code)
    phone.click("main form button")
    assert phone.locator("html").get_attribute("dir") == "rtl"
    return phone


def the_bank_answers(bank: LoopbackBank, payments: bytes, approver: Page, address: str) -> None:
    """Its pain.002 is taken in and recorded at the batch."""
    (answer,) = bank.send(payments)
    approver.goto(f"{address}/betalen/antwoord/")
    approver.set_input_files("input[type=file]", {"name": "pain002.xml", "mimeType": "text/xml", "buffer": answer})
    approver.click("main form[enctype] button")
    assert "/betalen/bestand/" in approver.url


def the_bank_books(own: OwnDatabase, way: Way, bank: LoopbackBank, folder: Path) -> None:
    """Every statement until the day of payment is imported by command, and ties out to the cent."""
    while bank.today <= way.first:
        for statement in bank.end_day():
            file = folder / f"{bank.today}.xml"
            file.write_bytes(statement)
            taken = manage(own, "import_statements", str(file), "--on", way.first.isoformat())
            assert taken["tie_out"]["difference"] == "0.00"
