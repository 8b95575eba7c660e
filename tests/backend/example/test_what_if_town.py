"""A whole town the other way: the same lives in each way, side by side, and refused when it is no way."""

from decimal import Decimal

import pytest

from backend.example.simulation import Question
from backend.example.what_if_town import NOW, NotAWay, as_plain, report, ways_of

ASKED = Question(residents=20, months=2, seed=3)


def test_asks_the_same_lives_in_each_way() -> None:
    ways = ways_of(ASKED, ["limit=1000.00", "pay=monthly", "counts=certain"])

    assert list(ways) == [NOW, "limit=1000.00", "pay=monthly", "counts=certain"]
    assert {(way.residents, way.months, way.seed) for way in ways.values()} == {(20, 2, 3)}
    assert ways["limit=1000.00"].advance_limit == "1000.00"
    assert ways["pay=monthly"].pay_rhythm == "monthly"
    assert ways["counts=certain"].counts_on == "certain"


@pytest.mark.parametrize("text", ["limit=veel", "limit=-1", "pay=daily", "counts=", "buffer=10", "", "limit"])
def test_refuses_what_is_no_way(text: str) -> None:
    with pytest.raises(NotAWay):
        ways_of(ASKED, [text])


def test_sets_the_ways_beside_each_other_and_says_the_difference() -> None:
    answers = {NOW: _answer(10, "60.00"), "limit=1000.00": _answer(25, "59.50")}

    told = list(report(answers))

    assert told[-1] == "limit=1000.00: +15 days unpaid, +0 residents lent to, -0.50 euro leefgeld a week"
    assert as_plain(answers)["limit=1000.00"]["remainder_a_week"] == "59.50"


class _Course:
    """What a played town came to, as far as the report asks."""

    charges_late, remainder_spread, residents_lent_to, lent_now = 3, 0.25, 4, Decimal("120.00")

    def __init__(self, days: int, week: str) -> None:
        self.days_unpaid, self.remainder_a_week = days, Decimal(week)


class _Answer:
    """An outcome with a course of its own."""

    ok = True

    def __init__(self, course: _Course) -> None:
        self.course = course


def _answer(days: int, week: str) -> _Answer:
    return _Answer(_Course(days, week))
