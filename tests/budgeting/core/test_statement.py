"""What a statement says, and whether it adds up: in one go and portion by portion."""

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.statement import (
    Balance,
    ControlTotals,
    Draft,
    Entry,
    Problem,
    Reading,
    Statement,
    Tally,
    Unreadable,
    check,
    frozen,
    lines_agree,
)

DAY = date(2026, 3, 5)
ENTRY = Entry(Decimal("10.00"), DAY, line=1, where="line 5")
WHOLE = Statement(
    account="NL91ABNA0417164300",
    identification="S1",
    opening=Balance(Decimal("100.00"), DAY),
    closing=Balance(Decimal("110.00"), DAY),
    entries=(ENTRY,),
    lines=1,
)
amounts = st.decimals("-1000000", "1000000", places=2, allow_nan=False).filter(bool)


def codes(statement: Statement, *, on: date | None = None) -> set[str]:
    return {problem.code for problem in check(statement, on=on)}


def test_has_nothing_to_say_of_a_statement_that_adds_up() -> None:
    assert check(WHOLE, on=DAY) == ()
    assert (WHOLE.total, WHOLE.difference, WHOLE.balances) == (Decimal("10.00"), Decimal("0.00"), True)


def test_tells_by_how_much_a_statement_does_not_balance() -> None:
    (problem,) = check(replace(WHOLE, closing=Balance(Decimal("110.01"), DAY)))
    assert (problem.code, problem.severity, problem.where) == ("does_not_balance", "hold", "S1")
    assert problem.values == {"expected": "110.00", "said": "110.01", "difference": "0.01"}


@pytest.mark.parametrize(("part", "which"), [("opening", "opening"), ("closing", "closing")])
def test_names_the_balance_that_is_missing(part: str, which: str) -> None:
    statement = replace(WHOLE, **{part: None})
    (problem,) = check(statement)
    assert (problem.code, problem.values["which"], statement.balances) == ("balance_missing", which, None)
    assert check(replace(WHOLE, opening=None, closing=None))[0].values["which"] == "both"


def test_counts_only_what_is_booked() -> None:
    pending = replace(WHOLE, entries=(ENTRY, replace(ENTRY, status="PDNG")), lines=2)
    assert (pending.total, pending.balances) == (Decimal("10.00"), True)
    assert {problem.code: problem.severity for problem in check(pending)} == {"not_booked": "note"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": "USD"}, "other_currency"),
        ({"status": ""}, "status_missing"),
        ({"amount": Decimal("0.00")}, "amount_out_of_bounds"),
        ({"amount": Decimal("1000000000.00")}, "amount_out_of_bounds"),
        ({"booking_date": date(1998, 12, 31)}, "improbable_date"),
        ({"booking_date": date(2026, 3, 10)}, "improbable_date"),
        ({"value_date": date(2006, 3, 5)}, "improbable_value_date"),
    ],
)
def test_holds_an_entry_that_a_person_must_look_at(changes: dict[str, object], code: str) -> None:
    statement = replace(WHOLE, entries=(replace(ENTRY, **changes),))
    assert code in codes(statement, on=DAY)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"currency": "USD"}, Problem("other_currency", "line 5", {"value": "USD", "count": "1"}, "hold")),
        ({"status": "PDNG"}, Problem("not_booked", "line 5", {"value": "PDNG", "count": "1"}, "note")),
        ({"status": ""}, Problem("status_missing", "line 5", {"value": "", "count": "1"}, "hold")),
        (
            {"amount": Decimal("-1000000000.00")},
            Problem("amount_out_of_bounds", "line 5", {"value": "-1000000000.00", "count": "1"}, "hold"),
        ),
        (
            {"booking_date": date(1998, 12, 31)},
            Problem("improbable_date", "S1", {"date": "1998-12-31", "count": "1"}, "hold"),
        ),
        (
            {"value_date": date(2006, 3, 5)},
            Problem("improbable_value_date", "S1", {"date": "2006-03-05", "count": "1"}, "hold"),
        ),
    ],
)
def test_says_exactly_what_is_odd_where_and_how_often(changes: dict[str, object], problem: Problem) -> None:
    assert problem in check(replace(WHOLE, entries=(replace(ENTRY, **changes),)), on=DAY)


@pytest.mark.parametrize("amount", ["999999999.99", "-999999999.99"])
def test_takes_any_amount_within_bounds(amount: str) -> None:
    assert "amount_out_of_bounds" not in codes(replace(WHOLE, entries=(replace(ENTRY, amount=Decimal(amount)),)))


