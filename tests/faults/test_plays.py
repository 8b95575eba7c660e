"""The short form of the plays: seeded random operations on the house and on the reference model."""

import pytest

from tests import databases
from tests.faults.play import play, played

pytestmark = pytest.mark.faults
SEEDS = range(1, 68)
OPERATIONS = 150  # of each: ten thousand together


@pytest.fixture(scope="module")
def scratch(django_db_setup, django_db_blocker):
    """One database for all plays: nothing of them is kept."""
    with django_db_blocker.unblock(), databases.own_database() as own:
        yield own


@pytest.mark.parametrize("seed", SEEDS)
def test_says_what_the_model_says_after_every_operation(scratch, seed):
    assert play(seed, OPERATIONS) == OPERATIONS


def test_plays_the_same_again_from_its_seed(scratch):
    stories = []
    for _ in range(2):
        with played(3) as made:
            for _ in range(60):
                made.step()
            stories.append((made.done, dict(made.model.money), {n: o.state for n, o in made.model.orders.items()}))

    assert stories[0] == stories[1]
