"""What deserves a look, as rows: opened once, snoozed with a reason, closed when it is solved, never lost."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from budgeting.core.alerts import URGENCY
from budgeting.models.agreements import Agreement
from budgeting.models.people import Resident, User


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts, many at a time."""

    def standing(self) -> Self:
        """Alerts that are not solved."""
        return self.filter(closed_on=None)

    def awake(self, on: date) -> Self:
        """Alerts that want a look on the day: not solved, not snoozed past it; those opened last come first."""
        return self.standing().exclude(snoozed_until__gt=on).order_by("-opened_on", "-pk")

    def snoozed(self, on: date) -> Self:
        """Alerts that are put off past the day, the first to come back in front."""
        return self.standing().filter(snoozed_until__gt=on).order_by("snoozed_until", "pk")

    def most_urgent_first(self) -> Self:
        """In the order of `core.alerts.URGENCY`; of one kind those opened last come first."""
        ranks = [When(kind=kind, then=Value(rank)) for rank, kind in enumerate(URGENCY)]
        return self.order_by(Case(*ranks, default=Value(len(URGENCY))), "-opened_on", "-pk")


class Alert(models.Model):
    """One thing that is amiss: `kind` of an agreement (or of the resident) for one period, with the facts about it.

    `period` is the due day it is about; a balance has none until it is solved, so that it has one open alert at a time.
    """

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="alerts")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")
    kind = models.CharField(max_length=30)
    period = models.DateField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    opened_on = models.DateField()
    opened_at = models.DateTimeField(db_default=Now())
    snoozed_until = models.DateField(null=True, blank=True)
    snoozed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)
    # Why it closed: `solved` by itself, `passed` when it is too long ago to look at, `seen` by a person.
    closed_because = models.CharField(max_length=10, blank=True, default="")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AlertQuerySet.as_manager()

    class Meta:
        db_table = "alert"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "kind", "period"], condition=Q(agreement__isnull=False), name="an_alert_once"
            ),
            models.UniqueConstraint(
                fields=["resident", "kind"],
                condition=Q(agreement__isnull=True, closed_on__isnull=True),
                name="an_alert_of_a_resident_once_at_a_time",
            ),
            models.CheckConstraint(
                name="alert_of_an_agreement_has_a_period", condition=Q(agreement__isnull=True) | Q(period__isnull=False)
            ),
            models.CheckConstraint(
                name="alert_is_snoozed_with_a_reason",
                condition=Q(snoozed_until__isnull=True, snoozed_by__isnull=True)
                | (Q(snoozed_until__isnull=False, snoozed_by__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="alert_closes_for_a_reason",
                condition=Q(closed_on__isnull=True, closed_because="")
                | (Q(closed_on__isnull=False, closed_on__gte=F("opened_on")) & ~Q(closed_because="")),
            ),
            models.CheckConstraint(
                name="alert_is_seen_by_someone", condition=~Q(closed_because="seen") | Q(closed_by__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["resident"], name="alert_standing", condition=Q(closed_on__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.agreement_id or self.resident_id} {self.period or ''}".rstrip()
