"""How an answer is made of what is known: with knowledge made up for each case, so that every point counts."""

from datetime import date
from decimal import Decimal
from math import exp

import numpy as np
import pytest

from budgeting.core.confidence import Confidence
from budgeting.core.learning import CATEGORIES, NUMBER, Weights
from budgeting.core.match_reasons import Reason
from budgeting.core.recognition import Recogniser
from budgeting.core.statement import Entry

IBAN = "NL00BANK0123456789"
OTHER = "NL00BANK9876543210"
SURE = Confidence((*[0.0] * 11, 9.0), 0.9)


def entry(text, amount="-10.00", name="", iban=""):
    return Entry(Decimal(amount), date(2026, 4, 1), counterparty_name=name, counterparty_iban=iban, remittance=text)


def taught_word(word, category):
    """Weights that say one thing, loudly."""
    table = np.zeros((2, len(CATEGORIES)), np.float32)
    table[0, NUMBER[category]] = 90
    return Weights({word: 0}, table)


@pytest.mark.parametrize(
    ("rules", "auto"),
    [
        ("5 rent huur", True),
        ("4.5 rent huur", False),
        ("20 rent huur\n11.5 water huur", True),
        ("20 rent huur\n12 water huur", False),
        ("20 rent huur\n12 water mei", True),
    ],
)
def test_asks_a_person_when_too_little_speaks_for_it_or_too_much_for_another(knowing, rules, auto):
    found = Recogniser(knowing(rules), confidence=SURE).recognise([entry("huur")])[0]
    assert (found.category, found.confidence, found.auto) == ("rent", 0.9999, auto)


@pytest.mark.parametrize(("auto_from", "auto"), [(0.5, True), (0.5001, False)])
def test_asks_nobody_from_the_chance_the_curve_names(knowing, auto_from, auto):
    curve = Confidence((0.0,) * 12, auto_from)
    found = Recogniser(knowing("9 rent huur"), confidence=curve).recognise([entry("huur")])[0]
    assert (found.confidence, found.auto) == (0.5, auto)


def test_tells_the_chance_in_four_decimals(knowing):
    curve = Confidence((*[0.0] * 11, 1.0), 0.9)
    assert Recogniser(knowing("9 rent huur"), confidence=curve).recognise([entry("huur")])[0].confidence == 0.7311


def test_answers_each_of_many_entries_by_itself_and_in_order(knowing):
    recogniser = Recogniser(knowing("9 rent huur\n9 water water"))
    many = [entry("huur" if number % 3 else "water") for number in range(501)]
    answers = recogniser.recognise(many)
    assert [answer.category for answer in answers] == ["rent" if number % 3 else "water" for number in range(501)]
    assert recogniser.recognise(many[:2]) == answers[:2]


@pytest.mark.parametrize(
    ("condition", "code", "values"),
    [
        ("huur & #bank & @out", "word", {"word": "huur"}),
        ("huur*", "word", {"word": "huur"}),
        ("^huur", "word", {"word": "huur"}),
        ("*uur", "word", {"word": "uur"}),
        ("mei & huur", "word", {"word": "huur"}),
        ("#bank & @out", "known_kind", {"kind": "bank"}),
        ("~firm & @out", "known_kind", {"kind": "firm"}),
        ("~firm & #bank", "known_kind", {"kind": "bank"}),
        ("@round & @out & @noiban", "shape", {"shape": "noiban out round"}),
        ("@out & !@in", "shape", {"shape": "out"}),
    ],
)
def test_says_by_which_word_or_kind_or_shape_it_went(knowing, condition, code, values):
    known = knowing(f"9 rent {condition}", "bank huur\nfirm plonk")
    line = entry("huur mei een twee drie plonk")
    assert Recogniser(known).recognise([line])[0].reasons == (Reason(code, values),)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("1 rent een\n2 rent twee\n3 rent drie\n4 rent vier", ["vier", "drie", "twee"]),
        ("1 rent vier\n1 rent twee\n1 rent een\n1 rent drie", ["drie", "een", "twee"]),
        ("3 rent een & @out\n2 rent een\n1 rent twee", ["een", "twee"]),
        ("3 rent vie*\n2 rent vier\n1 rent twee", ["vier", "twee"]),
        ("3 rent een\n9 water zes\n2 rent twee", ["een", "twee"]),
        ("3 rent een\n2 water twee", ["een"]),
    ],
)
def test_says_the_strongest_three_reasons_each_once(knowing, rules, words):
    found = Recogniser(knowing(rules)).recognise([entry("een twee drie vier")])[0]
    assert found.category == "rent"
    assert found.reasons == tuple(Reason("word", {"word": word}) for word in words)


