"""Learning from decisions: what a weight may hang on, that only knowledge speaks without examples, and what moves."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.clues import Clues
from budgeting.core.knowledge.rules import Knowledge, Rule
from budgeting.core.learning import (
    CATEGORIES,
    MOST_EXAMPLES,
    NO_WEIGHTS,
    NUMBER,
    Weighed,
    Weights,
    fit,
    shares,
    weigh,
)
from budgeting.core.lines import Line

RENT, WATER, WAGES = NUMBER["rent"], NUMBER["water"], NUMBER["wages"]
ABOUT_RENT = Rule("rent", 7.0, frozenset({"huur"}), frozenset(), "huur", "rent: huur")
BY_LANDLORD = Rule("rent", 4.5, frozenset({"#landlord"}), frozenset({"water"}), "#landlord & !water", "rent: landlord")
ABOUT_WATER = Rule("water", 30.0, frozenset({"water"}), frozenset(), "water", "water: water")
RULES = (ABOUT_RENT, BY_LANDLORD, ABOUT_WATER)


@pytest.fixture
def knowledge() -> Knowledge:
    """Three rules: rent is spoken for by a word and by a landlord, water by more than counts."""
    behind: dict[str, tuple[Rule, ...]] = {"huur": (ABOUT_RENT,), "#landlord": (BY_LANDLORD,), "water": (ABOUT_WATER,)}
    return Knowledge(RULES, behind, {}, frozenset({"#landlord"}))


def clues(*seen: str, name: str = "", about: str = "", assessment: str = "", account: str = "") -> Clues:
    line = Line("transfer", "", "", "", "12345678", held=False)
    return Clues(line, tuple(name.split()), tuple(about.split()), frozenset(seen), assessment, account)


def scores(**points: float) -> Any:
    found = np.zeros(len(CATEGORIES), np.float32)
    for category, score in points.items():
        found[NUMBER[category]] = score
    return found


def line(*features: str, **points: float) -> Weighed:
    return Weighed(scores(**points), features)


def test_has_forty_two_categories_each_once() -> None:
    assert len(CATEGORIES) == len(set(CATEGORIES)) == len(NUMBER) == 42
    assert [NUMBER[category] for category in CATEGORIES] == list(range(42))
    assert MOST_EXAMPLES == 6000


def test_adds_up_what_the_rules_say(knowledge: Knowledge) -> None:
    found = weigh(clues("@out", "huur", "#landlord", "@known"), knowledge)

    assert found.scores.tolist() == scores(rent=11.5).tolist()
    assert set(found.rules) == {ABOUT_RENT, BY_LANDLORD}


def test_lets_no_score_grow_beyond_bounds(knowledge: Knowledge) -> None:
    found = weigh(clues("@out", "water", "#landlord"), knowledge)

    assert found.scores.tolist() == scores(water=24).tolist()
    assert found.scores.dtype == np.float32


@pytest.mark.parametrize(("flag", "way"), [("@in", "+"), ("@out", "-")])
def test_hangs_weights_on_everything_an_entry_says(knowledge: Knowledge, flag: str, way: str) -> None:
    seen = clues(
        flag, "#landlord", "@known", "~energy", "huur", name="woonstichting 1122", about="huurprijs mei 2026 4e",
        assessment="H6", account="NL01",
    )  # fmt: skip

    found = weigh(seen, knowledge)

    ahead = sorted([f"{flag}{way}", f"#landlord{way}", f"@known{way}", f"~energy{way}"])
    assert list(found.features[:4]) == ahead
    assert set(found.features[4:6]) == {"rent: huur", "rent: landlord"}
    assert list(found.features[6:]) == [
        f"huurprijs{way}", "huurp…", f"mei{way}", "mei…",
        "name woonstichting", "name woons…",
        f"account NL01{way}", f"chamber 12345678{way}",
        f"assessment H6{way}",
    ]  # fmt: skip


def test_hangs_nothing_on_an_account_or_an_assessment_that_is_not_there(knowledge: Knowledge) -> None:
    assert list(weigh(clues("@out", about="mei"), knowledge).features) == ["@out-", "mei-", "mei…"]


def test_forgets_who_it_was_and_keeps_what_was_said(knowledge: Knowledge) -> None:
    seen = clues(
        "@in", "#landlord", "@known", "~energy", "huur", name="woonstichting", about="mei", assessment="H6",
        account="NL01",
    )  # fmt: skip

    found = weigh(seen, knowledge, forget_who=True)

    assert list(found.features) == ["@in+", "~energy+", "rent: huur", "mei+", "mei…", "assessment H6+"]
    assert found.scores.tolist() == scores(rent=7).tolist()
    assert found.rules == (ABOUT_RENT,)


def test_leaves_the_features_out_where_nothing_was_learnt(knowledge: Knowledge) -> None:
    seen = clues("@out", "huur", name="woonstichting", about="mei", account="NL01")

    assert weigh(seen, knowledge, learnt=False).features == ()
    assert weigh(seen, knowledge, learnt=False).scores.tolist() == scores(rent=7).tolist()
    assert weigh(seen, knowledge, learnt=False).rules == (ABOUT_RENT,)


def test_lets_only_knowledge_speak_without_weights() -> None:
    lines = [line("a", rent=7), line(water=3)]

    found = NO_WEIGHTS.logits(lines)

    assert found.tolist() == [scores(rent=3.5).tolist(), scores(water=1.5).tolist()]
    assert NO_WEIGHTS.place == {}
    assert NO_WEIGHTS.table.shape == (1, 42)
    assert not NO_WEIGHTS.table.any()


def test_adds_the_weights_of_the_features_an_entry_has() -> None:
    table = np.zeros((5, len(CATEGORIES)), np.float32)
    table[0, RENT], table[1, RENT], table[2, RENT], table[3, WATER], table[4, WAGES] = 1, 2, 4, 8, 10
    weights = Weights({"a": 0, "b": 1, "c": 2, "d": 3}, table)

    found = weights.logits(
        [
            line("a", rent=7),
            line("a", "b", "c", "d", "a", "unknown"),
            line("unknown"),
            line(water=2),
        ]
    )

    expected = [
        scores(rent=3.5 + 1, wages=3),
        scores(rent=(1 + 2 + 4) / 2, water=8 / 2, wages=3),
        scores(wages=3),
        scores(water=1, wages=3),
    ]
    assert np.allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32


def test_lets_what_holds_for_all_entries_count_alone() -> None:
    table = np.zeros((1, len(CATEGORIES)), np.float32)
    table[0, WAGES] = 10

    assert np.allclose(Weights({}, table).logits([line("a", rent=2)]), [scores(rent=1, wages=3)])


@given(st.lists(st.lists(st.floats(-200, 200), min_size=3, max_size=3), min_size=1, max_size=5))
def test_shares_add_up_to_one_in_the_order_of_the_odds(rows: list[list[float]]) -> None:
    found = shares(np.asarray(rows))

    assert np.allclose(found.sum(axis=1), 1)
    for row, odds in zip(found, rows, strict=True):
        order = np.argsort(odds)
        assert all(row[low] <= row[high] for low, high in pairwise(order))


def test_shares_are_what_the_odds_say() -> None:
    found = shares(np.log(np.array([[1.0, 3.0], [2.0, 2.0]])))

    assert np.allclose(found, [[0.25, 0.75], [0.5, 0.5]])
    assert np.allclose(shares(np.array([[1000.0, 1000.0], [0.0, 0.0]])), [[0.5, 0.5], [0.5, 0.5]])


def taught() -> tuple[list[Weighed], list[str]]:
    """Ten lines of which "drip" says water and "roof" says rent; "once" stands in one line only."""
    lines = [line("drip", "drip", "both"), line("drip", "once")] + [line("drip", "both") for _ in range(3)]
    return [*lines, *(line("roof", "both") for _ in range(5))], ["water"] * 5 + ["rent"] * 5


def test_hangs_weights_on_what_stands_in_two_lines_or_more() -> None:
    found = fit(*taught())

    assert found.place == {"both": 0, "drip": 1, "roof": 2}
    assert found.table.shape == (4, 42)
    assert found.table.dtype == np.float32


def test_moves_an_answer_to_what_people_decided_and_no_other() -> None:
    weights = fit(*taught())

    drip, roof, neither = weights.logits([line("drip"), line("roof"), line("never seen")])

    assert (drip.argmax(), roof.argmax()) == (WATER, RENT)
    assert drip[WATER] > 1
    assert drip[WAGES] < 0
    assert neither[RENT] == pytest.approx(neither[WATER], abs=0.2)


def test_asks_two_lines_of_a_word_and_not_twice_one() -> None:
    lines = [line("once", "once", "twice"), line("twice"), line()]

    assert fit(lines, ["rent", "water", "wages"]).place == {"twice": 0}


def test_learns_from_one_decision_what_holds_for_all_entries() -> None:
    found = fit([line("once")], ["rent"])

    assert found.place == {}
    assert found.logits([line("other")])[0].argmax() == RENT
    assert np.abs(gradient(found, [line()], ["rent"])).max() < 1.5e-4


def gradient(weights: Weights, lines: Sequence[Weighed], categories: Sequence[str]) -> Any:
    """How much the likelihood of the examples, held by the pull to zero, still changes; nought at the best weights."""
    x = np.zeros((len(lines), len(weights.table)))
    for row, one in enumerate(lines):
        known = sorted({weights.place[feature] for feature in one.features if feature in weights.place})
        x[row, known] = 1 / max(1, len(known)) ** 0.5
        x[row, -1] = 0.3
    wanted = np.eye(len(CATEGORIES))[[NUMBER[category] for category in categories]]
    return x.T @ (shares(weights.logits(lines)) - wanted) / len(lines) + weights.table / len(lines)


@pytest.mark.parametrize("times", [1, 8, 100])
def test_finds_the_weights_that_make_the_examples_likeliest(times: int) -> None:
    lines, categories = taught()
    lines = [Weighed(one.scores + scores(rent=2), one.features) for one in lines] * times

    found = fit(lines, categories * times)

    assert np.abs(found.table).max() > 0.5
    assert np.abs(gradient(found, lines, categories * times)).max() < 1.5e-4


def test_learns_how_often_people_decide_one_way_and_the_other() -> None:
    same = [line("roof", rent=20, water=20)] * 1000
    categories = ["rent"] * 600 + ["water"] * 400

    found = fit(same, categories)

    chances = shares(found.logits(same[:1]))[0]
    assert (chances[RENT], chances[WATER]) == (pytest.approx(0.6, abs=0.001), pytest.approx(0.4, abs=0.001))
    assert np.abs(gradient(found, same, categories)).max() < 1.5e-4


def test_learns_less_where_knowledge_says_it_already() -> None:
    lines, categories = taught()
    known = [Weighed(scores(**{category: 20}), one.features) for one, category in zip(lines, categories, strict=True)]

    assert np.abs(fit(known, categories).table).max() < 0.1 * np.abs(fit(lines, categories).table).max()


def test_believes_many_decisions_more_than_few() -> None:
    lines, categories = taught()

    few, many = fit(lines, categories), fit(lines * 10, categories * 10)

    assert many.logits([line("drip")])[0][WATER] > few.logits([line("drip")])[0][WATER] + 1
