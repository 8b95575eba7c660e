from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.evaluation import figures, intake_figures
from budgeting.core.intake import read_history
from budgeting.core.labelled import LabelledLine, labelled_lines
from budgeting.core.recognition import Example, Recognition, learn, untaught
from budgeting.core.statement import Entry
from tests.shared import SHARED, needs_shared


def line(number, label, day="2026-04-01", amount="-10.00", name="x", recurrence="", *, household="H1", iban="NL01"):
    entry = Entry(
        amount=Decimal(amount), booking_date=date.fromisoformat(day), counterparty_name=name, counterparty_iban=iban
    )
    return LabelledLine(f"T{number}", entry, label, household, recurrence=recurrence)


def answer(category, confidence=0.9, *, auto=False):
    return Recognition(category, confidence, auto, ())


def test_counts_what_is_right():
    lines = [line(1, "rent"), line(2, "rent"), line(3, "water"), line(4, "water")]
    answers = [answer("rent", auto=True), answer("water"), answer("water", auto=True), answer("water")]
    found = figures(lines, answers)
    assert (found.n, found.accuracy, found.auto_coverage, found.auto_precision) == (4, 0.75, 0.5, 1.0)
    assert found.per_label["rent"] == {"n": 2, "precision": 1.0, "recall": 0.5}
    assert found.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2, abs=1e-4)


def test_measures_how_far_confidence_is_from_the_truth():
    lines = [line(number, "rent") for number in range(4)]
    answers = [answer("rent", 0.95), answer("rent", 0.95), answer("water", 0.55), answer("water", 0.55)]
    assert figures(lines, answers).calibration_error == pytest.approx((0.1 + 1.1) / 4)


def test_gives_no_precision_where_nothing_was_said():
    found = figures([line(1, "rent")], [answer("water")])
    assert found.auto_precision is None
    assert found.per_label["rent"] == {"n": 1, "precision": None, "recall": 0.0}


def test_finds_the_true_streams():
    days = ["2026-01-05", "2026-02-05", "2026-03-05", "2026-04-07"]
    lines = [line(number, "rent", day, "-500.00", "Woonstichting", "monthly") for number, day in enumerate(days)]
    found = intake_figures(lines, [answer("rent")] * 4, untaught().knowledge, {})
    assert (found["streams"], found["recall"], found["precision"]) == (1, 1.0, 1.0)
    assert (found["rhythm_right"], found["next_within_3_days"]) == (1.0, 1.0)


def test_misses_a_stream_that_is_not_there():
    lines = [line(1, "rent", "2026-01-05", recurrence="monthly"), line(2, "rent", "2026-03-20", recurrence="monthly")]
    found = intake_figures(lines, [answer("rent")] * 2, untaught().knowledge, {})
    assert (found["streams"], found["recall"], found["precision"]) == (1, 0.0, None)


def monthly(label, *days, recurrence="monthly", amount="-500.00", iban="NL01", household="H1"):
    """A line on each of these days (month-day of 2026); its number is its account and its day."""
    return [
        line(f"{household}{iban}{day}", label, f"2026-{day}", amount, "", recurrence, household=household, iban=iban)
        for day in days
    ]


def found_of(lines, said=None, series=None):
    """What is found when every line is recognised as labelled, or as said."""
    answers = [answer(category) for category in said or [each.label for each in lines]]
    return intake_figures(lines, answers, untaught().knowledge, series or {})


FIFTHS = ("01-05", "02-05", "03-05", "04-05", "05-05", "06-05")


def test_says_everything_of_what_it_found():
    lines = [
        *monthly("rent", *FIFTHS[:5]),
        *monthly("energy", *FIFTHS[:3], iban="NL02"),
        *monthly("telecom", *FIFTHS[:4], iban="NL03", recurrence="4-weekly"),
        *monthly("groceries", *FIFTHS[:2], iban="NL04", recurrence="irregular"),
        *monthly("rent", *FIFTHS[:2], household="H2"),
        *monthly("wages", *FIFTHS[:3], household="H2", amount="900.00"),
        *monthly("clothing", *FIFTHS[:3], household="H2", iban="NL09", recurrence=""),
        *monthly("water", "01-01", "03-17", household="H3"),
    ]
    said = [each.label for each in lines]
    said[5:8] = ["water"] * 3

    assert found_of(lines, said) == {
        "streams": 6,
        "proposals": 6,
        "recall": 0.8333,
        "precision": 0.8333,
        "rhythm_right": 0.8,
        "category_right": 0.8,
        "next_tested": 4,
        "next_within_3_days": 1.0,
    }


