"""The short form of the kills: a hundred boundaries of one scene, the last of every step among them."""

from random import Random

import pytest

from tests.faults.kills import any_moment, kill_at, raise_at, spread, undisturbed

pytestmark = pytest.mark.faults
SEED = 1
POINTS = 100


@pytest.fixture(scope="module")
def run(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undisturbed(SEED) as made:
        yield made


def test_loses_and_doubles_nothing_wherever_it_is_killed(run):
    random = Random(SEED)
    points = spread(run, POINTS, random)

    found = {str(point): kill_at(run, point) for point in [*points, *any_moment(3, random)]}

    assert len(points) == POINTS
    assert not {point: problems for point, problems in found.items() if problems}


def test_changes_nothing_when_anything_unexpected_is_raised(run):
    every = [point for point in run.every_point() if point.k < run.commits[point.step]]

    found = {str(point): raise_at(run, point) for point in Random(SEED).sample(every, 40)}

    assert not {point: problems for point, problems in found.items() if problems}
