"""ZIP files: several statements in one, and the ways in which an archive can be bad."""

import zipfile
from decimal import Decimal
from io import BytesIO

import pytest

from budgeting.core.readers import archive, read
from budgeting.core.statement import Reading
from tests.budgeting.core.readers.writing import OTHER, Fact, camt053, ing, mt940

CAMT, MT940 = camt053([Fact(Decimal("1.00"))]), mt940([Fact(Decimal("2.00"))], own=OTHER)


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.problems}


def packed(*files: tuple[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files:
            made.writestr(name, data)
    return target.getvalue()


def test_reads_every_file_of_an_archive() -> None:
    reading = read(packed(("a.xml", CAMT), ("map/b.940", MT940), ("c.csv", ing([Fact(Decimal("3.00"))]))))
    assert (reading.format, len(reading.statements), codes(reading)) == ("zip", 3, {"end_unknown", "balance_derived"})
    assert reading.version == "camt.053 001.02, csv ING, mt940"


def test_takes_the_same_statement_in_two_files_once() -> None:
    reading = read(packed(("a.xml", CAMT), ("b.xml", CAMT)))
    assert (len(reading.statements), codes(reading)) == (1, {"statement_repeated"})


def test_keeps_nothing_when_one_file_cannot_be_read() -> None:
    reading = read(packed(("a.xml", CAMT), ("b.xml", CAMT[:500])))
    assert (reading.statements, reading.severity) == ((), "refuse")
    assert reading.problems[-1].where.startswith("b.xml: ")


def test_refuses_archives_that_mean_harm() -> None:
    assert codes(read(packed(("../a.xml", CAMT)))) == {"archive_name"}
    assert codes(read(packed(("/etc/a.xml", CAMT)))) == {"archive_name"}
    assert codes(read(packed(("a.zip", packed(("b.xml", CAMT)))))) == {"archive_nested"}
    assert codes(read(packed(("a.xml", b"0" * 10_000_000)))) == {"archive_ratio"}
    assert codes(read(packed(*((f"{number}.xml", CAMT) for number in range(101))))) == {"too_many_files"}
    assert codes(read(packed())) == {"empty"}
    assert codes(read(packed(("[Content_Types].xml", b"<x/>")))) == {"not_a_statement"}


def test_refuses_more_than_the_limit_whatever_the_directory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(("a.xml", CAMT), ("b.xml", CAMT))
    limit = len(CAMT) + 100
    assert codes(read(data, limit=limit)) == {"too_big"}
    monkeypatch.setattr(archive, "_refuse", lambda *_: None)
    assert codes(read(data, limit=limit)) == {"too_big"}


def test_refuses_an_archive_that_is_damaged_at_any_byte() -> None:
    data = packed(("a.xml", CAMT))
    for length in range(4, len(data), 7):
        reading = read(data[:length])
        assert (reading.severity, reading.statements) == ("refuse", ()), length
