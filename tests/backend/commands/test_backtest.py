"""The backtest command says who wins and fails when the outlook loses."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from backend.example.histories import NotAHistory, histories, written_histories
from budgeting.core import backtest
from budgeting.core.replay import moved

MONTHS = [moved(date(2026, 1, 1), months=number) for number in range(12)]


def history(key, pay_days, *, rent="600.00"):
    income = [
        {"date": (month + timedelta(day - 1)).isoformat(), "amount": "1000.00", "source": "wage"}
        for month, day in zip(MONTHS, pay_days, strict=True)
    ]
    return {
        "id": key,
        "known_since": "2026-01-01",
        "until": "2027-01-01",
        "income": income,
        "charges": [{"date": month.isoformat(), "amount": rent, "name": "rent"} for month in MONTHS],
        "streams": [
            {"source": "wage", "due": [line["date"] for line in income], "paid": [line["date"] for line in income[:8]]}
        ],
    }


STEADY = {"households": [history("late", [20] * 12), history("early", [1] * 12)]}


def run(tmp_path, capsys, plain, *options):
    file = tmp_path / "histories.json"
    file.write_text(plain if isinstance(plain, str) else json.dumps(plain))
    call_command("backtest", f"--data={file}", *options)
    return capsys.readouterr().out


def test_tells_figures_for_both_horizons_and_for_the_alarm(tmp_path, capsys):
    answer = json.loads(run(tmp_path, capsys, STEADY, "--json"))

    part = answer["parts"]["histories.json"]
    assert answer["wins"] is True
    assert [one["days"] for one in part["horizons"]] == [28, 56]
    assert part["horizons"][0]["auc"] == 1.0
    assert part["missing_income"]["precision"] == 1.0
    assert "AUC" in run(tmp_path, capsys, STEADY)


def test_fails_when_the_outlook_loses(tmp_path, capsys, monkeypatch):
    # An outlook that says the opposite of what it saw.
    turned = property(lambda case: (-case.share, 0))
    monkeypatch.setattr(backtest.Case, "score", turned)

    with pytest.raises(CommandError, match="loses") as raised:
        run(tmp_path, capsys, STEADY, "--json")
    assert raised.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["wins"] is False


def test_refuses_histories_that_are_none(tmp_path, capsys):
    for plain in ("{", "[]", '{"households": 1}'):
        with pytest.raises(CommandError, match="refused"):
            run(tmp_path, capsys, plain)
    broken = history("a", [1] * 12)
    for field, value, said in (
        ("until", "soon", "isoformat"),
        ("income", [{"date": "2026-01-01", "amount": 5.0, "source": "x"}], "no text"),
        ("income", [{"date": "2026-01-01", "amount": "-5.00", "source": "x"}], "above zero"),
        ("charges", [{"date": "2026-01-01", "name": "x"}], "'amount' is missing"),
    ):
        with pytest.raises(NotAHistory, match=said):
            written_histories(json.dumps({"households": [broken | {field: value}]}).encode())


@pytest.mark.django_db
def test_refuses_to_judge_by_too_little(tmp_path, capsys):
    short = history("a", [1] * 12) | {"until": "2026-05-01"}
    with pytest.raises(CommandError, match="too little history"):
        run(tmp_path, capsys, {"households": [short]})


def test_makes_the_same_lives_for_the_same_seed():
    one, again, other = (histories(6, 8, seed=seed) for seed in (5, 5, 6))
    assert one == again
    assert one != other
    for household in one:
        assert household.income
        assert household.charges
        assert household.streams


@pytest.mark.django_db
def test_wins_on_a_made_up_municipality_when_the_database_holds_nothing(capsys):
    call_command("backtest", "--residents=25", "--months=10", "--seed=1", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["wins"] is True
    assert answer["parts"]["seed 1"]["horizons"][0]["auc"] > 0.9
