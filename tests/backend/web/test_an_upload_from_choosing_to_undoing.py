"""One morning with the real server, its worker and a browser: files chosen, read, held, decided and undone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from playwright.sync_api import Page, expect

from budgeting.models import AuditEvent, BankAccount, Entry, HeldDecision, StatementImport
from payments.actions import books
from tests import factories
from tests.accessibility.browser import ALSO, AXE, FIT, RULES, browser
from tests.backend.test_serve import answers, free_port
from tests.backend.web.desk import signed_in
from tests.budgeting.core.readers import writing
from tests.databases import OwnDatabase
from tests.factories import House
from tests.faults.bank import Bank, came_in

pytestmark = pytest.mark.browser
# More than is read while one waits, so that the worker beside the server does it.
LONG = 2000
PATIENCE = 60_000


@pytest.fixture
def home(own_database: OwnDatabase, monday_morning: time_machine.Traveller) -> House:
    """A town of today: the server beside this test has a clock of its own."""
    now = time_machine.escape_hatch.datetime.datetime.now(ZoneInfo("Europe/Amsterdam"))
    monday_morning.move_to(now)
    made = factories.house()
    BankAccount.objects.filter(pk=made.account.pk).update(iban=writing.OWN)
    return made


@pytest.fixture
def address(own_database: OwnDatabase, home: House) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, env=own_database.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as one:
        try:
            answers(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            one.terminate()


def yesterday() -> date:
    return datetime.now(ZoneInfo("Europe/Amsterdam")).date() - timedelta(days=1)


def chosen(folder: Path) -> list[str]:
    """A short statement, a long one of the next day, an export without balances after that, and no statement."""
    days = [yesterday() - timedelta(days=2), yesterday() - timedelta(days=1), yesterday()]
    bank = Bank(writing.OWN, Decimal("1000.00"))
    many = [came_in("1.00", days[1], name=f"Betaler {n}", remittance=f"nota {n}") for n in range(LONG)]
    export = [writing.Fact(Decimal("-100.00"), day=days[2]), writing.Fact(Decimal("50.25"), day=days[2])]
    files = {
        "1-dag.xml": bank.day(days[0], came_in("20.00", days[0], name="Jan\u202e noV")),
        "2-lang.xml": bank.day(days[1], *many),
        "3-export.csv": writing.triodos(export),
        "4-brief.pdf": b"%PDF-1.7\n",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in files]


def findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": RULES}, "rules": ALSO, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def looks_right(page: Page) -> None:
    """No finding of axe, and nothing wider than a desk or a tablet."""
    assert findings(page) == []
    for width in (768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(FIT)["sideways"] == 0, (width, page.url)


def test_walks_from_choosing_files_to_undoing_what_was_wrong(
    home: House, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = signed_in(home.case_worker).cookies["session"].value
    files = chosen(tmp_path)
    with browser() as chromium, monkeypatch.context() as inside:
        inside.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="nl-NL")
        context.add_cookies([{"name": "session", "value": session, "url": address}])
        page = context.new_page()
        _choose_and_leave(page, address, files)
        _see_what_became_of_it(page)
        _decide(page)
        _undo(page)

    assert [one.id for one in books.verify() if not one.ok] == []
    _kept_who_did_what(home)


def _choose_and_leave(page: Page, address: str, files: list[str]) -> None:
    page.goto(f"{address}/bank/")
    page.set_input_files("#id_chosen", files)
    page.get_by_role("button", name="Inlezen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw bestanden komen binnen")
    expect(page.get_by_role("progressbar")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Vandaag").click()  # it goes on without us
    page.get_by_role("link", name="Bank", exact=True).click()
    underway = page.get_by_role("link", name="Bestanden die u koos komen nog binnen.")
    if underway.count():
        underway.click()
    else:
        page.go_back()
        page.go_back()
        page.reload()


def _see_what_became_of_it(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("4 bestanden: dit gebeurde ermee", timeout=PATIENCE)
    told = {one.locator("h2").inner_text(): one.inner_text() for one in page.locator("main section").all()}
    assert "1 nieuwe boeking." in told["1-dag.xml"]
    assert f"{LONG} nieuwe boekingen." in told["2-lang.xml"]
    assert "Bewaard, niet geboekt" in told["3-export.csv"]
    assert "Dit is geen bankafschrift (pdf)." in told["4-brief.pdf"]
    looks_right(page)


def _decide(page: Page) -> None:
    page.get_by_role("link", name="Beslis over dit bestand").click()
    looks_right(page)
    wrong = {"opening": "3.020,00", "closing": "2.970,00", "reason": "Gezien bij internetbankieren"}
    for name, text in wrong.items():
        page.fill(f"input[name={name}]", text)
    page.get_by_role("button", name="Toch inboeken").click()
    expect(page.get_by_role("alert")).to_contain_text("Het verschil is")
    page.fill("input[name=closing]", "2.970,25")
    page.get_by_role("button", name="Toch inboeken").click()
    expect(page.get_by_role("status").first).to_have_text("Ingelezen: 2 nieuwe boekingen.")


def _undo(page: Page) -> None:
    page.get_by_role("link", name="Ongedaan maken").click()
    page.fill("input[name=reason]", "Verkeerde export")
    page.get_by_role("button", name="ongedaan").click()
    expect(page.get_by_role("status").first).to_have_text("2 boekingen zijn ongedaan gemaakt.")


def _kept_who_did_what(home: House) -> None:
    assert Entry.objects.count() == LONG + 3
    statuses = list(StatementImport.objects.order_by("pk").values_list("status", flat=True))
    assert statuses == ["imported", "imported", "held", "imported"]
    decision = HeldDecision.objects.get()
    assert (decision.decided_by, decision.opening) == (home.case_worker, Decimal("3020.00"))
    events: dict[str, Any] = {}
    for action, body in AuditEvent.objects.filter(actor=home.case_worker.username).values_list("action", "body"):
        events[action] = json.loads(body)
    assert events["statement.taken_up"]["reason"] == "Gezien bij internetbankieren"
    assert events["statement.undone"]["reason"] == "Verkeerde export"
