"""What leaves the desk tells of nobody, whoever subtracts what from what."""

from decimal import Decimal
from itertools import product

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
