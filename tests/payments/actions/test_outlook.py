"""The outlook of a resident follows from the books: what came in before, what has to be paid, what was lent."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgeting.core.outlook import Basis, NoSuchHorizon, Why
from budgeting.core.schedule import Recurrence
from budgeting.models import StatementDay
from payments.actions.outlook import REMEMBERED, histories, income_before, outlook_of, who_needs_a_call
from payments.actions.plan import plan_orders
from tests import factories
from tests.payments.actions.test_alerting import Payer

ON = date(2026, 11, 16)
AUGUST = date(2026, 8, 1)


@pytest.fixture
def home(db):
    return factories.house()


def resident_with_history(home, *, pay_day=20, months=3, amount="1000.00"):
    """Rent of 600 on the first of the month, and so many months of a wage."""
    who = factories.resident(home)
    rhythm = Recurrence(unit="month", starts_on=AUGUST, days=(pay_day,))
    wage = factories.income(home, who, amount=amount, recurrence=rhythm, valid_from=AUGUST, category="wages")
    factories.charge(
        home, who, amount="600.00", recurrence=Recurrence(unit="month", starts_on=AUGUST, days=(1,)), valid_from=ON
    )
    payer = Payer(home)
    payer.pays(wage, date(2026, 8, 1), "0.01")  # from this day on all is known
    for month in range(8, 8 + months):
        payer.pays(wage, date(2026, month, pay_day), amount)
    return who


def test_counts_past_months_in_which_the_rent_would_come_before_the_wage(home):
    who = resident_with_history(home)
    factories.give(home, who, "-3000.01")

    found = outlook_of(who, weeks=8, on=ON)

    assert (found.basis, found.months, found.advance_needed, found.income_too_low) == (Basis.HISTORY, 3, 0, 0)
    assert found.days[-1].expected == Decimal("800.00")


def test_counts_what_was_lent_and_names_the_first_day_that_hurts(home):
    who = resident_with_history(home)
    factories.give(home, who, "-3000.01")
    poor = resident_with_nothing(home)

    assert [row for row, _ in who_needs_a_call([who, poor], on=ON)] == [poor]
    first = outlook_of(poor, weeks=8, on=ON).first_short
    assert (first.on, first.why, first.charge.name) == (date(2026, 12, 1), Why.INCOME_TOO_LOW, "rent")
    assert first.missing == Decimal("600.00")


def resident_with_nothing(home):
    who = factories.resident(home)
    recurrence = Recurrence(unit="month", starts_on=AUGUST, days=(1,))
    factories.charge(home, who, amount="600.00", recurrence=recurrence, valid_from=ON)
    return who


def test_asks_no_history_of_who_has_enough_without_any_income(home):
    rich, poor = resident_with_history(home), resident_with_nothing(home)
    factories.give(home, rich, "1000.00")

    with CaptureQueriesContext(connection) as asked:
        assert [row for row, _ in who_needs_a_call([rich, poor], on=ON)] == [poor]

    (history,) = [one["sql"] for one in asked.captured_queries if "ARRAY_AGG" in one["sql"]]
    assert f"{{{poor.pk}}}" in history
    assert who_needs_a_call([rich], on=ON) == []


def test_remembers_what_was_paid_twice_a_year_apart_and_nothing_from_long_before(home):
    who = factories.resident(home)
    yearly = factories.income(
        home,
        who,
        amount="900.00",
        recurrence=Recurrence(unit="year", starts_on=AUGUST, days=(1,), months=(8,)),
        valid_from=date(2022, 8, 1),
    )
    payer = Payer(home)
    for paid in (ON - timedelta(days=801), ON - timedelta(days=800), date(2025, 12, 1)):
        payer.pays(yearly, paid, "900.00")

    found = income_before([who.pk], ON, since=ON - REMEMBERED)

    assert sorted(one.on for one in found[who.pk]) == [ON - timedelta(days=800), date(2025, 12, 1)]
    assert {one.source for one in found[who.pk]} == {f"agreement {yearly.pk}"}
    assert len(income_before([who.pk], ON)[who.pk]) == 3


def test_counts_each_charge_once_whether_it_is_ordered_or_only_agreed(home):
    who = resident_with_nothing(home)

    before = outlook_of(who, weeks=8, on=ON).days[-1]
    plan_orders(on=ON, first=ON)

    assert before.expected == Decimal("-1200.00")
    assert outlook_of(who, weeks=8, on=ON).days[-1] == before


def test_lets_agreements_speak_as_far_as_the_weeks_go(home):
    who = factories.resident(home)
    factories.income(home, who, amount="700.00", day=24)

    found = outlook_of(who, weeks=8, on=ON)

    assert (found.basis, found.replays[0].income) == (Basis.AGREEMENTS, Decimal("1400.00"))


def test_answers_on_the_command_line_and_in_easy_words(home, capsys):
    who = resident_with_nothing(home)

    call_command("outlook", f"--resident={who.number}", "--weeks=4", f"--on={ON}", "--json")
    answer = json.loads(capsys.readouterr().out)
    call_command("outlook", f"--resident={who.pk}", "--weeks=4", f"--on={ON}", "--language=en")

    assert (answer["resident"], answer["on"], len(answer["days"])) == (who.number, "2026-11-16", 28)
    assert answer["first_short"] == {
        "date": "2026-12-01",
        "why": "income_too_low",
        "missing": "600.00",
        "charge": {"date": "2026-12-01", "name": "rent", "amount": "600.00"},
        "next_income": None,
    }
    assert answer["sentence"] == (
        "Er is te weinig voor de komende weken. Op 1 december is er misschien te weinig. "
        "Op 1 december betalen wij: huur. Er komt minder geld dan er gaat."
    )
    assert "There is too little for the coming weeks." in capsys.readouterr().out


def test_refuses_weeks_and_residents_that_are_not_there(home):
    who = factories.resident(home)
    with pytest.raises(NoSuchHorizon):
        outlook_of(who, weeks=27, on=ON)
    with pytest.raises(CommandError, match="1 to 26") as raised:
        call_command("outlook", f"--resident={who.pk}", "--weeks=0")
    assert raised.value.returncode == 2
    for nobody in ("R-none", "99999999", "٣"):
        with pytest.raises(CommandError, match="no resident") as raised:
            call_command("outlook", f"--resident={nobody}", "--weeks=4")
        assert raised.value.returncode == 1


def test_hands_the_backtest_what_the_books_hold(home):
    resident_with_history(home)

    found = histories()

    assert len(found) == 1
    assert (found[0].known_since, found[0].until) == (AUGUST, date(2026, 10, 21))
    # In no order of their sources.
    assert sorted(one.amount for one in found[0].income) == [Decimal("0.01"), *[Decimal("1000.00")] * 3]
    assert found[0].streams[0].paid == tuple(StatementDay.objects.order_by("day").values_list("day", flat=True))
    assert found[0].streams[0].dues == (date(2026, 8, 20),)
