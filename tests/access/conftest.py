"""Every test of who may do what happens on the same Monday morning, in the same small town."""

import logging
from collections.abc import Iterator

import pytest
import time_machine

from tests.access.town import Walk, walk_in
from tests.backend.web.desk import MORNING


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def walk(db: None) -> Iterator[Walk]:
    # Thousands of refusals, each with its trace, say nothing that the answers do not.
    logging.disable(logging.ERROR)
    yield walk_in()
    logging.disable(logging.NOTSET)
