"""The participation sheet: what a resident takes part in, for what, and what they chose, as it stood on a day."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budgeting.models.people import Resident, User


class ParticipationSheetQuerySet(models.QuerySet["ParticipationSheet"]):
    """Sheets, many at a time."""

    def signed(self) -> Self:
        """Sheets that the resident put their name under."""
        return self.filter(signed_on__isnull=False)


class ParticipationSheet(models.Model):
    """One version of a resident's sheet; nothing of it changes, a later version takes its place.

    `purposes` are keys of `budgeting.core.participation.PURPOSES`; `channels` is kind of message → channel;
    `may_look` lists who may look along as `{"name", "scope", "until"}`; `pay_rhythm` is a recurrence. Only the day on
    which the resident signed on paper is added, once.
    """

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="participation_sheets")
    version = models.PositiveSmallIntegerField()
    purposes = models.JSONField()
    language = models.CharField(max_length=10)
    channels = models.JSONField()
    pay_rhythm = models.JSONField()
    may_look = models.JSONField(default=list)
    made_on = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True)
    signed_noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ParticipationSheetQuerySet.as_manager()

    class Meta:
        db_table = "participation_sheet"
        constraints = [
            models.UniqueConstraint(fields=["resident", "version"], name="participation_sheet_version_once"),
            models.CheckConstraint(name="participation_sheet_has_purposes", condition=~Q(purposes=[])),
            models.CheckConstraint(name="participation_sheet_counts_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="participation_sheet_signed_whole",
                condition=Q(signed_on__isnull=True, signed_noted_by__isnull=True)
                | Q(signed_on__isnull=False, signed_noted_by__isnull=False, signed_on__gte=F("made_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.version} of {self.resident_id}"
