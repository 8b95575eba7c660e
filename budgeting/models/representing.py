"""Who looks by a decision of a court: one colleague writes it down with the decision before them, another agrees."""

from django.db import models
from django.db.models import F, Q

from budgeting.models.helping import LetIn, Scope
from budgeting.models.people import Resident, User


class Representation(models.Model):
    """One legal representative of one resident, from a day until a day; `let_in` is there once two people agreed.

    `decision` is the number of the court's decision, `seen_on` the day a colleague had it before them; no copy is kept.
    """

    class Kind(models.TextChoices):
        """What the court decided: over money, over everything, or over care."""

        ADMINISTRATOR = "administrator"
        GUARDIAN = "guardian"
        MENTOR = "mentor"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="representations")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=14, choices=Kind)
    decision = models.CharField(max_length=60)
    seen_on = models.DateField()
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.ALL)
    starts_on = models.DateField()
    until = models.DateField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)
    let_in = models.OneToOneField(LetIn, on_delete=models.CASCADE, null=True, related_name="representation")

    class Meta:
        db_table = "representation"
        constraints = [
            models.CheckConstraint(name="representation_ends_after_start", condition=Q(until__gt=F("starts_on"))),
            models.CheckConstraint(
                name="representation_by_a_decision_that_was_seen", condition=~Q(decision="") & ~Q(name="")
            ),
            models.CheckConstraint(
                name="representation_decided_by_another", condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="representation_decided_whole",
                condition=Q(decided_by=None, decided_at=None, agreed=None, let_in=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, agreed=False, let_in=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, agreed=True, let_in__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["resident", "decision"],
                condition=Q(decided_by=None),
                name="representation_proposed_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.resident_id}"
