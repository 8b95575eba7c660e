"""The short form of the races: sixteen at once do everything that is done to money, and one of them does it."""

import pytest

from tests.faults.kills import undisturbed
from tests.faults.races import (
    KEEP,
    round_of_mixture,
    round_of_sharing,
    round_of_spending,
    round_of_steps,
    round_of_undoing,
)

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def run(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undisturbed(2, keep=KEEP) as made:
        yield made


@pytest.mark.parametrize("time", ["once", "again"])
def test_has_one_effect_of_sixteen_who_do_the_same_at_once(run, time):
    assert round_of_steps(run) == []


@pytest.mark.parametrize("workers", [2, 8])
def test_has_the_books_of_one_when_many_share_a_day(run, workers):
    assert round_of_sharing(run, workers) == []


def test_spends_no_money_twice(run):
    assert round_of_spending(run) == []


def test_undoes_an_import_once_while_others_decide_about_it(run):
    assert round_of_undoing(run) == []


def test_lets_no_two_jobs_wait_for_each_other(run):
    assert [problem for _ in range(3) for problem in round_of_mixture(run)] == []