def test_names_only_the_amounts_that_are_out_of_bounds() -> None:
    entries = (ENTRY, replace(ENTRY, amount=Decimal("0.00"), where="line 6"), replace(ENTRY, amount=Decimal("-3.00")))
    assert [one for one in check(replace(WHOLE, entries=entries)) if one.code == "amount_out_of_bounds"] == [
        Problem("amount_out_of_bounds", "line 6", {"value": "0.00", "count": "1"}, "hold")
    ]


def test_believes_the_first_and_the_last_day_that_can_be() -> None:
    days = (date(1999, 1, 1), DAY + timedelta(4))
    entries = tuple(replace(ENTRY, booking_date=day, value_date=day) for day in days)
    assert "improbable_date" not in codes(replace(WHOLE, entries=entries), on=DAY)
    far = replace(ENTRY, value_date=DAY - timedelta(3660))
    assert codes(replace(WHOLE, entries=(far,)), on=DAY) == set()
    assert codes(replace(WHOLE, entries=(replace(ENTRY, value_date=DAY - timedelta(3661)),)), on=DAY) == {
        "improbable_value_date"
    }


def test_counts_odd_days_once_each_and_names_the_first() -> None:
    days = (date(1998, 5, 1), date(1997, 5, 1), date(1998, 5, 1))
    entries = tuple(replace(ENTRY, booking_date=day, value_date=date(2026, 1, 1)) for day in days)
    found = check(replace(WHOLE, entries=entries))
    assert Problem("improbable_date", "S1", {"date": "1997-05-01", "count": "2"}, "hold") in found
    assert Problem("improbable_value_date", "S1", {"date": "2026-01-01", "count": "1"}, "hold") in found


def test_says_exactly_what_is_wrong_with_an_account() -> None:
    assert check(replace(WHOLE, account="")) == (Problem("account_missing", "S1"),)
    assert check(replace(WHOLE, account="0123456789")) == (
        Problem("account_not_an_iban", "S1", {"account": "0123456789"}, "note"),
    )
    crowns = replace(WHOLE, currency="SEK", entries=(replace(ENTRY, currency="SEK"),))
    assert check(crowns) == (Problem("not_in_euro", "S1", {"currency": "SEK"}, "hold"),)


def test_names_the_account_where_a_statement_has_no_number() -> None:
    assert check(replace(WHOLE, identification="", opening=None)) == (
        Problem("balance_missing", WHOLE.account, {"which": "opening"}, "hold"),
    )


@pytest.mark.parametrize("part", ["opening", "closing"])
def test_doubts_a_balance_of_before_the_euro(part: str) -> None:
    amount = getattr(WHOLE, part).amount
    old = replace(WHOLE, **{part: Balance(amount, date(1998, 12, 31))})
    assert check(old) == (Problem("improbable_date", "S1", {"date": "1998-12-31", "count": "1"}, "hold"),)
    assert check(replace(WHOLE, **{part: Balance(amount, date(1999, 1, 1))})) == ()


def test_says_exactly_which_total_of_the_bank_differs() -> None:
    totals = ControlTotals(3, Decimal("12.00"), Decimal("1.00"))
    assert check(replace(WHOLE, totals=totals)) == (
        Problem("control_total", "S1", {"total": "count", "said": "3", "read": "1"}, "hold"),
        Problem("control_total", "S1", {"total": "sum", "said": "11.00", "read": "10.00"}, "hold"),
    )
    one_side = ControlTotals(None, Decimal("12.00"), None)
    assert check(replace(WHOLE, totals=one_side)) == ()
    assert check(replace(WHOLE, totals=replace(one_side, credit=None, debit=Decimal("1.00")))) == ()


def test_sums_what_the_bank_counts_in_its_totals_and_what_is_booked_apart() -> None:
    tally = Tally()
    tally.take((ENTRY, replace(ENTRY, amount=Decimal("2.00"), status="PDNG")))
    tally.take((replace(ENTRY, amount=Decimal("4.00")), replace(ENTRY, amount=Decimal("8.00"), status="")))
    assert (tally.all, tally.booked) == (Decimal("24.00"), Decimal("14.00"))
    tally.take(())
    assert (tally.all, tally.booked) == (Decimal("24.00"), Decimal("14.00"))


def test_says_how_many_lines_were_lost() -> None:
    assert list(lines_agree(3, 2)) == [Problem("lines_lost", "", {"counted": "3", "read": "2"}, "hold")]
    assert list(lines_agree(2, 2)) == []


