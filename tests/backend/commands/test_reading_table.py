"""The table of what our readers read of a collection: what is listed, decided, answered, missing, and what is wrong."""

import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.management.commands import reading_table
from tests.budgeting.core.readers.writing import Fact, camt053, mt940
from tests.house.tree import ROOT
from tests.shared import SHARED, needs_shared

ON = "2026-03-06"
COLUMNS = "path\tformat\tbank\tkind\trealism\tn_transactions\treconciles"
TWO = [Fact(Decimal("-100.00")), Fact(Decimal("50.25"))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six files of a made-up bank, one of them counted wrongly on purpose, and their list."""
    unbalanced = mt940(TWO).replace(b":62F:C", b":62F:D")
    written = {
        "camt053/good.xml": camt053(TWO),
        "mt940/good.sta": mt940(TWO),
        "mt940/differs.sta": unbalanced,
        "mt940/noted.sta": mt940(TWO) + b"\r\n",
        "hostile/dtd.xml": camt053(TWO).replace(b"<Document", b"<!DOCTYPE a><Document"),
        "hostile/empty.xml": b"",
    }
    for name, data in written.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    closing = Decimal(re.search(rb":62F:D\d{6}EUR([\d,]+)", unbalanced)[1].decode().replace(",", "."))
    rows = [
        COLUMNS,
        "camt053/good.xml\tcamt.053.001.02\tBank A\tmade\tmade up\t2\tok",
        "mt940/good.sta\tMT940\tBank A\tmade\tmade up\t2\tok",
        f"mt940/differs.sta\tMT940\tBank A\tmade\tmade up\t2\tDIFF {-2 * closing}",
        "mt940/noted.sta\tMT940\tBank B\tmade\tmade up\t7\tok",
        "hostile/dtd.xml\thostile-xml\t-\tmade\tmade up\t2\t",
        "hostile/empty.xml\tempty\t-\tmade\tmade up\t\t",
    ]
    (tmp_path / "MANIFEST.tsv").write_text("\n".join(rows) + "\n")
    (tmp_path / "record.md").write_text("| Files | We give | Because |\n|---|---|---|\n| `mt940/no*.sta` | 2 | so |\n")
    return tmp_path


def table(folder: Path, *arguments: str) -> tuple[int, Any]:
    """Exit code and answer."""
    out, code = io.StringIO(), 0
    record = folder / "record.md"
    given = [str(folder), "--on", ON, "--json", *(["--decided", str(record)] if record.exists() else []), *arguments]
    try:
        call_command("reading_table", *given, stdout=out)
    except SystemExit as stopped:
        code = stopped.code
    return code, json.loads(out.getvalue())


def test_tells_per_format_bank_and_class_what_was_read_and_what_was_decided(folder: Path) -> None:
    code, answer = table(folder)

    told = {(line["format"], line["bank"]): line for line in answer["table"]}
    assert code == 0
    assert list(told) == [("MT940", "Bank A"), ("MT940", "Bank B"), ("camt.053", "Bank A")]
    first = told["MT940", "Bank A"]
    assert (first["files"], first["read"], first["transactions"], first["wanted"]) == (2, 2, 4, 4)
    assert (first["balances"], first["judged"]) == (2, 2)
    assert told["MT940", "Bank B"]["decided"] == 1
    assert answer["decided"] == ["mt940/noted.sta"]
    assert answer["answers"] == {"hostile": {"refuse": 2}}
    assert [line["files"] for line in answer["classes"]] == [4]


def test_finds_a_file_that_is_neither_read_as_listed_nor_decided(folder: Path) -> None:
    (folder / "record.md").write_text("")

    code, answer = table(folder, "--decided", str(folder / "record.md"))

    assert (code, answer["other"]) == (1, ["mt940/noted.sta"])


def test_finds_a_balance_it_judges_otherwise_than_the_list(folder: Path) -> None:
    manifest = folder / "MANIFEST.tsv"
    manifest.write_text(re.sub("DIFF.*", "ok", manifest.read_text()))

    code, answer = table(folder)

    assert (code, answer["other"]) == (1, ["mt940/differs.sta"])


def test_finds_a_decision_that_no_longer_holds(folder: Path) -> None:
    (folder / "record.md").write_text("| `mt940/no*` | 3 | so |\n| `camt053/*` | refused | so |\n")

    code, answer = table(folder)

    assert (code, answer["other"]) == (1, ["camt053/good.xml", "mt940/noted.sta"])


def test_names_what_is_missing_and_what_is_not_listed(folder: Path) -> None:
    (folder / "mt940" / "good.sta").rename(folder / "mt940" / "other.sta")

    code, answer = table(folder)

    assert (code, answer["missing"], answer["not_listed"]) == (1, ["mt940/good.sta"], ["mt940/other.sta"])


def test_refuses_a_folder_without_a_list(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no collection with a list"):
        call_command("reading_table", str(tmp_path))


def test_prints_a_line_for_each_and_keeps_the_same_in_docs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, kept = io.StringIO(), folder / "reading.md"
    monkeypatch.setattr(reading_table, "KEPT", kept)

    call_command("reading_table", str(folder), "--on", ON, "--keep", "--decided", str(folder / "record.md"), stdout=out)

    assert re.search(r"MT940 +Bank A +made up +2 +2 +0 +4 / 4 +2 / 2\n", out.getvalue())
    assert "| MT940 | Bank A | made up | 2 | 2 | 0 | 4 / 4 | 2 / 2 |\n" in kept.read_text()
    assert "- `mt940/noted.sta`: 2 transactions, the list says 7\n" in kept.read_text()
    assert str(folder) not in kept.read_text()


@needs_shared
def test_keeps_in_docs_what_is_read_now() -> None:
    kept = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
    on = date.fromisoformat(re.search(r"read all of it on (\S+) and", kept)[1])
    decided = reading_table.collection.decisions((ROOT / reading_table.RECORD).read_text(encoding="utf-8"))

    found = reading_table.read_collection(SHARED / "statements", decided, on=on)

    assert reading_table.page(found, on=on) == kept
    assert (found.other, found.missing) == ([], [])
