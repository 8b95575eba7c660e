"""The house says exactly what speaks for an agreement and what against it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.agreement_index import Index, NotAgreementFacts
from budgeting.core.match_reasons import Reason, reasons_of, score_of
from budgeting.core.matching import match
from tests.budgeting.core.test_matching import ELSEWHERE, LANDLORD, RENT
from tests.budgeting.core.test_matching import PAID as RENT_PAID

DUE = date(2026, 4, 1)
FACTS, PAID = replace(RENT, counterparty_name=""), replace(RENT_PAID, booking_date=DUE)
AS_AGREED = Reason("amount_as_agreed", {"amount": Decimal("612.40")})
RANGE = {"low": Decimal("600.00"), "high": Decimal("630.00")}


def reasons(entry=None, facts=None):
    (plan,) = Index([replace(FACTS, **(facts or {}))]).accounts[LANDLORD].plans
    return reasons_of(plan, replace(PAID, **(entry or {})))


def test_names_every_fact_in_the_order_a_person_would_check_them():
    assert reasons() == (
        Reason("same_iban"),
        Reason("word", {"word": "huur"}),
        AS_AGREED,
        Reason("on_the_day", {"due": DUE}),
    )


@pytest.mark.parametrize(
    ("entry", "facts", "reason"),
    [
        ({"structured_reference": "R 1"}, {"reference": "R1"}, Reason("same_reference")),
        ({"structured_reference": "R2"}, {"reference": "R1"}, Reason("other_reference", against=True)),
        ({"counterparty_iban": ELSEWHERE}, {}, Reason("other_iban", {"iban": ELSEWHERE}, against=True)),
        ({"remittance": "termijn"}, {}, Reason("word_missing", {"word": "huur"}, against=True)),
        ({"remittance": "huur 556677"}, {"marks": ("556677",)}, Reason("number", {"number": "556677"})),
        ({"remittance": "huur A Jansen"}, {"name_words": ("A", "Jansen")}, Reason("name", {"name": "A Jansen"})),
        (
            {"remittance": "Jansen A"},
            {"name_words": ("A", "Jansen"), "words": ()},
            Reason("name", {"name": "A Jansen"}),
        ),
        (
            {"remittance": "huur B Jansen"},
            {"name_words": ("A", "Jansen")},
            Reason("name_differs", {"name": "A Jansen"}, against=True),
        ),
        ({}, {"words": ()}, Reason("no_words", against=True)),
        (
            {"amount": Decimal("612.40")},
            {},
            Reason("other_direction", {"amount": Decimal("612.40")}, against=True),
        ),
        (
            {"amount": Decimal("-0.50")},
            {"direction": "in"},
            Reason("other_direction", {"amount": Decimal("-0.50")}, against=True),
        ),
        ({"amount": Decimal("612.40")}, {"direction": "in"}, AS_AGREED),
        (
            {"amount": Decimal("0.50")},
            {"direction": "in"},
            Reason("amount_outside_range", {"amount": Decimal("0.50")} | RANGE, against=True),
        ),
        ({"amount": Decimal("-600.00")}, {}, Reason("amount_in_range", {"amount": Decimal("600.00")} | RANGE)),
        ({"amount": Decimal("-630.00")}, {}, Reason("amount_in_range", {"amount": Decimal("630.00")} | RANGE)),
        (
            {"amount": Decimal("-630.01")},
            {},
            Reason("amount_outside_range", {"amount": Decimal("630.01")} | RANGE, against=True),
        ),
        ({"booking_date": date(2026, 4, 2)}, {}, Reason("days_late", {"days": 1, "due": DUE})),
        ({"booking_date": date(2026, 4, 6)}, {}, Reason("days_late", {"days": 5, "due": DUE})),
        ({"booking_date": date(2026, 3, 31)}, {}, Reason("days_early", {"days": 1, "due": DUE})),
        ({"booking_date": date(2026, 4, 7)}, {}, Reason("outside_window", {"days": 6, "due": DUE}, against=True)),
        (
            {"booking_date": date(2026, 4, 25)},
            {},
            Reason("outside_window", {"days": -6, "due": date(2026, 5, 1)}, against=True),
        ),
        (
            {"booking_date": date(2026, 4, 16)},
            {},
            Reason("outside_window", {"days": 15, "due": DUE}, against=True),
        ),
        (
            {},
            {"valid_from": date(2026, 4, 2), "valid_until": date(2026, 5, 2)},
            Reason("outside_period", {"from": date(2026, 4, 2), "until": date(2026, 5, 2)}, against=True),
        ),
        (
            {},
            {"valid_from": date(2026, 1, 1), "valid_until": DUE},
            Reason("outside_period", {"from": date(2026, 1, 1), "until": DUE}, against=True),
        ),
    ],
)
def test_says_exactly_what_it_saw(entry, facts, reason):
    assert reason in reasons(entry, facts)


@pytest.mark.parametrize(
    ("entry", "facts", "codes"),
    [
        ({"structured_reference": "R1"}, {}, {"same_reference", "other_reference"}),
        ({}, {"reference": "R1"}, {"same_reference", "other_reference"}),
        ({"counterparty_iban": ""}, {}, {"same_iban", "other_iban"}),
        ({"remittance": "huur"}, {"name_words": ("A", "Jansen")}, {"name", "name_differs"}),
        ({}, {"words": (), "marks": ("556677",)}, {"no_words"}),
        ({}, {"words": (), "name_words": ("A", "Jansen")}, {"no_words"}),
        ({}, {"expected": ()}, {"on_the_day", "days_late", "days_early", "outside_window"}),
        ({}, {"valid_from": DUE, "valid_until": date(2026, 4, 2)}, {"outside_period"}),
    ],
)
def test_says_nothing_of_what_it_cannot_compare(entry, facts, codes):
    assert codes.isdisjoint({reason.code for reason in reasons(entry, facts)})


def test_scores_each_kind_of_fact_once_between_nothing_and_a_hundred():
    word, iban = Reason("word", {"word": "a"}), Reason("same_iban")
    assert score_of(()) == score_of((Reason("nothing_that_counts"),)) == 0
    assert score_of((iban, word)) == score_of((iban, word, Reason("word", {"word": "b"}))) == 45
    assert score_of((Reason("other_direction", against=True), word)) == 0
    many = ("same_reference", "same_iban", "word", "number", "name", "amount_as_agreed", "on_the_day")
    assert score_of(tuple(Reason(code) for code in many)) == 100


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": Decimal("0.00")}, Reason("zero_amount", against=True)),
        ({"currency": "USD"}, Reason("other_currency", {"currency": "USD"}, against=True)),
        ({"status": "PDNG"}, Reason("not_booked", {"status": "PDNG"}, against=True)),
        ({"return_reason": "AC04"}, Reason("returned", {"reason": "AC04"}, against=True)),
        ({"reversal": True}, Reason("reversal", against=True)),
    ],
)
def test_says_exactly_why_an_entry_is_nothing_that_anybody_expects(change, reason):
    assert match(Index([FACTS]), replace(PAID, **change)).reasons == (reason,)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"direction": "both"}, "direction"),
        ({"amount_low": Decimal(-1)}, "amount"),
        ({"amount_low": Decimal("612.41")}, "amount"),
        ({"amount_high": Decimal("612.39")}, "amount"),
        ({"window": -1}, "window"),
        ({"window": 367}, "window"),
        ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 31)}, "period"),
        ({"words": ("huur", "!!!")}, "words"),
    ],
)
def test_names_the_fact_that_cannot_be(change, field):
    with pytest.raises(NotAgreementFacts, match=f"^agreement 1: {field}$") as refusal:
        replace(FACTS, **change)
    assert (refusal.value.agreement_id, refusal.value.field) == (1, field)


@pytest.mark.parametrize(
    "change",
    [
        {"amount_low": Decimal("612.40"), "amount_high": Decimal("612.40")},
        {"amount_low": Decimal(0), "amount": Decimal(0)},
        {"window": 0},
        {"window": 366},
        {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 2, 1)},
        {"words": ()},
    ],
)
def test_takes_facts_up_to_every_border(change):
    assert replace(FACTS, **change)