@pytest.mark.parametrize(
    ("name", "told"), [("", "zomer iets een twee drie"), ("Kwibus BV", "kwibus bv"), ("Een Twee Vof", "een twee vof")]
)
def test_says_which_words_it_learnt_by(knowing, name, told):
    recogniser = Recogniser(knowing("1 rent iets"), taught_word("zomer-", "clothing"))
    found = recogniser.recognise([entry("zomer iets een twee drie vier", name=name)])[0]
    assert (found.category, found.reasons) == ("clothing", (Reason("learnt", {"words": told}),))


def test_says_that_nothing_is_known(knowing):
    found = Recogniser(knowing("1 rent iets")).recognise([entry("anders")])[0]
    assert found.reasons == (Reason("nothing_known"),)


HISTORY = """8 alimony_received alimentatie & @in
8 alimony_paid alimentatie & @out
9 gifts_donations cadeau
9 benefit steun
7 rent zeven
7.5 rent ruim
6.5 water bijna
7 water lauw
3 gifts_donations iets"""


def person(text, amount="10.00", name="J. de Wit", iban=IBAN):
    return entry(text, amount, name, iban)


@pytest.mark.parametrize(
    ("clear", "vague", "category"),
    [
        ([person("cadeau")], person("x"), "gifts_donations"),
        ([person("cadeau", name="P. Jansen")], person("x"), "gifts_donations"),
        ([person("ruim")], person("x"), "rent"),
        ([person("cadeau")], person("bijna"), "gifts_donations"),
        ([person("alimentatie")], person("x", "-10.00"), "alimony_paid"),
        ([person("alimentatie", "-10.00")], person("x"), "alimony_received"),
        ([person("cadeau"), person("cadeau"), person("alimentatie")], person("x"), "gifts_donations"),
        ([person("steun"), *[person("alimentatie", "-10.00")] * 2], person("x"), "alimony_received"),
        ([person("steun"), person("alimentatie", "-10.00")], person("x"), "benefit"),
    ],
)
def test_takes_a_person_s_line_for_what_their_clear_lines_are_for(knowing, clear, vague, category):
    found = Recogniser(knowing(HISTORY), confidence=SURE).recognise_history([*clear, vague])
    assert (found[-1].category, found[-1].auto) == (category, False)
    assert found[-1].reasons == (Reason("same_counterparty", {"name": "J. de Wit"}),)
    assert all(answer.auto and answer.reasons[0].code == "word" for answer in found[:-1])


@pytest.mark.parametrize(
    ("clear", "vague"),
    [
        ([person("zeven")], person("x")),
        ([person("cadeau")], person("lauw")),
        ([person("cadeau")], person("x", "-10.00")),
        ([person("cadeau")], person("x", iban=OTHER)),
        ([person("cadeau", name="Kwibus BV")], person("x")),
        ([person("cadeau")], person("x", name="Kwibus BV")),
        ([person("cadeau", iban="")], person("x", iban="")),
        ([person("x")], person("x")),
        ([], person("x")),
    ],
    ids=[
        "too little said", "says enough itself", "other direction", "other account", "clear line of a firm",
        "line of a firm", "no account", "nothing said", "alone",
    ],
)  # fmt: skip
def test_reads_a_line_by_itself_when_no_other_speaks_for_it(knowing, clear, vague):
    recogniser = Recogniser(knowing(HISTORY))
    assert recogniser.recognise_history([*clear, vague])[-1] == recogniser.recognise([vague])[0]


def test_adds_eight_points_for_what_the_other_lines_said(knowing):
    by_lead = Confidence((0.0, 1.0, *[0.0] * 10), 0.9)
    found = Recogniser(knowing(HISTORY), confidence=by_lead).recognise_history([person("cadeau"), person("iets bijna")])
    assert found[1].category == "gifts_donations"
    assert found[1].confidence == round(1 / (1 + exp(-(3 + 8 - 6.5))), 4)


def test_keeps_what_was_learnt_when_other_lines_help(knowing):
    recogniser = Recogniser(knowing(HISTORY), taught_word("zomer+", "clothing"))
    found = recogniser.recognise_history([person("cadeau"), person("zomer")])
    assert found[1].category == "clothing"
