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


def test_reads_a_rule_with_what_it_needs_and_what_bars_it(knowing):
    known = knowing("1.5 rent Huur  mei & #landlord& !borg &!~bank|@in", "landlord Kwibus\nbank Plonk")
    first, second = known.rules
    assert (first.category, first.weight) == ("rent", 1.5)
    assert (first.needs, first.bars) == ({"huur mei", "#landlord"}, {"borg", "~bank"})
    assert first.said == "Huur mei & #landlord& !borg &!~bank"
    assert first.feature == f"rent: {first.said}"
    assert (second.needs, second.bars, second.said) == ({"@in"}, set(), "@in")
    assert known.kinds == {"#landlord", "#bank"}


@pytest.mark.parametrize(
    ("condition", "hung_on"),
    [
        ("huur & #landlord & @in", "huur"),
        ("hu & @incoming", "hu"),
        ("#in & @incoming", "#in"),
        ("~in & @incoming", "~in"),
        ("#in & ~landlord", "~landlord"),
        ("@in & @out", "@out"),
        ("aa & bbb", "bbb"),
        ("bb & aa", "aa"),
    ],
)
def test_hangs_a_rule_on_the_rarest_thing_it_needs(knowing, condition, hung_on):
    known = knowing(f"1 rent {condition}", "landlord kwibus\nin plonk")
    assert known.behind == {hung_on: known.rules}


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("!huur & !@in", "rules.tsv: '!huur & !@in' needs nothing"),
        ("huur & ", "rules.tsv: ' ' asks for nothing"),
        ("huur & !", "rules.tsv: ' !' asks for nothing"),
        ("huur & -", "rules.tsv: ' -' asks for nothing"),
        ("huur & #nobody & ~bank & !~none", "rules.tsv: unknown kinds ['#nobody', '~none']"),
    ],
)
def test_refuses_a_rule_that_cannot_be_held_against_a_line(knowing, tmp_path, monkeypatch, condition, problem):
    (tmp_path / "rules.tsv").write_text(f"1\trent\t{condition}", encoding="utf-8")
    (tmp_path / "groups.tsv").write_text("bank\tplonk", encoding="utf-8")
    monkeypatch.setattr(rules, "_HERE", tmp_path)
    with pytest.raises(NotARule) as refused:
        dutch.__wrapped__()
    assert str(refused.value) == problem


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("rules.tsv", "# told\n\n1\trent\thuur\n1\trent\n", "rules.tsv:4: 2 columns instead of 3"),
        ("rules.tsv", "1\trent\thuur\tmei\n", "rules.tsv:1: 4 columns instead of 3"),
        ("rules.tsv", "#told\n", "rules.tsv:1: 1 columns instead of 3"),
        ("groups.tsv", "bank\tplonk\tzorro\n", "groups.tsv:1: 3 columns instead of 2"),
        ("groups.tsv", "bank plonk\n", "groups.tsv:1: 1 columns instead of 2"),
    ],
)
def test_names_the_file_and_the_line_that_has_other_columns(tmp_path, monkeypatch, name, text, problem):
    for file in ("rules.tsv", "groups.tsv"):
        (tmp_path / file).write_text(text if file == name else "", encoding="utf-8")
    monkeypatch.setattr(rules, "_HERE", tmp_path)
    with pytest.raises(NotARule) as refused:
        dutch.__wrapped__()
    assert str(refused.value) == problem


