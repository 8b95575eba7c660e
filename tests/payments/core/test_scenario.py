"""The house reads a scenario strictly and answers in plain JSON."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from payments.core.remainder import remainder
from payments.core.scenario import MOST_LINES, Charge, Income, NotAScenario, Scenario, from_scenario

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "payments"


def plain(**changes):
    return json.loads((SAMPLES / "scenario.json").read_bytes()) | changes


def test_reads_each_field():
    assert from_scenario(plain()) == Scenario(
        on=from_scenario(plain()).on,
        balance=Decimal("700.00"),
        pay_days=from_scenario(plain()).pay_days,
        income=(
            Income(from_scenario(plain()).income[0].on, Decimal("1000.00"), "cautious"),
            Income(from_scenario(plain()).income[1].on, Decimal("120.50"), "certain"),
        ),
        charges=(
            Charge(from_scenario(plain()).charges[0].on, Decimal("600.00"), "rent"),
            Charge(from_scenario(plain()).charges[1].on, Decimal("150.00"), "energy"),
        ),
        buffer=Decimal("25.00"),
        advance_limit=Decimal("1500.00"),
        advance_used=Decimal("0.00"),
    )


def test_answers_as_written_down():
    answer = remainder(from_scenario(plain())).to_answer()
    assert json.loads(json.dumps(answer)) == json.loads((SAMPLES / "remainder.json").read_bytes())


def test_leaves_keys_alone_that_it_does_not_know():
    assert from_scenario(plain(comment="a household")) == from_scenario(plain())


@pytest.mark.parametrize("key", sorted(plain()))
def test_lets_nothing_that_is_missing_be_nothing(key):
    left = {name: value for name, value in plain().items() if name != key}
    with pytest.raises(NotAScenario) as refusal:
        from_scenario(left)
    assert (refusal.value.field, refusal.value.reason) == (key, "missing")


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"on": "25-11-2026"}, "on", "date"),
        ({"on": "20261125"}, "on", "date"),
        ({"on": "2026-02-30"}, "on", "date"),
        ({"on": 20261125}, "on", "type"),
        ({"on": None}, "on", "type"),
        ({"balance": 700.0}, "balance", "type"),
        ({"balance": True}, "balance", "type"),
        ({"balance": None}, "balance", "type"),
        ({"balance": "7e2"}, "balance", "amount"),
        ({"balance": "700.001"}, "balance", "amount"),
        ({"balance": "NaN"}, "balance", "amount"),
        ({"balance": "1.234,56"}, "balance", "amount"),
        ({"buffer": "-0.01"}, "buffer", "negative"),
        ({"pay_days": "2026-11-27"}, "pay_days", "type"),
        ({"pay_days": ["2026-11-27", "soon"]}, "pay_days[1]", "date"),
        ({"pay_days": ["2026-11-27"] * 2}, "pay_days", "twice"),
        ({"pay_days": ["2026-11-24"]}, "pay_days", "past"),
        ({"pay_days": ["2036-12-31"]}, "pay_days", "too_far"),
        ({"pay_days": ["2026-11-27"] * 20_001}, "pay_days", "too_many"),
        ({"income": [{"date": "2026-12-01", "amount": "1.00"}]}, "income[0].certainty", "missing"),
        ({"income": [{"date": "2026-12-01", "amount": "1.00", "certainty": "maybe"}]}, "income", "unknown"),
        ({"income": [{"date": "soon", "amount": "1.00", "certainty": "certain"}]}, "income[0].date", "date"),
        ({"income": [{"date": "2026-12-01", "amount": "one", "certainty": "certain"}]}, "income[0].amount", "amount"),
        ({"income": ["2026-12-01"]}, "income[0]", "type"),
        ({"charges": ["2026-12-01"]}, "charges[0]", "type"),
        ({"charges": [{"date": "soon", "amount": "1.00", "name": "rent"}]}, "charges[0].date", "date"),
        ({"charges": [{"date": "2026-12-01", "amount": "-1.00", "name": "rent"}]}, "charges", "negative"),
        ({"charges": [{"date": "2026-12-01", "name": "rent"}]}, "charges[0].amount", "missing"),
        ({"charges": [{"date": "2026-12-01", "amount": "1.00", "name": 1}]}, "charges[0].name", "type"),
        ({"charges": {}}, "charges", "type"),
    ],
)
def test_refuses_a_scenario_and_names_the_place(changes, field, reason):
    with pytest.raises(NotAScenario) as refusal:
        from_scenario(plain(**changes))
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


@pytest.mark.parametrize("value", [None, [], "scenario", 1])
def test_refuses_what_is_no_object(value):
    with pytest.raises(NotAScenario) as refusal:
        from_scenario(value)
    assert (refusal.value.field, refusal.value.reason) == ("scenario", "type")


def test_takes_as_many_lines_as_it_says_and_no_more():
    line = {"date": "2026-12-01", "amount": "0.01", "name": "rent"}
    assert len(from_scenario(plain(charges=[line] * MOST_LINES)).charges) == MOST_LINES
    with pytest.raises(NotAScenario) as refusal:
        from_scenario(plain(charges=[line] * (MOST_LINES + 1)))
    assert (refusal.value.field, refusal.value.reason) == ("charges", "too_many")


def test_takes_whole_euros_as_numbers():
    assert from_scenario(plain(balance=700)) == from_scenario(plain())
