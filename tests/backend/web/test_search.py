"""The one search box: how people write names, days, numbers and accounts, and what they mistype."""

from datetime import date

import pytest

from backend.desk.search import find
from budgeting.models import Resident
from tests import factories
from tests.factories import House

PEOPLE = (
    ("Fatma Nur", "Öztürk", date(1980, 3, 1)),
    ("Jan", "de Vries", date(1961, 12, 24)),
    ("Łukasz", "Wiśniewski", date(1990, 1, 31)),
    ("Johanna", "Vermeer", date(1975, 7, 7)),
)


@pytest.fixture
def people(home: House) -> list[Resident]:
    return [
        factories.resident(home, first_names=first, last_name=last, birth_date=born) for first, last, born in PEOPLE
    ]


@pytest.mark.parametrize(
    ("typed", "last_name"),
    [
        ("ozturk", "Öztürk"),
        ("ÖZTÜRK", "Öztürk"),
        ("Osturk", "Öztürk"),
        ("fatma oztürk", "Öztürk"),
        ("vries", "de Vries"),
        ("Jan de Vris", "de Vries"),
        ("lukasz", "Wiśniewski"),
        ("wisnieski", "Wiśniewski"),
        ("vermeer johana", "Vermeer"),
        ("1-3-1980", "Öztürk"),
        ("24-12-1961", "de Vries"),
        ("1990-01-31", "Wiśniewski"),
    ],
)
def test_finds_a_resident_however_it_is_typed(people: list[Resident], typed: str, last_name: str) -> None:
    found = list(find(Resident.objects.all(), typed))

    assert found
    assert found[0].last_name == last_name


def test_finds_a_resident_by_number_and_by_account(people: list[Resident]) -> None:
    who = people[2]
    iban = who.accounts.get().iban

    for typed in (
        who.number,
        who.number.lower(),
        f"R{int(who.number[1:])}",
        iban,
        f" {iban[:4]} {iban[4:8]} {iban[8:]}",
    ):
        assert list(find(Resident.objects.all(), typed)) == [who]


@pytest.mark.parametrize("typed", ["xqxqxq", "31-13-1980", "R999999", "%", "'; --", "😀"])
def test_finds_nobody_rather_than_anybody(people: list[Resident], typed: str) -> None:
    assert list(find(Resident.objects.all(), typed)) == []


def test_shows_everybody_by_name_when_nothing_is_typed(people: list[Resident]) -> None:
    assert {row.pk for row in find(Resident.objects.all(), "  ")} == {row.pk for row in people}


def test_looks_among_the_given_residents_only(people: list[Resident]) -> None:
    assert list(find(Resident.objects.exclude(pk=people[0].pk), "ozturk")) == []
