from pathlib import Path

import pytest

from budgeting.core.knowledge import rules
from budgeting.core.knowledge.payers import pays_many, tells_apart
from budgeting.core.knowledge.rules import NotARule, dutch
from budgeting.core.learning import CATEGORIES
from budgeting.core.words import words


def test_speaks_only_of_categories_it_has():
    assert {rule.category for rule in dutch().rules} == set(CATEGORIES)


def test_asks_only_for_kinds_and_flags_that_can_be_seen():
    flags = {thing for rule in dutch().rules for thing in rule.needs | rule.bars if thing[0] == "@"}
    shown = (
        "in out card cash debit ideal transfer noiban foreign nothing held small big round person company known plate"
    )
    assert flags <= {f"@{flag}" for flag in (*shown.split(), "nr_t", "nr_h", "nr_m")}


def test_takes_the_longest_name():
    assert "#telecom_firm" in dutch().found(words("Budget Thuis"))
    assert "#health_insurer" in dutch().found(words("Interpolis Zorgverzekeringen"))
    assert "#insurer" not in dutch().found(words("Interpolis Zorgverzekeringen"))


def test_takes_the_name_written_out_before_the_one_guessed():
    assert "#charity" in dutch().found(words("Vereniging Milieudefensie"))
    assert "#leisure_firm" not in dutch().found(words("Vereniging Milieudefensie"))


def test_takes_some_names_only_where_a_name_begins():
    assert "#grocery" in dutch().found(words("Plus Nijmegen"))
    assert "#grocery" in dutch().found(words("CCV Plus Nijmegen"))
    assert "#grocery" not in dutch().found(words("Disney Plus"))


@pytest.mark.parametrize("name", ["groups.tsv", "rules.tsv"])
def test_keeps_its_files_free_of_repeats(name):
    for line in (Path(rules.__file__).parent / name).read_text(encoding="utf-8").splitlines():
        names = [part.strip() for part in line.split("\t")[-1].split("|")]
        if not line.startswith("# "):
            assert all(names), line[:60]


def test_refuses_a_rule_that_needs_nothing(tmp_path, monkeypatch):
    (tmp_path / "rules.tsv").write_text("5\trent\t!huur\n", encoding="utf-8")
    monkeypatch.setattr(rules, "_HERE", tmp_path)
    with pytest.raises(NotARule):
        list(rules._rules())


def test_refuses_a_line_with_a_column_missing(tmp_path, monkeypatch):
    (tmp_path / "rules.tsv").write_text("5\thuur\n", encoding="utf-8")
    monkeypatch.setattr(rules, "_HERE", tmp_path)
    with pytest.raises(NotARule, match=r"rules\.tsv:1"):
        list(rules._rules())


def test_knows_who_pays_many():
    assert pays_many("BELASTINGDIENST")
    assert pays_many("Gemeente Amersfoort")
    assert not pays_many("Woonstichting Voorbeeld")


@pytest.mark.parametrize(
    ("word", "apart"),
    [
        ("12345", True),
        ("1234", True),
        ("123", False),
        ("a1234", True),
        ("ab12", False),
        ("2026", False),
        ("1999", False),
        ("2126", True),
        ("20261", True),
        ("19991", True),
        ("huur", False),
        ("vandijk", True),
        ("noa", True),
        ("jo", False),
        ("j", False),
    ],
)
def test_knows_which_words_tell_residents_apart(word, apart):
    assert tells_apart(word) is apart
