"""Rows of some residents, whichever way their numbers are given."""

import pytest

from budgeting.models import Account, Posting, Resident
from budgeting.models.among import among, among_texts
from tests import factories


@pytest.fixture
def numbers(db):
    home = factories.house()
    return [factories.resident(home, money="10.00").pk for _ in range(4)]


def test_finds_those_residents_and_nobody_else(numbers):
    for wanted in ([], numbers[1:3], {numbers[0]}, range(numbers[1], numbers[3]), range(0)):
        found = set(Resident.objects.filter(among("pk", wanted)).values_list("pk", flat=True))
        assert found == set(numbers) & set(wanted)


def test_finds_rows_of_theirs_through_any_relation(numbers):
    for wanted in (numbers[:2], range(numbers[0], numbers[2])):
        assert set(Account.objects.filter(among("resident", wanted)).values_list("resident", flat=True)) == set(
            numbers[:2]
        )
        of_theirs = Posting.objects.filter(among("account__resident", wanted), account__kind="resident")
        assert set(of_theirs.values_list("account__resident", flat=True)) == set(numbers[:2])


def test_sends_a_thousand_numbers_as_one_value(numbers, django_assert_num_queries):
    asked = Resident.objects.exclude(among("pk", range(1, 2))).filter(among("pk", list(range(1000, 2000))))
    assert str(asked.query).count("ANY") == 1
    with django_assert_num_queries(1):
        list(asked)


ODD = ["NL00{1,2}", 'with "quotes"', "back\\slash", "", "null", "with, a comma"]


@pytest.mark.django_db
def test_finds_the_very_texts_that_are_asked_for():
    home = factories.house()
    for text in ODD:
        factories.resident(home, last_name=text)
    for wanted in ([], ODD[:2], set(ODD), dict.fromkeys(ODD[3:])):
        found = Resident.objects.filter(among_texts("last_name", wanted)).values_list("last_name", flat=True)
        assert sorted(found) == sorted(wanted)