@pytest.mark.parametrize(
    ("asked", "text", "place"),
    [
        ("huur", "mei Huur huur", 1),
        ("huur", "huurtoeslag", None),
        ("huur*", "voorschot huurtoeslag", 1),
        ("huur*", "huur", 0),
        ("huur*", "verhuur", None),
        ("hu*", "huur", 0),
        ("*toeslag", "huurtoeslag", 0),
        ("*toeslag", "toeslag", 0),
        ("*toeslag", "toeslagen", None),
        ("*lag", "toeslag", 0),
        ("Café*", "cafe plein", 0),
        ("Xenos", "xenos", 0),
        ("een twee drie", "nul een twee drie", 1),
        ("een twee drie", "een twee", None),
        ("een twee drie", "een twee vier", None),
        ("een twee drie", "een drie drie", None),
        ("een tw* drie", "een twintig drie", 0),
        ("een tw* drie", "een wee drie", None),
        ("een *ee drie", "een twee drie", 0),
        ("een *ee drie", "een eend drie", None),
        ("een *ee drie", "een de drie", None),
        ("een twee*", "een tweede", 0),
        ("t-mobile*", "t mobiles", 0),
        ("t-mobile*", "t mobil", None),
        ("*lin-één", "alin een", 0),
        ("*lin-één", "alin teen", None),
        ("*in", "alin", None),
        ("^plus", "plus nijmegen", 0),
        ("^plus", "ccv plus nijmegen", 1),
        ("^plus", "disney plus", None),
        ("^plus", "ccv ccv plus", None),
        ("^plus", "ccv disney plus", None),
        ("^plus*", "ccv pluspunt", 1),
        ("^plus markt", "plus markt", 0),
        ("^plus-markt", "plus markt", 0),
        ("^plus markt", "disney plus markt", None),
    ],
)
def test_finds_what_is_asked_for_where_it_first_stands(knowing, asked, text, place):
    thing = " ".join(rules._split(asked))
    for known, meaning in ((knowing(f"1 rent {asked}"), thing), (knowing("", f"bank - | {asked}"), "#bank")):
        assert known.found(words(text)) == ({} if place is None else {meaning: place})


@pytest.mark.parametrize(
    ("groups", "text", "found"),
    [
        ("bank kwibus\nwater_firm kwibus water", "kwibus water", {"#water_firm": 0}),
        ("bank water\nwater_firm kwibus water", "kwibus water", {"#water_firm": 0}),
        ("bank kwibus\nwater_firm kwibus water", "kwibus water kwibus", {"#water_firm": 0, "#bank": 2}),
        ("bank kwibus\nwater_firm kwibus", "een kwibus", {"#bank": 1, "#water_firm": 1}),
        ("bank een kwibus\nwater_firm kwibus water", "een kwibus water", {"#bank": 0, "#water_firm": 1}),
        ("bank kwibus\nwater_firm plonk", "plonk kwibus plonk", {"#water_firm": 0, "#bank": 1}),
        ("grocery kwibus\neating plonk", "kwibus plonk", {"#grocery": 0}),
        ("grocery kwibus\neating plonk", "plonk kwibus", {"#eating": 0}),
        ("grocery kwi*\neating plonk", "kwibus plonk", {"#eating": 1}),
        ("grocery *bus\neating plonk", "bus plonk", {"#eating": 1}),
        ("grocery kwibus*\neating plonk", "kwibus plonk", {"#grocery": 0}),
        ("grocery ^kwibus*\neating plonk", "kwibus plonk", {"#grocery": 0}),
        ("grocery ^kwi*\neating plonk", "kwibus plonk", {"#eating": 1}),
        ("grocery kwibus | kwibus\neating kwibus", "kwibus", {"#grocery": 0, "#eating": 0}),
        ("grocery kwibus\neating plonk\nbank zorro", "kwibus plonk zorro", {"#grocery": 0, "#bank": 2}),
    ],
)
def test_takes_the_longest_name_and_of_shops_the_one_written_out(knowing, groups, text, found):
    assert knowing("", groups).found(words(text)) == found


def test_finds_a_phrase_within_a_name_too(knowing):
    known = knowing("1 rent kwibus | water & @in", "water_firm kwibus water\nbank kwibus")
    assert known.found(words("kwibus water")) == {"kwibus": 0, "#water_firm": 0, "water": 1}


def test_knows_a_name_again(knowing):
    known = knowing("", "bank kwibus")
    assert known.found_in_name(("kwibus",)) == known.found_in_name(("kwibus",)) == {"#bank": 0}


@pytest.mark.parametrize(
    ("seen", "speaks"),
    [
        ({"huur", "@in"}, True),
        ({"huur", "@in", "mei"}, True),
        ({"huur"}, False),
        ({"@in"}, False),
        ({"huur", "@in", "borg"}, False),
        ({"huur", "@in", "#bank"}, False),
        (set(), False),
    ],
)
def test_lets_a_rule_speak_when_all_it_needs_is_there_and_nothing_bars_it(knowing, seen, speaks):
    known = knowing("1 rent huur & @in & !borg & !#bank", "bank kwibus")
    assert list(known.speaking(frozenset(seen))) == (list(known.rules) if speaks else [])
