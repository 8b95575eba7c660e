"""The journal of a period: whole, balanced, the same bytes every time, and harmless in a spreadsheet."""

import csv
import hashlib
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from backend.journal import Period, as_csv, as_xaf, harmless
from budgeting.actions.ledger import reverse
from budgeting.models import JournalEntry, Posting
from tests import factories
from tests.factories import House

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
XAF = "{http://www.auditfiles.nl/XAF/3.2}"


@pytest.fixture
def home(db: None) -> House:
    made = factories.house()
    for money in ("900.00", "12.34"):
        factories.resident(made, money=money)
    reverse(journal_entry=JournalEntry.objects.latest("pk"), reason="=2+5; @sum", by=None, on=date(2026, 11, 30))
    return made


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_tells_every_posting_of_the_period_once(home: House) -> None:
    told = rows(as_csv(NOVEMBER.fixed()))

    assert len(told) == Posting.objects.count() == 6
    assert sum(Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0) for row in told) == 0
    assert rows(as_csv(Period(date(2026, 12, 1), date(2027, 1, 1)).fixed())) == []


def test_puts_every_day_in_one_period_only(home: House) -> None:
    halves = [
        as_csv(Period(date(2026, 11, 1), date(2026, 11, 30)).fixed()),
        as_csv(Period(date(2026, 11, 30), date(2026, 12, 1)).fixed()),
    ]

    assert [len(rows(half)) for half in halves] == [4, 2]


def test_names_nobody(home: House) -> None:
    for data in (as_csv(NOVEMBER.fixed()), as_xaf(NOVEMBER.fixed())):
        assert b"Voorbeeld1" not in data
        assert b"Sam" not in data
        assert b"resident-R000001" in data


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-5", "@x", "\t=1", "\r=1"])
def test_makes_text_of_what_a_spreadsheet_would_calculate(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_leaves_no_formula_in_a_cell(home: House) -> None:
    told = rows(as_csv(NOVEMBER.fixed()))

    assert {row["reason"] for row in told} == {"", "'=2+5; @sum"}
    assert not [cell for row in told for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_is_the_same_again_when_later_entries_fall_in_the_period(home: House) -> None:
    period = NOVEMBER.fixed()
    before = as_csv(period), as_xaf(period)
    factories.resident(home, money="5.00")

    assert (as_csv(period), as_xaf(period)) == before
    assert (as_csv(NOVEMBER.fixed()), as_xaf(NOVEMBER.fixed())) != before


def test_writes_an_auditfile_whose_totals_are_those_of_its_lines(home: House) -> None:
    root = etree.fromstring(as_xaf(NOVEMBER.fixed()))
    lines = root.findall(f".//{XAF}trLine")

    def total(kind: str) -> Decimal:
        return sum(
            (Decimal(one.findtext(f"{XAF}amnt")) for one in lines if one.findtext(f"{XAF}amntTp") == kind), Decimal()
        )

    assert [child.tag.removeprefix(XAF) for child in root.find(f"{XAF}company")] == [
        "companyName", "taxRegistrationCountry", "taxRegIdent", "generalLedger", "periods", "transactions"
    ]  # fmt: skip
    assert root.findtext(f".//{XAF}linesCount") == str(len(lines)) == "6"
    assert total("D") == total("C") == Decimal(root.findtext(f".//{XAF}totalDebit"))
    accounts = {one.text for one in root.findall(f".//{XAF}ledgerAccount/{XAF}accID")}
    assert {one.findtext(f"{XAF}accID") for one in lines} == accounts
    for transaction in root.findall(f".//{XAF}transaction"):
        signed = [
            Decimal(one.findtext(f"{XAF}amnt")) * (1 if one.findtext(f"{XAF}amntTp") == "D" else -1)
            for one in transaction.findall(f"{XAF}trLine")
        ]
        assert sum(signed) == 0


def test_writes_the_file_with_its_checksum_and_says_how_to_have_it_again(home: House, tmp_path: Path) -> None:
    def export(name: str, *more: str) -> Any:
        told = io.StringIO()
        days = ("--since=2026-11-01", "--until=2026-12-01")
        call_command("export_journal", *days, "--form=xaf", f"--out={tmp_path / name}", *more, "--json", stdout=told)
        return json.loads(told.getvalue())

    first = export("a.xaf")
    factories.resident(home, money="5.00")
    again = export("b.xaf", f"--up-to={first['up_to']}")

    assert first["sha256"] == again["sha256"] == hashlib.sha256((tmp_path / "b.xaf").read_bytes()).hexdigest()
    assert (tmp_path / "b.xaf.sha256").read_text().split() == [first["sha256"], "b.xaf"]
    with pytest.raises(CommandError):
        call_command("export_journal", "--since=2026-11-02", "--until=2026-11-02", f"--out={tmp_path / 'c'}")
