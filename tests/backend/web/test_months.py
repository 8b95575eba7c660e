"""Months of the books at the desk: what is open, closing with a fresh code, opening by two people."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from budgeting.actions.closing import closed_until
from budgeting.actions.statements import import_statement
from budgeting.models import AuditEvent, MonthClosing, Role
from tests import factories
from tests.backend.web.desk import ON, code, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in, drawn

PAGE = "/boeken/maanden/"
OCTOBER = "2026-10"


@pytest.fixture
def bank(home: House) -> Bank:
    """An October with two entries that wait."""
    day = date(2026, 10, 30)
    bank = Bank(home.account.iban, Decimal("1000.00"))
    lines = (came_in("20.00", day, name="Niemand"), drawn("3.50", day, name="Bank"))
    import_statement(data=bank.day(day, *lines), name="oktober.xml", by=home.case_worker, on=ON)
    return bank


def close(client: Any, **more: str) -> Any:
    digest = client.get(PAGE).context["told"].items.digest
    return client.post(f"{PAGE}{OCTOBER}/sluiten/", {"digest": digest} | more, follow=True)


def test_shows_what_is_open_and_closes_the_month_with_a_code(home: House, bank: Bank) -> None:
    client = signed_in(home.approver)
    page = client.get(PAGE).content.decode()
    assert "Nog open van oktober 2026" in page
    assert "2, " in page

    told = close(client, code=code(home.approver)).content.decode()

    assert "De maand is gesloten" in told
    assert closed_until() == date(2026, 11, 1)
    assert AuditEvent.objects.latest("id").action == "month.closed"
    assert "Deze maand is nog niet voorbij" in told


def test_closes_nothing_with_a_wrong_code(home: House, bank: Bank) -> None:
    assert close(signed_in(home.approver), code="000000").status_code == 422
    assert closed_until() is None


def test_lets_one_ask_and_another_open_it(home: House, bank: Bank) -> None:
    approver = signed_in(home.approver, fresh=True)
    close(approver)
    row = MonthClosing.objects.get()
    worker = signed_in(home.case_worker)

    assert worker.post(f"{PAGE}{row.pk}/vragen/", {"reason": ""}).status_code == 422
    worker.post(f"{PAGE}{row.pk}/vragen/", {"reason": "Er mist een afschrift"})
    assert "Er mist een afschrift" in approver.get(PAGE).content.decode()
    opened = approver.post(f"{PAGE}{row.request.pk}/openen/", {"digest": "-"}, follow=True)

    assert "De maand is weer open" in opened.content.decode()
    assert closed_until() is None


def test_tells_who_asked_that_somebody_else_has_to_agree(home: House, bank: Bank) -> None:
    client = signed_in(home.approver, fresh=True)
    close(client)
    row = MonthClosing.objects.get()
    client.post(f"{PAGE}{row.pk}/vragen/", {"reason": "Een vergissing"})

    told = client.post(f"{PAGE}{row.request.pk}/openen/", {"digest": "-"}, follow=True).content.decode()

    assert "Iemand anders moet akkoord gaan" in told
    assert closed_until() == date(2026, 11, 1)


def test_tells_of_a_statement_why_it_is_kept(home: House, bank: Bank) -> None:
    close(signed_in(home.approver, fresh=True))
    late = date(2026, 10, 31)
    data = bank.day(late, came_in("1.00", late, name="Te laat"))
    import_statement(data=data, name="te laat.xml", by=home.case_worker, on=ON)

    page = signed_in(home.case_worker).get(reverse("bank")).content.decode()

    assert "ligt in een maand die gesloten is" in page
    assert "te laat.xml" in page


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CASE_WORKER, 200), (Role.APPROVER, 200), (Role.AUDITOR, 200), (Role.FRONT_DESK, 403)],
)
def test_opens_for_who_needs_it(home: House, bank: Bank, role: str, status: int) -> None:
    assert signed_in(factories.user(role)).get(PAGE).status_code == status


@pytest.mark.parametrize("month", ["2026-13", "oktober", "2026-10-01"])
def test_does_not_know_other_months(home: House, bank: Bank, month: str) -> None:
    client = signed_in(home.approver, fresh=True)

    assert client.post(f"{PAGE}{month}/sluiten/", {"digest": "x"}).status_code == 404


def test_refuses_to_close_a_month_before_it_is_over(home: House, bank: Bank) -> None:
    client = signed_in(home.approver, fresh=True)
    close(client)
    ahead = ON + timedelta(days=2)

    told = client.post(f"{PAGE}{ahead:%Y-%m}/sluiten/", {"digest": "x"}, follow=True).content.decode()

    assert "nog niet voorbij" in told
