"""Questions whose SQL is written once: they answer as the query they are made of, and follow what is asked."""

from datetime import date, timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.db.models import BigIntegerField, DateField, F
from django.test.utils import CaptureQueriesContext

from budgeting.models import Assignment, Resident
from budgeting.models.prepared import IsOneOf, Later, Question
from tests import factories

pytestmark = pytest.mark.django_db
ON = factories.ON


def in_force() -> Any:
    on = cast(date, Later("on", DateField()))
    rows = Assignment.objects.in_force(on).filter(IsOneOf(F("resident"), Later("residents", BigIntegerField())))
    return rows.order_by("pk")


def test_answers_as_the_query_it_is_made_of() -> None:
    home = factories.house()
    whom = [factories.resident(home) for _ in range(3)]
    Assignment.objects.filter(resident=whom[0]).update(valid_until=ON)
    asked, numbers = Question(in_force), [who.pk for who in whom[:2]]

    for on in (ON - timedelta(days=1), ON):
        query = Assignment.objects.in_force(on).filter(resident__in=numbers).order_by("pk")
        assert asked.ask(residents=numbers, on=on) == list(query.values_list())
        assert [vars(row) | {"_state": 0} for row in asked.find(residents=numbers, on=on)] == [
            vars(row) | {"_state": 0} for row in query
        ]


def test_writes_its_sql_once() -> None:
    written: list[int] = []
    asked = Question(lambda: written.append(1) or Resident.objects.filter(pk=Later("number", BigIntegerField())))  # type: ignore[func-returns-value]

    assert [asked.find(number=number) for number in (1, 2, 3)] == [[], [], []]
    assert written == [1]


def test_refuses_a_question_of_which_a_value_is_left_open() -> None:
    with pytest.raises(KeyError, match="on"):
        Question(in_force).ask(residents=[])


def test_is_counted_among_the_questions_of_a_page() -> None:
    with CaptureQueriesContext(connection) as asked:
        Question(in_force).ask(residents=[1], on=ON)

    assert len(asked) == 1


def test_makes_objects_that_can_be_saved() -> None:
    home = factories.house()
    who = factories.resident(home)
    asked = Question(lambda: Resident.objects.filter(pk=Later("number", BigIntegerField())))

    [found] = asked.find(number=who.pk)
    found.first_names = "Robin"
    found.save()

    assert Resident.objects.get(pk=who.pk).first_names == "Robin"
    assert found.household == who.household
