"""The short form of the kills: a hundred boundaries of one scene, the last of every step among them."""

from random import Random

import pytest

from tests.faults.kills import any_moment, kill_at, spread, undisturbed

pytestmark = pytest.mark.faults
SEED = 1
POINTS = 100


def test_loses_and_doubles_nothing_wherever_it_is_killed(django_db_setup, django_db_blocker):
    random = Random(SEED)
    with django_db_blocker.unblock(), undisturbed(SEED) as run:
        points = spread(run, POINTS, random)
        found = {str(point): kill_at(run, point) for point in [*points, *any_moment(3, random)]}

    assert len(points) == POINTS
    assert not {point: problems for point, problems in found.items() if problems}
