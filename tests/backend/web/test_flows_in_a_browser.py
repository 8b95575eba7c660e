"""Months, endings, money asked back and movements in a real browser: no finding of axe, nothing wider than a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from payments.actions.day import run_day
from tests import factories
from tests.accessibility.browser import browser
from tests.backend.web.desk import ON, signed_in
from tests.backend.web.test_ending import BEGIN, DEATH
from tests.backend.web.test_in_a_browser import SMALL, DeskShowing
from tests.faults.bank import came_back, came_in, drawn
from tests.payments.actions.test_leaving import MONDAY, TUESDAY, Town
from tests.payments.actions.test_stops import WEDNESDAY, a_paid_rent

pytestmark = pytest.mark.browser


@pytest.fixture
def pages(db: None) -> dict[str, str]:
    """Every page of these flows, at its fullest."""
    town = Town()
    worker, approver = signed_in(town.home.case_worker), signed_in(town.home.approver)
    debit = town.hear(ON, drawn("35.00", ON, name="Sportschool"))[0]
    goes, dies = (factories.resident(town.home, money="940.00") for _ in range(2))
    for who in (goes, dies):
        factories.charge(town.home, who, amount="61.20", day=9, category="energy")
        factories.income(town.home, who, amount="500.00", day=3)
    _, rent = a_paid_rent(town)
    run_day(on=MONDAY, first=TUESDAY)
    shown = {"before": worker.get(f"/inwoners/{goes.pk}/einde/"), "months": approver.get("/boeken/maanden/")}
    wrong = worker.post(f"/inwoners/{goes.pk}/einde/beginnen/", BEGIN | {"reason": ""})
    worker.post(f"/inwoners/{goes.pk}/einde/beginnen/", BEGIN)
    worker.post(f"/inwoners/{dies.pk}/einde/overleden/", DEATH)
    worker.post(f"/betalen/opdracht/{rent.pk}/terugvragen/", {"why": "DUPL", "reason": "Dubbel"})
    payer = goes.agreements.get(direction="in").counterparty.accounts.get()
    late = came_in("500.00", TUESDAY, iban=payer.iban, name=payer.name, remittance="uitkering november")
    entry = town.hear(WEDNESDAY, late, came_back(rent, WEDNESDAY, "AC04"))[0]
    shown |= {
        "not filled in": wrong,
        "ending": worker.get(f"/inwoners/{goes.pk}/einde/"),
        "death": worker.get(f"/inwoners/{dies.pk}/einde/"),
        "late income": worker.get(f"/bank/wachtend/{entry}/"),
        "direct debit": worker.get(f"/bank/wachtend/{debit}/"),
        "order": worker.get(f"/betalen/opdracht/{rent.pk}/"),
        "moved": worker.get(f"/inwoners/{goes.pk}/geld/"),
    }
    return {name: answer.content.decode() for name, answer in shown.items()}


@pytest.fixture
def chromium(pages: dict[str, str]) -> Iterator[Browser]:
    with browser() as found:
        yield found


def test_has_no_finding_of_axe_and_fits_every_screen(chromium: Browser, pages: dict[str, str]) -> None:
    wide, narrow = DeskShowing(chromium, width=1280, height=900), DeskShowing(chromium, width=360, height=900)
    found = {}
    for name, html in pages.items():
        wide.show(html)
        found[name] = wide.findings()
        page = narrow.show(html)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[name] += [f"{sideways} pixels too wide"] if sideways > 0 else []
        found[name] += page.evaluate(SMALL)

    assert not {name: wrong for name, wrong in found.items() if wrong}
