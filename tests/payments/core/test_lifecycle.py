"""The house lets an order and a batch change in the legal ways only."""

from itertools import pairwise, product

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from payments.core import lifecycle
from payments.core.lifecycle import MayNotBecome, NoSuchState, check_may_become, diagram, may_become

# The whole truth, written down a second time: row may become column.
ORDER_TABLE = """
            planned held batched released booked returned rejected cancelled
planned     .       x    x       .        .      .        .        x
held        x       .    .       .        .      .        .        x
batched     x       .    .       x        .      .        .        .
released    .       .    .       .        x      .        x        .
booked      .       .    .       .        .      x        .        .
returned    .       .    .       .        .      .        .        .
rejected    .       .    .       .        .      .        .        .
cancelled   .       .    .       .        .      .        .        .
"""
BATCH_TABLE = """
            draft approved released closed cancelled
draft       .     x        .        .      x
approved    .     .        x        .      x
released    .     .        .        x      .
closed      .     .        .        .      .
cancelled   .     .        .        .      .
"""

ENDING_TABLE = """
            ending ended withdrawn
ending      .      x     x
ended       x      .     .
withdrawn   .      .     .
"""


def cells(table):
    header, *rows = table.strip().splitlines()
    columns = header.split()
    return [
        (row.split()[0], to, mark == "x") for row in rows for to, mark in zip(columns, row.split()[1:], strict=True)
    ]


@pytest.mark.parametrize(("from_", "to", "legal"), cells(ORDER_TABLE))
def test_knows_for_each_pair_of_order_states_whether_the_change_is_legal(from_, to, legal):
    assert may_become("order", from_, to) is legal


@pytest.mark.parametrize(("from_", "to", "legal"), cells(BATCH_TABLE))
def test_knows_for_each_pair_of_batch_states_whether_the_change_is_legal(from_, to, legal):
    assert may_become("batch", from_, to) is legal


@pytest.mark.parametrize(("from_", "to", "legal"), cells(ENDING_TABLE))
def test_knows_for_each_pair_of_states_of_an_ending_whether_the_change_is_legal(from_, to, legal):
    assert may_become("ending", from_, to) is legal


def test_refuses_a_change_by_name():
    check_may_become("order", "planned", "batched")
    with pytest.raises(MayNotBecome, match="booked may not become planned") as refusal:
        check_may_become("order", "booked", "planned")
    assert (refusal.value.kind, refusal.value.from_, refusal.value.to) == ("order", "booked", "planned")


@pytest.mark.parametrize(
    ("kind", "from_", "to"), [("order", "paid", "booked"), ("order", "booked", "paid"), ("letter", "draft", "sent")]
)
def test_refuses_words_that_are_no_state(kind, from_, to):
    with pytest.raises(NoSuchState):
        check_may_become(kind, from_, to)


def test_hands_its_table_to_the_database_whole_and_without_doubles():
    rows = [tuple(row) for row in lifecycle.TRANSITIONS]
    assert len(rows) == len(set(rows)) == 10 + 5 + 3
    legal = {
        (k, a, b)
        for k in ("order", "batch", "ending")
        for a, b in product(lifecycle.states(k), repeat=2)
        if may_become(k, a, b)
    }
    assert set(rows) == legal


def test_lets_every_state_be_reached_from_the_first():
    for kind, first in lifecycle.FIRST_STATE.items():
        reached = {first}
        while more := {to for of, from_, to in lifecycle.TRANSITIONS if of == kind and from_ in reached} - reached:
            reached |= more
        assert reached == set(lifecycle.states(kind))


def test_leaves_no_state_without_a_place():
    ended = {"cancelled", "returned", "rejected"}
    assert set(lifecycle.states("order")) == lifecycle.LIVE_ORDER_STATES | ended
    assert lifecycle.STATES_FOR_A_NEW_ATTEMPT.isdisjoint(lifecycle.LIVE_ORDER_STATES)


def test_draws_its_table():
    drawn = diagram("batch")
    assert drawn == (
        "stateDiagram-v2\n"
        "    [*] --> draft\n"
        "    draft --> approved\n"
        "    draft --> cancelled\n"
        "    approved --> released\n"
        "    approved --> cancelled\n"
        "    released --> closed\n"
        "    closed --> [*]\n"
        "    cancelled --> [*]\n"
    )
    assert "    booked --> [*]\n" in diagram("order")
    assert diagram("order").count("-->") == 10 + 1 + 4


class OrderOfOneDueDate(RuleBasedStateMachine):
    """Whatever is asked in whatever order: money leaves at most once per attempt and never from a held order."""

    def __init__(self):
        super().__init__()
        self.state, self.trail = "planned", ["planned"]

    @rule(to=sampled_from(lifecycle.states("order")))
    def ask(self, to):
        try:
            check_may_become("order", self.state, to)
        except MayNotBecome:
            return
        self.state = to
        self.trail.append(to)

    @invariant()
    def leaves_at_most_once(self):
        assert self.trail.count("released") <= 1
        assert self.trail.count("booked") <= 1
        for before, after in pairwise(self.trail):
            assert after != "released" or before == "batched"
            assert after != "booked" or before == "released"


TestReleasesMoneyAtMostOnce = OrderOfOneDueDate.TestCase


@pytest.mark.parametrize(
    ("ask", "kind", "state"),
    [
        (lambda: lifecycle.states("letter"), "letter", ""),
        (lambda: lifecycle.may_become("letter", "planned", "held"), "letter", ""),
        (lambda: lifecycle.may_become("order", "draft", "held"), "order", "draft"),
        (lambda: lifecycle.may_become("batch", "draft", "held"), "batch", "held"),
        (lambda: lifecycle.check_may_become("order", "planned", "lost"), "order", "lost"),
    ],
)
def test_names_the_kind_and_the_word_that_is_no_state(ask, kind, state):
    with pytest.raises(lifecycle.NoSuchState) as refusal:
        ask()

    assert (refusal.value.kind, refusal.value.state) == (kind, state)
    assert str(refusal.value) == f"no such state: {kind} {state}"


def test_draws_an_end_where_a_thing_may_stay_and_nowhere_else():
    ends = {kind: {line.split()[0] for line in lifecycle.diagram(kind).splitlines() if line.endswith("--> [*]")}
            for kind in (lifecycle.ORDER, lifecycle.BATCH, lifecycle.ENDING)}  # fmt: skip

    assert ends == {
        "order": {"booked", "returned", "rejected", "cancelled"},
        "batch": {"closed", "cancelled"},
        "ending": {"ended", "withdrawn"},
    }
