"""Requests made up from the OpenAPI document: right ones, wrong ones, and what nobody would think of sending.

No answer may be a server error, and every answer is one that the document tells.
"""

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from backend.api.authentication import KeyThrottle
from budgeting.models import Account, Alert, Entry
from payments.actions.plan import plan_orders
from payments.models import PaymentOrder
from tests import factories
from tests.backend.api.door import PURPOSE, Door
from tests.backend.web.desk import MORNING, ON
from tests.factories import House
from tests.faults.bank import Bank, came_in

load_all_checks()
_CHECKS = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]
_keys = itertools.count(1)


@dataclass
class Fuzzed:
    """How many requests were sent, and how they were answered."""

    answers: Counter[int] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.answers.total()


def fuzz(door: Door, numbers: list[int], *, examples: int, start: int, done: Fuzzed | None = None) -> Fuzzed:
    """So many requests for every operation; `numbers` are of rows that are there. Raises what was found."""
    done = Fuzzed() if done is None else done
    with _one_connection():
        # Without the gate before it, which answers in threads of its own: they would not see this transaction.
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
        for result in schema.get_all_operations():
            operation = result.ok()
            strategy = st.one_of(
                operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
                operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
            )
            _run(strategy, door, numbers, done, examples=examples, start=start)
    return done


def fuzz_a_town(*, examples: int, start: int) -> tuple[int, list[str]]:
    """The same in an empty database: how many requests were sent, and the first that broke something."""
    home = factories.house()
    door = Door.of(home)
    done = Fuzzed()
    try:
        with override_settings(ALLOWED_HOSTS=["*"]), time_machine.travel(MORNING):
            fuzz(door, rows_of(door, home), examples=examples, start=start, done=done)
    except (Exception, ExceptionGroup) as found:  # whatever a check raises is what was looked for
        return done.count, [_first_of(found)]
    return done.count, []


def rows_of(door: Door, home: House) -> list[int]:
    """The numbers of rows that are there, one of each kind."""
    who = factories.resident(home, money="900.00")
    agreement = factories.charge(home, who, day=2)
    plan_orders(on=ON, first=ON, by=None)
    day = Bank(home.account.iban, Decimal("1000.00")).day(ON, came_in("20.00", ON), came_in("5.00", ON))
    made = door.post("/statements", day, content_type="application/xml").json()
    alert = Alert.objects.create(resident=who, kind="balance_low", opened_on=ON)
    rows = [who.pk, agreement.pk, made["id"], alert.pk, Account.objects.latest("pk").pk]
    return [*rows, *Entry.objects.values_list("pk", flat=True), *PaymentOrder.objects.values_list("pk", flat=True)]


@contextmanager
def _one_connection() -> Iterator[None]:
    """The server closes its connection after a request; here the test's own goes on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _run(strategy: Any, door: Door, numbers: list[int], done: Fuzzed, *, examples: int, start: int) -> None:
    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(case=strategy, number=st.sampled_from(numbers), known=st.integers(0, 9), told=st.integers(0, 9))
    def one(case: Any, number: int, known: int, told: int) -> None:
        KeyThrottle.forget()
        if known and "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = number
        done.answers[_send(case, door, made_up=not told)] += 1

    one()


def _send(case: Any, door: Door, *, made_up: bool) -> int:
    """With a right key and purpose, mostly; what the document makes of the other headers is kept now and then."""
    headers = {"Authorization": f"Bearer {door.text}", "X-Doelbinding": PURPOSE}
    if not made_up:
        headers |= {"If-Match": "*", "Idempotency-Key": f"verzoek-{next(_keys):08d}"}
    response = case.call(headers=headers)
    case.validate_response(response, checks=_CHECKS)
    return int(response.status_code)


def _first_of(found: BaseException) -> str:
    """What was found first, and the request that finds it again."""
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    told = str(found)
    return f"{told[:600]} {told[-400:] if len(told) > 1000 else ''}"
