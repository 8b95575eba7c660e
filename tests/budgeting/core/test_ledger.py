"""The house's books sum to zero, whatever moves."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from budgeting.core import ledger
from budgeting.core.ledger import AdvanceLargerThanOrder, Movement, MovesNothing, NotBalanced, PostingLine
from budgeting.core.money import LIMIT, ZERO, NotAnAmount

TODAY = date(2026, 11, 25)
OURS, ANN, BEN = 1, 7, 8
EURO = Decimal("1.00")
amounts = st.integers(1, 10**8).map(lambda cents: Decimal(cents).scaleb(-2))
people = st.sampled_from([ANN, BEN])


def euro(text):
    return Decimal(text).quantize(Decimal("0.01"))


def movement(lines, key="k"):
    return Movement("entry", TODAY, key, tuple(lines))


def sums(lines):
    found = defaultdict(lambda: ZERO)
    for line in lines:
        found[line.account] += line.amount
    return {account: total for account, total in found.items() if total}


def test_books_an_entry_on_the_bank_and_what_is_owed_for_it():
    lines = ledger.entry_booked(OURS, euro(100), [(ledger.resident(ANN), euro(60)), (ledger.SUSPENSE, euro(40))], "R")
    assert sums(lines) == {
        ledger.bank(OURS): euro(100),
        ledger.resident(ANN): euro(-60),
        ledger.SUSPENSE: euro(-40),
    }
    assert {line.reference for line in lines} == {"R"}


def test_moves_money_from_suspense_to_the_residents_a_person_named():
    lines = ledger.suspense_cleared(euro(40), [(ledger.resident(ANN), euro(15)), (ledger.resident(BEN), euro(25))])
    assert sums(lines) == {
        ledger.SUSPENSE: euro(40),
        ledger.resident(ANN): euro(-15),
        ledger.resident(BEN): euro(-25),
    }


def test_takes_an_order_from_the_balance_and_lends_what_the_balance_lacks():
    lines = ledger.released(ANN, euro(600), "HHB1", lent=euro(150))
    assert sums(lines) == {
        ledger.resident(ANN): euro(450),
        ledger.advance(ANN): euro(150),
        ledger.IN_TRANSIT: euro(-600),
    }
    assert [line.reference for line in lines if line.account == ledger.IN_TRANSIT] == ["HHB1"]


@pytest.mark.parametrize("lent", ["-0.01", "600.01"])
def test_lends_no_more_than_the_order(lent):
    with pytest.raises(AdvanceLargerThanOrder):
        ledger.released(ANN, euro(600), "HHB1", lent=euro(lent))


@pytest.mark.parametrize("value", ["0.00", "-1.00"])
def test_lets_no_order_or_advance_run_backwards(value):
    for lines in (
        lambda amount: ledger.released(ANN, amount, "HHB1"),
        lambda amount: ledger.booked(OURS, amount, "HHB1"),
        lambda amount: ledger.returned(OURS, ANN, amount, "HHB1"),
        lambda amount: ledger.given(ANN, amount),
        lambda amount: ledger.repaid(ANN, amount),
        lambda amount: ledger.written_off(ANN, amount),
    ):
        with pytest.raises(MovesNothing):
            lines(euro(value))


@given(amounts)
def test_leaves_nothing_in_transit_after_the_bank_booked_an_order(value):
    together = [*ledger.released(ANN, value, "HHB1"), *ledger.booked(OURS, value, "HHB1")]
    assert sums(together) == {ledger.resident(ANN): value, ledger.bank(OURS): -value}
    entry = ledger.entry_booked(OURS, -value, [(ledger.IN_TRANSIT, -value)], "HHB1")
    assert sums(entry) == sums(ledger.booked(OURS, value, "HHB1"))


@given(amounts)
def test_gives_a_returned_order_back_to_the_resident(value):
    out = [*ledger.released(ANN, value, "HHB1"), *ledger.booked(OURS, value, "HHB1")]
    assert sums([*out, *ledger.returned(OURS, ANN, value, "HHB1")]) == {}


@given(amounts)
def test_ends_an_advance_by_repaying_or_writing_off(value):
    assert sums([*ledger.given(ANN, value), *ledger.repaid(ANN, value)]) == {}
    assert sums([*ledger.given(ANN, value), *ledger.written_off(ANN, value)]) == {
        ledger.resident(ANN): -value,
        ledger.OWN: value,
    }


@given(amounts, amounts)
def test_undoes_a_movement_exactly(value, more):
    lines = ledger.released(ANN, value + more, "HHB1", lent=value)
    undone = ledger.reversed_lines(lines)
    assert sums([*lines, *undone]) == {}
    assert ledger.reversed_lines(undone) == lines
    assert movement(undone).lines == undone


@given(st.lists(st.integers(-(10**8), 10**8), min_size=2, max_size=6))
def test_refuses_a_movement_that_does_not_sum_to_zero(cents):
    lines = [PostingLine(ledger.resident(number), Decimal(part).scaleb(-2)) for number, part in enumerate(cents)]
    rest = PostingLine(ledger.OWN, -sum((line.amount for line in lines), ZERO))
    assert movement([*lines, rest]).lines[-1] == rest
    wrong = PostingLine(ledger.OWN, rest.amount + Decimal("0.01"))
    with pytest.raises(NotBalanced):
        movement([*lines, wrong])


@pytest.mark.parametrize("lines", [(), (PostingLine(ledger.OWN, ZERO),)])
def test_refuses_a_movement_of_fewer_than_two_lines(lines):
    with pytest.raises(NotBalanced):
        movement(lines)


@pytest.mark.parametrize("value", [Decimal("0.005"), Decimal("NaN"), 1.5, Decimal("1000000000.00")])
def test_refuses_a_line_that_is_no_exact_amount(value):
    with pytest.raises(NotAnAmount):
        movement([PostingLine(ledger.OWN, value), PostingLine(ledger.SUSPENSE, value)])


@pytest.mark.parametrize(("postings", "held"), [("-12.50", "12.50"), ("3.00", "-3.00"), ("0.00", "0.00")])
def test_calls_what_it_owes_a_resident_their_balance(postings, held):
    assert str(ledger.balance(Decimal(postings))) == held


class Town(RuleBasedStateMachine):
    """Random movements beside a second set of books that knows no accounts, only people's purses."""

    def __init__(self):
        super().__init__()
        self.books = defaultdict(lambda: ZERO)
        self.bank = self.unknown = self.on_its_way = self.town = ZERO
        self.purse = {ANN: ZERO, BEN: ZERO}
        self.lent = {ANN: ZERO, BEN: ZERO}

    def post(self, lines):
        for line in movement(lines).lines:
            self.books[line.account] += line.amount

    @rule(value=amounts)
    def receive(self, value):
        self.post(ledger.entry_booked(OURS, value, [(ledger.SUSPENSE, value)]))
        self.bank += value
        self.unknown += value

    @precondition(lambda self: self.unknown > 0)
    @rule(who=people)
    def recognise(self, who):
        self.post(ledger.suspense_cleared(self.unknown, [(ledger.resident(who), self.unknown)]))
        self.purse[who] += self.unknown
        self.unknown = ZERO

    @rule(who=people, value=amounts, share=st.integers(0, 4))
    def release(self, who, value, share):
        lent = (value * share / 4).quantize(Decimal("0.01"))
        self.post(ledger.released(who, value, "HHB", lent=lent))
        self.purse[who] -= value - lent
        self.lent[who] += lent
        self.on_its_way += value

    @precondition(lambda self: self.on_its_way > 0)
    @rule()
    def book(self):
        self.post(ledger.booked(OURS, self.on_its_way, "HHB"))
        self.bank -= self.on_its_way
        self.on_its_way = ZERO

    @rule(who=people, value=amounts)
    def come_back(self, who, value):
        self.post(ledger.returned(OURS, who, value, "HHB"))
        self.bank += value
        self.purse[who] += value

    @precondition(lambda self: any(self.lent.values()))
    @rule(write_off=st.booleans())
    def end_advance(self, *, write_off):
        who, value = next((who, value) for who, value in self.lent.items() if value)
        self.post(ledger.written_off(who, value) if write_off else ledger.repaid(who, value))
        self.lent[who] = ZERO
        if write_off:
            self.town -= value
        else:
            self.purse[who] -= value

    @invariant()
    def agrees(self):
        assert sum(self.books.values()) == 0
        assert self.books[ledger.bank(OURS)] == self.bank
        assert ledger.balance(self.books[ledger.SUSPENSE]) == self.unknown
        assert ledger.balance(self.books[ledger.IN_TRANSIT]) == self.on_its_way
        assert ledger.balance(self.books[ledger.OWN]) == self.town
        for who, purse in self.purse.items():
            assert ledger.balance(self.books[ledger.resident(who)]) == purse
            assert self.books[ledger.advance(who)] == self.lent[who]


