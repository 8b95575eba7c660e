"""What comes in: the same every time, whatever the last day, with each trouble in it."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.example.events import Credit, month_starts
from backend.example.script import example_script, first_day
from backend.example.town import EXAMPLE_TOWN
from backend.example.troubles import FROM_A_MONTH_ON, FROM_STRANGERS, IN_ONE_MONTH, Trouble
from payments.core.banking_days import is_banking_day, on_or_after

START, UNTIL = date(2026, 8, 1), date(2026, 12, 1)
SCRIPT = example_script(START, UNTIL)
MONTHS = SCRIPT.credits


def _of(key: str, month: int) -> list[Credit]:
    return [one for one in MONTHS if one.agreement == key and one.on.month == month]


def test_says_the_same_every_time() -> None:
    assert example_script(START, UNTIL) == SCRIPT
    assert example_script(START, UNTIL, seed=1).credits != MONTHS


@given(st.integers(1, 121))
@settings(max_examples=25, deadline=None)
def test_begins_a_longer_example_with_the_same_days(days: int) -> None:
    until = START + timedelta(days=days)
    assert example_script(START, until).credits == tuple(one for one in MONTHS if one.on < until)


def test_books_only_on_banking_days_and_only_money() -> None:
    assert all(is_banking_day(one.on) and one.amount > 0 for one in MONTHS)
    assert list(MONTHS) == sorted(MONTHS, key=lambda one: one.on)
    assert 400 < len(MONTHS) < 700


def test_pays_allowances_on_the_twentieth_or_the_banking_day_after() -> None:
    for one in MONTHS:
        if one.payer == "Belastingdienst Toeslagen":
            assert one.on == on_or_after(date(one.on.year, one.on.month, 20))


def test_has_every_income_trouble() -> None:
    found = {one.trouble for one in MONTHS}
    assert {Trouble.LATE, Trouble.DOUBLE, Trouble.CHANGED_INCOME, Trouble.UNKNOWN_PAYER} <= found
    assert len([one for one in MONTHS if one.trouble == Trouble.UNKNOWN_PAYER]) == len(FROM_STRANGERS)


def test_brings_a_late_wage_more_than_a_week_after_the_others() -> None:
    late = next(one for one in MONTHS if one.trouble == Trouble.LATE and one.agreement == "r03-wages-1")
    others = [one.on for one in MONTHS if one.agreement == "r03-wages-1" and one.trouble == ""]
    assert all((late.on - on).days % 28 for on in others)


def test_pays_one_wage_twice() -> None:
    first, second = _of("r20-wages-1", 9)
    assert (first.amount, first.remittance) == (second.amount, second.remittance)
    assert first.on < second.on


def test_stops_and_lowers_what_stops_and_is_lowered() -> None:
    assert _of("r19-wages-1", 8)
    assert not any(_of("r19-wages-1", month) for month in (9, 10, 11))
    assert _of("r26-rent_allowance-2", 9)
    assert not _of("r26-rent_allowance-2", 10)
    assert [_of("r05-benefit-1", month)[0].amount for month in (9, 10, 11)] == [
        Decimal("1391.75"),
        Decimal("1186.20"),
        Decimal("1186.20"),
    ]


def test_names_only_agreements_that_exist() -> None:
    keys = {key for _, key, _ in (*IN_ONE_MONTH, *FROM_A_MONTH_ON)} | {one.agreement for one in MONTHS}
    assert keys | {one.agreement for one in SCRIPT.new_amounts} <= EXAMPLE_TOWN.agreements.keys() | {""}


def test_counts_months_over_the_year_end() -> None:
    assert month_starts(date(2026, 11, 1), 3) == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))


def test_begins_on_the_first_of_the_month_three_months_ago() -> None:
    assert first_day(date(2026, 11, 22)) == date(2026, 8, 1)
    assert first_day(date(2027, 1, 1)) == date(2026, 10, 1)


def test_tells_a_new_rent_before_it_holds() -> None:
    told = [(one.told_on, one.valid_from) for one in SCRIPT.new_amounts]
    assert told == [(date(2026, 9, 18), date(2026, 10, 1)), (date(2026, 10, 20), date(2026, 11, 1))]


def test_refuses_one_payment_by_amount_and_one_account_for_two_weeks() -> None:
    returned, rejected = SCRIPT.refusals
    assert returned.hits(returned.iban, Decimal("171.00"), date(2026, 9, 4))
    assert not returned.hits(returned.iban, Decimal("128.00"), date(2026, 9, 4))
    assert not returned.hits(returned.iban, Decimal("171.00"), date(2026, 10, 5))
    assert rejected.hits(rejected.iban, Decimal("1.00"), date(2026, 10, 9))
    assert not rejected.hits(rejected.iban, Decimal("1.00"), date(2026, 10, 22))
