from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.alerts import Alert, Due, Paid, alerts, balance_alert, own_spread

WAGE = Due(
    agreement_id="wage",
    direction="in",
    day=date(2026, 4, 24),
    amount=Decimal("10.00"),
    amount_low=Decimal("9.01"),
    amount_high=Decimal("10.99"),
    ibans=frozenset({"NL01"}),
)
RECEIVED = Paid("e1", "wage", date(2026, 4, 24), Decimal("10.00"), "NL01")
LATER = date(2026, 5, 30)


def said(dues, paid, on=LATER):
    return [(alert.code, alert.subject, alert.period) for alert in alerts(dues, paid, on=on)]


def test_says_nothing_when_all_is_as_agreed():
    assert said([WAGE], [RECEIVED]) == []


@pytest.mark.parametrize(("spread", "silent_until"), [(0, 27), (3, 27), (5, 29)])
def test_waits_three_days_or_as_long_as_this_payer_is_used_to(spread, silent_until):
    due = replace(WAGE, spread=spread)
    assert said([due], [], on=date(2026, 4, silent_until)) == []
    assert said([due], [], on=date(2026, 4, silent_until + 1)) == [("income_missing", "wage", WAGE.day)]


def test_names_every_missing_agreement_not_only_the_first():
    rent = replace(WAGE, agreement_id="rent", direction="out")
    assert said([WAGE, rent], []) == [("charge_not_collected", "rent", rent.day), ("income_missing", "wage", WAGE.day)]


def test_says_of_each_alert_whose_it_is_of_when_and_what_was_seen():
    back = replace(RECEIVED, returned=True, return_reason="AC04")
    assert alerts([WAGE], [], on=date(2026, 5, 4)) == [
        Alert("income_missing", "wage", WAGE.day, {"amount": Decimal("10.00"), "days": 10})
    ]
    assert alerts([WAGE], [back], on=WAGE.day) == [
        Alert("payment_returned", "wage", WAGE.day, {"amount": Decimal("10.00"), "entry": "e1", "reason": "AC04"})
    ]
    strange = replace(RECEIVED, entry_id="e2", amount=Decimal("8.00"), iban="NL99")
    assert alerts([WAGE], [RECEIVED, strange], on=LATER) == [
        Alert("double", "wage", WAGE.day, {"times": 2, "total": Decimal("18.00"), "amount": Decimal("10.00")}),
        Alert(
            "amount_outside_range",
            "wage",
            WAGE.day,
            {
                "amount": Decimal("8.00"),
                "difference": Decimal("-2.00"),
                "low": Decimal("9.01"),
                "high": Decimal("10.99"),
            },
        ),
        Alert("unexpected_payer", "wage", WAGE.day, {"iban": "NL99"}),
    ]


def test_says_the_same_on_a_second_run():
    assert alerts([WAGE], [], on=LATER)[0].key == alerts([WAGE], [], on=LATER + timedelta(days=1))[0].key


@pytest.mark.parametrize(
    ("amount", "alarm"),
    [("9.00", True), ("9.01", False), ("9.02", False), ("10.98", False), ("10.99", False), ("11.00", True)],
)
def test_minds_an_amount_only_outside_its_own_range(amount, alarm):
    found = alerts([WAGE], [replace(RECEIVED, amount=Decimal(amount))], on=LATER)
    assert [alert.code for alert in found] == (["amount_outside_range"] if alarm else [])


def test_signs_the_difference():
    found = alerts([WAGE], [replace(RECEIVED, amount=Decimal("8.00"))], on=LATER)
    assert found[0].values["difference"] == Decimal("-2.00")


@pytest.mark.parametrize("days", [-5, -2, 2, 3, 5])
def test_sees_a_double_anywhere_in_the_window_and_adds_up(days):
    twice = replace(RECEIVED, entry_id="e2", day=RECEIVED.day + timedelta(days=days))
    found = alerts([WAGE], [RECEIVED, twice], on=LATER)
    assert [alert.code for alert in found] == ["double"]
    assert found[0].values == {"times": 2, "total": Decimal("20.00"), "amount": Decimal("10.00")}


def test_gives_each_payment_to_the_nearest_of_two_due_days():
    weekly = [replace(WAGE, day=WAGE.day + timedelta(days=7 * week)) for week in range(3)]
    paid = [replace(RECEIVED, entry_id=str(week), day=WAGE.day + timedelta(days=7 * week + 2)) for week in range(3)]
    assert said(weekly, paid) == []


def test_keeps_quiet_about_an_amount_outside_the_window():
    early = replace(RECEIVED, day=date(2026, 4, 10), amount=Decimal("99.00"))
    assert said([WAGE], [early]) == [("income_missing", "wage", WAGE.day)]


def test_names_income_from_another_account():
    found = alerts([WAGE], [replace(RECEIVED, iban="NL99")], on=LATER)
    assert [(alert.code, alert.values) for alert in found] == [("unexpected_payer", {"iban": "NL99"})]


def test_counts_a_returned_payment_as_not_paid():
    back = replace(RECEIVED, agreement_id="rent", returned=True, return_reason="AC04")
    rent = replace(WAGE, agreement_id="rent", direction="out")
    assert said([rent], [back]) == [("payment_returned", "rent", rent.day), ("charge_not_collected", "rent", rent.day)]


def allowance(months):
    return [
        replace(WAGE, agreement_id="z", category="healthcare_allowance", day=date(2026, month, 20)) for month in months
    ]


