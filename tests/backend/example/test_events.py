"""What comes in: the same every time, whatever the last day, with each trouble in it."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.example.events import Credit, credits_between, month_starts, total
from backend.example.town import AGREEMENTS
from backend.example.troubles import INCOME_TROUBLES, STRANGERS, Trouble, refusals
from payments.core.banking_days import is_banking_day, on_or_after

START, UNTIL = date(2026, 8, 1), date(2026, 12, 1)
MONTHS = credits_between(START, UNTIL)


def _of(key: str, month: int) -> list[Credit]:
    return [one for one in MONTHS if one.agreement == key and one.on.month == month]


def test_says_the_same_every_time() -> None:
    assert credits_between(START, UNTIL) == MONTHS
    assert credits_between(START, UNTIL, seed=1) != MONTHS


@given(st.integers(1, 121))
@settings(max_examples=25, deadline=None)
def test_begins_a_longer_example_with_the_same_days(days: int) -> None:
    until = START + timedelta(days=days)
    assert credits_between(START, until) == tuple(one for one in MONTHS if one.on < until)


def test_books_only_on_banking_days_and_only_money() -> None:
    assert all(is_banking_day(one.on) and one.amount > 0 for one in MONTHS)
    assert list(MONTHS) == sorted(MONTHS, key=lambda one: one.on)
    assert 400 < len(MONTHS) < 700
    assert total(MONTHS) == sum((one.amount for one in MONTHS), Decimal(0))


def test_pays_allowances_on_the_twentieth_or_the_banking_day_after() -> None:
    for one in MONTHS:
        if one.payer == "Belastingdienst Toeslagen":
            assert one.on == on_or_after(date(one.on.year, one.on.month, 20))


def test_has_every_income_trouble() -> None:
    found = {one.trouble for one in MONTHS}
    assert {Trouble.LATE, Trouble.DOUBLE, Trouble.CHANGED_INCOME, Trouble.UNKNOWN_PAYER} <= found
    assert len([one for one in MONTHS if one.trouble == Trouble.UNKNOWN_PAYER]) == len(STRANGERS)


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
    assert all(trouble.agreement in AGREEMENTS for trouble in INCOME_TROUBLES)
    assert all(one.agreement == "" or one.agreement in AGREEMENTS for one in MONTHS)


def test_counts_months_over_the_year_end() -> None:
    assert month_starts(date(2026, 11, 1), 3) == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))


def test_refuses_one_payment_by_amount_and_one_account_for_two_weeks() -> None:
    returned, rejected = refusals(month_starts(START, 4))
    assert returned.hits(returned.iban, Decimal("171.00"), date(2026, 9, 4))
    assert not returned.hits(returned.iban, Decimal("128.00"), date(2026, 9, 4))
    assert not returned.hits(returned.iban, Decimal("171.00"), date(2026, 10, 5))
    assert rejected.hits(rejected.iban, Decimal("1.00"), date(2026, 10, 9))
    assert not rejected.hits(rejected.iban, Decimal("1.00"), date(2026, 10, 22))
