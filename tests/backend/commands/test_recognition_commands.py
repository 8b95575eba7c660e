import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "recognition"
LABELLED, HISTORY = str(SAMPLES / "labelled.tsv"), str(SAMPLES / "history_ing.csv")


def answer(*command):
    out = StringIO()
    call_command(*command, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def refused(*command):
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(*command, stdout=StringIO(), stderr=said)
    return ended.value.code, said.getvalue()


def test_answers_with_every_figure_promised():
    found = answer("evaluate_recognition", "--test", LABELLED)
    promised = "n accuracy macro_f1 calibration_error intake auto_coverage auto_precision per_label lines"
    assert found.keys() >= set(promised.split())
    assert (found["n"], found["intake"]["recall"]) == (5, 1.0)
    assert found["per_label"]["rent"] == {"n": 3, "precision": 1.0, "recall": 1.0}
    line = found["lines"][4]
    assert line.keys() == {"id", "label", "predicted", "confidence", "auto", "reason"}
    assert (line["id"], line["predicted"], line["reason"]) == ("E5", "healthcare_allowance", "word zorgtoeslag")


def test_learns_from_the_files_it_is_given(tmp_path):
    train = tmp_path / "train.tsv"
    rows = [f"L{n}\t2026-01-0{n}\t-5.00\tSnorre Blorp\t\tblorp\t\tleisure\teasy\tC\t0\tirregular" for n in range(1, 9)]
    train.write_text("\n".join([Path(LABELLED).read_text(encoding="utf-8").split("\n")[0], *rows]), encoding="utf-8")
    test = tmp_path / "test.tsv"
    test.write_text(train.read_text(encoding="utf-8").replace("L1", "M1"), encoding="utf-8")
    assert answer("evaluate_recognition", "--test", str(test))["accuracy"] < 1
    assert answer("evaluate_recognition", "--train", str(train), "--test", str(test))["accuracy"] == 1


def test_prints_a_table_for_people():
    out = StringIO()
    call_command("evaluate_recognition", "--test", LABELLED, stdout=out)
    assert "accuracy" in out.getvalue()


def test_names_a_missing_column(tmp_path):
    file = tmp_path / "wrong.tsv"
    file.write_text("id\tdate\n", encoding="utf-8")
    code, said = refused("evaluate_recognition", "--test", str(file))
    assert code == 1
    assert "amount" in said


def test_names_a_file_that_is_not_there(tmp_path):
    assert refused("evaluate_recognition", "--test", str(tmp_path / "none.tsv"))[0] == 1
    assert refused("intake", str(tmp_path / "none.csv"))[0] == 1


def test_knows_wrong_usage():
    with pytest.raises(CommandError):
        call_command("evaluate_recognition", stdout=StringIO(), stderr=StringIO())


def test_proposes_agreements_from_a_residents_own_file():
    found = answer("intake", HISTORY)
    assert found["household"] == {"from": "2026-02-02", "to": "2026-04-02", "entries": 6}
    assert found["proposals"][0] == {
        "direction": "out",
        "counterparty": "Woonstichting Voorbeeld",
        "iban": "NL02ABNA0123456789",
        "category": "rent",
        "amount": "-640.12",
        "amount_range": ["-640.12", "-640.12"],
        "recurrence": {"every": 1, "unit": "month", "on": {"day": 2}},
        "next_expected": "2026-05-02",
        "seen": 3,
        "confidence": found["proposals"][0]["confidence"],
        "reason": "word huur; known_kind landlord",
    }
    assert [proposal["category"] for proposal in found["proposals"]] == ["rent", "healthcare_allowance"]


def test_refuses_a_history_that_is_no_bank_file(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear resident,", encoding="utf-8")
    code, said = refused("intake", str(file))
    assert code == 1
    assert "letter.txt" in said
