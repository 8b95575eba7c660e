"""Ten tasks of a case worker's week, done in a browser: every action is counted, and docs/tasks.md tells the counts.

An action is a click, a key that submits, or a field that is filled. A task begins on the page one is on after logging
in, and ends when its result stands on the screen.
"""

import os
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page

from budgeting.models import Agreement, Resident
from payments.actions.batches import approve_batch, release_batch
from payments.actions.day import run_day
from payments.actions.settle import take_in_statement
from payments.core import banking_days
from payments.models import PaymentBatch, PaymentOrder
from tests import factories, histories
from tests.databases import OwnDatabase
from tests.faults.bank import Bank, came_in, paid
from tests.house.tree import ROOT
from tests.journeys.test_a_euros_whole_way import PASSWORD, address, browser, read, signed_in, wait_for_import
from tests.one_file import assemble_batch

__all__ = ["address", "browser"]

pytestmark = [pytest.mark.journey, pytest.mark.browser]
PAPER = ROOT / "docs" / "tasks.md"
SHOWN = os.environ.get("TASKS_SHOWN", "")  # a folder for a picture of each page on the way


@dataclass
class Doing:
    """Somebody at the desk whose actions are counted."""

    page: Page
    home: str
    counts: dict[int, int] = field(default_factory=dict)
    task: int = 0
    pictures: int = 0

    def begin(self, task: int) -> None:
        """On the page after logging in."""
        self.task = task
        self.counts.setdefault(task, 0)
        self.page.goto(f"{self.home}/vandaag/")

    def click(self, what: str) -> None:
        self._count()
        self.page.locator(what).first.click()

    def fill(self, what: str, text: str) -> None:
        self._count()
        self.page.locator(what).first.fill(text)

    def pick(self, what: str, value: str) -> None:
        self._count()
        self.page.locator(what).first.select_option(value)

    def files(self, what: str, name: str, data: bytes) -> None:
        self._count()
        self.page.set_input_files(what, {"name": name, "mimeType": "application/xml", "buffer": data})

    def key(self, name: str) -> None:
        self._count()
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press(name)

    def find(self, resident: Resident) -> None:
        """The one box of every page; one find opens at once."""
        self.fill("#search", resident.number)
        self.key("Enter")

    def download(self, what: str) -> bytes:
        self._count()
        with self.page.expect_download() as coming:
            self.page.locator(what).first.click()
        return Path(coming.value.path()).read_bytes()

    def _count(self) -> None:
        self.counts[self.task] += 1
        if SHOWN:
            self.pictures += 1
            self.page.screenshot(path=f"{SHOWN}/{self.task:02d}-{self.pictures:03d}.png", full_page=True)


@dataclass
class Town:
    """A small town on a working day."""

    home: factories.House
    bank: Bank
    on: date
    first: date
    resident: Resident
    rent: Agreement
    leaving: Resident
    short: Resident

    def hear(self, on: date, *lines: object) -> bytes:
        return self.bank.day(on, *lines)


@pytest.fixture
def town(own_database: OwnDatabase) -> Town:
    """One who is paid for, one who has too little, and one who stops; an entry of each is known."""
    now, home = timezone.localtime(), factories.house(pays_on=5)
    on, first = now.date(), banking_days.first_execution_day(now.date(), now.time(), home.town.cut_off)
    for user in (home.case_worker, home.approver):
        user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
        user.save()
        TOTPDevice.objects.create(user=user, name="app", key=f"{user.pk:040x}")
    who, short, leaving = (factories.resident(home, money=money, on=on) for money in ("2000.00", "10.00", "40.00"))
    rent = factories.charge(home, who, day=1, valid_from=date(2026, 1, 1))
    soon = first.day
    factories.charge(home, who, amount="95.10", day=soon, category="energy", valid_from=date(2026, 1, 1))
    factories.charge(home, short, day=soon, valid_from=date(2026, 1, 1))
    factories.income(home, who, day=soon, valid_from=date(2026, 1, 1))
    run_day(on=on, first=first)
    return Town(home, Bank(home.account.iban, Decimal("5000.00")), on, first, who, rent, leaving, short)


@pytest.fixture
def doing(town: Town, address: str, browser: object) -> Doing:
    """The case worker, logged in."""
    return Doing(signed_in(browser, address, town.home.case_worker), address)


@pytest.fixture
def second(town: Town, address: str, browser: object, doing: Doing) -> Doing:
    """The second person; their actions count with those of the first."""
    return Doing(signed_in(browser, address, town.home.approver), address, doing.counts)


