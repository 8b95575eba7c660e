"""Who must learn the account number at the start and at the end of a participation, and how far each of them is."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from budgeting.models.agreements import Agreement
from budgeting.models.people import Resident, User


class MoveOverQuerySet(models.QuerySet["MoveOver"]):
    """Lines of change-over lists, many at a time."""

    def open(self) -> Self:
        """Those that still have to be told, or to answer."""
        return self.filter(answered_on=None, not_needed="")


class MoveOver(models.Model):
    """One agreement whose other side must learn an account number: ours at the start, the resident's own at the end.

    It is told, then answered, or not needed with a reason. The first money seen is read from the entries, not kept.
    """

    class When(models.TextChoices):
        """At which side of the participation."""

        START = "start"
        END = "end"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="moves_over")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="moves_over")
    when = models.CharField(max_length=5, choices=When)
    listed_on = models.DateField()
    listed_at = models.DateTimeField(db_default=Now())
    listed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    told_on = models.DateField(null=True)
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(null=True)
    answer = models.CharField(max_length=200, blank=True, default="")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    not_needed = models.CharField(max_length=200, blank=True, default="")

    objects = MoveOverQuerySet.as_manager()

    class Meta:
        db_table = "move_over"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "when"], name="moved_over_once_each_side"),
            models.CheckConstraint(
                name="move_over_told_by_someone", condition=Q(told_on__isnull=True) ^ Q(told_by__isnull=False)
            ),
            models.CheckConstraint(
                name="move_over_answered_after_it_was_told",
                condition=Q(answered_on__isnull=True, answered_by__isnull=True)
                | Q(told_on__isnull=False, answered_by__isnull=False, answered_on__gte=models.F("told_on")),
            ),
        ]
        indexes = [models.Index(fields=["resident"], name="move_over_of_resident")]

    def __str__(self) -> str:
        return f"{self.when} {self.agreement_id}"
