"""Usual pay days fill in what a registration begins with; a file leaves only from the account where its money is."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.actions.ledger import post
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.core.usual_days import AT_LEAST, first_usual_day
from budgeting.models import BankAccount, Role, Town
from payments.actions.from_account import free_on_each
from payments.actions.plan import plan_orders
from payments.models import PaymentBatch
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

PAGE = "/gemeente/betaaldagen/"


def said(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_fills_in_the_usual_day_for_who_is_registered(home: House) -> None:
    manager = signed_in(factories.user(Role.APPLICATION_MANAGER))

    page = said(manager.post(PAGE, {"every": "1", "day": "week:5", "reason": "Vrijdag is weekgeld"}, follow=True))
    form = said(signed_in(home.case_worker).get("/inwoners/nieuw/"))

    assert "elke week op vrijdag" in page
    assert "Vrijdag is weekgeld" in page
    assert "vrijdag 13 november" in page, "at least a week after Monday 2 November"
    assert 'value="2026-11-13"' in form


def test_fills_in_the_last_day_of_the_month(home: House) -> None:
    Town.objects.update(pays_unit="month", pays_on=-1)

    form = said(signed_in(home.case_worker).get("/inwoners/nieuw/"))

    assert 'value="2026-11-30"' in form
    assert 'name="last_day" id="id_last_day" checked' in form or "checked" in form.split('name="last_day"')[1][:120]


@pytest.mark.parametrize("wrong", [{"every": "0"}, {"every": "13"}, {"day": "week:9"}, {"day": "x"}, {"reason": " "}])
def test_refuses_a_rhythm_that_cannot_be(home: House, wrong: dict[str, str]) -> None:
    manager = signed_in(factories.user(Role.APPLICATION_MANAGER))

    assert manager.post(PAGE, {"every": "1", "day": "week:5", "reason": "Zo"} | wrong).status_code == 422
    assert Town.objects.get().pays_on is None
    assert signed_in(home.case_worker).get(PAGE).status_code == 403


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 7), st.sampled_from([-1, *range(1, 29)]))
def test_finds_the_first_such_day_after_a_week(on: date, weekday: int, day: int) -> None:
    week, month = first_usual_day("week", weekday, on=on), first_usual_day("month", day, on=on)

    assert week.isoweekday() == weekday
    assert AT_LEAST <= week - on < AT_LEAST * 2
    assert month.day == day or (day == -1 and (month.replace(day=28).month == month.month))
    assert AT_LEAST.days <= (month - on).days <= AT_LEAST.days + 31


def test_pays_from_an_account_only_what_is_there(home: House) -> None:
    who = factories.resident(home)
    factories.charge(home, who, amount="600.00", day=2)
    lines = ledger.moved(Decimal("700.00"), debit=ledger.bank(home.account.pk), credit=ledger.resident(who.pk))
    post([Movement("opening", ON, "opening:1", lines)], by=home.case_worker)
    empty = BankAccount.objects.create(iban=factories.made_up_iban(2), name="Gemeente, leefgeld")
    plan_orders(on=ON, first=ON, by=home.case_worker)
    client = signed_in(home.case_worker)

    page = said(client.get("/betalen/"))
    refused = said(client.post("/betalen/maken/", {"bank_account": str(empty.pk)}, follow=True))
    client.post("/betalen/maken/", {"bank_account": str(home.account.pk)})

    assert "Gemeente, leefgeld" in page
    assert ": € 700,00" in page
    assert "Op deze rekening staat € 0,00, en het bestand heeft € 600,00 nodig" in refused
    assert PaymentBatch.objects.get().bank_account == home.account
    assert free_on_each()[home.account.pk] == Decimal("100.00")
