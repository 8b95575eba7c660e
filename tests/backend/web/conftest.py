"""Every test of a page happens on the same Monday morning."""

from collections.abc import Iterator

import pytest
import time_machine

from tests import factories
from tests.backend.web.desk import MORNING
from tests.factories import House


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def home(db: None) -> House:
    return factories.house()
