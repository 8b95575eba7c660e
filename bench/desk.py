"""Pages of the desk in a large town: how many queries each asks, and how long one colleague waits for it.

A small town lives two years through the real actions and is written again (bench/desk_town.py): 2,000 residents with
half a million entries, and 20,000 with five million, which takes some twenty minutes and 16 GB. A case worker looks
after a hundred residents. Every page of the desk's URL table is asked twice by one person and the second is told; then
twenty windows are worked in at once (bench/desk_at_once.py): of four case workers and one who oversees the town.

    python -m bench.desk [RESIDENTS ...]     prints one JSON object (2,000 and 20,000 when none is said)
    python -m bench.desk --database NAME     measures a town that is there
    python -m bench.desk --json              2,000 only, for `make bench`
"""

import argparse
import http.client
import json
import logging
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after Django is set up
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from backend import wsgi  # noqa: E402, F401 - so that pages are asked as they are served
from backend.desk.kept_figures import keep_figures  # noqa: E402
from bench import desk_town  # noqa: E402
from bench.desk_at_once import Browser, at_once  # noqa: E402
from budgeting import access  # noqa: E402
from budgeting.actions.ledger import keep_sums  # noqa: E402
from budgeting.models import Assignment, Counterparty, Resident, Role, User, WaitingEntry  # noqa: E402
from tests import databases, factories  # noqa: E402
from tests.backend.web.desk import signed_in  # noqa: E402
from tests.backend.web.desk_addresses import addresses, asked_for  # noqa: E402

SIZES = (2000, 20_000)
WORKERS, MOST_TRIED = 4, 6


@dataclass(frozen=True, slots=True)
class Worker:
    """A colleague who came in: the browser, and the addresses of the pages by their name."""

    client: Client
    pages: Mapping[str, str]


def town(residents: int, base: str) -> str:
    """The name of a database with so many residents, made from the small town's; the caller drops it."""
    name = databases.new_name()
    _copy(base, name)
    with databases.owner(name) as server:
        desk_town.grow(server, times=residents // desk_town.SMALL)
    return name


def _copy(base: str, name: str) -> None:
    with databases.owner() as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {base}")
        server.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        server.execute(f"GRANT CONNECT ON DATABASE {name} TO {connection.settings_dict['USER']}")


def case_worker(number: int) -> Worker:
    """One who looks after a hundred residents somewhere in the town."""
    user = User.objects.get(pk=desk_town.FIRST_WORKER + number)
    client = signed_in(user)
    return Worker(client, _pages(user, client) | _searches(user))


def overseer() -> Worker:
    """Who approves, looks after the books and sees to the town at once, so that every page can be asked."""
    roles = Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR, Role.CASE_WORKER
    user = User.objects.filter(person_number="overseer").first() or factories.user(*roles, person="overseer")
    client = signed_in(user)
    return Worker(client, _pages(user, client))


def _pages(user: User, client: Client) -> dict[str, str]:
    """Every page of the URL table that this colleague may see, with rows of the town; and the searches."""
    on = timezone.localdate()
    visible = access.visible_residents(user, on=on)
    found: dict[str, str] = {}
    for name, pattern in asked_for():
        for address in islice(addresses(pattern, visible), MOST_TRIED):
            if client.get(address).status_code < http.client.BAD_REQUEST:
                found[name] = address
                break
    return found


def _searches(user: User) -> dict[str, str]:
    """What colleagues look for, of one of their own residents."""
    numbers = list(Assignment.objects.filter(case_worker=user).values_list("resident", flat=True))
    who = Resident.objects.get(pk=random.Random(user.pk).choice(numbers))
    counterparty = Counterparty.objects.filter(agreements__resident=who).first()
    waits = WaitingEntry.objects.filter(closed_at=None).order_by("opened_at", "pk").first()
    assert counterparty
    assert waits
    return {
        "residents by name": f"/inwoners/?q={who.last_name[:-1]}",
        "residents by account": f"/inwoners/?q={who.accounts.get().iban}",
        "residents by birth date": f"/inwoners/?q={who.birth_date}",
        "entries by word": "/bank/boekingen/?q=huur",
        "entries of two years": "/bank/boekingen/?state=person&since=2025-01-01",
        "waiting by word": "/bank/wachtend/?q=huur",
        "waiting entry, sought": f"/bank/wachtend/{waits.pk}/?q={who.last_name}",
        "counterparties by name": f"/tegenpartijen/?q={counterparty.name[:5]}",
    }


def measured(name: str, *, seconds: float = 120) -> dict[str, Any]:
    """Every page's queries and milliseconds in this database for one, and what twenty at once waited."""
    databases.enter(name)
    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.WARNING)
    keep_figures(on=timezone.localdate(), now=timezone.localtime())
    keep_sums()
    workers = [*(case_worker(number) for number in range(2, 2 + WORKERS)), overseer()]
    pages: dict[str, dict[str, int]] = {}
    for worker in (workers[0], workers[-1]):
        for page, address in worker.pages.items():
            pages.setdefault(page, _asked(worker, address))
    browsers = [Browser(_cookie(worker), worker.pages) for worker in workers]
    connection.close()
    return {
        "residents": Resident.objects.count(),
        "load_of_the_machine": [round(one, 1) for one in os.getloadavg()],
        "pages": pages,
        "twenty_at_once": at_once(databases.known(name), browsers, seconds=seconds),
    }


def _cookie(worker: Worker) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={worker.client.session.session_key}"


def _asked(worker: Worker, address: str) -> dict[str, int]:
    worker.client.get(address)
    began = time.monotonic()
    with CaptureQueriesContext(connection) as asked:
        answer = worker.client.get(address)
    assert answer.status_code < 400, (address, answer.status_code)
    return {"queries": len(asked), "milliseconds": round((time.monotonic() - began) * 1000)}


def main() -> int:
    """Makes the towns, asks, prints, and throws the towns away."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("residents", type=int, nargs="*", default=[])
    given.add_argument("--database")
    given.add_argument("--seconds", type=float, default=120, help="how long twenty are at work")
    given.add_argument("--json", action="store_true")
    asked = given.parse_args()
    if asked.database:
        print(json.dumps(measured(asked.database, seconds=asked.seconds), indent=2))
        return 0
    with databases.own_database() as base:
        desk_town.live()
        connection.close()
        sizes = asked.residents or (SIZES[:1] if asked.json else SIZES)
        print(json.dumps([_of_size(count, base.name, asked.seconds) for count in sizes], indent=2))
    return 0


def _of_size(residents: int, base: str, seconds: float) -> dict[str, Any]:
    name = town(residents, base)
    try:
        return measured(name, seconds=seconds)
    finally:
        databases.enter(base)
        connection.close()
        databases.drop(name)


if __name__ == "__main__":
    raise SystemExit(main())