def test_says_why_and_where_a_file_stops() -> None:
    stopped = Unreadable("cut_off", "line 7", element="Stmt")
    assert (str(stopped), stopped.problem) == ("cut_off at line 7", Problem("cut_off", "line 7", {"element": "Stmt"}))
    assert (str(Unreadable("empty")), Unreadable("empty").problem) == ("empty", Problem("empty"))


def test_allows_the_days_around_a_weekend_ahead() -> None:
    assert codes(replace(WHOLE, entries=(replace(ENTRY, booking_date=date(2026, 3, 9)),)), on=DAY) == set()


def test_tells_once_what_is_wrong_many_times() -> None:
    dollars = replace(WHOLE, entries=(replace(ENTRY, currency="USD"),) * 500)
    (problem,) = [one for one in check(dollars) if one.code == "other_currency"]
    assert (problem.values, problem.where) == ({"value": "USD", "count": "500"}, "line 5")


@pytest.mark.parametrize(
    ("account", "currency", "code"),
    [
        ("", "EUR", "account_missing"),
        ("0123456789", "EUR", "account_not_an_iban"),
        (WHOLE.account, "SEK", "not_in_euro"),
    ],
)
def test_looks_at_the_account(account: str, currency: str, code: str) -> None:
    statement = replace(WHOLE, account=account, currency=currency, entries=(replace(ENTRY, currency=currency),))
    assert codes(statement) == {code}


@pytest.mark.parametrize(
    ("totals", "found"),
    [
        (ControlTotals(), set()),
        (ControlTotals(1, Decimal("10.00"), Decimal("0.00")), set()),
        (ControlTotals(2), {"control_total"}),
        (ControlTotals(None, Decimal("11.00"), Decimal("0.00")), {"control_total"}),
    ],
)
def test_holds_the_banks_own_totals_against_what_was_read(totals: ControlTotals, found: set[str]) -> None:
    assert codes(replace(WHOLE, totals=totals)) == found


@given(st.lists(amounts, max_size=40), st.integers(1, 7), amounts)
def test_comes_to_the_same_in_one_go_and_portion_by_portion(
    money: list[Decimal], portion: int, opening: Decimal
) -> None:
    entries = tuple(Entry(amount, DAY, where=str(place)) for place, amount in enumerate(money))
    closing = opening + sum(money, Decimal("0.00"))
    statement = replace(WHOLE, entries=entries, lines=len(entries), opening=Balance(opening, DAY))
    statement = replace(statement, closing=Balance(closing, DAY))
    tally = Tally()
    for start in range(0, len(entries), portion):
        tally.take(entries[start : start + portion])
    assert tuple(tally.problems(replace(statement, entries=()), on=DAY)) == check(statement, on=DAY) == ()
    assert statement.balances is True


@given(st.lists(amounts, min_size=1, max_size=20), st.integers(0, 19), st.decimals("0.01", "5", places=2))
def test_notices_any_amount_that_is_changed(money: list[Decimal], place: int, change: Decimal) -> None:
    spoilt = [*money]
    spoilt[place % len(money)] += change
    entries = tuple(Entry(amount, DAY) for amount in spoilt)
    closing = Balance(Decimal("100.00") + sum(money, Decimal("0.00")), DAY)
    assert "does_not_balance" in codes(replace(WHOLE, entries=entries, closing=closing))


def test_says_when_lines_were_lost() -> None:
    assert list(lines_agree(3, 3)) == []
    assert [problem.values for problem in lines_agree(3, 2)] == [{"counted": "3", "read": "2"}]


def test_freezes_a_draft_into_an_entry_like_any_other() -> None:
    entry = frozen(Draft(Decimal("10.00"), DAY, line=1, where="elsewhere"))
    assert type(entry) is Entry
    assert entry == ENTRY  # the place in the file is not what an entry is
    assert hash(entry) == hash(ENTRY)
    assert repr(entry).startswith("Entry(amount=")
    with pytest.raises(FrozenInstanceError):
        entry.amount = Decimal("1.00")  # type: ignore[misc]


def test_tells_the_worst_of_its_problems() -> None:
    note, hold, refuse = (Problem("x", severity=severity) for severity in ("note", "hold", "refuse"))
    assert Reading("mt940").severity == ""
    assert Reading("mt940", problems=(note,)).severity == "note"
    assert Reading("mt940", problems=(note, hold)).severity == "hold"
    assert Reading("mt940", problems=(refuse, hold)).severity == "refuse"
