"""The API beside a bare view of the framework over the same rows, deep pages beside first ones, and moving a town in.

The floor is a `ListAPIView` with a `ModelSerializer` over the same rows and fields: no key, no purpose, no look
written, no version. Milliseconds are of the processor, of this process and of the database's that works for it, because
machines are shared. Runs on a database of its own.

    python -m bench.api           prints a table
    python -m bench.api --json    prints one JSON object
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - after Django is set up
from django.db import connection  # noqa: E402
from django.db.models import Prefetch  # noqa: E402
from django.test import override_settings  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402
from rest_framework.test import APIRequestFactory  # noqa: E402

from backend.api.agreements import Agreements  # noqa: E402
from backend.api.authentication import KeyThrottle  # noqa: E402
from backend.api.residents import Residents  # noqa: E402
from budgeting.models import Account, Agreement, AgreementAmount, Resident  # noqa: E402
from tests import databases, factories  # noqa: E402
from tests.backend.api.door import Door  # noqa: E402
from tests.backend.test_moving_in import rows, written  # noqa: E402

RESIDENTS = int(os.environ.get("RESIDENTS", "5000"))
AGREEMENTS = RESIDENTS * 12 // 5
TIMES = 40
GOALS = {"moving_in_seconds": 60, "ratio_p95": 1.5, "deep_to_first": 1.5}


class AccountRow(serializers.ModelSerializer[Account]):
    """As the framework does it."""

    class Meta:
        model = Account
        fields = ("iban", "name", "since")


class ResidentRow(serializers.ModelSerializer[Resident]):
    """The same fields as ours."""

    accounts = AccountRow(many=True)

    class Meta:
        model = Resident
        fields = (
            "id", "number", "household", "first_names", "last_name", "birth_date", "language", "interpreter_needed",
            "phone", "street", "postcode", "town", "pay_rhythm", "fixed_payout", "buffer", "advance_limit", "starts_on",
            "ends_on", "accounts",
        )  # fmt: skip


class AmountRow(serializers.ModelSerializer[AgreementAmount]):
    """As the framework does it."""

    class Meta:
        model = AgreementAmount
        fields = ("valid_from", "amount")


class AgreementRow(serializers.ModelSerializer[Agreement]):
    """The same fields as ours."""

    counterparty = serializers.CharField(source="counterparty.name")
    iban = serializers.CharField(source="account.iban", default=None)
    amounts = AmountRow(many=True)

    class Meta:
        model = Agreement
        fields = (
            "id", "resident", "counterparty", "iban", "direction", "category", "description", "recurrence", "words",
            "marks", "reference", "amount_low", "amount_high", "window_days", "valid_from", "valid_until", "amounts",
        )  # fmt: skip


class BareResidents(generics.ListAPIView):
    """A hundred residents."""

    authentication_classes, permission_classes, serializer_class = (), (), ResidentRow

    def get_queryset(self) -> Any:
        in_use = Prefetch("accounts", queryset=Account.objects.filter(until=None))
        return Resident.objects.prefetch_related(in_use).order_by("pk")[:100]


class BareAgreements(generics.ListAPIView):
    """A hundred agreements."""

    authentication_classes, permission_classes, serializer_class = (), (), AgreementRow

    def get_queryset(self) -> Any:
        rows_ = Agreement.objects.select_related("counterparty", "account")
        return rows_.prefetch_related("amounts", "pauses", "exceptions").order_by("pk")[:100]


def milliseconds(work: Callable[[], object], backend: psutil.Process) -> list[float]:
    """Of each of so many times, after two to warm up."""
    found = []
    for _ in range(TIMES + 2):
        there, here = sum(backend.cpu_times()[:2]), time.process_time()
        work()
        found.append((time.process_time() - here + sum(backend.cpu_times()[:2]) - there) * 1000)
    return found[2:]


def answer(view: Any, address: str, headers: dict[str, str]) -> Any:
    """One request, with its body made."""
    KeyThrottle.forget()
    request = APIRequestFactory().get(address, headers=headers)
    made = view(request).render()
    assert made.status_code == 200, made.content
    return made


def compared(door: Door, ours: Any, bare: Any, address: str, backend: psutil.Process) -> dict[str, float]:
    """Middle and 95th of a hundred, ours and bare, of a hundred rows."""
    own, floor = (
        milliseconds(lambda: answer(ours.as_view(), f"{address}?limit=100", door.headers()), backend),
        milliseconds(lambda: answer(bare.as_view(), address, {}), backend),
    )
    p95 = [statistics.quantiles(found, n=20)[-1] for found in (own, floor)]
    return {
        "ours_p50": round(statistics.median(own), 1),
        "bare_p50": round(statistics.median(floor), 1),
        "ours_p95": round(p95[0], 1),
        "bare_p95": round(p95[1], 1),
        "ratio_p50": round(statistics.median(own) / statistics.median(floor), 2),
        "ratio_p95": round(p95[0] / p95[1], 2),
    }


def town() -> dict[str, list[dict[str, str]]]:
    """Two agreements of everybody, and a third of two in five."""
    sheets = rows(RESIDENTS, 2)
    more = [one | {"description": "Water"} for one in sheets["agreements"][::2][: AGREEMENTS - RESIDENTS * 2]]
    return sheets | {"agreements": [*sheets["agreements"], *more]}


def moved_in(home: factories.House) -> dict[str, float]:
    """Seconds to move a town in, by the clock and of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder), town())
        name, began, worked = home.case_worker.username, time.perf_counter(), time.process_time()
        with Path(os.devnull).open("w") as nowhere:
            call_command("move_in", str(file), by=name, case_worker=name, on=date(2026, 11, 2), stdout=nowhere)
    seconds = {"clock": time.perf_counter() - began, "processor_here": time.process_time() - worked}
    return {"residents": RESIDENTS, "agreements": AGREEMENTS} | {k: round(v, 1) for k, v in seconds.items()}


def measured() -> dict[str, Any]:
    """All figures, beside their goals."""
    with databases.own_database(), override_settings(ALLOWED_HOSTS=["*"]):
        home = factories.house()
        moving = moved_in(home)
        door = Door.of(home, valid_until=date.today() + timedelta(days=2))  # noqa: DTZ011
        connection.ensure_connection()
        backend = psutil.Process(connection.connection.info.backend_pid)
        last = Agreement.objects.order_by("-pk").values_list("pk", flat=True)[120]
        pages = [
            statistics.median(
                milliseconds(
                    lambda a=a: answer(Agreements.as_view(), f"/agreements?limit=100&after={a}", door.headers()),
                    backend,
                )
            )
            for a in (0, last)
        ]
        return {
            "goals": GOALS,
            "moving_in": moving,
            "residents": compared(door, Residents, BareResidents, "/residents", backend),
            "agreements": compared(door, Agreements, BareAgreements, "/agreements", backend),
            "first_page_ms": round(pages[0], 1),
            "deep_page_ms": round(pages[1], 1),
            "deep_to_first": round(pages[1] / pages[0], 2),
        }


if __name__ == "__main__":
    figures = measured()
    print(json.dumps(figures) if "--json" in sys.argv else json.dumps(figures, indent=2))
