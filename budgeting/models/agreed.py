"""What was agreed at the counter or by phone, in the words of who wrote it down: "Wat spraken we af?"."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from budgeting.models.people import Resident, User


class AgreedQuerySet(models.QuerySet["Agreed"]):
    """What was agreed, many at a time."""

    def standing(self) -> Self:
        """What is still to be done, or to be remembered; the latest first."""
        return self.filter(done_on=None).order_by("-pk")


class Agreed(models.Model):
    """One thing agreed with a resident, as both said it; the words are kept for ever, and told to the resident.

    `who` is who does it; `by_day` the day by which, when one was named. It stands until somebody ticks it off.
    """

    class Who(models.TextChoices):
        """Who does what was agreed."""

        TOWN = "town"
        RESIDENT = "resident"
        BOTH = "both"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="agreed")
    words = models.CharField(max_length=300)
    who = models.CharField(max_length=10, choices=Who)
    by_day = models.DateField(null=True)
    noted_on = models.DateField()
    noted_at = models.DateTimeField(db_default=Now())
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AgreedQuerySet.as_manager()

    class Meta:
        db_table = "agreed"
        constraints = [
            models.CheckConstraint(name="agreed_in_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="agreed_is_done_by_someone",
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False, done_on__gte=models.F("noted_on")),
            ),
        ]
        indexes = [models.Index(fields=["resident"], name="agreed_standing", condition=Q(done_on__isnull=True))]

    def __str__(self) -> str:
        return self.words
