"""Ledger codes of the town: set on one page, checked, kept with their history, sent with the journal."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.journal import Period, as_csv, as_xaf
from budgeting.actions.ledger_codes import CodesChangedMeanwhile, codes_at, last_code, set_codes
from budgeting.core.ledger_codes import NotACode, checked
from budgeting.models import AuditEvent, LedgerCode, Role, User
from payments.actions.batches import approve_batch, release_batch
from tests import factories
from tests.backend.web.desk import MORNING, ON, batch_of, signed_in
from tests.factories import House

PAGE = "/gemeente/grootboek/"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture
def manager(home: House) -> User:
    return factories.user(Role.APPLICATION_MANAGER)


def said(answer: Any) -> str:
    return answer.content.decode()


def test_sets_codes_and_sends_them_with_the_journal(home: House, manager: User) -> None:
    factories.charge(home, factories.resident(home, money="900.00"))
    draft = batch_of(home)
    batch = approve_batch(batch=draft, digest=draft.digest, on=ON, by=home.approver)
    release_batch(batch=batch, now=MORNING, by=home.approver)
    before = as_csv(NOVEMBER.fixed())
    given = {"account:bank": "BLimBanRba", "account:resident": "BSchOvs", "category:rent": "WBedHui", "seen": "0"}

    page = said(signed_in(manager).post(PAGE, given, follow=True))
    period = NOVEMBER.fixed()
    rows = list(csv.DictReader(io.StringIO(as_csv(period).decode(), newline="")))

    assert "BLimBanRba" in page
    assert "Gewijzigd." in page
    assert {row["ledger_code"] for row in rows if row["account"].startswith("resident")} == {"BSchOvs", "WBedHui"}
    assert {row["category"] for row in rows if row["ledger_code"] == "WBedHui"} == {"rent"}
    assert b"<leadCode>BSchOvs</leadCode>" in as_xaf(period)
    assert b"leadCode" not in as_xaf(Period(period.since, period.until, period.up_to))
    assert {row["ledger_code"] for row in csv.DictReader(io.StringIO(before.decode(), newline=""))} == {""}
    set_codes(codes={"account:resident": ""}, seen=last_code(), on=ON, by=manager)
    assert as_csv(period) == as_csv(period)
    assert b"BSchOvs" in as_csv(period), "an earlier export is repeated exactly"


def test_says_at_the_field_what_is_no_code(home: House, manager: User) -> None:
    answer = signed_in(manager).post(PAGE, {"category:rent": "4000", "account:bank": "BLim", "seen": "0"})

    assert answer.status_code == 422
    assert "Een code begint met B of W" in said(answer)
    assert 'value="4000"' in said(answer)
    assert not LedgerCode.objects.exists()


def test_tells_a_stale_form_that_a_colleague_was_there(home: House, manager: User) -> None:
    set_codes(codes={"account:bank": "BLim"}, seen=0, on=ON, by=manager)
    stale = signed_in(manager).post(PAGE, {"account:bank": "BLimBan", "seen": "0"})
    again = signed_in(manager).post(PAGE, {"account:bank": "BLimBan", "seen": str(last_code())}, follow=True)

    assert "Een collega veranderde intussen codes" in said(stale)
    assert codes_at(last_code()) == {"account:bank": "BLimBan"}
    assert "Gewijzigd." in said(again)
    with pytest.raises(CodesChangedMeanwhile):
        set_codes(codes={}, seen=0, on=ON, by=manager)


def test_keeps_only_what_differs_and_for_ever(home: House, manager: User) -> None:
    assert set_codes(codes={"account:bank": "BLim", "account:own": ""}, seen=0, on=ON, by=manager) == 1
    assert set_codes(codes={"account:bank": " BLim "}, seen=last_code(), on=ON, by=manager) == 0
    assert AuditEvent.objects.filter(action="ledger_codes.changed").count() == 1
    with pytest.raises(Exception, match=r"permission denied"), transaction.atomic():
        LedgerCode.objects.update(code="W")
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerCode.objects.create(key="account:bank", code="x", set_on=ON, set_by=manager)


@pytest.mark.parametrize("code", ["4000", "Blim", "B", "BLimB", "blimban", "B LimBan", "=BLim", "BLimBanRbaAbcDefGhi"])
def test_refuses_what_is_no_code(code: str) -> None:
    with pytest.raises(NotACode):
        checked("account:bank", code)


def test_opens_for_who_sets_the_town_up_only(home: House) -> None:
    assert signed_in(home.case_worker).get(PAGE).status_code == 403


def test_asks_few_questions(home: House, manager: User, django_assert_max_num_queries: Any) -> None:
    client = signed_in(manager)
    with django_assert_max_num_queries(15):
        client.get(PAGE)