def test_says_an_allowance_stopped_when_it_stayed_away_twice():
    paid = [Paid("e", "z", date(2026, 1, 20), Decimal("10.00"), "NL01")]
    codes = [code for code, _, _ in said(allowance([1, 2, 3, 4]), paid)]
    assert codes.count("allowance_stopped") == 1
    assert codes.count("income_missing") == 3


def test_says_exactly_what_became_of_an_allowance():
    first, second = (Paid(n, "z", date(2026, n, 20), Decimal(n) / 10 + 9, "NL01") for n in (1, 2))
    found = alerts(allowance([1, 2, 3, 4, 5]), [first, second], on=date(2026, 4, 24))
    assert [alert for alert in found if alert.code.startswith("allowance")] == [
        Alert("allowance_changed", "z", date(2026, 2, 20), {"before": Decimal("9.1"), "amount": Decimal("9.2")}),
        Alert("allowance_stopped", "z", date(2026, 4, 20), {"missed": 2}),
    ]


def test_waits_for_an_allowance_before_it_has_stopped():
    dues = allowance([1, 2])
    assert "allowance_stopped" not in [code for code, _, _ in said(dues, [], on=date(2026, 2, 23))]
    assert "allowance_stopped" in [code for code, _, _ in said(dues, [], on=date(2026, 2, 24))]
    other = [replace(due, category="wages") for due in dues]
    assert {code for code, _, _ in said(other, [])} == {"income_missing"}


def test_counts_anew_how_often_an_allowance_stayed_away_after_it_came():
    paid = [Paid("e", "z", date(2026, 2, 20), Decimal("10.00"), "NL01")]
    assert [code for code, _, _ in said(allowance([1, 2, 3]), paid)] == ["income_missing", "income_missing"]


def test_says_an_allowance_changed_even_within_its_range():
    paid = [Paid(str(month), "z", date(2026, month, 20), Decimal(month) / 10 + 9, "NL01") for month in (2, 3)]
    assert [code for code, _, _ in said(allowance([2, 3]), paid)] == ["allowance_changed"]


def test_takes_an_agreement_once_on_the_last_day_of_a_short_month():
    once = replace(WAGE, day=date(2026, 2, 28))
    assert said([once], [], on=date(2027, 1, 1)) == [("income_missing", "wage", once.day)]


@pytest.mark.parametrize(("balance", "alarm"), [("0.00", False), ("-0.01", True), ("10.00", False)])
def test_minds_a_balance_only_below_zero(balance, alarm):
    found = balance_alert("r", [(date(2026, 4, 3), Decimal(balance))], on=date(2026, 4, 1), days=7)
    assert (found is not None) is alarm


def test_looks_at_a_balance_only_as_far_as_asked_and_names_the_first_day():
    days = [(date(2026, 4, day), Decimal("-1.00")) for day in (12, 9)]
    assert balance_alert("r", days, on=date(2026, 4, 1), days=7) is None
    found = balance_alert("r", days, on=date(2026, 4, 1), days=8)
    assert found is not None
    assert found.values == {"on": date(2026, 4, 9), "balance": Decimal("-1.00")}
    assert balance_alert("r", days, on=date(2026, 4, 9), days=0) == found
    assert found.key == ("balance_going_negative", "r", None)


def test_knows_a_payers_own_spread():
    due = date(2026, 4, 24)
    assert own_spread([(due, due), (due, due + timedelta(days=4)), (due, due - timedelta(days=2))]) == 4
    assert own_spread([]) == own_spread([(due, due - timedelta(days=1))]) == 0


@given(st.lists(st.integers(0, 60)), st.integers(0, 90))
def test_gives_every_key_once(days, on):
    dues = [replace(WAGE, day=date(2026, 4, 1) + timedelta(days=14 * number)) for number in range(4)]
    paid = [replace(RECEIVED, entry_id=n, day=date(2026, 4, 1) + timedelta(days=day)) for n, day in enumerate(days)]
    keys = [alert.key for alert in alerts(dues, paid, on=date(2026, 4, 1) + timedelta(days=on))]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("amount", "margin", "days", "alarm"),
    [
        ("9.99", "0.00", 0, True),
        ("9.00", "0.99", 0, True),
        ("9.01", "0.99", 0, False),
        ("9.02", "0.99", 0, False),
        ("10.00", "0.00", 0, False),
        ("10.00", "0.99", 0, False),
        ("10.01", "0.00", -WAGE.window - 1, False),
        ("10.01", "0.00", -WAGE.window, True),
        ("10.01", "0.00", 1, True),
        ("10.01", "0.00", WAGE.window, True),
        ("10.01", "0.00", WAGE.window + 1, False),
        ("10.98", "0.99", 0, False),
        ("10.99", "0.99", 0, False),
        ("11.00", "0.99", 0, True),
    ],
)
def test_weighs_an_amount_to_the_cent_and_a_window_to_the_day(amount, margin, days, alarm):
    """The fourteen borders of amount and day around 10.00 euro: both ends of both belong to it."""
    due = replace(WAGE, amount_low=WAGE.amount - Decimal(margin), amount_high=WAGE.amount + Decimal(margin))
    paid = replace(RECEIVED, amount=Decimal(amount), day=WAGE.day + timedelta(days=days))

    codes = [alert.code for alert in alerts([due], [paid], on=LATER)]

    assert ("amount_outside_range" in codes) is alarm
