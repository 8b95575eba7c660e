"""The desk's pages about access in a real browser: no finding of axe, nothing wider than the screen."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from budgeting.actions.glass import break_glass
from budgeting.actions.numbers import keep_number
from budgeting.actions.representing import Appointment, decide, write_down
from budgeting.actions.roles import give_role
from budgeting.actions.trusting import let_in_for_months
from budgeting.models import Role
from tests import factories
from tests.accessibility.browser import browser
from tests.backend.web.desk import ON, signed_in
from tests.backend.web.test_in_a_browser import DeskShowing

pytestmark = pytest.mark.browser
WIDTHS = (1280, 360)


@pytest.fixture
def pages(db: None) -> dict[str, str]:
    home = factories.house()
    who, now = factories.resident(home, birth_date=ON - timedelta(days=12000)), timezone.now()
    manager, second = (factories.user(Role.APPLICATION_MANAGER) for _ in range(2))
    give_role(user=factories.user(), role="approver", now=now, on=ON, by=second)
    break_glass(resident=who, reason="Vervangt een zieke collega", now=now, by=factories.user(Role.CASE_WORKER))
    keep_number(resident=who, number="111222333", basis="Participatiewet", now=now, by=home.case_worker)
    let_in_for_months(resident=who, name="Kim", scope="all", months=3, how="phone", now=now, by=home.case_worker)
    given = Appointment("Robin Bewind", "administrator", "26-1", ON, "all", ON, ON + timedelta(days=700))
    agreed = write_down(resident=who, appointment=given, now=now, by=home.case_worker)
    decide(row=agreed, agreed=True, now=now, by=second)
    write_down(resident=who, appointment=replace(given, decision="26-2"), now=now, by=home.case_worker)
    worker, access = signed_in(home.case_worker), signed_in(manager)
    file = f"/inwoners/{who.pk}"
    answers = {
        "roles": access.get("/toegang/"),
        "opened files": access.get("/toegang/geopend/"),
        "open a file": worker.post("/inwoners/openen/", {"number": "R9", "reason": "x"}),
        "at the counter": worker.post(f"{file}/balie/", {}),
        "welcomed": worker.post(f"{file}/balie/", {"reason": "question", "seen": "on"}),
        "who may look": worker.get(f"{file}/meekijken/"),
        "own data": worker.get(f"{file}/gegevens/"),
        "a wrong number": worker.post(f"{file}/gegevens/bsn/", {"number": "123", "basis": "x"}),
        "representatives": worker.get(f"{file}/vertegenwoordiger/"),
        "a decision not seen": worker.post(f"{file}/vertegenwoordiger/", {"name": "Kim"}),
        "lost phone": worker.get(f"{file}/telefoon/"),
        "lost second step": access.get(f"/toegang/tweede-stap/{home.case_worker.pk}/"),
        "a copy": worker.post(f"{file}/gegevens/kopie/", {"as": "paper"}),
    }
    return {name: answer.content.decode() for name, answer in answers.items()}


def test_shows_who_may_do_what_within_the_screen_and_by_the_rules(pages: dict[str, str]) -> None:
    with browser() as chromium:
        problems = [
            problem for width in WIDTHS for problem in _problems(DeskShowing(chromium, width=width), pages, width)
        ]

    assert not problems, "\n".join(problems)


def _problems(window: DeskShowing, pages: dict[str, str], width: int) -> list[str]:
    problems = []
    for name, html in pages.items():
        window.show(html)
        if folder := os.environ.get("PHOTOGRAPHS"):
            window.page.screenshot(path=str(Path(folder) / f"{name.replace(' ', '-')}-{width}.png"), full_page=True)
        problems += [f"{width} {name}: {finding}" for finding in window.findings()]
        if window.fit()["sideways"] > 0:
            problems.append(f"{width} {name}: wider than the screen")
    return problems