def test_says_nothing_of_no_lines():
    assert found_of([]) == {
        "streams": 0,
        "proposals": 0,
        "recall": None,
        "precision": None,
        "rhythm_right": None,
        "category_right": None,
        "next_tested": 0,
        "next_within_3_days": None,
    }


@pytest.mark.parametrize(("true", "recall"), [(2, 1.0), (3, 1.0), (4, 1.0), (5, 0.0), (6, 0.0)])
def test_finds_a_stream_by_most_of_its_lines_but_one(true, recall):
    said = ["rent", "rent", *["returned_payment"] * 4][:true]
    found = found_of(monthly("rent", *FIFTHS[:true]), said)

    assert (found["recall"], found["precision"], found["proposals"]) == (recall, 1.0, 1)


@pytest.mark.parametrize(("true", "share"), [(2, 0.0), (3, 1.0), (4, 1.0)])
def test_takes_a_proposal_for_true_by_most_of_its_lines(true, share):
    lines = [*monthly("rent", *FIFTHS[:true]), *monthly("rent", *FIFTHS[true:4], recurrence="")]
    found = found_of(lines)

    assert (found["recall"], found["precision"], found["proposals"]) == (share, share, 1)


def test_goes_on_after_a_stream_it_missed():
    lines = [*monthly("water", "01-01", "03-17"), *monthly("rent", *FIFTHS[:3], iban="NL02")]

    assert found_of(lines)["recall"] == 0.5


@pytest.mark.parametrize(
    ("last", "near"),
    [("04-01", 0.0), ("04-02", 1.0), ("04-05", 1.0), ("04-08", 1.0), ("04-09", 0.0)],
)
@pytest.mark.parametrize("order", [1, -1])
def test_expects_the_next_day_within_three_days(last, near, order):
    lines = monthly("rent", *FIFTHS[:3], last)[::order]

    assert found_of(lines)["next_within_3_days"] == near


@pytest.mark.parametrize("other", [("rent", "NL02"), ("energy", "NL01")])
def test_expects_the_next_day_of_the_same_stream_only(other):
    label, iban = other
    lines = [
        *monthly("rent", *FIFTHS[:3], "04-12"),
        *monthly(label, "01-12", "02-12", "03-12", iban=iban, recurrence="", amount="-40.00"),
    ]

    assert found_of(lines)["next_within_3_days"] == 0.0


def test_takes_lines_of_one_series_for_a_stream_whatever_account_they_came_from():
    lines = [*monthly("rent", *FIFTHS[:3]), *monthly("rent", *FIFTHS[3:], iban="NL02")]

    assert found_of(lines)["streams"] == 2
    assert found_of(lines, series={each.id: "one" for each in lines})["streams"] == 1


def test_takes_two_series_of_one_account_for_two_streams():
    lines = monthly("rent", *FIFTHS)

    assert found_of(lines)["streams"] == 1
    assert found_of(lines, series={each.id: str(at % 2) for at, each in enumerate(lines)})["streams"] == 2


def test_takes_money_in_and_out_of_one_account_for_two_streams():
    assert found_of([*monthly("rent", *FIFTHS[:3]), *monthly("rent", *FIFTHS[:3], amount="500.00")])["streams"] == 2
    assert (
        found_of([*monthly("rent", "01-05", amount="0.90"), *monthly("rent", "02-05", amount="1.10")])["streams"] == 1
    )