TestKeepsItsBooksInStepWithThePurses = Town.TestCase


@pytest.mark.parametrize(
    ("lines", "written"),
    [
        (lambda: ledger.booked(7, EURO, "HHB1"), [("in_transit", None, EURO, "HHB1"), ("bank", 7, -EURO, "HHB1")]),
        (lambda: ledger.returned(7, 3, EURO, "HHB1"), [("bank", 7, EURO, "HHB1"), ("resident", 3, -EURO, "HHB1")]),
        (
            lambda: ledger.released(3, EURO, "HHB1"),
            [("resident", 3, EURO, "HHB1"), ("in_transit", None, -EURO, "HHB1")],
        ),
        (
            lambda: ledger.released(3, EURO, "HHB1", EURO),
            [
                ("advance", 3, EURO, ""),
                ("resident", 3, -EURO, ""),
                ("resident", 3, EURO, "HHB1"),
                ("in_transit", None, -EURO, "HHB1"),
            ],
        ),
        (lambda: ledger.given(3, EURO), [("advance", 3, EURO, ""), ("resident", 3, -EURO, "")]),
        (lambda: ledger.repaid(3, EURO), [("resident", 3, EURO, ""), ("advance", 3, -EURO, "")]),
        (lambda: ledger.written_off(3, EURO), [("own", None, EURO, ""), ("advance", 3, -EURO, "")]),
        (
            lambda: ledger.moved(-EURO, debit=ledger.OWN, credit=ledger.SUSPENSE),
            [("own", None, -EURO, ""), ("suspense", None, EURO, "")],
        ),
        (
            lambda: ledger.entry_booked(7, EURO, [(ledger.resident(3), EURO)]),
            [("bank", 7, EURO, ""), ("resident", 3, -EURO, "")],
        ),
        (
            lambda: ledger.entry_booked(7, EURO, [(ledger.IN_TRANSIT, EURO)], "HHB1"),
            [("bank", 7, EURO, "HHB1"), ("in_transit", None, -EURO, "HHB1")],
        ),
        (
            lambda: ledger.suspense_cleared(EURO, [(ledger.resident(3), EURO)]),
            [("suspense", None, EURO, ""), ("resident", 3, -EURO, "")],
        ),
    ],
)
def test_writes_exactly_these_lines(lines, written):
    assert [(line.account.kind, line.account.owner, line.amount, line.reference) for line in lines()] == written


