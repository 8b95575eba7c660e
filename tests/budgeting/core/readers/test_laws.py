"""What must hold of any statement: written by a bank, read here, it says the same; and in a stream as in one go."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgeting.core.readers import read, stream
from budgeting.core.readers.references import holds, is_creditor_reference, structured_reference
from budgeting.core.statement import Entry, Statement, Tally
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import DAY, OTHER, Fact

words = st.text(st.sampled_from("abcXYZ 019.-+()éëü'&"), min_size=1, max_size=60).map(str.strip).filter(bool)
# Two spaces end a column in some formats, so that they cannot be told from the payer's own there.
plain = words.map(lambda text: " ".join(text.split()))
amounts = st.decimals("-99999", "99999", places=2, allow_nan=False).filter(bool)
facts = st.lists(
    st.builds(Fact, amount=amounts, name=plain, text=plain, end_to_end=st.from_regex(r"E[0-9]{1,20}", fullmatch=True)),
    min_size=1,
    max_size=8,
)
WRITERS: dict[str, Callable[[list[Fact]], bytes]] = {
    "camt.053.02": writing.camt053,
    "camt.053.08": lambda made: writing.camt053(made, version="08"),
    "mt940": writing.mt940,
    "ofx1": writing.ofx,
    "ofx2": lambda made: writing.ofx(made, xml=True),
    "ing": writing.ing,
    "rabobank": writing.rabobank,
    "abn": writing.abn_tab,
    "triodos": writing.triodos,
    "knab": writing.knab,
    "bunq": writing.bunq,
}
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("form", WRITERS)
@quick
@given(made=facts)
def test_reads_back_what_a_bank_wrote(form: str, made: list[Fact]) -> None:
    (statement,) = read(WRITERS[form](made)).statements
    found = statement.entries[::-1] if form == "ing" else statement.entries
    assert [entry.amount for entry in found] == [fact.amount for fact in made]
    assert {entry.booking_date for entry in found} == {DAY}
    assert [entry.counterparty_name for entry in found] == [fact.name for fact in made]
    assert [entry.remittance for entry in found] == [fact.text for fact in made]
    if form not in {"ofx1", "ofx2"}:
        assert {entry.counterparty_iban for entry in found} == {OTHER}
    if form in {"camt.053.02", "camt.053.08", "mt940", "ing", "rabobank", "abn"}:
        assert [entry.end_to_end_id for entry in found] == [fact.end_to_end for fact in made]
    assert statement.balances in {True, None}


@quick
@given(made=facts)
def test_gives_the_same_keys_for_one_day_in_every_format(made: list[Fact]) -> None:
    keys = [
        sorted((entry.booking_date, entry.amount) for entry in read(write(made)).statements[0].entries)
        for write in WRITERS.values()
    ]
    assert all(key == keys[0] for key in keys)


@pytest.mark.parametrize("form", WRITERS)
def test_streams_the_same_entries_as_it_reads(form: str) -> None:
    data = WRITERS[form]([Fact(Decimal(number)) for number in range(1, 200)])
    items = list(stream(BytesIO(data)))
    (statement,) = [item for item in items if type(item) is Statement]
    entries = [item for item in items if type(item) is Entry]
    whole = read(data)
    assert tuple(entries) == whole.statements[0].entries
    tally = Tally()
    tally.take(entries)
    told = {problem.code for problem in tally.problems(statement, on=None)}
    assert told <= {problem.code for problem in whole.problems}


STREAMED = """
import re, sys
from budgeting.core.readers import stream
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
before = peak()
with open(sys.argv[1], "rb") as source:
    count = sum(1 for _ in stream(source))
print(count, peak() - before)
"""


@pytest.mark.parametrize("form", ["camt.053.02", "mt940"])
def test_streams_50000_entries_in_flat_memory(form: str, tmp_path: Path) -> None:
    path = tmp_path / "statement"
    path.write_bytes(WRITERS[form]([Fact(Decimal("1.00"))] * 50_000))
    done = subprocess.run([sys.executable, "-c", STREAMED, str(path)], capture_output=True, text=True, check=True)
    count, megabytes = done.stdout.split()
    assert int(count) == 50_001
    assert float(megabytes) < 40


def test_reads_one_line_with_20000_payments() -> None:
    parties = "<RltdPties><Cdtr><Nm>N</Nm></Cdtr></RltdPties>"
    detail = f"<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>1.00</Amt></TxAmt></AmtDtls>{parties}</TxDtls>"
    written = writing.camt053([Fact(Decimal("-20000.00"))]).decode()
    start, end = written.index("<NtryDtls>"), written.index("</NtryDtls>")
    reading = read(f"{written[:start]}<NtryDtls>{detail * 20_000}{written[end:]}".encode())
    assert (len(reading.statements[0].entries), reading.problems) == (20_000, ())


@pytest.mark.parametrize("reference", ["6390338414964113", "8850426741301240", "8001123412341234"])
def test_knows_a_betalingskenmerk_by_its_check_digit(reference: str) -> None:
    others = [f"{first}{reference[1:]}" for first in range(10) if str(first) != reference[0]]
    assert holds(reference)
    assert not any(holds(other) for other in others)


def test_takes_a_text_for_a_reference_only_when_it_is_nothing_else() -> None:
    good = next(f"{first}390338414964113" for first in range(10) if holds(f"{first}390338414964113"))
    assert structured_reference(good) == structured_reference(f"{good[:4]} {good[4:]}") == good
    assert structured_reference(f"kenmerk {good}") == structured_reference("1" * 16) == ""
    assert is_creditor_reference("RF18539007547034")
    assert structured_reference("rf18 5390 0754 7034") == "RF18539007547034"
    assert structured_reference("RF19539007547034") == ""


def test_keeps_the_year_of_every_day() -> None:
    for day in (date(1999, 1, 1), date(2026, 12, 31), date(2028, 2, 29)):
        for write in (writing.camt053, writing.mt940, writing.ofx, writing.ing, writing.rabobank):
            entry = read(write([Fact(Decimal("1.00"), day=day)])).statements[0].entries[0]
            assert entry.booking_date == day
