"""What people or attackers may bring, row by row of the list of hostile inputs; the answer is named, quick and small.

Rows about one reader only stand in the tests of that reader; rows about days already booked belong to the import.
"""

import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from time import process_time

import pytest

from budgeting.core.readers import dutch_csv, ofx, read
from budgeting.core.statement import Reading
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import OWN, Fact, camt053, mt940
from tests.shared import SHARED, needs_shared

LOADED = (dutch_csv, ofx)  # the clock should not run while big packages are loaded
FACTS = [Fact(Decimal("-100.00")), Fact(Decimal("50.25"))]


def answer(data: bytes, *, seconds: float = 2.0) -> set[str]:
    """The codes that a file is refused with, in time and with nothing kept."""
    start = process_time()
    reading = read(data)
    assert process_time() - start < seconds
    assert (reading.severity, reading.statements) == ("refuse", ())
    return codes(reading)


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.problems}


def with_prolog(prolog: str) -> bytes:
    return camt053(FACTS).decode().replace("<Document", f"{prolog}<Document").encode()


LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))


@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{LAUGHS}]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">',
        f'<!DOCTYPE a [<!ENTITY x "{"a" * 100_000}">]>',
        "<!DOCTYPE a>",
        f"<!-- {'x' * 70_000} --><!DOCTYPE a>",
    ],
)
def test_row_1_to_3_refuses_any_dtd_before_it_is_parsed(prolog: str) -> None:
    assert answer(with_prolog(prolog)) == {"dtd_forbidden"}
    assert answer(with_prolog(prolog).decode().replace("UTF-8", "UTF-16").encode("utf-16")) == {"dtd_forbidden"}


def test_row_1_refuses_a_dtd_hidden_in_an_encoding_nobody_uses() -> None:
    hidden = with_prolog("<!DOCTYPE a>").decode().replace("UTF-8", "UTF-7").replace("<!DOCTYPE", "+ADw-!DOCTYPE")
    assert answer(hidden.encode()) == {"charset"}
    assert answer(with_prolog("<!DOCTYPE a>").decode().encode("cp037")) <= {"not_recognised", "charset"}


def test_row_4_refuses_200000_levels() -> None:
    assert answer(with_prolog("").replace(b"<GrpHdr>", b"<a>" * 200_000)) == {"too_deep"}
    assert answer(b"<OFX>" + b"<A>" * 200_000) == {"cut_off"}


def test_row_5_refuses_what_is_too_big_or_packed() -> None:
    assert answer(b"x" * 50_000_001) == {"too_big"}
    assert answer(b"\x1f\x8b\x08\0" + b"\0" * 100) == {"packed"}
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.xml", b"\0" * 60_000_000)
    assert answer(target.getvalue()) == {"archive_ratio"}


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\t ", b"\0" * 1000])
def test_row_6_says_that_a_file_is_empty(data: bytes) -> None:
    assert answer(data) == {"empty"}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"%PDF-1.7\n", "pdf"),
        (b"MZ\x90\0", "program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"),
        (b"<!DOCTYPE html><html></html>", "html"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', "pain.001.001.09"),
        (b"<feed/>", "feed"),
    ],
)
def test_row_7_names_what_a_file_is_instead(data: bytes, kind: str) -> None:
    (problem,) = read(data).problems
    assert (problem.code, problem.values) == ("not_a_statement", {"kind": kind})


@pytest.mark.parametrize("data", [b'{"a": 1}', b"hello", b"\x07\x08", bytes(range(1, 256)) * 300])
def test_row_7_says_that_it_knows_no_such_format(data: bytes) -> None:
    assert answer(data) <= {"not_recognised", "charset"}


def test_row_8_names_the_place_of_a_character_it_cannot_read() -> None:
    spoilt = camt053(FACTS).replace(b"Energie", b"Ener\xffgie")
    (problem,) = read(spoilt).problems
    assert (problem.code, problem.where.split(",")[0]) == ("charset", "line 2")
    assert answer(camt053(FACTS).replace(b"UTF-8", b"X-UNKNOWN")) == {"charset"}
    assert answer(camt053(FACTS).decode().replace("UTF-8", "UTF-16").encode("utf-16")[:-41]) == {"charset"}
    assert answer(mt940(FACTS).replace(b"Energie", b"En\x81\xffergie")) == {"charset"}
    assert answer(camt053(FACTS).replace(b"Energie", b"En\0")) == {"control_character"}
    assert answer(camt053(FACTS).replace(b"Energie", b"En&#xD800;")) == {"control_character"}


