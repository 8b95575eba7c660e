"""A court appoints somebody: one colleague writes it down with the decision before them, another one agrees."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from budgeting.actions.persons import SamePerson
from budgeting.actions.representing import Appointment, NotAnAppointment, decide, write_down
from budgeting.models import AuditEvent, LetIn, Representation, Resident, Role, User
from tests import databases, factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

GIVEN = {
    "name": "Robin Bewind",
    "kind": "administrator",
    "decision": "1234567 BM VERZ 26-1",
    "starts_on": "2026-11-02",
    "until": "2028-11-02",
    "scope": "all",
    "seen": "on",
}


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


@pytest.fixture
def resident(home: House) -> Resident:
    return factories.resident(home, money="321.00", first_names="Noor", last_name="Kanarievogel")


def appointment(**changes: Any) -> Appointment:
    days = {"seen_on": ON, "starts_on": ON, "until": date(2028, 11, 2)}
    words = {"name": "Robin Bewind", "kind": "administrator", "decision": "26-1", "scope": "all"}
    return Appointment(**(days | words | changes))


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ")


def code_on(page: str) -> str:
    found = re.search(r'class="hhb-figure"[^>]*>([^<]+)<', page)
    assert found, "no code on the page"
    return found[1]


def test_lets_a_representative_in_after_a_second_person_agreed(home: House, resident: Resident) -> None:
    worker, manager = signed_in(home.case_worker), signed_in(factories.user(Role.APPLICATION_MANAGER))
    address = reverse("representatives", args=[resident.pk])
    assert worker.post(address, GIVEN).status_code == 302
    assert "Wacht op tweede persoon" in text(worker.get(address))
    assert not LetIn.objects.exists(), "what one person wrote down lets nobody in"

    page = text(manager.get(reverse("roles")))
    assert "Robin Bewind" in page
    assert resident.number in page
    assert "Kanarievogel" not in page, "whoever gives roles need not know who it is"
    row = Representation.objects.get()
    manager.post(reverse("decide_representative", args=[row.pk]), {"agree": "yes"})
    let_in = LetIn.objects.get()
    assert "Mag nu kijken" in text(worker.get(address))

    code = code_on(text(worker.post(reverse("end_look", args=[resident.pk, let_in.pk]), {"code": "new"})))
    theirs = Client()
    assert theirs.post(reverse("login"), {"code": code}).status_code == 302
    story = theirs.get(reverse("trusted_story", args=[let_in.pk]))
    assert "Noor Kanarievogel" in text(story)
    worker.post(reverse("end_look", args=[resident.pk, let_in.pk]))
    assert theirs.get(reverse("trusted_story", args=[let_in.pk])).status_code == 404
    assert "Beëindigd" in text(worker.get(address))


def test_shows_the_resident_who_represents_them_and_when_they_looked(home: House, resident: Resident) -> None:
    row = write_down(resident=resident, appointment=appointment(), now=timezone.now(), by=home.case_worker)
    let_in = decide(row=row, agreed=True, now=timezone.now(), by=factories.user(Role.APPLICATION_MANAGER))
    assert let_in
    assert let_in.helper
    theirs = signed_in(let_in.helper, second_factor=False)
    assert theirs.get(reverse("trusted_story", args=[let_in.pk])).status_code == 200
    assert resident.user
    mine = signed_in(resident.user, second_factor=False)
    assert "Robin Bewind" in text(mine.get(reverse("looked")))
    assert "Robin Bewind" in text(mine.get(reverse("help_me")))


def test_shows_no_more_than_the_scope_says(home: House, resident: Resident) -> None:
    factories.charge(home, resident, amount="212.40", day=5)
    given = appointment(scope="when")
    row = write_down(resident=resident, appointment=given, now=timezone.now(), by=home.case_worker)
    let_in = decide(row=row, agreed=True, now=timezone.now(), by=factories.user(Role.APPLICATION_MANAGER))
    assert let_in
    assert let_in.helper
    page = text(signed_in(let_in.helper, second_factor=False).get(reverse("trusted_story", args=[let_in.pk])))
    assert "212,40" not in page


def test_begins_and_ends_on_the_days_of_the_decision(
    home: House, resident: Resident, monday_morning: time_machine.Traveller
) -> None:
    given = appointment(starts_on=ON + timedelta(days=7), until=ON + timedelta(days=14))
    row = write_down(resident=resident, appointment=given, now=timezone.now(), by=home.case_worker)
    let_in = decide(row=row, agreed=True, now=timezone.now(), by=factories.user(Role.APPLICATION_MANAGER))
    assert let_in
    assert let_in.helper
    seen = []
    for _ in range(3):
        client = signed_in(let_in.helper, second_factor=False)
        seen.append(client.get(reverse("trusted_story", args=[let_in.pk])).status_code)
        monday_morning.shift(timedelta(days=7))
    assert seen == [404, 200, 404]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("until", "2026-11-02", "Deze dag ligt na de eerste dag"),
        ("until", "2032-01-01", "Deze dag ligt na de eerste dag"),
        ("decision", "", "Vul dit in."),
        ("name", "R", "Schrijf de hele naam."),
        ("seen", "", "Kijk eerst naar de beschikking, en wie het is."),
        ("kind", "king", "Kies er een uit de lijst."),
        ("starts_on", "31-02-2026", "31-12-2026"),
    ],
)
def test_asks_again_for_what_is_missing_or_odd(
    field: str, value: str, said: str, home: House, resident: Resident
) -> None:
    given = {**GIVEN, field: value}
    answer = signed_in(home.case_worker).post(reverse("representatives", args=[resident.pk]), given)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Representation.objects.exists()


def test_refuses_the_same_human_being_as_the_second_person(home: House, resident: Resident) -> None:
    worker = home.case_worker
    row = write_down(resident=resident, appointment=appointment(), now=timezone.now(), by=worker)
    again = factories.user(Role.APPLICATION_MANAGER)
    User.objects.filter(pk__in=[worker.pk, again.pk]).update(person_number="P1")
    again.refresh_from_db()
    with pytest.raises(SamePerson):
        decide(row=row, agreed=True, now=timezone.now(), by=again)
    with pytest.raises(IntegrityError), transaction.atomic():
        Representation.objects.filter(pk=row.pk).update(decided_by=again, decided_at=timezone.now(), agreed=False)
    assert not LetIn.objects.exists()


def test_rewrites_no_decision_once_it_is_written_down(home: House, resident: Resident) -> None:
    row = write_down(resident=resident, appointment=appointment(), now=timezone.now(), by=home.case_worker)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Representation.objects.filter(pk=row.pk).update(name="Iemand Anders")
    later = appointment(seen_on=ON + timedelta(days=1), decision="2")
    with pytest.raises(NotAnAppointment, match="seen_on"):
        write_down(resident=resident, appointment=later, now=timezone.now(), by=home.case_worker)


def test_lets_nobody_in_after_a_no(home: House, resident: Resident) -> None:
    row = write_down(resident=resident, appointment=appointment(), now=timezone.now(), by=home.case_worker)
    manager = factories.user(Role.APPLICATION_MANAGER)
    assert decide(row=row, agreed=False, now=timezone.now(), by=manager) is None
    assert decide(row=row, agreed=True, now=timezone.now(), by=manager) is None
    assert not LetIn.objects.exists()
    told = AuditEvent.objects.filter(action__startswith="representation.").order_by("id").values_list("action")
    assert [action for (action,) in told] == ["representation.proposed", "representation.refused"]


def test_lets_a_representative_in_once_however_many_agree_at_once(own_database: databases.OwnDatabase) -> None:
    home = factories.house()
    who = factories.resident(home)
    row = write_down(resident=who, appointment=appointment(), now=timezone.now(), by=home.case_worker)
    managers = [factories.user(Role.APPLICATION_MANAGER) for _ in range(16)]

    def agree(manager: User) -> bool:
        try:
            return decide(row=row, agreed=True, now=timezone.now(), by=manager) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as at_once:
        assert sum(at_once.map(agree, managers)) == 1
    assert LetIn.objects.count() == 1
