"""A statement is cut into booking days, and each is held against what the books have of it."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.days import Day, KnownDay, chain_problems, compare, days_of
from budgeting.core.statement import Balance, Entry, Problem, Statement

MONDAY = date(2026, 3, 2)
amounts = st.integers(-10_000, 10_000).filter(bool).map(lambda cents: Decimal(cents).scaleb(-2))


def euro(text):
    return Decimal(text).quantize(Decimal("0.01"))


def entry(amount, after=0):
    return Entry(euro(amount), MONDAY + timedelta(after))


def day(opening, *given, after=0):
    entries = tuple(entry(amount, after) for amount in given)
    closing = euro(opening) + sum((one.amount for one in entries), euro(0))
    return Day(MONDAY + timedelta(after), euro(opening), closing, entries)


def known(*parts):
    return KnownDay(parts[0].day, parts)


def statement(opening, closing, entries, until=0):
    first = Balance(euro(opening), MONDAY)
    return Statement("", opening=first, closing=Balance(euro(closing), MONDAY + timedelta(until)), entries=entries)


def test_cuts_a_statement_into_its_days_whatever_the_order_of_the_lines():
    entries = (entry(5, 2), entry(10), entry(-3, 2), entry("0.50"))

    assert days_of(statement(100, "112.50", entries, until=2)) == (
        Day(MONDAY, euro(100), euro("110.50"), (entries[1], entries[3])),
        Day(MONDAY + timedelta(2), euro("110.50"), euro("112.50"), (entries[0], entries[2])),
    )


def test_keeps_the_last_day_when_nothing_was_booked_on_it():
    assert days_of(statement(100, 110, (entry(10),), until=3)) == (day(100, 10), day(110, after=3))
    assert days_of(statement(100, 110, (entry(10),), until=0)) == (day(100, 10),)
    assert days_of(statement(100, 100, (), until=1)) == (day(100, after=1),)


def test_adds_up_what_a_day_came_in_with():
    whole = known(day(100, 10, 10), day(120, -5))

    assert (whole.opening, whole.closing, whole.count) == (euro(100), euro(115), 3)
    assert day(100, 10, 10, -5).amounts == Counter({euro(10): 2, euro(-5): 1})
    grown = whole.grown(day(115, 1))
    assert (grown.day, grown.parts) == (MONDAY, (*whole.parts, day(115, 1)))
    assert grown.closing == euro(116)


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        (day(100, 10, 10, -5), True),
        (day(100, -5, 10, 10), True),
        (day(100, 10, 10), True),
        (day(120, -5), True),
        (day(100, 10), False),
        (day(100, 15), False),
        (day(100, 20), False),
        (day(110, 10), False),
        (day(100, 10, 10, -6, 1), False),
        (day(0, 10, 10, -5), False),
        (day(100), True),
        (day(120), True),
        (day(115), True),
        (day(110), False),
    ],
)
def test_knows_a_day_by_its_balances_and_amounts_in_whole_parts(asked, held):
    assert known(day(100, 10, 10), day(120, -5)).holds(asked) is held


def test_takes_what_is_new_counts_what_is_known_and_names_what_differs():
    books = {one.day: one for one in (known(day(100, 10)), known(day(110, 5, 5, after=1)), known(day(120, 1, after=2)))}
    same, more, other, new = day(100, 10), day(120, 7, after=1), day(120, 2, after=2), day(122, 9, after=3)

    found, seen, problems = compare([same, more, other, new], books)

    assert (found, seen) == ([more, new], 1)
    assert problems == [
        Problem("day_differs", "2026-03-04", {"day": "2026-03-04", "known": "1", "found": "1", "first": "2.00"}, "hold")
    ]


def test_counts_every_known_entry_and_takes_a_day_no_second_time():
    books = {MONDAY: known(day(100, 10, -10), day(100, 5))}

    assert compare([day(100, 10, -10, 5), day(100, 5), day(105)], books) == ([], 4, [])


@pytest.mark.parametrize(
    ("asked", "found", "first"), [((100, 10), "1", "20.00"), ((100, 10, 20, 3), "3", "3.00"), ((99, 10, 20), "2", "")]
)
def test_names_the_first_amount_that_is_on_one_side_only(asked, found, first):
    _, seen, (problem,) = compare([day(*asked)], {MONDAY: known(day(100, 10, 20))})

    assert (seen, problem.code, problem.where, problem.severity) == (0, "day_differs", "2026-03-02", "hold")
    assert problem.values == {"day": "2026-03-02", "known": "2", "found": found, "first": first}


def test_names_a_gap_before_and_after_what_is_new():
    books = [known(day(100, 10)), known(day(150, 1, after=4))]

    assert chain_problems([day(120, 20, after=2)], books) == [
        Problem(
            "gap",
            "2026-03-04",
            {"from": "2026-03-02", "until": "2026-03-04", "closing": "110.00", "opening": "120.00"},
            "hold",
        ),
        Problem(
            "gap",
            "2026-03-06",
            {"from": "2026-03-04", "until": "2026-03-06", "closing": "140.00", "opening": "150.00"},
            "hold",
        ),
    ]


@pytest.mark.parametrize(
    ("new", "books", "gaps"),
    [
        ([day(110, 5, after=1)], [day(100, 10)], 0),
        ([day(110, 5)], [day(100, 10)], 0),
        ([day(111, 5)], [day(100, 10)], 1),
        ([day(90, 10, after=-1)], [day(100, 10)], 0),
        ([day(90, 11, after=-1)], [day(100, 10)], 1),
        ([day(100, 10), day(110, 5, after=1)], [], 0),
        ([day(100, 10), day(110, 5), day(115, 1)], [], 0),
        ([day(100, 10), day(111, 5, after=1)], [], 1),
        ([], [day(100, 10), day(200, 10, after=3)], 0),
    ],
)
def test_minds_only_gaps_next_to_what_is_new(new, books, gaps):
    assert len(chain_problems(new, [known(one) for one in books])) == gaps


@given(st.lists(st.tuples(st.integers(0, 6), amounts), max_size=20), amounts)
def test_cuts_without_losing_a_cent_or_leaving_a_gap(found, opening):
    entries = tuple(Entry(amount, MONDAY + timedelta(after)) for after, amount in found)
    whole = statement(opening, opening + sum((one.amount for one in entries), euro(0)), entries, until=7)

    days = days_of(whole)

    assert Counter(one for cut in days for one in cut.entries) == Counter(entries)
    assert (days[0].opening, days[-1].closing) == (whole.opening.amount, whole.closing.amount)
    assert chain_problems(days, []) == []
    books = {cut.day: KnownDay(cut.day, (cut,)) for cut in days}
    assert compare(days, books) == ([], len(entries), [])
