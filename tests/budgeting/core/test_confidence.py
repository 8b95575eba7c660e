"""How sure an answer is: a chance that means what it says, and from which chance on nobody is asked."""

from datetime import date
from decimal import Decimal
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgeting.core.clues import Clues
from budgeting.core.confidence import AUTO_AT_LEAST, DEFAULT, Confidence, _auto_from, facts_of, fit_confidence
from budgeting.core.learning import CATEGORIES, Weighed
from budgeting.core.lines import read_line
from budgeting.core.statement import Entry

LINE = read_line(Entry(Decimal("-1.00"), date(2026, 4, 1)))


def numbers(**values):
    """One number per category: those named, and zero for all others."""
    return np.array([values.get(category, 0) for category in CATEGORIES], np.float32)


def facts(logits, scores, seen=(), about=("een", "twee")):
    clue = Clues(LINE, (), about, frozenset(seen), "", "")
    return facts_of(logits[None, :], [Weighed(scores, ())], [clue])[0].tolist()


@pytest.mark.parametrize(
    ("sum_of_facts", "chance"),
    [(0, 0.5), (1, 1 / (1 + exp(-1))), (-1, 1 / (1 + exp(1))), (30, 1 / (1 + exp(-30))), (-30, 1 / (1 + exp(30)))],
)
def test_makes_a_chance_of_the_facts(sum_of_facts, chance):
    assert Confidence((1.0, 0.5), 0.9).of(np.array([[sum_of_facts - 1.0, 2.0]])) == pytest.approx([chance], rel=1e-12)


def test_is_never_quite_sure_of_anything():
    most, least = Confidence((1.0,), 0.9).of(np.array([[1e6], [-1e6]])).tolist()
    assert (most, least) == pytest.approx((1 / (1 + exp(-30)), 1 / (1 + exp(30))), rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("ahead", "fact"),
    [(0, 0), (log(3), log(3)), (5, 5), (9, 8), (100, 8)],
)
def test_counts_how_far_the_answer_stands_ahead_up_to_a_bound(ahead, fact):
    assert facts(numbers(rent=ahead), numbers())[0] == pytest.approx(fact, abs=1e-3)


def test_counts_how_far_the_answer_stands_ahead_of_the_second():
    assert facts(numbers(rent=5, water=3, energy=2), numbers())[0] == pytest.approx(2, abs=1e-3)


def test_takes_a_chance_of_next_to_nothing_for_one_in_a_million():
    first, second = exp(7.9) / (exp(7.9) + 41), 1 / (exp(7.9) + 41)
    wanted = log((first + 1e-6) / (second + 1e-6))
    assert facts(numbers(rent=7.9), numbers())[0] == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize(
    ("scores", "ahead", "second"),
    [
        ({}, 0, 0),
        ({"rent": 7}, 7, 0),
        ({"rent": 7, "water": 3, "energy": 1}, 4, 3),
        ({"rent": 12}, 12, 0),
        ({"rent": 24}, 12, 0),
        ({"rent": 24, "water": 13}, 11, 12),
        ({"rent": 24, "water": 24}, 0, 12),
    ],
)
def test_counts_how_far_knowledge_alone_stands_ahead_and_what_comes_second(scores, ahead, second):
    found = facts(numbers(rent=1), numbers(**scores))
    assert (found[1], found[8]) == (ahead, second)


@pytest.mark.parametrize(
    ("chosen", "scores", "agrees", "spoken_for"),
    [
        ("rent", {"rent": 5}, 1, 1),
        ("rent", {"rent": 4.5}, 1, 0),
        ("rent", {"rent": 5, "water": 6}, 0, 1),
        ("rent", {"water": 6}, 0, 0),
        ("water", {"water": 6}, 1, 1),
    ],
)
def test_notes_whether_knowledge_agrees_and_speaks_for_the_answer(chosen, scores, agrees, spoken_for):
    assert facts(numbers(**{chosen: 9}), numbers(**scores))[2:4] == [agrees, spoken_for]


@pytest.mark.parametrize(
    ("flag", "place"), [("@person", 4), ("@nothing", 5), ("@known", 6), ("@card", 7), ("@debit", 9)]
)
def test_notes_what_kind_of_line_it_is(flag, place):
    without, found = facts(numbers(), numbers()), facts(numbers(), numbers(), {flag})
    assert without[4:] == [0, 0, 0, 0, 0, 0, 0, 1]
    assert [number for number in range(12) if found[number] != without[number]] == [place]
    assert found[place] == 1


@pytest.mark.parametrize(("about", "few"), [((), 1), (("een",), 1), (("een", "twee"), 0), (("een",) * 3, 0)])
def test_notes_whether_a_line_says_less_than_two_words(about, few):
    assert facts(numbers(), numbers(), about=about)[10] == few


def test_has_a_weight_for_every_fact():
    assert len(DEFAULT.weights) == len(facts(numbers(), numbers()))
    assert DEFAULT.auto_from == AUTO_AT_LEAST


def unlikely(weights, found, right, counts):
    """How unlikely the answers are by this curve, and how far its weights are from zero."""
    with_sign = np.where(right, 1.0, -1.0) * (found @ weights)
    return float(counts @ np.log1p(np.exp(-with_sign)) + 0.5 * (weights @ weights))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.sampled_from([0.6, 1.0, 5.0])), min_size=1, max_size=30)
)
def test_fits_the_curve_that_makes_what_happened_likeliest(lines):
    found = np.array([[float(fact), 1.0] for fact, _, _ in lines])
    right = np.array([truth for _, truth, _ in lines])
    counts = np.array([count for _, _, count in lines])

    weights = np.array(fit_confidence(found, right, counts).weights)

    best = unlikely(weights, found, right, counts)
    for step in ([1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3]):
        assert best < unlikely(weights + step, found, right, counts)


def test_asks_a_person_below_the_chance_that_was_right_often_enough():
    found = np.array([[9.0, 1.0]] * 400 + [[-9.0, 1.0]] * 400)
    right = np.array([True] * 400 + [False] * 400)
    curve = fit_confidence(found, right, np.where(right, 1.0, 3.0))  # one wrong answer among 403 is too many
    sure, unsure = curve.of(found[[0, 400]]).tolist()
    assert sure > AUTO_AT_LEAST > unsure
    assert curve.auto_from == pytest.approx(sure, abs=1e-12)


@pytest.mark.parametrize(
    ("lines", "auto_from"),
    [
        ([(0.999, True, 1), (0.995, True, 1), (0.992, True, 1)], 0.992),
        ([(0.992, True, 1), (0.999, True, 1), (0.995, True, 1)], 0.992),
        ([(0.999, True, 1), (0.5, True, 1)], 0.99),
        ([(0.999, True, 1), (0.998, False, 1)], 0.999),
        ([(0.998, False, 1), (0.999, True, 1)], 0.999),
        ([(0.999, True, 199), (0.993, False, 1)], 0.993),
        ([(0.999, True, 198), (0.993, False, 1)], 0.999),
        ([(0.999, True, 1), (0.998, False, 1), (0.997, True, 198)], 0.997),
        ([(0.999, True, 1), (0.998, True, 1), (0.997, False, 1), (0.996, False, 1)], 0.998),
        ([(0.999, False, 1), (0.998, True, 1)], 1.01),
        ([(0.999, False, 0.5), (0.998, True, 99.5)], 0.998),
    ],
)
def test_stops_asking_from_where_enough_of_the_answers_were_right(lines, auto_from):
    chance, right, counts = (np.array(column) for column in zip(*lines, strict=True))
    assert _auto_from(chance, right, counts) == auto_from