def test_row_15_keeps_two_equal_payments() -> None:
    twin = [Fact(Decimal("-10.00"), end_to_end="E-1")] * 2
    for written in (camt053(twin), mt940(twin), writing.ofx(twin), writing.ing(twin), writing.rabobank(twin)):
        assert read(written).statements[0].lines == 2


def test_row_21_holds_amounts_of_nothing_and_beyond_the_limit() -> None:
    for amount in ("0.00", "1000000000.00", "-1000000000.00"):
        for written in (camt053([Fact(Decimal(amount))]), mt940([Fact(Decimal(amount))])):
            assert codes(read(written)) == {"amount_out_of_bounds"}, amount


def test_row_22_holds_days_that_cannot_be_right() -> None:
    for day in (date(1998, 12, 31), date(2099, 1, 1), date(2026, 4, 1)):
        reading = read(camt053([Fact(Decimal("1.00"), day=day)]), on=date(2026, 3, 6))
        assert "improbable_date" in codes(reading), day
        assert reading.severity == "hold", day


def test_row_25_keeps_a_text_of_5_megabytes_whole() -> None:
    text = '\u202e{{7*7}}"><img onerror=1> ' * 180_000
    start = process_time()
    (entry,) = read(camt053([Fact(Decimal("1.00"), text=text)])).statements[0].entries
    assert entry.remittance == text
    assert process_time() - start < 2


def test_row_28_keeps_na_leading_zeros_and_1e5_as_text() -> None:
    odd = [Fact(Decimal("1.00"), name="NA", text="012345672", end_to_end="1E5")]
    (entry,) = read(writing.rabobank(odd)).statements[0].entries
    assert (entry.counterparty_name, entry.remittance, entry.end_to_end_id) == ("NA", "012345672", "1E5")


def test_row_30_reads_50000_ofx_transactions_in_time() -> None:
    many = [Fact(Decimal(number)) for number in range(1, 50_001)]
    start = process_time()
    assert read(writing.ofx(many)).statements[0].lines == 50_000
    assert process_time() - start < 10


@pytest.mark.parametrize(
    "data",
    [
        b"<Document>" + b"<a/>" * 12_000_000,
        camt053(FACTS).replace(b"<GrpHdr>", b"<GrpHdr>" + b"<a/>" * 10_000_000),
        camt053(FACTS).replace(b"<GrpHdr>", b"<GrpHdr " + b" ".join(b'a%d="1"' % n for n in range(3_000_000)) + b">"),
        b"OFXHEADER:100\n<OFX>" + b"x" * 49_000_000,
        b":20:X\n:25:Y\n:60F:C260304EUR0,00\n:61:2603050305C1,00NTRF\n:86:" + b"x" * 49_000_000,
        b'"Datum";"' + b"a;" * 20_000_000,
        b"\n" * 49_000_000,
        b":" * 49_000_000,
        b"<" * 49_000_000,
    ],
    ids=lambda data: data[:12].decode(),
)
def test_answers_quickly_whatever_fills_50_megabytes(data: bytes) -> None:
    start = process_time()  # of the processor: other work on the machine is not this file's doing
    answered = read(data)
    assert process_time() - start < 2
    assert answered.severity == "refuse"


MEASURE = """
import resource, sys
from pathlib import Path
from budgeting.core.readers import read, dutch_csv, ofx
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sorted(Path(sys.argv[1]).iterdir()):
    read(path.read_bytes())
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@needs_shared
def test_reads_every_hostile_file_in_little_memory() -> None:
    folder = str(SHARED / "statements" / "hostile")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, folder], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) < 200


def test_row_16_reads_both_accounts_of_a_file_for_the_import_to_judge() -> None:
    two = mt940(FACTS) + mt940(FACTS, own=writing.OTHER)
    assert [one.account for one in read(two).statements] == [OWN, writing.OTHER]


HEAD = b":20:X\n:25:Y\n:60F:C260304EUR0,\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (HEAD + b":61:260305C1,NTRF\n" * 2_500_000, "too_many_entries"),
        ((HEAD + b":62F:C260304EUR0,\n") * 900_000, "too_many_statements"),
    ],
    ids=["entries", "statements"],
)
def test_refuses_a_file_made_to_fill_the_memory(data: bytes, code: str) -> None:
    start = process_time()
    assert codes(read(data)) == {code}
    assert process_time() - start < 6


def test_knows_a_repeated_statement_among_many_of_the_same_head() -> None:
    numbered = [mt940([Fact(Decimal("1.00"), text=f"nummer {number}")]) for number in range(30)]
    reading = read(b"".join([*numbered, numbered[0]]))
    assert (len(reading.statements), codes(reading)) == (30, {"statement_repeated"})
