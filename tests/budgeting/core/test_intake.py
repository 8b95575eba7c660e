"""From a history to proposals: one key per counterparty, what tells an income apart, and what looks missing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.budget import Regular
from budgeting.core.intake import LOW_INCOME, Intake, Proposal, counterparties, history_lines, read_history
from budgeting.core.knowledge.rules import dutch
from budgeting.core.match_reasons import Reason
from budgeting.core.recognition import Recogniser, Recognition
from budgeting.core.recurrence import HistoryLine
from budgeting.core.statement import Entry

ONE, OTHER, THIRD = "NL00BANK0123456789", "NL00BANK0987654321", "NL00BANK0555555555"


class Dictated(Recogniser):
    """Answers what stands in an entry: its category as the bank's code, how sure as the bank's own one."""

    def recognise_history(self, entries: Sequence[Entry]) -> list[Recognition]:
        """One answer per entry; the reason names its place."""
        return [
            Recognition(
                one.bank_code, float(one.proprietary_code or "0.9"), False, (Reason("word", {"word": str(at)}),)
            )
            for at, one in enumerate(entries)
        ]


def line(category: str, amount: str = "-10.00", month: int = 1, /, **more: str) -> Entry:
    given = {"counterparty_name": f"Kwibus {category}", "counterparty_iban": ONE, **more}
    return Entry(Decimal(amount), date(2026, month, 5), bank_code=category, **given)  # type: ignore[arg-type]


def monthly(category: str, amount: str = "-10.00", times: int = 3, /, **more: str) -> list[Entry]:
    return [
        line(category, amount, month, **{"counterparty_iban": f"NL00{category}", **more})
        for month in range(1, times + 1)
    ]


def read(*entries: Entry) -> Intake:
    return read_history(entries, Dictated(dutch()))


def proposal(*entries: Entry) -> Proposal:
    (only,) = read(*entries).proposals
    return only


def named(name: str, iban: str = "", text: str = "") -> Entry:
    return Entry(Decimal("-10.00"), date(2026, 4, 1), counterparty_name=name, counterparty_iban=iban, remittance=text)


def test_says_from_when_until_when_a_history_is() -> None:
    found = read(line("rent", "-10.00", 3), line("rent"), line("water", "-10.00", 2))

    assert (found.begins, found.ends, found.entries) == (date(2026, 1, 5), date(2026, 3, 5), 3)
    assert read() == Intake(None, None, 0, (), ())


ALL = ("health_insurance", "rent", "energy", "water")


@pytest.mark.parametrize(
    ("seen", "missing"),
    [
        (ALL, ()),
        (("groceries",), ("health_insurance", "rent_or_mortgage", "energy_or_heating", "water")),
        (("health_insurance", "rent"), ("energy_or_heating", "water")),
        (("health_insurance", "mortgage", "water"), ("energy_or_heating",)),
        (("energy", "water"), ("health_insurance", "rent_or_mortgage")),
        (("district_heating", "mortgage"), ("health_insurance", "water")),
    ],
)
def test_asks_for_what_nearly_every_household_has(seen: tuple[str, ...], missing: tuple[str, ...]) -> None:
    assert read(*map(line, seen)).missing == missing


@pytest.mark.parametrize(
    ("income", "missing"),
    [
        (None, ()),
        (("wages", "0.01"), ("healthcare_allowance", "rent_allowance")),
        (("wages", "2599.99"), ("healthcare_allowance", "rent_allowance")),
        (("wages", "2600.00"), ()),
        (("benefit", "1100.00"), ("healthcare_allowance", "rent_allowance")),
        (("pension", "1100.00"), ("healthcare_allowance", "rent_allowance")),
        (("student_finance", "300.00"), ("healthcare_allowance", "rent_allowance")),
        (("child_benefit", "300.00"), ()),
        (("other_income", "300.00"), ()),
    ],
)
def test_asks_for_allowances_where_what_is_earned_is_low(
    income: tuple[str, str] | None, missing: tuple[str, ...]
) -> None:
    earned = monthly(*income) if income else []

    assert read(*map(line, ALL), *earned).missing == missing
    assert str(LOW_INCOME) == "2600.00"


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        (["healthcare_allowance"], ("rent_allowance",)),
        (["rent_allowance"], ("healthcare_allowance",)),
        (["healthcare_allowance", "rent_allowance"], ()),
        (["child_benefit"], ("healthcare_allowance", "rent_allowance", "child_budget")),
        (["child_benefit", "child_budget"], ("healthcare_allowance", "rent_allowance")),
    ],
)
def test_does_not_ask_for_an_allowance_that_is_there(more: list[str], missing: tuple[str, ...]) -> None:
    assert read(*map(line, ALL), *monthly("wages", "1500.00"), *map(line, more)).missing == missing


def test_asks_no_rent_allowance_of_who_pays_a_mortgage_or_no_rent() -> None:
    owner = [*map(line, ("health_insurance", "energy", "water")), *monthly("wages", "1500.00")]

    assert read(*owner, *monthly("mortgage", "-500.00")).missing == ("healthcare_allowance",)
    assert read(*owner).missing == ("rent_or_mortgage", "healthcare_allowance")


def test_counts_a_proposal_in_a_budget() -> None:
    assert proposal(*monthly("wages", "1500.00")).regular == Regular("in", Decimal("1500.00"), "month", 1)
    assert proposal(*monthly("rent", "-500.00")).regular == Regular("out", Decimal("500.00"), "month", 1)
    yearly = [replace(line("water_board_tax", "-90.00"), booking_date=date(year, 3, 1)) for year in (2024, 2025, 2026)]
    assert proposal(*yearly).regular == Regular("out", Decimal("90.00"), "year", 1)


def test_proposes_the_last_account_and_the_last_name_it_saw() -> None:
    first, second, last = monthly("rent", "-500.00")
    moved = [
        replace(first, counterparty_name="Oude Naam"),
        replace(second, counterparty_name="Nieuwe Naam"),
        replace(last, counterparty_name=""),
    ]
    (found,) = read(*moved).proposals

    assert (found.counterparty, found.iban) == ("Nieuwe Naam", "NL00rent")
    changed = [replace(one, counterparty_iban=iban) for one, iban in zip((first, second, last), "abc", strict=True)]
    assert proposal(*changed).iban == "c"


def test_proposes_without_a_name_where_no_line_has_one() -> None:
    assert proposal(*monthly("rent", "-500.00", counterparty_name="")).counterparty == ""


def test_is_as_sure_as_the_rhythm_and_the_surest_line_together() -> None:
    lines = monthly("rent", "-500.00", 4)
    sure = [replace(one, proprietary_code=f"0.{digits}") for one, digits in zip(lines, (31, 77, 5, 6), strict=True)]

    found = proposal(*sure)

    assert found.stream.confidence == 0.99
    assert found.confidence == 0.76  # 0.99 × 0.77 = 0.7623
    assert [reason.values["word"] for reason in found.reasons] == ["1"]


TOLD = {"remittance": "contract huisnummer 44711"}
WORDS = (("huisnummer", "contract"), ("44711",))


@pytest.mark.parametrize("amount", ["-10.00", "0.50", "1.00", "10.00"])
def test_needs_no_words_where_an_account_has_one_stream(amount: str) -> None:
    found = proposal(*monthly("rent", amount, **TOLD))

    assert (found.words, found.marks) == ((), ())


def test_tells_streams_of_one_account_apart() -> None:
    two = [
        *monthly("rent", "-500.00", **TOLD, counterparty_iban=ONE),
        *monthly("water", "-20.00", counterparty_iban=ONE),
    ]
    found = {one.stream.category: (one.words, one.marks) for one in read(*two).proposals}

    assert found == {"rent": WORDS, "water": ((), ())}


def test_tells_in_and_out_of_one_account_apart_without_words() -> None:
    both = [
        *monthly("benefit", "1.00", **TOLD, counterparty_iban=ONE),
        *monthly("debt_repayment", "-1.00", **TOLD, counterparty_iban=ONE),
    ]

    assert [(one.words, one.marks) for one in read(*both).proposals] == [((), ()), ((), ())]


@pytest.mark.parametrize("amount", ["0.50", "1.00"])
def test_takes_two_small_incomes_of_one_account_for_two(amount: str) -> None:
    two = [
        *monthly("benefit", amount, **TOLD, counterparty_iban=ONE),
        *monthly("wages", "900.00", **TOLD, counterparty_iban=ONE),
    ]

    assert [(one.words, one.marks) for one in read(*two).proposals] == [WORDS, WORDS]


def test_needs_words_where_a_payer_pays_many_from_one_account() -> None:
    found = proposal(*monthly("benefit", "1100.00", **TOLD, counterparty_name="UWV"))

    assert (found.words, found.marks) == WORDS


def test_counts_the_streams_of_an_account_by_its_last_line() -> None:
    moved = [*monthly("rent", "-500.00", 2, **TOLD, counterparty_iban=ONE), line("rent", "-500.00", 3, **TOLD)]
    moved = [*moved[:2], replace(moved[2], counterparty_iban=OTHER)]
    there = monthly("water", "-20.00", **TOLD, counterparty_iban=OTHER)
    found = {one.stream.category: (one.words, one.marks) for one in read(*moved, *there).proposals}

    assert found == {"rent": WORDS, "water": WORDS}
    stayed = monthly("water", "-20.00", **TOLD, counterparty_iban=ONE)
    assert [(one.words, one.marks) for one in read(*moved, *stayed).proposals] == [((), ()), ((), ())]


def test_hands_a_history_on_line_by_line() -> None:
    entries = [line("rent", "-500.00", 2, mandate_id="M1"), line("wages", "900.00", 3, counterparty_iban="")]
    answers = Dictated(dutch()).recognise_history(entries)

    assert history_lines(entries, answers, dutch()) == [
        HistoryLine(date(2026, 2, 5), Decimal("-500.00"), f"account {ONE}", "rent", True),
        HistoryLine(date(2026, 3, 5), Decimal("900.00"), "name kwibus wages", "wages", False),
    ]
    with pytest.raises(ValueError, match="zip"):
        history_lines(entries, answers[:1], dutch())


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        (named("Kwibus Blorp", ONE), f"account {ONE}"),
        (named("Kwibus Blorp Snorre"), "name kwibus blorp"),
        (named("Kwibus 1122 Blorp"), "name kwibus blorp"),
        (named("Kwibus 3b Blorp BV"), "name kwibus blorp"),
        (named("Stichting de Kwibus B.V."), "name kwibus"),
        (named("", text="snorre tiktak wobbel"), "name snorre tiktak"),
        (named("Kwibus", text="snorre tiktak wobbel"), "name kwibus"),
        (named("", ONE, "snorre tiktak"), f"account {ONE}"),
        (named("Mollie", ONE, "Kwibus Blorp aankoop"), "name kwibus blorp"),
        (named("Kwibus via Mollie", "", "snorre tiktak"), "name snorre tiktak"),
        (named("Albert Heijn via Mollie", ONE, "snorre tiktak"), "name albert heijn"),
    ],
)
def test_knows_a_counterparty_by_account_or_by_two_words(entry: Entry, key: str) -> None:
    assert counterparties([entry], dutch()) == [key]


@pytest.mark.parametrize(
    ("entries", "groups"),
    [
        ([named("A", ONE), named("B", ONE)], "00"),
        ([named("Kwibus Blorp", ONE), named("Kwibus Blorp Snorre", OTHER)], "00"),
        ([named("Kwibus Blorp", ONE), named("Kwibus Snorre", OTHER)], "01"),
        ([named("Kwibus BV", ONE), named("Kwibus BV", OTHER)], "01"),
        ([named("Kwibus Blorp", ONE), named("Kwibus Blorp")], "00"),
        ([named("Kwibus Blorp"), named("Kwibus Blorp", ONE)], "00"),
        ([named("", ONE, "kwibus blorp"), named("", OTHER, "kwibus blorp")], "01"),
        ([named("Kwibus Blorp", ONE), named("", OTHER, "kwibus blorp")], "01"),
        ([named("Mollie", ONE, "kwibus blorp"), named("Mollie", ONE, "snorre tiktak")], "01"),
        ([named("Mollie", ONE, "kwibus blorp"), named("Mollie", OTHER, "kwibus blorp")], "00"),
        ([named("Mollie", ONE, "kwibus blorp"), named("Kwibus Blorp", OTHER)], "00"),
        (
            [
                named("Kwibus Blorp", ONE),
                named("Snorre Tiktak", OTHER),
                named("Wobbel Krak", THIRD),
                named("Kwibus Blorp", OTHER),
                named("Wobbel Krak", ONE),
                named("Plonk Fladder"),
            ],
            "000001",
        ),
    ],
)  # fmt: skip
def test_takes_entries_together_that_share_an_account_or_a_name(entries: list[Entry], groups: str) -> None:
    keys = counterparties(entries, dutch())

    order = list(dict.fromkeys(keys))
    assert "".join(str(order.index(key)) for key in keys) == groups
    assert None not in keys
