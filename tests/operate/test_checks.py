"""A house that is set up wrongly says so before it opens, and every setting is told of."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as current

from backend.operate import checks
from tests.backend.test_settings import PRODUCTION
from tests.house.tree import ROOT

OPERATING = (ROOT / "docs" / "operating.md").read_text()
# Notes every name that a file of ours asks the environment for, while the settings are read.
NOTES = """
import json, os, runpy, sys
asked, plain = set(), os._Environ.__getitem__
def note(self, name):
    callers = sys._getframe(1), sys._getframe(2)
    rooms = {frame.f_globals.get("__name__", "").split(".")[0] for frame in callers}
    if rooms & {"backend", "noted"} and callers[0].f_code.co_name != "__iter__":
        asked.add(name)
    return plain(self, name)
os._Environ.__getitem__ = note
runpy.run_path("backend/settings.py", run_name="noted")
print(json.dumps(sorted(asked)))
"""


def ids(found) -> list[str]:
    return [one.id for one in found]


@pytest.mark.parametrize("environment", [{}, PRODUCTION], ids=["development", "production"])
def test_tells_of_every_setting_it_reads(environment: dict[str, str], tmp_path: Path) -> None:
    given = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **environment}
    done = subprocess.run(
        [sys.executable, "-c", NOTES], cwd=ROOT, env=given, capture_output=True, text=True, check=True
    )
    asked = json.loads(done.stdout)

    assert {"DATABASE_URL", "INBOX", "OUTBOX", "LOG_FORMAT", "METRICS_TOKEN", "ALLOWED_HOSTS"} <= set(asked)
    assert not [name for name in asked if f"`{name}" not in OPERATING]


def test_finds_folders_that_are_not_there(settings, tmp_path: Path) -> None:
    settings.INBOX, settings.OUTBOX, settings.TEXT_OUTBOX = tmp_path / "in", tmp_path, ""

    found = checks.check_folders()

    assert ids(found) == ["operate.E001"]
    assert "INBOX" in found[0].msg


def test_finds_one_folder_used_for_two_things(settings, tmp_path: Path) -> None:
    settings.INBOX, settings.OUTBOX, settings.TEXT_OUTBOX = tmp_path, tmp_path, ""

    assert ids(checks.check_folders()) == ["operate.E002"]


@pytest.mark.parametrize(
    ("place", "owner", "expected"),
    [
        ({}, {"USER": "owner"}, []),
        ({}, {"USER": "app"}, ["operate.E003"]),
        ({}, {"USER": "owner", "NAME": "another"}, ["operate.E004"]),
        ({"OPTIONS": {}}, {"USER": "owner"}, ["operate.W001"]),
        ({"OPTIONS": {"sslmode": "require"}}, None, ["operate.W001"]),
    ],
)
def test_finds_a_database_entered_wrongly(monkeypatch, place, owner, expected: list[str]) -> None:
    facts = {"USER": "app", "NAME": "budget", "HOST": "db.example", "OPTIONS": {"sslmode": "verify-full"}}
    told = SimpleNamespace(
        DATABASES={"default": {**facts, **place}}, DATABASE_OWNER={**facts, **owner} if owner else None
    )
    monkeypatch.setattr(checks, "settings", told)

    assert ids(checks.check_database()) == expected


def test_finds_a_short_token_and_a_level_that_is_none(settings) -> None:
    settings.METRICS_TOKEN = "short"
    settings.LOGGING = {**current.LOGGING, "root": {"handlers": [], "level": "LOUD"}}

    found = checks.check_watch()

    assert ids(found) == ["operate.E005", "operate.E006"]
    assert "short" not in found[0].msg.replace("too short", "")


def test_says_what_is_still_the_example_s(settings) -> None:
    settings.MUNICIPALITY, settings.EVENT_SOURCE = "Gemeente Voorbeeldstad", "urn:nld:gemeente:ons"
    settings.CONTACT, settings.AUDIT_ANCHOR = "", Path(settings.DATA_DIR) / "audit-anchors"

    assert ids(checks.check_town()) == ["operate.I001", "operate.I002", "operate.I003"]


def test_is_asked_by_the_deployment_check(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in PRODUCTION}
    wrong = {**kept, **PRODUCTION, "INBOX": str(tmp_path / "nowhere"), "METRICS_TOKEN": "k" * 5}
    words = [sys.executable, "manage.py", "check", "--deploy", "--tag", checks.TAG]

    done = subprocess.run(words, cwd=ROOT, env=wrong, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert {"operate.E001", "operate.E005"} <= {word.strip("()?:") for word in done.stderr.split()}
    assert "kkkkk" not in done.stderr


def test_names_every_finding_of_its_own_in_the_operator_s_papers() -> None:
    source = Path(checks.__file__).read_text()
    named = {part.split('"')[0] for part in source.split('id="')[1:]}

    assert len(named) >= 10
    assert not [name for name in named if name not in OPERATING]
