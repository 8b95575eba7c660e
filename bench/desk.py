"""Pages of the desk in a large town: how many queries each asks, and how long one colleague waits for it.

A small town lives two years through the real actions and is written again (bench/desk_town.py): 2,000 residents with
half a million entries, and 20,000 with five million, which takes some twenty minutes and 16 GB. A case worker looks
after a hundred residents. Each page is asked twice and the second is told. Twenty at once are not measured here.

    python -m bench.desk [RESIDENTS ...]     prints one JSON object (2,000 and 20,000 when none is said)
    python -m bench.desk --database NAME     measures a town that is there
"""

import argparse
import json
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after Django is set up
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import desk_town  # noqa: E402
from budgeting.models import Agreement, Assignment, Counterparty, Resident, Role, User, WaitingEntry  # noqa: E402
from payments.models import PaymentBatch, PaymentOrder  # noqa: E402
from tests import databases, factories  # noqa: E402
from tests.backend.web.desk import signed_in  # noqa: E402

SIZES = (2000, 20_000)


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


def case_worker() -> Worker:
    """One who looks after a hundred residents somewhere in the town."""
    user = User.objects.get(pk=desk_town.FIRST_WORKER + 3)
    return _worker(user, _of_case_worker(user))


def overseer() -> Worker:
    """Who approves, looks after the books and sees to the town at once, so that every page can be asked."""
    roles = Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR, Role.CASE_WORKER
    user = User.objects.filter(person_number="overseer").first() or factories.user(*roles, person="overseer")
    return _worker(user, _of_the_town())


def _worker(user: User, pages: Mapping[str, str]) -> Worker:
    return Worker(signed_in(user), pages)


def _of_case_worker(user: User) -> dict[str, str]:
    numbers = list(Assignment.objects.filter(case_worker=user).values_list("resident", flat=True))
    who = Resident.objects.get(pk=random.Random(user.pk).choice(numbers))
    agreement = Agreement.objects.filter(resident=who).first()
    counterparty = Counterparty.objects.filter(agreements__resident=who).first()
    waits = WaitingEntry.objects.filter(closed_at=None).order_by("opened_at", "pk").first()
    account = who.accounts.get()
    assert agreement
    assert counterparty
    assert waits
    return {
        "today": "/vandaag/",
        "residents": "/inwoners/",
        "residents by name": f"/inwoners/?q={who.last_name[:-1]}",
        "residents by account": f"/inwoners/?q={account.iban}",
        "residents by birth date": f"/inwoners/?q={who.birth_date}",
        "resident": f"/inwoners/{who.pk}/",
        "purse": f"/inwoners/{who.pk}/geld/",
        "overview": f"/inwoners/{who.pk}/overzicht/",
        "what if": f"/inwoners/{who.pk}/wat-als/",
        "agreement": f"/afspraken/{agreement.pk}/",
        "entries": "/bank/boekingen/",
        "entries by word": "/bank/boekingen/?q=huur",
        "entries of two years": "/bank/boekingen/?state=person&since=2025-01-01",
        "statements": "/bank/",
        "waiting": "/bank/wachtend/",
        "waiting by word": "/bank/wachtend/?q=huur",
        "waiting entry": f"/bank/wachtend/{waits.pk}/",
        "waiting entry, sought": f"/bank/wachtend/{waits.pk}/?q={who.last_name}",
        "rules": "/bank/regels/",
        "payments": "/betalen/",
        "accounts": "/betalen/rekeningen/",
        "counterparties": "/tegenpartijen/",
        "counterparties by name": f"/tegenpartijen/?q={counterparty.name[:5]}",
        "counterparty": f"/tegenpartijen/{counterparty.pk}/",
        "alerts": "/signalen/",
        "who to call": "/bellen/",
    }


def _of_the_town() -> dict[str, str]:
    batch = PaymentBatch.objects.order_by("-pk").first()
    order = PaymentOrder.objects.filter(state="planned").first()
    assert batch
    assert order
    return {
        "town's figures": "/cijfers/",
        "books": "/boeken/",
        "months": "/boeken/maanden/",
        "happenings": "/boeken/gebeurtenissen/",
        "today, of the town": "/vandaag/",
        "payment file": f"/betalen/bestand/{batch.pk}/",
        "payments of a day": f"/betalen/dag/{order.execute_on}/",
        "order": f"/betalen/opdracht/{order.pk}/",
        "limits": "/betalen/grenzen/",
        "town": "/gemeente/",
        "ledger codes": "/gemeente/grootboek/",
    }


def measured(name: str) -> dict[str, Any]:
    """Every page's queries and milliseconds in this database."""
    databases.enter(name)
    settings.ALLOWED_HOSTS = ["*"]
    pages = {
        page: _asked(worker, address)
        for worker in (case_worker(), overseer())
        for page, address in worker.pages.items()
    }
    load = [round(one, 1) for one in os.getloadavg()]
    return {"residents": Resident.objects.count(), "load_of_the_machine": load, "pages": pages}


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
    given.add_argument("residents", type=int, nargs="*", default=list(SIZES))
    given.add_argument("--database")
    asked = given.parse_args()
    if asked.database:
        print(json.dumps(measured(asked.database), indent=2))
        return 0
    with databases.own_database() as base:
        desk_town.live()
        connection.close()
        print(json.dumps([_of_size(count, base.name) for count in asked.residents], indent=2))
    return 0


def _of_size(residents: int, base: str) -> dict[str, Any]:
    name = town(residents, base)
    try:
        return measured(name)
    finally:
        databases.enter(base)
        connection.close()
        databases.drop(name)


if __name__ == "__main__":
    raise SystemExit(main())
