"""Learning how sure to be: from answers about residents and counterparties that were left out."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.core import recognition
from budgeting.core.confidence import DEFAULT
from budgeting.core.knowledge.rules import dutch
from budgeting.core.recognition import Example, UnknownCategory, learn, untaught
from budgeting.core.statement import Entry


def example(category="rent", resident="", name="", iban="", text=""):
    line = Entry(Decimal("-12.34"), date(2026, 4, 1), counterparty_name=name, counterparty_iban=iban, remittance=text)
    return Example(line, category, resident)


NAMES = ("Kwibus", "Zorro", "Plonk", "Fladder")


def test_knows_what_ships_before_anything_was_learnt():
    assert untaught().knowledge is dutch()
    assert untaught().confidence == DEFAULT


def test_names_every_category_it_does_not_have():
    with pytest.raises(UnknownCategory, match=r"^sweets, toys$"):
        learn([example("toys"), example("rent"), example("sweets"), example("toys")])


def test_learns_each_word_for_its_own_category():
    lines = [
        example(category, f"R{number % 4}", f"{name}winkel", text=word)
        for number, name in enumerate(NAMES * 4)
        for category, word in (("clothing", "blorp"), ("leisure", "fnuik"))
    ]
    learnt = learn(lines)
    asked = [example(name="Nieuw", text=word).entry for word in ("blorp", "fnuik")]
    assert [answer.category for answer in learnt.recognise(asked)] == ["clothing", "leisure"]
    assert [answer.category for answer in learnt.recognise_history(asked)] == ["clothing", "leisure"]


def test_fits_the_curve_to_answers_with_and_without_knowing_the_counterparty(knowing, monkeypatch):
    known = knowing(
        "9 rent #landlord | #landlord & zeker\n9 water #water_firm | #water_firm & zeker",
        "landlord kwibus | zorro\nwater_firm plonk | fladder",
    )
    asked = []

    def looked(*given):
        asked.append(given)
        return DEFAULT

    monkeypatch.setattr(recognition, "dutch", lambda: known)
    monkeypatch.setattr(recognition, "fit_confidence", looked)
    learn(
        [
            example("rent" if number < 2 else "water", f"R{number}", name, text=text)
            for number, name in enumerate(NAMES)
            for text in ("", "zeker")
        ]
    )

    facts, right, counts = asked[0]
    assert facts.shape == (16, 12)
    assert counts.tolist() == [1.0, 1.0, 0.6, 0.6] * 4
    # Who is left out is known by name; without the name, the other three say more often what the other two are for.
    assert right.tolist() == [True, True, False, False] * 4
    assert facts[:, 3].tolist() == [1, 1, 0, 0] * 4  # knowledge speaks for the answer


@pytest.mark.parametrize(
    ("examples", "fitted"),
    [
        ([example(resident=f"R{n}", name=NAMES[n]) for n in range(4)], True),
        ([example(resident=f"R{n % 3}", name=NAMES[n]) for n in range(4)], False),
        ([example(resident="R1", name=NAMES[n]) for n in range(4)], False),
        ([example(name=name) for name in NAMES], True),
        ([example(name=name) for name in (*NAMES[:3], "ZORRO")], False),
        ([example(resident=f"R{n}", iban=f"NL0{n}BANK", text="huur") for n in range(4)], True),
        ([example(iban=f"NL0{n}BANK", text=f"{'x' * 19}{n}") for n in range(4)], True),
        ([example(iban=f"NL0{n}BANK", text=f"{'x' * 20}{n}") for n in range(4)], False),
    ],
    ids=[
        "four residents", "three residents", "one resident", "four names", "one name twice", "four residents unnamed",
        "four texts", "texts that begin the same",
    ],
)  # fmt: skip
def test_learns_how_sure_to_be_from_four_residents_on(examples, fitted):
    assert (learn(examples).confidence is not DEFAULT) is fitted


@pytest.mark.parametrize(
    ("told", "fitted"),
    [
        ([{"name": f"Een Twee Drie {name}"} for name in NAMES], False),
        ([{"name": f"Een Twee {name}"} for name in NAMES], True),
        ([{"name": name, "iban": "NL00BANK"} for name in NAMES], True),
        ([{"iban": "NL00BANK", "text": name} for name in NAMES], False),
        ([{"iban": f"NL0{n}BANK", "text": "huur"} for n in range(4)], True),
        ([{"text": f"een twee {name}"} for name in NAMES], False),
        ([{"text": f"een {name}"} for name in NAMES], True),
    ],
    ids=[
        "same first three words", "other third word", "other name on one account", "same account", "other account",
        "same first two words", "other second word",
    ],
)  # fmt: skip
def test_tests_no_answer_with_what_was_learnt_of_the_same_counterparty(told, fitted):
    learnt = learn([example(resident=f"R{number}", **line) for number, line in enumerate(told)])
    assert (learnt.confidence is not DEFAULT) is fitted
