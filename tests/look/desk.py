"""Every page of the desk on a busy morning: what each kind shows, what it says of wrong input, and each address once.

The addresses come from the table of addresses itself, so that a new page is looked at without being added here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from django.urls import URLPattern

from backend import access_matrix
from backend.urls import DESK
from backend.web import keys, second_step
from backend.web.guards import guard_of
from backend.web.helping import counter, glass, representing, rights, roles, ways_in
from budgeting import access
from budgeting.models import Alert, Resident, Role, User
from payments.actions.objections import make_objection
from tests import factories
from tests.backend.web.busy_morning import busy_morning
from tests.backend.web.desk import MORNING, ON, signed_in
from tests.backend.web.desk_addresses import addresses
from tests.databases import own_database
from tests.factories import House
from tests.faults.bank import Bank, came_in

DOORS = (*DESK, counter, glass, representing, rights, roles, ways_in, keys, second_step)
ROLES = (Role.CASE_WORKER, Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR, Role.FRONT_DESK)
EVERY_ROLE_SEES = ("today", "residents", "resident", "payments", "figures", "alerts")
HTML = "text/html"
# Files and ways to another page.
NO_PAGES = {"batch_file", "enrol", "enrol_picture", "next_waiting"}


@contextmanager
def a_town() -> Iterator[House]:
    """A small town on a Monday in a database of its own, where everything is made at once."""
    with own_database(), time_machine.travel(MORNING, tick=False), override_settings(ALLOWED_HOSTS=["testserver"]):
        yield factories.house()


def every_desk_page(home: House) -> dict[str, str]:
    """Pages by name, as the colleague who may open them gets them."""
    pages = busy_morning(home)
    _more_of_a_morning(home)
    colleagues = _colleagues(home)
    for name, pattern in asked_for():
        for number, address in enumerate(_addresses(str(pattern.pattern), home), start=1):
            may = [role for role in colleagues if _may(role, pattern)]
            for role in may if name in EVERY_ROLE_SEES else may[:1]:
                answer = colleagues[role].get(address)
                if answer.status_code == 200 and HTML in answer.headers["Content-Type"]:
                    pages[_named(name, number, role, may)] = answer.content.decode()
    return pages


def asked_for() -> Iterator[tuple[str, URLPattern]]:
    """Every page behind the log-in of colleagues that answers GET, by its name."""
    for door in DOORS:
        for pattern in door.urlpatterns:
            if "GET" in access_matrix.methods_of(pattern.callback) and not guard_of(pattern.callback).open:
                yield str(pattern.name), pattern


def _addresses(pattern: str, home: House) -> Iterable[str]:
    if pattern.startswith("toegang/tweede-stap/<"):
        return [f"/toegang/tweede-stap/{home.approver.pk}/"]
    return addresses(pattern, access.visible_residents(home.case_worker, on=ON))


def _named(name: str, number: int, role: str, may: list[str]) -> str:
    """The name of the address, with a number from its second row on, and the role when it is not the first."""
    counted = name if number == 1 else f"{name} {number}"
    return f"at {counted}" if role == may[0] else f"at {counted} as {role}"


def _may(role: str, pattern: URLPattern) -> bool:
    wanted = guard_of(pattern.callback).abilities
    return not wanted or bool(access.ABILITIES[role].intersection(wanted))


def _colleagues(home: House) -> dict[str, Client]:
    known: dict[str, User] = {Role.CASE_WORKER: home.case_worker, Role.APPROVER: home.approver}
    return {role: signed_in(known.get(role) or factories.user(role), fresh=True) for role in ROLES}


def _more_of_a_morning(home: House) -> None:
    """What the busy morning had no reason for: alerts, an objection, files on their way, somebody at the counter."""
    who = Resident.objects.order_by("pk").first()
    assert who is not None
    facts: dict[str, Any] = {"amount": "1200.00", "days": 5, "before": "90.00"}
    wage = factories.income(home, who, description="Loon", category="wages")
    for kind, days in (("income_missing", 9), ("payment_returned", 2)):
        since = ON - timedelta(days=days)
        Alert.objects.create(resident=who, agreement=wage, kind=kind, period=since, facts=facts, opened_on=since)
    make_objection(resident=who, words="Dit klopt niet. " * 12, on=ON, by=home.case_worker)
    worker = signed_in(home.case_worker)
    other = Bank(home.account.iban, Decimal("7.00")).day(ON, came_in("3.00", ON, name="Niemand"))
    for file in (b"<half", other):
        worker.post("/bank/", {"chosen": SimpleUploadedFile("dinsdag.xml", file)})
    worker.post(f"/inwoners/{who.pk}/afgesproken/", {"words": "U belt de bank.", "who": "resident"})
    worker.post(f"/inwoners/{who.pk}/deelname/", {"purposes": ["income"]})
