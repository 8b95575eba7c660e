"""Every test of the API happens on the same Monday morning, with full buckets of requests."""

from collections.abc import Iterator

import pytest
import time_machine

from backend.api.authentication import KeyThrottle
from tests import factories
from tests.backend.api.door import Door
from tests.backend.web.desk import MORNING
from tests.factories import House


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[time_machine.Traveller]:
    KeyThrottle.forget()
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


@pytest.fixture
def door(home: House) -> Door:
    return Door.of(home)
