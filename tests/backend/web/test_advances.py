"""Advances at the desk: why, until when and whether it can be borne; repaid by plan, borne by two; the off-switch."""

from decimal import Decimal
from typing import Any

import pytest

from budgeting.actions.ledger import advances_used, post
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.models import AuditEvent, Resident, Role, Town
from payments.actions.advances import note_advances
from payments.actions.shortage import decide_shortage
from payments.models import PaymentOrder, RepaymentPlan, WriteOff
from tests import factories
from tests.backend.web.desk import ON, code, signed_in
from tests.backend.web.test_shortages import proposal_of, short
from tests.factories import House

WAY = {
    "lends_advances": "on",
    "repays": "at_once",
    "counts_on": "cautious",
    "protected_living_money": "0",
    "objection_days": "14",
    "reason": "Besluit van de raad",
}


def page_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def borrower(home: House) -> Resident:
    """Three hundred was lent for a rent."""
    who = factories.resident(home, limit="500.00")
    factories.income(home, who, amount="1200.00", day=24)
    lines = ledger.moved(Decimal("300.00"), debit=ledger.advance(who.pk), credit=ledger.resident(who.pk))
    post([Movement("advance", ON, f"lent:{who.pk}", lines)], by=home.case_worker)
    note_advances(on=ON)
    return who


def test_shows_what_was_lent_until_when_and_the_sum_behind_it(home: House) -> None:
    who = borrower(home)

    page = page_of(signed_in(home.case_worker).get(f"/inwoners/{who.pk}/voorschot/"))

    assert "€ 300,00" in page
    assert "Er komt <bdi" in page
    assert "geen dag in zicht" in page or "2 november" in page


def test_lets_the_town_bear_an_advance_only_with_a_second_person_and_a_fresh_code(home: House) -> None:
    who = borrower(home)
    worker, approver = signed_in(home.case_worker), signed_in(home.approver)
    address = f"/inwoners/{who.pk}/voorschot/"

    too_much = worker.post(address, {"what": "write_off", "value": "300,01", "why": "Overleden"})
    worker.post(address, {"what": "write_off", "value": "100", "why": "Schrijnend"})
    twice = worker.post(address, {"what": "write_off", "value": "50", "why": "Schrijnend"})
    asked = WriteOff.objects.get()
    today = page_of(approver.get("/vandaag/"))
    without_code = approver.post("/betalen/kwijt/", {"number": asked.pk, "answer": "yes"})
    lent_before = advances_used([who.pk])[who.pk]
    approver.post("/betalen/kwijt/", {"number": asked.pk, "answer": "yes", "code": code(home.approver)})

    assert (too_much.status_code, twice.status_code) == (422, 422)
    assert "Er is maar € 300,00 geleend." in page_of(too_much)
    assert "De gemeente zou een voorschot dragen" in today
    assert (without_code.status_code, lent_before) == (422, Decimal("300.00"))
    assert advances_used([who.pk])[who.pk] == Decimal("200.00")
    assert worker.get("/betalen/kwijt/").status_code == 403


def test_refuses_a_write_off_and_takes_one_back(home: House) -> None:
    who = borrower(home)
    worker, approver = signed_in(home.case_worker), signed_in(home.approver, fresh=True)
    for act in (
        lambda asked: approver.post("/betalen/kwijt/", {"number": asked.pk, "answer": "no"}),
        lambda asked: worker.post(f"/inwoners/{who.pk}/voorschot/", {"what": "withdraw"}),
    ):
        worker.post(f"/inwoners/{who.pk}/voorschot/", {"what": "write_off", "value": "100", "why": "Schrijnend"})
        act(WriteOff.objects.latest("pk"))

    assert WriteOff.objects.filter(withdrawn_on=ON).count() == 2
    assert approver.post("/betalen/kwijt/", {"number": "9x", "answer": "yes"}).status_code == 404


def test_agrees_a_plan_where_the_town_repays_by_plan(home: House) -> None:
    Town.objects.update(repays="by_plan")
    who = borrower(home)
    given = {"what": "plan", "unit": "month", "every": "1", "starts_on": "2026-11-25", "instalment": "50"}
    client = signed_in(home.case_worker)

    client.post(f"/inwoners/{who.pk}/voorschot/", given | {"reason": "Past bij het inkomen"})
    again = client.post(f"/inwoners/{who.pk}/voorschot/", given | {"reason": "Nog eens"})

    assert RepaymentPlan.objects.get().instalment == Decimal("50.00")
    assert again.status_code == 422


def test_switches_lending_off_with_a_reason_that_is_kept(home: House) -> None:
    manager = signed_in(factories.user(Role.APPLICATION_MANAGER))
    off = {name: value for name, value in WAY.items() if name != "lends_advances"}

    manager.post("/gemeente/voorschot/", off)
    manager.post("/gemeente/voorschot/", off)

    assert not Town.objects.get().lends_advances
    event = AuditEvent.objects.get(action="town.way_changed")
    assert "Besluit van de raad" in event.body
    assert signed_in(home.case_worker).get("/gemeente/voorschot/").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"repays": "nooit"},
        {"counts_on": "geluk"},
        {"protected_living_money": "-1"},
        {"protected_living_money": "veel"},
        {"objection_days": "0"},
        {"objection_days": "43"},
    ],
)
def test_refuses_a_way_no_town_can_have(home: House, wrong: dict[str, str]) -> None:
    manager = signed_in(factories.user(Role.APPLICATION_MANAGER))

    assert manager.post("/gemeente/voorschot/", WAY | wrong).status_code == 422
    assert Town.objects.get().lends_advances


def test_lets_a_charge_go_that_waited_by_a_decision(home: House) -> None:
    who = short(home)
    choice = {"choice": "in_order", "reason": "Past niet", "by": home.case_worker, "on": ON}
    decide_shortage(proposal=proposal_of(who), **choice)
    waits = PaymentOrder.objects.get(state="held", reason="by_hand")
    client = signed_in(home.case_worker)

    page = page_of(client.get(f"/betalen/opdracht/{waits.pk}/"))
    client.post(f"/betalen/opdracht/{waits.pk}/vrijgeven/", {"reason": ""})
    waits.refresh_from_db()
    without_reason = waits.state
    client.post(f"/betalen/opdracht/{waits.pk}/vrijgeven/", {"reason": "Er komt loon"})
    waits.refresh_from_db()

    assert "Vrijgeven?" in page
    assert (without_reason, waits.state) == ("held", "planned")
    assert "Er komt loon" in AuditEvent.objects.get(action="order.let_go").body
