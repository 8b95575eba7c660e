"""The house knows a direct debit on its account, and until when the money may be asked back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.debits import NO_MANDATE, NO_QUESTIONS, dispute_until, is_direct_debit


@pytest.mark.parametrize(
    ("amount", "bank_code", "mandate", "creditor", "is_one"),
    [
        ("-10.00", "PMNT-RDDT-ESDD", "", "", True),
        ("-0.01", "RDDT", "", "", True),
        ("-10.00", "", "M-1", "", True),
        ("-10.00", "", "", "NL98ZZZ123456780000", True),
        ("-10.00", "PMNT-RDDT-ESDD", "M-1", "NL98ZZZ123456780000", True),
        ("-10.00", "PMNT-ICDT-ESCT", "", "", False),
        ("-10.00", "", "", "", False),
        ("0.00", "PMNT-RDDT-ESDD", "M-1", "NL98ZZZ123456780000", False),
        ("0.01", "PMNT-RDDT-ESDD", "", "", False),
        ("10.00", "", "M-1", "NL98ZZZ123456780000", False),
    ],
)
def test_knows_a_direct_debit_by_the_banks_code_the_mandate_or_the_creditor(
    amount, bank_code, mandate, creditor, is_one
):
    assert is_direct_debit(Decimal(amount), bank_code=bank_code, mandate=mandate, creditor=creditor) is is_one


@pytest.mark.parametrize(
    ("booked_on", "ground", "last_day"),
    [
        ("2026-11-25", NO_QUESTIONS, "2027-01-20"),
        ("2026-01-01", NO_QUESTIONS, "2026-02-26"),
        ("2026-01-15", NO_MANDATE, "2027-02-15"),
        ("2026-01-31", NO_MANDATE, "2027-02-28"),
        ("2027-01-31", NO_MANDATE, "2028-02-29"),
        ("2026-11-30", NO_MANDATE, "2027-12-30"),
        ("2026-12-01", NO_MANDATE, "2028-01-01"),
        ("2026-10-31", NO_MANDATE, "2027-11-30"),
        ("2028-02-29", NO_MANDATE, "2029-03-29"),
    ],
)
def test_asks_back_for_eight_weeks_or_without_a_mandate_for_thirteen_months(booked_on, ground, last_day):
    assert dispute_until(date.fromisoformat(booked_on), ground) == date.fromisoformat(last_day)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_never_asks_back_in_another_month_than_the_thirteenth(booked_on):
    last = dispute_until(booked_on, NO_MANDATE)

    assert (last.year - booked_on.year) * 12 + last.month - booked_on.month == 13
    assert last.day == booked_on.day or (last.day < booked_on.day and (last + timedelta(1)).day == 1)
    assert dispute_until(booked_on, NO_QUESTIONS) - booked_on == timedelta(weeks=8)
