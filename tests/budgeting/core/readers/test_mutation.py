"""Spoilt files: a short run here, `HHB_MUTATIONS=100000` for the long one, `HHB_SEED` for another."""

import os
from decimal import Decimal

import pytest

from budgeting.core.readers import read
from tests.budgeting.core.readers import mutation
from tests.budgeting.core.readers.writing import Fact, camt053


@pytest.mark.faults
def test_never_reads_a_spoilt_file_wrongly() -> None:
    seed, count = int(os.environ.get("HHB_SEED", "20260305")), int(os.environ.get("HHB_MUTATIONS", "5000"))
    outcome = mutation.spoil_and_read(seed, count)
    assert outcome.faults == []
    assert outcome.files == count
    assert set(outcome.severities) == {"", "note", "hold", "refuse"}


def test_would_notice_a_reader_that_loses_an_entry() -> None:
    two, one = (read(camt053([Fact(Decimal("5.00"))] * count)) for count in (2, 1))
    assert mutation._same_money(two, two)
    assert not mutation._same_money(two, one)
