"""What was done, for who checks: every event once, page after page, and of nobody in particular."""

import pytest
from django.test import Client

from backend.web.desk.happenings import PER_PAGE
from budgeting.actions.audit import record
from budgeting.models import AuditEvent, Role
from tests import factories
from tests.backend.web.desk import signed_in
from tests.factories import House


@pytest.fixture
def auditor(home: House) -> Client:
    return signed_in(factories.user(Role.AUDITOR))


def page_of(client: Client, asked: str = "") -> str:
    answer = client.get(f"/boeken/gebeurtenissen/?{asked}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_tells_who_did_what_kind_of_thing_and_not_about_whom(home: House, auditor: Client) -> None:
    who = factories.resident(home, last_name="Zeldzaam")
    factories.charge(home, who, amount="612.34")
    signed_in(home.case_worker).get(f"/inwoners/{who.pk}/")

    changes, looks = page_of(auditor), page_of(auditor, "kind=looks")

    assert "Heeft een afspraak gemaakt van …" in changes
    assert home.case_worker.username in changes
    assert "Heeft in het dossier gekeken" in looks
    assert "Heeft in het dossier gekeken" not in changes
    assert not [told for told in ("Zeldzaam", "612", who.number) if told in changes + looks]


def test_shows_every_event_once_page_after_page(home: House, auditor: Client) -> None:
    for number in range(PER_PAGE + 5):
        record(action="books.verified", subject=f"day:{number}", by=home.approver)
    asked, seen = f"kind=all&actor={home.approver.username}", []
    for _page in range(5):
        answer = auditor.get(f"/boeken/gebeurtenissen/?{asked}")
        seen += [event.pk for event, _words in answer.context["told"]]
        if answer.context["older"] is None:
            break
        asked = f"kind=all&actor={home.approver.username}&before={answer.context['older']}"

    mine = AuditEvent.objects.filter(actor=home.approver.username).order_by("-pk")
    assert seen == list(mine.values_list("pk", flat=True))


def test_says_what_cannot_be_asked(auditor: Client) -> None:
    assert auditor.get("/boeken/gebeurtenissen/?until=gisteren").status_code == 422
    assert auditor.get("/boeken/gebeurtenissen/?before=x").status_code == 200
