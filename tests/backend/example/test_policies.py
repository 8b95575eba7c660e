"""The same lives under different ways of paying out: no euro is made or lost, and smoothing smooths."""

from decimal import Decimal

import pytest

from backend.example.policies import all_there_is, fixed_a_month, lives, outcome, play, smoothed

LIMIT = Decimal("1500.00")


@pytest.fixture(scope="module")
def town():
    return lives(20, 12, seed=3)


def came_in(life):
    return sum(amount for day, lines in life.came.items() if day < life.until for amount, _ in lines)


def fixed(life):
    return fixed_a_month(sum(play(life, smoothed).payouts.values()))


@pytest.mark.parametrize("limit", [Decimal("0.00"), LIMIT])
@pytest.mark.parametrize("way", [lambda _: smoothed, fixed, lambda _: all_there_is])
def test_keeps_every_euro_of_a_life(town, way, limit):
    for life in town:
        purse = play(life, way(life), limit=limit)
        due = sum(charge.amount for charge in life.charges if charge.on < life.until)
        paid = due - sum(charge.amount for charge in purse.unpaid)
        assert came_in(life) + purse.lent == paid + sum(purse.payouts.values()) + purse.balance
        assert purse.balance >= 0
        assert purse.lent <= purse.most_lent <= limit


def test_pays_more_evenly_and_in_time_than_other_ways(town):
    irregular = [life for life in town if life.is_irregular]
    ours = outcome([(life, play(life, smoothed)) for life in irregular])
    by_month = outcome([(life, play(life, fixed(life))) for life in irregular])
    at_once = outcome([(life, play(life, all_there_is)) for life in irregular])

    assert ours.unpaid_days * 10 <= by_month.unpaid_days
    assert ours.spread * 3 <= at_once.spread
    assert abs(ours.paid_out - by_month.paid_out) < ours.lives  # the twelfths are rounded


def test_lends_to_fewer_when_it_smooths(town):
    ours, other = (outcome([(life, play(life, way, limit=LIMIT)) for life in town]) for way in (smoothed, all_there_is))
    assert ours.lent_to < other.lent_to
    assert ours.unpaid_days <= other.unpaid_days


def test_lives_the_same_year_for_the_same_seed(town):
    again = lives(20, 12, seed=3)
    assert [play(life, smoothed).payouts for life in again] == [play(life, smoothed).payouts for life in town]