def test_does_ten_tasks_in_the_actions_that_are_told(town: Town, doing: Doing, second: Doing) -> None:
    registers_a_resident_with_a_first_budget(doing)
    adds_a_charge(town, doing)
    imports_a_statement(town, doing)
    clears_an_entry_that_matched_nothing(town, doing)
    changes_a_rent_from_a_date(town, doing)
    makes_approves_and_exports_a_batch(doing, second)
    finds_why_a_payment_is_missing(town, doing)
    prints_a_month(town, doing)
    ends_a_participation(town, doing)
    answers_at_the_counter(town, doing)

    print({task: doing.counts[task] for task in sorted(doing.counts)})
    assert doing.counts == {task: told.ours for task, told in told_tasks().items()}


def registers_a_resident_with_a_first_budget(doing: Doing) -> None:
    """Who it is, and the bank file they brought: six agreements and a budget. Pay days are those of the town."""
    doing.begin(1)
    doing.click("nav a[href='/inwoners/']")
    doing.click("a[href='/inwoners/nieuw/']")
    given = {
        "first_names": "Noor", "last_name": "Voorbeeldig", "birth_date": "1990-05-17", "street": "Lindelaan 3",
        "postcode": "1234 AB", "town": "Voorbeeldstad", "iban": factories.made_up_iban(4321),
    }  # fmt: skip
    for name, text in given.items():
        doing.fill(f"[name={name}]", text)
    doing.click("main form .hhb-button")
    doing.click("a[href$='/intake/']")
    doing.files("input[type=file]", "mijn.xml", histories.WRITERS["camt"](histories.household()))
    doing.click("main form[enctype] button")
    doing.click("button[value=make]")
    assert "6 afspraken zijn gemaakt." in read(doing.page)


def adds_a_charge(town: Town, doing: Doing) -> None:
    """Health insurance with an insurer we know, whom everybody pays for that: it need not be said again."""
    insurer = factories.charge(town.home, town.short, category="health_insurance", amount="1.00").counterparty
    doing.begin(2)
    doing.find(town.resident)
    doing.click("a[href$='/afspraak/']")
    doing.fill("[name=name]", insurer.name)
    doing.fill("[name=amount]", "142,10")
    doing.click("main form .hhb-button")
    assert "De volgende keren:" in read(doing.page)


def imports_a_statement(town: Town, doing: Doing) -> None:
    """Two lines: a wage from an account nobody knows, and what was sent for the first order."""
    lines = [came_in("312.50", town.on, name="Uitzendkrant", iban=factories.made_up_iban(77), remittance="week 46")]
    statement = town.hear(town.on, *lines)
    doing.begin(3)
    doing.click("nav a[href='/bank/']")
    doing.files("input[type=file]", "maandag.xml", statement)
    doing.click("main form[enctype] button")
    wait_for_import("imported")


def clears_an_entry_that_matched_nothing(town: Town, doing: Doing) -> None:
    """Nothing in it points at anyone; the case worker knows whose wage it is."""
    doing.begin(4)
    doing.click("a[href='/bank/wachtend/volgende/']")
    doing.fill("#sought", town.resident.number)
    doing.key("Enter")
    doing.click("button[value^='agreement:']")
    assert "Ongedaan maken" in read(doing.page)


def changes_a_rent_from_a_date(town: Town, doing: Doing) -> None:
    """From the first of next month, which is when it is next due."""
    doing.begin(5)
    doing.find(town.resident)
    doing.click(f"a[href='/afspraken/{town.rent.pk}/']")
    doing.fill("[name=amount-amount]", "640,00")
    doing.click("form[action$='/amount/'] button")
    assert "€ 640,00" in read(doing.page)
    assert set(town.rent.amounts.values_list("amount", flat=True)) == {Decimal("600.00"), Decimal("640.00")}


def makes_approves_and_exports_a_batch(doing: Doing, second: Doing) -> None:
    """One makes it; another looks at it, approves it and takes the file for the bank."""
    doing.begin(6)
    doing.click("nav a[href='/betalen/']")
    doing.click("form[action$='/betalen/maken/'] button")
    second.begin(6)
    second.click("td a[href^='/betalen/bestand/']")
    second.click("form[action$='/goedkeuren/'] button")
    second.click("form[action$='/versturen/'] button")
    assert b"pain.001" in second.download("a[download]")


