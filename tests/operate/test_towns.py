"""One operator, many towns: each with its own settings and database, and one that goes wrong stops no other."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.operate.towns import NotATownsFile, towns_in
from tests import factories
from tests.databases import OwnDatabase

AWAY = "postgresql://app@127.0.0.1:1/nowhere"


def write(folder: Path, name: str, **lines: str) -> None:
    (folder / f"{name}.env").write_text("".join(f"{key}={value}\n" for key, value in lines.items()))


def told(*words: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command("towns", *words, "--json", stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_asks_every_town_how_it_is_also_after_one_that_is_away(own_database: OwnDatabase, tmp_path: Path) -> None:
    factories.house()
    write(tmp_path, "eerste", DATABASE_URL=AWAY, SECRET_KEY="s" * 60)
    write(tmp_path, "tweede", DATABASE_URL=own_database.url, DATA_DIR=str(tmp_path))

    code, answer = told("health", "--folder", str(tmp_path))

    first, second = answer["towns"]
    assert code == 1
    assert (first["town"], first["ok"], first["answer"]["database"]) == ("eerste", False, False)
    assert (second["town"], second["ok"], second["answer"]["ready"]) == ("tweede", True, True)
    assert "ssss" not in json.dumps(answer)


def test_migrates_every_town_with_its_own_owner(own_database: OwnDatabase, tmp_path: Path) -> None:
    place = {"DATABASE_URL": own_database.url, "DATA_DIR": str(tmp_path)}
    write(tmp_path, "een", **place, DATABASE_OWNER_URL=own_database.owner_url)
    write(tmp_path, "twee", **(place | {"DATABASE_URL": own_database.url + "&application_name=twee"}))

    code, answer = told("migrate", "--folder", str(tmp_path))

    assert code == 1
    assert [(one["town"], one["ok"]) for one in answer["towns"]] == [("een", True), ("twee", False)]
    assert "DATABASE_OWNER_URL is not set" in answer["towns"][1]["complaint"]


def test_reads_settings_as_systemd_does(tmp_path: Path) -> None:
    (tmp_path / "stad.env").write_text(f"# the town\n\nDATABASE_URL={AWAY}\nMUNICIPALITY='Onze Stad'\nA_KEY=a=b\n")

    assert towns_in(tmp_path)[0].settings == {"DATABASE_URL": AWAY, "MUNICIPALITY": "Onze Stad", "A_KEY": "a=b"}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("stad", "SECRET_KEY=secret\n", "DATABASE_URL is not set"),
        ("stad", f"DATABASE_URL={AWAY}\nnot a line with secret\n", "line 2"),
        ("stad", f"DATABASE_URL={AWAY}\nDATABASE_URL=secret\n", "twice"),
        ("Stad Een", f"DATABASE_URL={AWAY}\n", "small letters"),
    ],
)
def test_refuses_a_file_it_cannot_read_and_tells_no_value(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / f"{name}.env").write_text(text)

    with pytest.raises(NotATownsFile, match=says) as refused:
        towns_in(tmp_path)
    assert "secret" not in str(refused.value)


def test_refuses_two_towns_in_one_database(tmp_path: Path) -> None:
    for name in ("een", "twee"):
        write(tmp_path, name, DATABASE_URL=AWAY)

    with pytest.raises(NotATownsFile, match="een and twee"):
        towns_in(tmp_path)


def test_says_when_there_is_no_town(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No town"):
        call_command("towns", "list", "--folder", str(tmp_path))
