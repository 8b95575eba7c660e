from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.evaluation import figures, intake_figures
from budgeting.core.intake import read_history
from budgeting.core.labelled import LabelledLine, labelled_lines
from budgeting.core.recognition import Example, Recognition, learn, untaught
from budgeting.core.statement import Entry
from tests.shared import SHARED, needs_shared


def line(number, label, day="2026-04-01", amount="-10.00", name="x", recurrence=""):
    entry = Entry(
        amount=Decimal(amount), booking_date=date.fromisoformat(day), counterparty_name=name, counterparty_iban="NL01"
    )
    return LabelledLine(f"T{number}", entry, label, "H1", recurrence=recurrence)


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
