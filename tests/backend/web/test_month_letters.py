"""The letter of a month, printed from the desk; who printed it can be read by the resident."""

import pytest

from budgeting.models import AuditEvent, Resident, Role
from tests import factories
from tests.backend.web.desk import signed_in
from tests.factories import House


@pytest.fixture
def who(home: House) -> Resident:
    return factories.resident(home, money="100.00", language="ti")


def test_prints_the_letter_of_this_month_in_one_click(home: House, who: Resident) -> None:
    answer = signed_in(home.case_worker).post(f"/inwoners/{who.pk}/maand/")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert who.number in answer["Content-Disposition"]
    told = list(AuditEvent.objects.filter(resident_id=who.pk).order_by("-id").values_list("action", flat=True)[:2])
    assert told == ["letter.month", "looked"]


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "november", "9" * 9])
def test_prints_no_month_that_is_none_or_still_to_come(home: House, who: Resident, month: str) -> None:
    before = AuditEvent.objects.count()

    assert signed_in(home.case_worker).post(f"/inwoners/{who.pk}/maand/", {"month": month}).status_code == 404
    assert AuditEvent.objects.count() == before


def test_prints_nothing_of_a_resident_of_a_colleague(home: House, who: Resident) -> None:
    colleague = signed_in(factories.user(Role.CASE_WORKER))

    assert colleague.post(f"/inwoners/{who.pk}/maand/").status_code == 404


def test_says_that_a_month_has_nothing_to_tell(home: House, who: Resident) -> None:
    client = signed_in(home.case_worker)

    answer = client.post(f"/inwoners/{who.pk}/maand/", {"month": "2020-01"}, follow=True)

    assert "Over deze maand is niets te vertellen." in answer.content.decode()
    assert 'value="2025-12"' not in answer.content.decode(), "nobody took part then"
    assert 'value="2026-11"' in answer.content.decode()
