"""What if, and leefgeld at the counter: shown beside how it is now, before the yes; what was only asked is not kept."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from budgeting.models import AuditEvent, Resident, Role
from payments.actions.day import run_day
from payments.models import PaymentOrder
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

DUE = ON + timedelta(days=3)


def page_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def living(home: House, **details: object) -> Resident:
    """Eight hundred in hand, rent 600 on the 5th, a benefit of 1,200 on the 24th."""
    who = factories.resident(home, money="800.00", **details)
    factories.charge(home, who, amount="600.00", day=5)
    factories.income(home, who, amount="1200.00", day=24)
    return who


def rows_kept() -> dict[str, int]:
    """How many rows every table has, but for who looked and where they are logged in."""
    left_out = {"AuditEvent", "Session"}
    return {m.__name__: m._default_manager.count() for m in apps.get_models() if m.__name__ not in left_out}


def test_shows_ways_beside_each_other_and_keeps_nothing(home: House) -> None:
    who = living(home)
    client = signed_in(home.case_worker)
    benefit = who.agreements.get(direction="in")
    before = rows_kept()

    asked = {
        "since": "2026-12-01",
        "rent": "700",
        "lost": str(benefit.pk),
        "moves_in_income": "400",
        "instalment": "50",
    }
    page = page_of(client.post(f"/inwoners/{who.pk}/wat-als/", asked))

    expected = ("Hoe het nu is", "Met een andere huur", "Zonder dit geld", "Als er iemand bij komt", "Als u een schuld")
    for words in expected:
        assert words in page
    assert "€ 250,00</bdi>" in page, "eight weeks: 800 and two benefits, less two rents"
    assert rows_kept() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-11-01"},
        {"since": "2027-11-01"},
        {"since": ""},
        {"rent": "-700"},
        {"rent": "veel"},
        {"rent": "999999999999"},
        {"lost": "987654"},
        {"instalment": "50", "times": "0"},
        {"instalment": "50", "times": "1000"},
    ],
)
def test_says_what_cannot_be_asked(home: House, wrong: dict[str, str]) -> None:
    who = living(home)

    answer = signed_in(home.case_worker).post(f"/inwoners/{who.pk}/wat-als/", {"since": "2026-12-01", **wrong})

    assert answer.status_code == 422
    assert "Kijk dit na" in page_of(answer)


def test_hides_what_if_of_a_colleagues_resident(home: House) -> None:
    other = factories.user(Role.CASE_WORKER)
    who = living(House(home.town, home.account, other, home.approver))
    client = signed_in(home.case_worker)

    for place in ("wat-als", "leefgeld"):
        assert client.get(f"/inwoners/{who.pk}/{place}/").status_code == 404


def test_shows_what_an_extra_payout_does_and_pays_it_after_the_yes(home: House) -> None:
    who = living(home)
    run_day(on=ON, first=DUE)
    client = signed_in(home.case_worker)
    address = f"/inwoners/{who.pk}/leefgeld/"
    asked = {"what": "extra", "extra": "60", "reason": "Winterjas"}

    shown = page_of(client.post(address, asked))
    before = PaymentOrder.objects.filter(kind="remainder").count()
    yes = client.post(address, asked | {"yes": _yes(shown)})
    orders = PaymentOrder.objects.filter(kind="remainder", state="planned").order_by("pk")

    assert before == 1, "what is only shown plans nothing"
    assert "Dit gebeurt er dan" in shown
    assert yes.status_code == 302
    extra = orders.get(explanation__has_key="extra")
    assert (extra.amount, extra.explanation) == (Decimal("60.00"), {"extra": "Winterjas"})
    assert orders.count() == 2
    assert orders.exclude(pk=extra.pk).get().amount == _then(shown)
    assert AuditEvent.objects.filter(action="payout.extra").count() == 1
    assert run_day(on=ON, first=DUE)["plan_remainders"] == {"new": 0, "changed": 0, "cancelled": 0}


def test_says_the_most_that_can_go_out_extra(home: House) -> None:
    who = living(home)
    run_day(on=ON, first=DUE)

    asked = {"what": "extra", "extra": "200,01", "reason": "Fiets"}
    answer = signed_in(home.case_worker).post(f"/inwoners/{who.pk}/leefgeld/", asked)

    assert answer.status_code == 422
    assert "Er kan nu hoogstens € 200,00 uit." in page_of(answer)


def test_pays_nothing_extra_when_the_weeks_have_changed_since_they_were_shown(home: House) -> None:
    who = living(home)
    run_day(on=ON, first=DUE)
    client = signed_in(home.case_worker)
    asked = {"what": "extra", "extra": "60", "reason": "Winterjas"}
    seen = _yes(page_of(client.post(f"/inwoners/{who.pk}/leefgeld/", asked)))
    factories.give(home, who, "100.00")

    again = page_of(client.post(f"/inwoners/{who.pk}/leefgeld/", asked | {"yes": seen}))

    assert "Dit gebeurt er dan" in again, "it is shown once more"
    assert not PaymentOrder.objects.filter(explanation__has_key="extra").exists()


def test_changes_rhythm_and_fixed_amount_after_showing_them(home: House) -> None:
    who = living(home)
    run_day(on=ON, first=DUE)
    client = signed_in(home.case_worker)
    asked = {"what": "way", "way": "2", "first": "2026-11-12", "fixed": "80", "why": "Vaste prik"}

    shown = page_of(client.post(f"/inwoners/{who.pk}/leefgeld/", asked))
    client.post(f"/inwoners/{who.pk}/leefgeld/", asked | {"yes": _yes(shown)})

    who.refresh_from_db()
    order = PaymentOrder.objects.get(kind="remainder", state="planned")
    assert (who.fixed_payout, who.pay_rhythm["every"]) == (Decimal("80.00"), 2)
    assert (order.due_on, order.amount) == (date(2026, 11, 12), Decimal("80.00"))
    assert AuditEvent.objects.get(action="payout.changed").resident_id == who.pk


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "extra", "extra": "0", "reason": "Jas"},
        {"what": "extra", "extra": "10", "reason": ""},
        {"what": "way", "way": "1", "first": "2026-10-01", "why": "Eerder"},
        {"what": "way", "way": "elke dag", "first": "2026-11-12", "why": "Vaker"},
        {"what": "way", "way": "1", "first": "2026-11-12", "fixed": "-5", "why": "Min"},
    ],
)
def test_says_what_is_wrong_with_what_was_asked(home: House, wrong: dict[str, str]) -> None:
    who = living(home)

    assert signed_in(home.case_worker).post(f"/inwoners/{who.pk}/leefgeld/", wrong).status_code == 422


def _yes(page: str) -> str:
    found = re.search(r'name="yes" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def _then(page: str) -> Decimal:
    """What the first pay day brings then, as it was shown."""
    rows = re.findall(r'<tr><th scope="row">[^<]+</th>(.*?)</tr>', page, re.DOTALL)
    amounts = re.findall(r"€ ([\d.]+,\d\d)", rows[1])
    return Decimal(amounts[1].replace(".", "").replace(",", "."))


def test_says_to_the_resident_that_they_asked_for_it(home: House) -> None:
    who = living(home)
    run_day(on=ON, first=DUE)
    assert who.user is not None
    client = signed_in(home.case_worker)
    asked = {"what": "extra", "extra": "60", "reason": "Winterjas"}
    seen = _yes(page_of(client.post(f"/inwoners/{who.pk}/leefgeld/", asked)))
    client.post(f"/inwoners/{who.pk}/leefgeld/", asked | {"yes": seen})

    page = page_of(signed_in(who.user, second_factor=False).get("/mijn-geld/waarom/"))

    assert "U vroeg zelf om dit geld." in page
    assert "Plande € 60,00 extra: Winterjas" in page_of(client.get(f"/inwoners/{who.pk}/"))
