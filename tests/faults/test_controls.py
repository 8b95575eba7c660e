"""Each suite turns red when what it is there for is taken away; the guards of the database have a test of their own."""

import pytest

from tests import databases
from tests.faults.controls import CONTROLS, KEEP
from tests.faults.kills import undisturbed
from tests.faults.money_controls import MONEY_CONTROLS

pytestmark = pytest.mark.faults
# Found by plays that happen to come there after many operations: only in the long form.
SLOW = {
    "sign of a repayment swapped",
    "sign of an advance swapped",
    "earlier batches of the day not counted",
    "no lock on payments: planned by eight",
    "no lock on payments: two files released at once",
}


@pytest.fixture(scope="module")
def run(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undisturbed(1, keep=KEEP) as made, databases.own_database():
        yield made


@pytest.mark.parametrize("control", [one for one in CONTROLS if one.name not in SLOW], ids=lambda one: one.name)
def test_finds_a_fault_without(run, control):
    assert control.findings(run)


@pytest.mark.parametrize(
    "look", [look for name, _, look in MONEY_CONTROLS if name not in SLOW], ids=lambda look: look.__name__
)
def test_finds_nothing_while_every_guard_is_there(run, look):
    assert look() == []
