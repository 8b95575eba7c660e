"""Half-open periods: `valid_from <= day < valid_until`, where no end means open."""

from datetime import date
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class DateRange(Func):
    """PostgreSQL's half-open daterange of two date columns."""

    function = "daterange"
    output_field = DateRangeField()


def no_overlap(*fields: str, name: str) -> ExclusionConstraint:
    """At most one row in force at a time for equal values of `fields`."""
    expressions = [(field, RangeOperators.EQUAL) for field in fields]
    period = (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS)
    return ExclusionConstraint(name=name, expressions=[*expressions, period])


def ends_after_start(name: str) -> models.CheckConstraint:
    """An end, when there is one, lies after the start."""
    return models.CheckConstraint(name=name, condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")))


M = TypeVar("M", bound=models.Model)


class PeriodQuerySet(models.QuerySet[M]):
    """Rows with a period."""

    def in_force(self, on: date) -> Self:
        """Rows whose period holds the day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on), valid_from__lte=on)
