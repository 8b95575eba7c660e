"""The short form of the spoilt files: 5,000 of them, each answered in time and in little memory, none read wrongly."""

import signal
from decimal import Decimal
from time import process_time

import pytest

from budgeting.core import readers, statement
from budgeting.core.statement import Reading
from tests.budgeting.core.readers import mutation
from tests.faults import files
from tests.faults.files import Figures, read_spoilt

SEED = 20260305


def found_in(count: int) -> Figures:
    figures = Figures()
    assert read_spoilt(SEED, range(count), figures) == count
    return figures


@pytest.mark.faults
def test_answers_every_spoilt_file_in_time_and_reads_none_wrongly() -> None:
    figures = found_in(5000)

    assert figures.found == []
    assert figures.answers.total() == 5000
    assert set(figures.answers) == {"", "note", "hold", "refuse"}


def test_finds_a_gate_that_no_longer_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "_balance_problems", lambda *_: ())

    assert any("without a balance that holds" in one or "other money" in one for one in found_in(600).found)


def test_finds_a_reader_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: bytes, **__: object) -> Reading:
        until = process_time() + 0.02
        while process_time() < until:
            pass
        return readers.read(b"")

    monkeypatch.setattr(mutation, "read", slow)
    monkeypatch.setattr(files, "SECONDS", 0.01)

    assert found_in(2).found[0].startswith(f"{SEED}/0 ")
    assert "took 0.0 s" in found_in(1).found[0]


def test_finds_a_reader_that_takes_too_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def large(_: bytes, **__: object) -> Reading:
        return readers.read(b"\n" * 260_000_000, limit=300_000_000)

    monkeypatch.setattr(mutation, "read", large)

    (fault,) = found_in(1).found
    assert Decimal(fault.split(" took ")[1].removesuffix(" MB")) > files.MEGABYTES


def test_names_the_file_that_kills_its_reader_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    third = mutation.spoilt_file(SEED, 2).data

    def kills(data: bytes, **_: object) -> Reading:
        if data == third:
            signal.raise_signal(signal.SIGKILL)
        return readers.read(b"")

    monkeypatch.setattr(mutation, "read", kills)
    figures = found_in(5)

    assert [one for one in figures.found if "died" in one] == [
        f"{mutation.spoilt_file(SEED, 2).name}: the process that read it died"
    ]
    assert figures.answers == {"refuse": 4, "died": 1}
