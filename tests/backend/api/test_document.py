"""The OpenAPI document is made from the views, keeps the design rules, and no made-up request breaks anything."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client

from backend.api.urls import RESOURCES
from backend.management.commands.openapi import document
from tests.backend.api.door import Door
from tests.backend.api.fuzz import fuzz, rows_of
from tests.factories import House

DOCS = Path(settings.BASE_DIR) / "docs"
EXAMPLES = 27


def lint(file: Path) -> list[dict[str, Any]]:
    """What spectral finds with our own rules."""
    spectral = Path(settings.BASE_DIR) / "node_modules" / ".bin" / "spectral"
    command = [str(spectral), "lint", str(file), "--ruleset", str(DOCS / "openapi.rules.yaml"), "--format", "json"]
    done = subprocess.run([*command, "--quiet"], capture_output=True, text=True, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_tells_what_the_views_do() -> None:
    assert document() == (DOCS / "openapi.yaml").read_text(), "run: manage.py openapi --out docs/openapi.yaml"


def test_names_every_address_there_is() -> None:
    told = yaml.safe_load((DOCS / "openapi.yaml").read_text())["paths"]
    there = {
        "/" + str(pattern.pattern).replace("<int:", "{").replace("<str:", "{").replace(">", "}")
        for resource in RESOURCES
        for pattern in resource.urlpatterns
    }

    assert there - told.keys() == {"/openapi.json"}
    assert told.keys() - there == set()


def test_publishes_the_document_for_everybody() -> None:
    answer = Client().get("/api/v1/openapi.json")

    assert answer.json()["info"]["title"] == "Huishoudboekje"
    assert answer.headers["API-Version"] == "1.0.0"


def test_keeps_the_design_rules() -> None:
    assert lint(DOCS / "openapi.yaml") == []


def test_finds_every_rule_that_is_broken(tmp_path: Path) -> None:
    spoilt = yaml.safe_load((DOCS / "openapi.yaml").read_text())
    spoilt["openapi"], spoilt["info"]["version"], spoilt["servers"][0]["url"] = "3.2.0", "1", "/api"
    del spoilt["info"]["contact"]["name"]
    paths, shapes = spoilt["paths"], spoilt["components"]["schemas"]
    paths["/residents/"] = paths.pop("/residents")
    paths["/Own_Orders.json"] = paths.pop("/orders")
    paths["/health"]["put"] = paths["/health"]["get"]
    paths["/books"]["get"]["operationId"] = "Books_all"
    del paths["/agreements"]["get"]["responses"]["401"]
    del paths["/agreements"]["get"]["responses"]["200"]["headers"]["API-Version"]
    paths["/batches"]["post"]["parameters"] = []
    spoilt["components"]["responses"]["Refused404"]["content"] = {"text/html": {}}
    del shapes["NewBatchRequest"]["additionalProperties"]
    shapes["OrderShape"]["properties"]["amount"] = {"type": "number"}
    shapes["OrderShape"]["properties"]["due_on"] = {"type": "string"}
    (tmp_path / "spoilt.yaml").write_text(yaml.safe_dump(spoilt))

    found = {one["code"] for one in lint(tmp_path / "spoilt.yaml")}

    ours = set(yaml.safe_load((DOCS / "openapi.rules.yaml").read_text())["rules"])
    # Another version of OpenAPI makes spectral look for nothing that is said of 3.0 and 3.1 only.
    assert ours - found == set()


@pytest.fixture
def numbers(door: Door, home: House) -> list[int]:
    return rows_of(door, home)


def test_breaks_on_no_request_that_can_be_made_up(door: Door, numbers: list[int]) -> None:
    done = fuzz(door, numbers, examples=EXAMPLES, start=1)

    assert done.count >= 1000
    assert {200, 201, 400, 404} <= done.answers.keys()