def finds_why_a_payment_is_missing(town: Town, doing: Doing) -> None:
    """The rent of somebody with ten euro."""
    doing.begin(7)
    doing.find(town.short)
    assert "Te weinig geld" in read(doing.page), read(doing.page)


def prints_a_month(town: Town, doing: Doing) -> None:
    """The letter of this month, ready for the printer."""
    doing.begin(8)
    doing.find(town.resident)
    assert doing.download("form[action$='/maand/'] button").startswith(b"%PDF")


def ends_a_participation(town: Town, doing: Doing) -> None:
    """From saying so to the closing statement, what is left paid out and booked by the bank in between."""
    doing.begin(9)
    doing.find(town.leaving)
    doing.click("a[href$='/einde/']")
    doing.fill("[name=reason]", "Kan het weer zelf")
    doing.fill("[name=ends_on]", town.on.isoformat())
    doing.click("form[action$='/beginnen/'] button")
    doing.click("form[action$='/uitbetalen/'] button")
    _the_last_money_arrives(town)
    doing.page.reload()
    doing.click("form[action$='/klaar/'] button")
    assert doing.download("form[action$='/overzicht.pdf'] button").startswith(b"%PDF")
    assert "is gestopt" in read(doing.page)


def _the_last_money_arrives(town: Town) -> None:
    by, now = town.home.approver, timezone.localtime()
    batch = assemble_batch(bank_account=town.home.account, on=town.on, first=town.first, by=town.home.case_worker)
    batch = approve_batch(batch=batch, digest=batch.digest, on=town.on, by=by)
    release_batch(batch=batch, now=now, by=by)
    lines = [paid(order, town.first) for order in PaymentOrder.objects.filter(batch__in=PaymentBatch.objects.all())]
    take_in_statement(data=town.hear(town.first, *lines), name="b.xml", by=town.home.case_worker, on=town.first)


def answers_at_the_counter(town: Town, doing: Doing) -> None:
    """The four questions of a resident: all four on the page that the search opens."""
    doing.begin(10)
    doing.find(town.resident)
    page = read(doing.page)
    answers = {
        "when do I get money?": r"Volgende betaling aan de inwoner\s+€ [\d.,]+\s+\w+dag \d+ \w+",
        "how much do you have for me?": r"Wij hebben\s+€ [\d.,]+",
        "is my rent paid?": r"Huur\s+Verhuurder \d+[^€]+(Gepland|In een bestand|Verstuurd|Betaald)",
        "what comes in, and when?": r"Verwacht inkomen\s+\w+dag \d+ \w+, Uitkering\s+€ [\d.,]+",
    }
    assert {question for question, answer in answers.items() if not re.search(answer, page)} == set(), page[:600]
    assert doing.counts[10] == 2


@dataclass(frozen=True)
class Told:
    """A task as docs/tasks.md tells it."""

    ours: int
    theirs: int
    part: str
    steps: int


ROW = re.compile(r"^\| (\d+) \| [^|]+ \| (\d+) \| (\d+) \| ([\d.]+) \|$", re.MULTILINE)
STEPS = re.compile(r"^(\d+)\. .*?: (.+)$", re.MULTILINE)
REPEATED = re.compile(r"(\d+) × \[(.+?)\]")
SUM = re.compile(r"Together (\d+) of (\d+) actions")


def told_tasks() -> dict[int, Told]:
    """Each task's counts, and how many steps of the other's flow are written out."""
    text = PAPER.read_text()
    steps = {int(number): _steps(flow) for number, flow in STEPS.findall(text)}
    return {int(n): Told(int(ours), int(theirs), part, steps[int(n)]) for n, ours, theirs, part in ROW.findall(text)}


def _steps(flow: str) -> int:
    """How many steps a flow has, repeated ones as often as they are."""
    written = REPEATED.sub(lambda found: " · ".join([found[2]] * int(found[1])), flow)
    return len(written.split(" · "))


def test_writes_out_every_step_it_counts_for_the_other() -> None:
    tasks = told_tasks()

    assert list(tasks) == list(range(1, 11))
    assert {number: task.theirs for number, task in tasks.items()} == {n: task.steps for n, task in tasks.items()}
    assert [task.part for task in tasks.values()] == [f"{task.ours / task.theirs:.2f}" for task in tasks.values()]


def test_takes_a_third_of_the_actions_together() -> None:
    tasks = told_tasks().values()
    ours, theirs = sum(task.ours for task in tasks), sum(task.theirs for task in tasks)

    assert SUM.findall(PAPER.read_text()) == [(str(ours), str(theirs))]
    assert 3 * ours <= theirs