def test_sees_no_stream_in_one_line():
    assert found_of(monthly("rent", "01-05"))["streams"] == 0


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([("rent", 0.95), ("water", 1.0)], 0.475),  # one bin: 1.95 against one right
        ([("rent", 0.85), ("water", 0.95)], 0.55),  # two: 0.15 and 0.95
        ([("rent", 0.0), ("water", 0.05)], 0.475),
        ([("rent", 1.0), ("rent", 1.0)], 0.0),
    ],
)
def test_holds_confidence_against_the_truth_in_ten_bins(said, expected):
    found = figures([line(1, "rent"), line(2, "rent")], [answer(*one) for one in said])

    assert found.calibration_error == pytest.approx(expected)


def test_says_every_figure_in_four_decimals():
    lines = [line(number, label) for number, label in enumerate(["rent", "rent", "rent", "water", "energy", "energy"])]
    said = ["rent", "water", "gifts_donations", "water", "water", "rent"]
    found = figures(lines, [answer(category, auto=category == "water") for category in said])

    assert (found.n, found.accuracy, found.auto_coverage, found.auto_precision) == (6, 0.3333, 0.5, 0.3333)
    assert found.per_label == {
        "energy": {"n": 2, "precision": None, "recall": 0.0},
        "rent": {"n": 3, "precision": 0.5, "recall": 0.3333},
        "water": {"n": 1, "precision": 0.3333, "recall": 1.0},
    }
    assert found.macro_f1 == 0.3  # 0, 0.4 and 0.5


def test_counts_as_much_said_as_true_for_what_it_is():
    lines = [line(1, "rent"), line(2, "rent"), line(3, "water"), line(4, "water")]
    found = figures(lines, [answer("rent"), answer("water"), answer("water"), answer("rent")])

    assert found.macro_f1 == 0.5


def test_counts_a_label_said_only_wrongly_for_nothing():
    found = figures([line(1, "rent"), line(2, "water")], [answer("water"), answer("rent")])

    assert (found.accuracy, found.macro_f1) == (0.0, 0.0)


def test_needs_an_answer_to_every_line():
    with pytest.raises(ValueError, match="zip"):
        figures([line(1, "rent"), line(2, "rent")], [answer("rent")])


def history():
    months = [f"2026-0{month}-01" for month in range(1, 5)]
    rent = [line(number, "rent", day, "-500.00", "Woonstichting Voorbeeld") for number, day in enumerate(months)]
    return [one.entry for one in rent]


def test_proposes_an_agreement_from_a_history():
    found = read_history(history(), untaught())
    assert [(proposal.stream.category, proposal.counterparty) for proposal in found.proposals] == [
        ("rent", "Woonstichting Voorbeeld")
    ]
    assert (found.begins, found.entries) == (date(2026, 1, 1), 4)


def test_asks_what_it_does_not_see_and_nothing_of_an_empty_history():
    assert "health_insurance" in read_history(history(), untaught()).missing
    assert "rent_or_mortgage" not in read_history(history(), untaught()).missing
    assert read_history([], untaught()).missing == ()


@needs_shared
def test_is_right_often_enough_on_households_and_creditors_it_never_saw():
    lines = labelled_lines((SHARED / "labels" / "dev.tsv").read_text(encoding="utf-8"))
    households = sorted({each.household for each in lines})[::5]
    test = [each for each in lines if each.household in households]
    names = {each.entry.counterparty_name.casefold() for each in test}
    train = [
        each
        for each in lines
        if each.household not in households and each.entry.counterparty_name.casefold() not in names - {""}
    ]
    recogniser = learn([Example(each.entry, each.label, each.household) for each in train])
    answers = recogniser.recognise([each.entry for each in test])
    found = figures(test, answers)
    assert found.accuracy >= 0.92
    assert found.macro_f1 >= 0.88
    assert found.calibration_error <= 0.03
    assert found.auto_coverage >= 0.70
    assert (found.auto_precision or 0) >= 0.995
    intake = intake_figures(test, answers, recogniser.knowledge, {})
    assert (intake["recall"] or 0) >= 0.95
    assert (intake["rhythm_right"] or 0) >= 0.97
    assert (intake["next_within_3_days"] or 0) >= 0.95
