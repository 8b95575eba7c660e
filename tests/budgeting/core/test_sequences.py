"""A number that is left out is named where a bank counts its statements by one, and nowhere else."""

from datetime import date, timedelta

import pytest

from budgeting.core.sequences import Numbered, jumps

MONDAY = date(2026, 3, 2)


def told(before: dict[int, str], new: dict[int, str]) -> list[tuple[str, str, str]]:
    """Statements by day after Monday; the jumps as number before, number after and how many are missing."""
    rows = [[Numbered(text, MONDAY + timedelta(day)) for day, text in sorted(part.items())] for part in (before, new)]
    found = list(jumps(*rows))
    assert {(one.code, one.severity) for one in found} <= {("sequence_jump", "note")}
    return [(one.values["before"], one.values["number"], one.values["count"]) for one in found]


WEEK = {-3: "10", 0: "11", 1: "12"}  # Friday, Monday, Tuesday


def test_names_a_number_that_was_left_out() -> None:
    assert told(WEEK, {3: "14"}) == [("12", "14", "1")]
    assert told(WEEK, {2: "13", 4: "16", 7: "17"}) == [("13", "16", "2")]
    assert told({-3: "00010/1", 0: "00011/1", 1: "00012/1"}, {2: "00014/1"}) == [("00012/1", "00014/1", "1")]


def test_says_nothing_where_nothing_was_left_out() -> None:
    assert told(WEEK, {2: "13", 3: "14"}) == []
    assert told({-3: "7/1", 0: "8/1", 1: "9/1"}, {1: "9/2", 2: "10/1"}) == []
    assert told({-3: "251", 0: "252", 1: "253"}, {2: "253"}) == []


def test_begins_again_with_a_new_year() -> None:
    last = {-70: "250", -69: "251", -65: "252"}

    assert told(last, {-55: "1", -54: "2"}) == []
    assert told(last, {-55: "1", -54: "3"}) == [("1", "3", "1")]


@pytest.mark.parametrize(
    "days",
    [
        {-4: "301", -3: "302", 0: "305", 1: "306", 2: "307", 7: "312"},  # the day of the year
        {-3: "06101/1", 0: "06401/1", 1: "06501/1", 2: "06801/1"},  # day and number in one
        {-3: "0", 0: "0", 1: "0"},
        {-3: "", 0: "", 1: "x"},
        {-3: "20260227", 0: "20260302", 1: "20260303"},
        {-3: "12", 0: "11", 1: "30", 2: "4"},
    ],
    ids=["day of the year", "day and part", "zero", "nothing", "date", "at random"],
)
def test_says_nothing_where_a_bank_does_not_count_by_one(days: dict[int, str]) -> None:
    seen = dict(sorted(days.items())[:-1])
    assert told({}, days) == []
    assert told(seen, {day: text for day, text in days.items() if day not in seen}) == []


def test_names_no_jump_before_it_has_seen_how_the_bank_counts() -> None:
    assert told({}, {0: "4", 1: "7"}) == []
    assert told({0: "4"}, {1: "5", 2: "9"}) == []
    assert told({}, {0: "4", 1: "6"}) == []
    assert told({}, {0: "4", 1: "9", 2: "10", 3: "13"}) == []
    assert told({}, {0: "4", 1: "9", 2: "10", 3: "11", 4: "14"}) == [("11", "14", "2")]


@pytest.mark.parametrize("odd", ["", "x", "5 6", "1/2/3", "-1", "1.5"])
def test_begins_to_look_anew_after_a_number_it_cannot_read(odd: str) -> None:
    assert told(WEEK, {2: odd, 3: "20"}) == []
    assert told({**WEEK, 2: odd, 3: "20", 4: "21"}, {7: "29"}) == []
    assert told({**WEEK, 2: odd, 3: "20", 4: "21", 5: "22"}, {7: "29"}) == [("22", "29", "6")]


def test_begins_to_look_anew_after_a_number_that_goes_back() -> None:
    assert told(WEEK, {2: "1", 3: "2", 4: "4"}) == []  # 1 again, though the year is the same
    assert told(WEEK, {2: "5", 7: "7"}) == []
    assert told({-70: "250", -69: "251", -65: "252"}, {-55: "2", -54: "5"}) == []


def test_names_what_is_left_out_over_the_end_of_a_year() -> None:
    assert told({-70: "250", -69: "251", -65: "252"}, {-55: "255"}) == [("252", "255", "2")]
    assert told({-62: "1", -60: "1", -59: "2"}, {-57: "4"}) == []  # one step of one, and 1 again: not steady yet


def test_counts_parts_of_one_number_as_one() -> None:
    assert told({-3: "7/1", 0: "8/1", 1: "9/1"}, {2: "9/2", 3: "12/1"}) == [("9/2", "12/1", "2")]
    assert told({-3: "7/1", 0: "8/1", 1: "9/1", 2: "9/2"}, {3: "12/1"}) == [("9/2", "12/1", "2")]


def test_puts_the_note_at_the_last_day_of_the_later_statement() -> None:
    rows = [Numbered(f" {number} ", MONDAY + timedelta(number)) for number in (1, 2, 3)]
    (found,) = jumps(rows, [Numbered("6", MONDAY + timedelta(20))])
    assert (found.code, found.where, found.severity) == ("sequence_jump", "2026-03-22", "note")
    assert found.values == {"before": " 3 ", "number": "6", "count": "2"}


def test_names_no_jump_a_second_time() -> None:
    assert told({-4: "1", -3: "2", 0: "3", 1: "7"}, {2: "8"}) == []