@pytest.mark.parametrize(
    "move",
    [
        lambda value: ledger.booked(7, value, "x"),
        lambda value: ledger.returned(7, 3, value, "x"),
        lambda value: ledger.released(3, value, "x"),
        lambda value: ledger.given(3, value),
        lambda value: ledger.repaid(3, value),
        lambda value: ledger.written_off(3, value),
    ],
)
def test_moves_more_than_nothing_or_says_what_it_was_given(move):
    for value in (Decimal("0.00"), Decimal("-1.00")):
        with pytest.raises(ledger.MovesNothing, match=f"^{value}$"):
            move(value)
    assert len(move(Decimal("0.01"))) == 2


@pytest.mark.parametrize("lent", [Decimal("1.01"), Decimal("-0.01")])
def test_says_how_much_too_large_an_advance_is(lent):
    with pytest.raises(ledger.AdvanceLargerThanOrder, match=f"^an advance of {lent} for an order of 1.00$"):
        ledger.released(3, EURO, "x", lent)


def test_knows_whose_money_lines_move_and_what_is_held_for_them():
    lines = (*ledger.given(3, EURO), *ledger.released(4, EURO, "x"), *ledger.booked(7, EURO, "x"))

    assert ledger.residents_of(lines) == {3, 4}
    assert ledger.residents_of(ledger.booked(7, EURO, "x")) == frozenset()
    assert ledger.residents_of([ledger.PostingLine(ledger.AccountKey("resident"), EURO)]) == frozenset()
    assert str(ledger.balance(Decimal("-12.34"))) == "12.34"
    assert str(ledger.balance(Decimal("0.00"))) == "0.00"


@pytest.mark.parametrize("value", [Decimal("1.000"), Decimal("1.001"), Decimal("1000000000.00"), -LIMIT, 1.0, True])
def test_seals_only_exact_amounts_within_the_limit(value):
    lines = (PostingLine(ledger.OWN, value), PostingLine(ledger.SUSPENSE, -value))

    with pytest.raises(NotAnAmount):
        Movement("allocation", TODAY, "x", lines)


@pytest.mark.parametrize("value", [Decimal("0.01"), LIMIT - Decimal("0.01"), Decimal(5), 5])
def test_seals_every_exact_amount(value):
    lines = (PostingLine(ledger.OWN, value), PostingLine(ledger.SUSPENSE, -value))

    assert Movement("allocation", TODAY, "x", lines).lines == lines


def test_names_the_movement_that_does_not_balance_and_takes_none_of_one_line():
    whole = ledger.moved(EURO, debit=ledger.OWN, credit=ledger.SUSPENSE)
    for lines in ((), whole[:1], (*whole, whole[0]), (ledger.PostingLine(ledger.OWN, Decimal("0.00")),)):
        with pytest.raises(ledger.NotBalanced, match=r"^the key$"):
            ledger.Movement("allocation", date(2026, 11, 2), "the key", lines)
    assert ledger.Movement("allocation", date(2026, 11, 2), "the key", whole).lines == whole
