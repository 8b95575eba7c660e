"""Each suite turns red when what it is there for is taken away; the guards of the database have a test of their own."""

import pytest

from tests import databases
from tests.faults.controls import CONTROLS, KEEP
from tests.faults.kills import undisturbed

pytestmark = pytest.mark.faults
# Found by plays that happen to come there after many operations: only in the long form.
SLOW = {
    "sign of a repayment swapped",
    "sign of an advance swapped",
    "earlier batches of the day not counted",
    "no lock on payments: planned by eight",
}


@pytest.fixture(scope="module")
def run(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undisturbed(1, keep=KEEP) as made, databases.own_database():
        yield made


@pytest.mark.parametrize("control", [one for one in CONTROLS if one.name not in SLOW], ids=lambda one: one.name)
def test_finds_a_fault_without(run, control):
    assert control.findings(run)
