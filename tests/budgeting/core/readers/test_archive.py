"""ZIP files: several statements in one, and the ways in which an archive can be bad."""

import zipfile
from decimal import Decimal
from io import BytesIO

import pytest

from budgeting.core.readers import archive, read
from budgeting.core.statement import Problem, Reading, Unreadable
from tests.budgeting.core.readers.writing import OTHER, Fact, camt053, ing, mt940

CAMT, MT940 = camt053([Fact(Decimal("1.00"))]), mt940([Fact(Decimal("2.00"))], own=OTHER)


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.problems}


def packed(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
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


def stopped(data: bytes, limit: int = 1_000_000) -> Problem:
    with pytest.raises(Unreadable) as stop:
        list(archive.members(BytesIO(data), limit=limit))
    return stop.value.problem


NAME = "map/" + "n" * 116


@pytest.mark.parametrize("name", ["/a", "\\a", "..", "a/..", "a\\..\\b", "../a"])
def test_names_a_file_whose_name_leads_elsewhere(name: str) -> None:
    assert stopped(packed((name, CAMT))) == Problem("archive_name", name)
    assert stopped(packed((f"../{NAME}", CAMT))) == Problem("archive_name", f"../{NAME}"[:100])


def test_takes_names_that_only_look_odd() -> None:
    names = ["a..b", "...", "a/b/..c", "C:a", "é ü"]
    data = packed(*((name, CAMT) for name in names))
    assert [name for name, _ in archive.members(BytesIO(data), limit=1_000_000)] == names


def test_takes_as_many_files_as_it_says_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    two = [("a", CAMT), ("b", CAMT), ("map/", b"")]
    assert len(list(archive.members(BytesIO(packed(*two)), limit=1_000_000))) == 2
    assert stopped(packed(*two, ("c", CAMT))) == Problem("too_many_files", "", {"files": "3", "limit": "2"})


def test_unpacks_as_much_as_it_says_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(("a", CAMT), (NAME, MT940), method=zipfile.ZIP_STORED)
    whole = len(CAMT) + len(MT940)
    assert dict(archive.members(BytesIO(data), limit=whole)) == {"a": CAMT, NAME: MT940}
    assert stopped(data, whole - 1) == Problem("too_big", "", {"size": str(whole), "limit": str(whole - 1)})
    monkeypatch.setattr(archive, "_refuse", lambda *_: None)
    for piece in (1, 100, 65536):
        monkeypatch.setattr(archive, "_CHUNK", piece)
        assert dict(archive.members(BytesIO(data), limit=whole)) == {"a": CAMT, NAME: MT940}
        assert stopped(data, whole - 1) == Problem("too_big", NAME[:100], {"limit": str(len(MT940) - 1)})


def test_unpacks_what_is_as_dense_as_it_says_and_no_denser(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed((NAME, b"0" * 1000))
    with zipfile.ZipFile(BytesIO(data)) as made:
        size = made.infolist()[0].compress_size
    monkeypatch.setattr(archive, "MOST_RATIO", 1000 / size)
    assert dict(archive.members(BytesIO(data), limit=1000)) == {NAME: b"0" * 1000}
    monkeypatch.setattr(archive, "MOST_RATIO", 999 // size)
    assert stopped(data) == Problem("archive_ratio", NAME[:100], {"limit": str(999 // size)})


def test_takes_an_empty_file_for_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_RATIO", 1)
    data = packed(("leeg", b""), ("één", b"1"), method=zipfile.ZIP_STORED)
    assert dict(archive.members(BytesIO(data), limit=1)) == {"leeg": b"", "één": b"1"}


def test_names_an_archive_within_another_and_one_that_is_locked() -> None:
    assert stopped(packed((NAME, packed(("a", CAMT))))) == Problem("archive_nested", NAME[:100])
    locked = bytearray(packed((NAME, CAMT)))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert stopped(bytes(locked)) == Problem("archive_locked", NAME[:100])


@pytest.mark.parametrize("name", ["mimetype", "[Content_Types].xml"])
def test_names_a_spreadsheet_whatever_else_is_in_it(name: str) -> None:
    assert stopped(packed(("a.xml", CAMT), (name, b"x"))) == Problem("not_a_statement", "", {"kind": "spreadsheet"})


def test_says_what_is_damaged_in_few_words() -> None:
    spoilt = packed((NAME, CAMT), method=zipfile.ZIP_STORED).replace(b"<Stmt>", b"<stmt>")
    assert stopped(spoilt) == Problem("archive_damaged", "", {"text": f"Bad CRC-32 for file '{NAME}'"[:40]})
    assert stopped(b"PK\x03\x04") == Problem("archive_damaged", "", {"text": "File is not a zip file"})


def test_counts_all_bytes_against_the_limit_even_of_files_it_read_before() -> None:
    data = packed(("a", b"a" * 60), ("b", b"b" * 60))
    with pytest.raises(Unreadable, match="too_big"):
        list(archive.members(BytesIO(data), limit=119))
    assert len(list(archive.members(BytesIO(data), limit=120))) == 2


def test_unpacks_a_file_piece_by_piece() -> None:
    class Watched(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size == archive._CHUNK
            return super().read(size)

    class Opened(zipfile.ZipFile):
        def open(self, *_: object, **__: object) -> Watched:  # type: ignore[override]
            return Watched(CAMT)

    with Opened(BytesIO(packed(("a", CAMT)))) as made:
        assert archive._unpacked(made, made.infolist()[0], len(CAMT)) == CAMT
