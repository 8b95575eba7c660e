"""Sixteen at once with one Idempotency-Key have one effect, and all of them are told of it."""

import os
from collections import Counter
from typing import Any

import pytest

from backend.models import KeptAnswer
from budgeting.models import Agreement, Entry, StatementImport
from payments.actions.plan import plan_orders
from payments.models import PaymentBatch
from tests import factories
from tests.backend.api.door import Door
from tests.backend.api.test_resources import RENT, statement
from tests.backend.web.desk import ON
from tests.databases import OwnDatabase
from tests.faults.races import at_once

TOGETHER = 16


def answers(door: Door, address: str, body: Any, key: str, **headers: str) -> Counter[tuple[int, str]]:
    """Status and body of each of the sixteen, told through files: a process of its own sent each."""
    read, write = os.pipe()

    def one() -> bool:
        answer = door.post(address, body, key=key, **headers)
        os.write(write, f"{answer.status_code} {answer.json().get('id')} {answer.json().get('code')}\n".encode())
        return answer.status_code < 300 and "Idempotency-Replayed" not in answer.headers

    outcomes = at_once([one] * TOGETHER)
    os.close(write)
    with os.fdopen(read) as told:
        lines = Counter(line.strip() for line in told)
    return Counter({(outcomes.count("effect"), line): count for line, count in lines.items()})


@pytest.mark.parametrize("kind", ["statement", "agreement", "batch"])
def test_has_one_effect_of_sixteen_with_one_key(own_database: OwnDatabase, kind: str) -> None:
    home = factories.house()
    door = Door.of(home)
    who = factories.resident(home, money="900.00")
    factories.charge(home, who, day=2)
    plan_orders(on=ON, first=ON, by=None)
    body, headers = {
        "statement": (statement(home, "20.00"), {"content_type": "application/xml"}),
        "agreement": (RENT | {"resident": who.pk, "iban": factories.made_up_iban(12)}, {}),
        "batch": ({"iban": home.account.iban}, {}),
    }[kind]

    told = answers(door, f"/{kind}s".replace("batchs", "batches"), body, "een-sleutel", **headers)

    assert len(told) == 1, told
    ((effects, line), count) = next(iter(told.items()))
    assert (effects, count, line.split()[0], line.split()[2]) == (1, TOGETHER, "201", "None")
    assert KeptAnswer.objects.count() == 1
    rows = {
        "statement": StatementImport,
        "agreement": Agreement.objects.filter(description="Huur"),
        "batch": PaymentBatch,
    }
    found = rows[kind]
    assert (found if kind == "agreement" else found.objects).count() == 1
    assert Entry.objects.count() == (1 if kind == "statement" else 0)
