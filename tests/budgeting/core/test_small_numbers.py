"""What leaves the desk tells of nobody, whoever subtracts what from what."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.small_numbers import FEWEST, Figure, amount_to_tell, grain, number_to_tell

shares = st.lists(st.decimals("0.01", "9999.99", places=2), min_size=FEWEST, max_size=40)


def told(people: int) -> int | None:
    return number_to_tell(Figure(Decimal(people), people))


def of(amounts: list[Decimal]) -> Figure:
    return Figure(sum(amounts, Decimal("0.00")), len(amounts), max(amounts))


def test_hides_what_fewer_than_ten_people_are_behind_and_that_nobody_is() -> None:
    assert {told(people) for people in range(FEWEST)} == {None}
    assert [told(people) for people in (10, 14, 15, 24)] == [10, 10, 20, 20]
    assert amount_to_tell(Figure(Decimal("9000.00"), 9, Decimal("1000.00"))) is None


def test_hides_a_small_group_from_whoever_takes_the_others_from_the_whole() -> None:
    published: dict[tuple[int | None, ...], set[int]] = {}
    for hidden, first, second in product(range(1, FEWEST), range(10, 45), range(10, 45)):
        answer = (told(hidden + first + second), told(hidden), told(first), told(second))
        published.setdefault(answer, set()).add(hidden)

    assert min(len(possible) for possible in published.values()) > 1
    # With two groups told beside the whole, at most the outermost sums leave less than everything possible.
    assert sum(len(possible) == FEWEST - 1 for possible in published.values()) > len(published) / 2


@given(st.integers(0, 3000))
def test_shows_one_person_more_as_nobody_or_as_ten(people: int) -> None:
    before, after = told(people) or 0, told(people + 1) or 0

    assert after - before in {0, FEWEST}


@given(shares, st.decimals("0.01", "9999.99", places=2))
def test_never_shows_what_is_one_persons_as_the_difference_of_two_amounts(amounts: list, share: Decimal) -> None:
    before, after = amount_to_tell(of(amounts)), amount_to_tell(of([*amounts, share]))
    largest = grain(max([*amounts, share]))

    if before is not None and after is not None and grain(max(amounts)) == largest:
        assert after - before in {0, largest}
        assert after - before != share


@given(shares)
def test_stays_within_half_a_grain_of_the_truth(amounts: list) -> None:
    figure = of(amounts)

    assert abs((amount_to_tell(figure) or 0) - figure.value) <= grain(figure.largest) / 2


@given(st.decimals("0.01", "99999999.99", places=2))
def test_takes_a_grain_of_at_least_twice_a_persons_share(share: Decimal) -> None:
    assert grain(share) >= max(2 * share, Decimal("100.00"))
    assert grain(share) < max(6 * share, Decimal("101.00"))


@pytest.mark.parametrize(
    ("largest", "step"),
    [
        ("0.00", "100.00"),
        ("50.00", "100.00"),
        ("50.01", "200.00"),
        ("100.00", "200.00"),
        ("100.01", "500.00"),
        ("250.00", "500.00"),
        ("250.01", "1000.00"),
        ("500.00", "1000.00"),
        ("500.01", "2000.00"),
        ("2500.01", "10000.00"),
        ("-100.01", "500.00"),
    ],
)
def test_makes_the_grain_no_coarser_than_a_persons_share_asks_for(largest, step):
    assert grain(Decimal(largest)) == Decimal(step)


@pytest.mark.parametrize(
    ("value", "people", "largest", "number"),
    [
        (37, 12, 1, 40),
        (34, 12, 5, 30),
        (37, 12, 6, 40),
        (29, 12, 6, 20),
        (31, 12, 6, 40),
        (37, 12, 11, 50),
        (4, 10, 1, None),
        (5, 10, 1, 10),
        (37, 9, 1, None),
        (0, 12, 0, None),
    ],
)
def test_tells_a_number_in_tens_or_in_twice_the_largest_share(value, people, largest, number):
    shown = number_to_tell(Figure(Decimal(value), people, Decimal(largest)))
    assert shown == number
    assert type(shown) in (int, type(None))


@pytest.mark.parametrize(
    ("value", "people", "largest", "amount"),
    [
        ("123456.78", 10, "60.00", "123400.00"),
        ("123450.00", 10, "50.00", "123500.00"),
        ("123449.99", 10, "50.00", "123400.00"),
        ("123456.78", 10, "300.00", "123000.00"),
        ("123456.78", 9, "60.00", None),
        ("499.99", 10, "400.00", None),
        ("500.00", 10, "400.00", "1000.00"),
        ("0.00", 10, "0.00", None),
    ],
)
def test_tells_an_amount_in_hundreds_or_in_twice_the_largest_share(value, people, largest, amount):
    shown = amount_to_tell(Figure(Decimal(value), people, Decimal(largest)))
    assert shown == (amount and Decimal(amount))


def test_tells_nothing_of_a_figure_that_nobody_filled_in():
    assert (number_to_tell(Figure()), amount_to_tell(Figure())) == (None, None)
    assert Figure() == Figure(value=Decimal("0.00"), people=0, largest=Decimal("0.00"))
