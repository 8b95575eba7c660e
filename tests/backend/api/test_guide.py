"""The examples of the guide are requests that are sent, and the answers are those that come."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from backend.api import signatures
from backend.api.events import ALL_KINDS
from backend.api.scopes import SCOPES
from budgeting.models import Resident
from tests import factories
from tests.backend.api.door import Door
from tests.backend.api.test_resources import statement
from tests.factories import House

GUIDE = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()


@dataclass(frozen=True)
class Example:
    """One request of the guide and the answer it promises."""

    method: str
    address: str
    headers: dict[str, str]
    body: str
    status: int
    answer: Any


def examples() -> Iterator[Example]:
    for text in re.findall(r"```http\n(.*?)```", GUIDE, re.DOTALL):
        *request, answer = re.split(r"\n\n", text.strip())
        head, *body = request
        first, *lines = head.split("\n")
        status, _, told = answer.partition("\n")
        headers = dict(line.split(": ", 1) for line in lines)
        yield Example(*first.split(" "), headers, "".join(body), int(status), json.loads(told))


def promised(told: Any, answer: Any) -> None:
    """Everything that is told is answered; `…` stands for what differs, and an answer may say more."""
    if isinstance(told, dict):
        for name, value in told.items():
            promised(value, answer[name])
    elif isinstance(told, list):
        assert len(told) == len(answer)
        for one, other in zip(told, answer, strict=True):
            promised(one, other)
    else:
        assert told in {"…", answer}, (told, answer)


@pytest.fixture
def numbered(own_database: Any) -> tuple[Door, House]:
    """An empty town, in which rows have the numbers of the guide."""
    home = factories.house()
    factories.resident(home)
    return Door.of(home), home


def test_answers_every_example_as_the_guide_says(numbered: tuple[Door, House]) -> None:
    door, home = numbered
    assert Resident.objects.get().pk == 1

    done = 0
    for one in examples():
        headers = {name: value.replace("KEY", door.text) for name, value in one.headers.items()} | {
            "Accept-Language": "en"
        }
        kind = headers.pop("Content-Type", "application/json")
        body = statement(home, "20.00") if one.body == "STATEMENT" else one.body.encode()
        answer = Client().generic(one.method, one.address, body, content_type=kind, headers=headers)
        assert answer.status_code == one.status, (one.address, answer.content)
        promised(one.answer, answer.json())
        done += 1

    assert done == 7


def test_tells_how_a_signature_is_checked() -> None:
    source = re.search(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert source is not None
    names: dict[str, Any] = {"hmac": hmac, "hashlib": hashlib}
    exec(source[1], names)

    header = signatures.sign(b"{}", secret=b"geheim", at=1000)

    assert names["check"](header, b"{}", b"geheim", 1200)
    assert not names["check"](header, b"{ }", b"geheim", 1200)
    assert not names["check"](header, b"{}", b"geheim", 1301)


def test_names_every_kind_of_event_and_only_scopes_there_are() -> None:
    told = re.search(r"^Kinds: (.*?)\.$", GUIDE, re.DOTALL | re.MULTILINE)
    assert told is not None

    assert tuple(re.findall(r"`([\w.]+)`", told[1])) == ALL_KINDS
    assert set(re.findall(r"--scope ([\w:]+)", GUIDE)) <= SCOPES.keys()
