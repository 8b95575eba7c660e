"""Whoever looked is named to the resident, in plain words: by role and name, on which day, at what."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accessibility.languages import LANGUAGES
from accessibility.who_looked import MOST_DAYS, Look, LookedFacts, looked_facts_of, story_of_looks
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.models import Resident, Role
from tests import factories
from tests.accessibility.households import HELP

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)


@pytest.fixture
def home() -> factories.House:
    return factories.house()


@pytest.fixture
def resident(home: factories.House) -> Resident:
    return factories.resident(home)


def shown(resident: Resident) -> str:
    client = Client(headers={"Accept-Language": "nl"})
    client.force_login(resident.user)
    return client.get(reverse("looked")).content.decode()


def test_says_that_nobody_looked(resident: Resident) -> None:
    assert "Deze maand keek niemand mee." in shown(resident)


def test_names_who_looked_by_role_and_name(home: factories.House, resident: Resident) -> None:
    desk = factories.user(Role.FRONT_DESK)
    other = factories.user(Role.CASE_WORKER)
    look_at_resident(resident=resident.pk, page="resident", by=home.case_worker)
    look_at_resident(resident=resident.pk, page="agreement:7", by=desk)
    look_at_resident(resident=resident.pk, page="order:7", by=other)
    facts = looked_facts_of(resident, on=timezone.localdate())
    told = {(one.who, one.name, one.what) for one in facts.looks}
    assert told == {
        ("who.case_worker", home.case_worker.full_name, "looked.page"),
        ("who.front_desk", desk.full_name, "looked.agreement"),
        ("who.town", other.full_name, "looked.payment"),
    }
    assert facts.people == 3


def test_shows_a_look_at_a_list_to_everyone_on_it_and_to_nobody_else(home: factories.House, resident: Resident) -> None:
    beside, outside = factories.resident(home), factories.resident(home)
    look_at_residents(residents=[resident.pk, beside.pk], page="today", by=home.case_worker)
    on = timezone.localdate()
    assert [look.what for look in looked_facts_of(beside, on=on).looks] == ["looked.list"]
    assert looked_facts_of(resident, on=on).people == 1
    assert looked_facts_of(outside, on=on).looks == ()


def test_does_not_take_eleven_for_one(home: factories.House, resident: Resident) -> None:
    look_at_residents(residents=[resident.pk * 10 + 1, resident.pk + 100_000], page="today", by=home.case_worker)
    assert looked_facts_of(resident, on=timezone.localdate()).looks == ()


def test_counts_a_human_being_once_and_a_day_together(home: factories.House, resident: Resident) -> None:
    twin = factories.user(Role.FRONT_DESK, person=home.case_worker.person_number)
    for _ in range(3):
        look_at_resident(resident=resident.pk, page="resident", by=home.case_worker)
    look_at_resident(resident=resident.pk, page="resident", by=twin)
    facts = looked_facts_of(resident, on=timezone.localdate())
    assert facts.people == 1
    assert sorted(look.times for look in facts.looks) == [1, 3]


def test_shows_no_look_at_another(home: factories.House, resident: Resident) -> None:
    look_at_resident(resident=factories.resident(home).pk, page="resident", by=home.case_worker)
    assert looked_facts_of(resident, on=timezone.localdate()).looks == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_tells_it_in_every_language(home: factories.House, resident: Resident, language: str) -> None:
    look_at_resident(resident=resident.pk, page="resident", by=home.case_worker)
    client = Client(headers={"Accept-Language": language})
    client.force_login(resident.user)
    page = client.get(reverse("looked")).content.decode()
    assert home.case_worker.full_name in page
    assert '<span lang="nl"' not in page


def test_asks_the_database_as_often_for_many_looks_as_for_one(home: factories.House, resident: Resident) -> None:
    counts = []
    for _ in range(2):
        for number in range(10):
            look_at_resident(resident=resident.pk, page=f"order:{number}", by=factories.user(Role.FRONT_DESK))
        with CaptureQueriesContext(connection) as asked:
            looked_facts_of(resident, on=timezone.localdate())
        counts.append(len(asked))
    assert counts == [5, 5]


def test_tells_no_more_days_than_people_can_read(home: factories.House, resident: Resident) -> None:
    days = [TODAY - timedelta(days=number) for number in range(MOST_DAYS + 5)]
    looks = tuple(Look(day, "who.town", "Jan", "looked.page", "09:00") for day in days)
    story = story_of_looks(LookedFacts(TODAY, looks, 1, HELP))
    assert len([block for block in story.blocks if block.key.startswith("day-")]) == MOST_DAYS
    assert "more" in [block.key for block in story.blocks]
