"""Months of the books that are closed, and how one is opened again: rows are added, never changed.

What is closed is closed with all that lies before it, so that one day says it all: `closed_until()` in the database,
which refuses every journal entry before it, whoever writes it.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from budgeting.models.people import User


class MonthClosing(models.Model):
    """The books of a month, and of all before, are done. `turn` counts how often the month was closed.

    `journal_entries` and `turnover` (the sum of all positive postings, in euro) are what the books held before the end
    of the month at that moment; `left_open` is what was still open, as the page showed it.
    """

    month = models.DateField()
    turn = models.PositiveSmallIntegerField(default=1)
    journal_entries = models.PositiveBigIntegerField()
    turnover = models.DecimalField(max_digits=14, decimal_places=2)
    left_open = models.JSONField(default=dict)
    closed_on = models.DateField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "month_closing"
        constraints = [
            models.UniqueConstraint(fields=["month", "turn"], name="a_month_closed_once_a_turn"),
            models.CheckConstraint(name="month_begins_on_the_first", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ReopeningRequest(models.Model):
    """Somebody needs a closed month open again, and says why; a second person decides."""

    closing = models.OneToOneField(MonthClosing, on_delete=models.PROTECT, related_name="request")
    reason = models.CharField(max_length=200)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "reopening_request"
        constraints = [models.CheckConstraint(name="reopening_is_asked_for_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.closing}: {self.reason}"


class MonthReopening(models.Model):
    """The second person's yes: from now on the month is open. The database refuses the person who asked."""

    request = models.OneToOneField(
        ReopeningRequest, on_delete=models.PROTECT, primary_key=True, related_name="reopening"
    )
    approved_on = models.DateField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "month_reopening"

    def __str__(self) -> str:
        return f"{self.request} opened"
