"""Whatever a bank prints, recognition answers with doubt, matching books nothing, and intake proposes nothing odd."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.intake import read_history
from budgeting.core.learning import CATEGORIES
from budgeting.core.matching import AgreementFacts, Index, match
from budgeting.core.recognition import untaught
from budgeting.core.statement import Entry

SHIPPED = untaught()
IBAN = "NL00BANK0123456789"
RENT = AgreementFacts(
    id=1, resident=1, direction="out", amount=Decimal("612.40"), amount_low=Decimal("612.40"),
    amount_high=Decimal("612.40"), ibans=frozenset({IBAN}), words=("huur",),
)  # fmt: skip
LINE = Entry(
    Decimal("-612.40"), date(2026, 4, 1), counterparty_name="Verhuurder", counterparty_iban=IBAN, remittance="huur"
)
ABSURD = {
    "empty": "",
    "140 emoji": "🏠" * 140,
    "a family of emoji": "👩‍👩‍👧‍👦" * 20,
    "turned round": "\u202eruuh\u202c \u2066huur\u2069",
    "hidden letters": "h\u200bu\u200bu\u200br",
    "letters that look alike": "hυυr",
    "marks upon marks": "h" + "\u0301" * 500 + "uur",
    "control characters": "hu\x00ur\x1b[31m",
    "one sign, ten thousand times": "/" * 10_000,
    "a formula": "=HYPERLINK('x')",
    "markup": "<script>huur</script>",
    "half a character": "\ud83d huur",
}


@pytest.mark.parametrize("text", ABSURD.values(), ids=ABSURD)
def test_answers_any_text_with_a_category_and_a_chance(text: str) -> None:
    for line in (replace(LINE, remittance=text, counterparty_name=""), replace(LINE, counterparty_name=text)):
        answer = SHIPPED.recognise([line])[0]

        assert answer.category in CATEGORIES
        assert 0 <= answer.confidence <= 1
        assert answer.reasons


@pytest.mark.parametrize("name", ["empty", "140 emoji", "a family of emoji", "one sign, ten thousand times"])
def test_is_not_sure_of_what_says_nothing(name: str) -> None:
    answer = SHIPPED.recognise([replace(LINE, remittance=ABSURD[name], counterparty_name="", counterparty_iban="")])[0]

    assert not answer.auto


@pytest.mark.parametrize("name", [name for name in ABSURD if "huur" not in ABSURD[name]])
def test_matches_nothing_by_a_text_without_the_word(name: str) -> None:
    found = match(Index([RENT]), replace(LINE, remittance=ABSURD[name]))

    # Marks and invisible letters are folded away, so that the word is found where a person reads it.
    reads_as_the_word = name in {"hidden letters", "marks upon marks", "turned round"}
    assert (found.outcome == "certain") == reads_as_the_word


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": Decimal("0.00")}, "zero_amount"),
        ({"currency": "GBP"}, "other_currency"),
        ({"status": "PDNG"}, "not_booked"),
        ({"reversal": True}, "reversal"),
        ({"return_reason": "AC04"}, "returned"),
    ],
)
def test_never_books_what_is_no_payment_in_euro(change: dict[str, object], reason: str) -> None:
    found = match(Index([RENT]), replace(LINE, **change))

    assert found.outcome == "none"
    assert found.reasons[0].code == reason


def test_proposes_nothing_of_nothing() -> None:
    intake = read_history([], SHIPPED)

    assert (intake.begins, intake.proposals, intake.missing) == (None, (), ())


@given(st.lists(st.tuples(st.text(max_size=40), st.decimals("-999", "999", places=2), st.integers(0, 90)), max_size=12))
def test_reads_any_history(lines: list[tuple[str, Decimal, int]]) -> None:
    history = [
        Entry(amount, date.fromordinal(date(2026, 1, 1).toordinal() + day), counterparty_name=text, remittance=text)
        for text, amount, day in lines
    ]

    intake = read_history(history, SHIPPED)

    assert all(0 <= one.confidence <= 1 and one.stream.seen >= 2 for one in intake.proposals)
