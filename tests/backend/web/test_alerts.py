"""Alerts in order of urgency, put off until a day with a reason, never lost; and who needs a call, in order."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from budgeting.models import Alert, Resident, Role
from payments.actions.alerting import watch
from payments.actions.day import run_day
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

DUE = ON + timedelta(days=3)


def page_of(client: Any, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ")


def missing(home: House, who: Resident, *, kind: str = "income_missing", since: date = ON) -> Alert:
    return Alert.objects.create(
        resident=who,
        agreement=factories.income(home, who, description="Bijstand"),
        kind=kind,
        period=ON - timedelta(days=5),
        facts={"amount": "1200.00", "days": 5, "before": "90.00"},
        opened_on=since,
    )


def test_puts_what_is_urgent_before_what_is_new(home: House) -> None:
    for kind, age in (("allowance_changed", 0), ("income_missing", 1), ("payment_returned", 9)):
        missing(home, factories.resident(home, last_name=kind), kind=kind, since=ON - timedelta(days=age))

    page = page_of(signed_in(home.case_worker), "/signalen/")

    places = [page.index(f"Sam {kind}") for kind in ("payment_returned", "income_missing", "allowance_changed")]
    assert places == sorted(places)


def test_puts_an_alert_off_with_a_reason_and_brings_it_back_that_day(
    home: House, monday_morning: time_machine.Traveller
) -> None:
    who = factories.resident(home)
    alert = missing(home, who)
    client = signed_in(home.case_worker)

    client.post(f"/signalen/{alert.pk}/", {"what": "snooze", "until": "2026-11-09", "reason": "Loon komt maandag"})
    now, later = page_of(client, "/signalen/"), page_of(client, "/signalen/?later")
    monday_morning.shift(timedelta(days=7))
    back = page_of(signed_in(home.case_worker), "/signalen/")

    assert str(who) not in now
    assert "1 uitgesteld" in now
    assert "Loon komt maandag" in later
    assert str(who) in back


@pytest.mark.parametrize(
    "given",
    [
        {"until": "2026-11-09", "reason": ""},
        {"until": "", "reason": "Later"},
        {"until": "2026-11-02", "reason": "Later"},
        {"until": "31 februari", "reason": "Later"},
    ],
)
def test_says_what_is_missing_and_puts_nothing_off(home: House, given: dict[str, str]) -> None:
    alert = missing(home, factories.resident(home))

    answer = signed_in(home.case_worker).post(f"/signalen/{alert.pk}/", {"what": "snooze", **given})

    alert.refresh_from_db()
    assert (answer.status_code, alert.snoozed_until) == (422, None)


def test_puts_an_alert_away_that_is_well_and_never_brings_it_back(home: House) -> None:
    alert = missing(home, factories.resident(home))
    client = signed_in(home.case_worker)

    client.post(f"/signalen/{alert.pk}/", {"what": "away", "reason": "Bijstand is gestopt"})
    watch(on=ON)

    alert.refresh_from_db()
    assert (alert.closed_because, alert.closed_by) == ("seen", home.case_worker)
    assert "Er is niets aan de hand." in page_of(client, "/signalen/")


def test_hides_the_alerts_of_a_colleagues_residents(home: House) -> None:
    other = factories.user(Role.CASE_WORKER)
    alert = missing(home, factories.resident(House(home.town, home.account, other, home.approver)))
    client = signed_in(home.case_worker)

    assert str(alert.resident) not in page_of(client, "/signalen/")
    assert client.get(f"/signalen/{alert.pk}/").status_code == 404
    assert client.post(f"/signalen/{alert.pk}/", {"what": "away", "reason": "Goed"}).status_code == 404


def test_lists_who_needs_a_call_who_lacks_most_first_and_says_why(home: House) -> None:
    little = factories.resident(home, last_name="Beetje", phone="06 11111111")
    much = factories.resident(home, last_name="Veel")
    enough = factories.resident(home, last_name="Genoeg", money="5000.00")
    for who, amount in ((little, "300.00"), (much, "900.00"), (enough, "300.00")):
        factories.charge(home, who, amount=amount)
    run_day(on=ON, first=DUE)

    page = page_of(signed_in(home.case_worker), "/bellen/")

    assert "Deze week 2 inwoners bellen" in page
    assert page.index("Sam Veel") < page.index("Sam Beetje")
    assert "Sam Genoeg" not in page
    assert "Er is te weinig voor de komende weken." in page
    assert 'href="tel:06 11111111"' in page or 'href="tel:0611111111"' in page


def test_tells_the_resident_of_income_that_stays_away_as_long_as_the_alert_is_awake(home: House) -> None:
    who = factories.resident(home)
    alert = missing(home, who)
    assert who.user is not None
    own = signed_in(who.user, second_factor=False)

    before = page_of(own, "/mijn-geld/")
    signed_in(home.case_worker).post(f"/signalen/{alert.pk}/", {"what": "away", "reason": "Het komt later"})
    after = page_of(own, "/mijn-geld/")

    assert "Uw geld is nog niet binnen" in before
    assert "Uw geld is nog niet binnen" not in after


def test_shows_alerts_of_one_kind_when_asked(home: House) -> None:
    for kind in ("allowance_changed", "income_missing"):
        missing(home, factories.resident(home, last_name=kind), kind=kind)
    client = signed_in(home.case_worker)

    page = page_of(client, "/signalen/?kind=income_missing")

    assert "Sam income_missing" in page
    assert "Sam allowance_changed" not in page
    assert "Sam allowance_changed" in page_of(client, "/signalen/?kind=")
    assert "Sam allowance_changed" in page_of(client, "/signalen/?kind=onbekend")
