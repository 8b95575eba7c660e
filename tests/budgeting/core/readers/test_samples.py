"""Samples of every format, made up by hand: beside each stands, to the last field, what the house must read in it."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from budgeting.core.readers import read, stream
from budgeting.core.statement import Entry, Unreadable
from tests.budgeting.core.readers.told import ON, told

SAMPLES = Path(__file__).parents[3] / "samples" / "statements"
FILES = sorted(path for path in SAMPLES.glob("*/*") if path.suffix != ".json")
WANTED = {"camt.052", "camt.053", "camt.054", "csv", "mt940", "mt942", "ofx1", "ofx2", "zip"}


def beside(sample: Path) -> Path:
    """`name.940` is told in `name.940.json`."""
    return sample.with_name(f"{sample.name}.json")


@pytest.mark.parametrize("sample", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_reads_every_field_of_a_sample(sample: Path) -> None:
    expected = json.loads(beside(sample).read_text(encoding="utf-8"))
    assert told(read(sample.read_bytes(), on=ON)) == expected


@pytest.mark.parametrize("sample", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_streams_what_it_reads_of_a_sample(sample: Path) -> None:
    reading = read(sample.read_bytes(), on=ON)
    if not reading.statements or reading.format == "zip":
        with pytest.raises(Unreadable):
            list(stream(BytesIO(sample.read_bytes())))
        return
    streamed = [item for item in stream(BytesIO(sample.read_bytes())) if type(item) is Entry]
    assert streamed == [entry for one in reading.statements for entry in one.entries]


def test_has_a_sample_of_every_format() -> None:
    found = {json.loads(beside(path).read_text(encoding="utf-8"))["format"] for path in FILES}
    assert found >= WANTED
