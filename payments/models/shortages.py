"""Shortages: what was proposed, what a person decided of each charge, who was told, and what was objected."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from budgeting.models import Resident, User
from payments.models.orders import PaymentOrder


class ShortageProposal(models.Model):
    """What to do when a resident's charges are more than own money and free advance; at most one is open each.

    `facts` holds means, charges and every choice with what it means; `digest` binds a decision to what was seen.
    """

    class State(models.TextChoices):
        """Open until a person decides, or until there is enough after all."""

        OPEN = "open"
        DECIDED = "decided"
        SOLVED = "solved"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="shortages")
    opened_on = models.DateField()
    missing = models.DecimalField(max_digits=12, decimal_places=2)
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    choice = models.CharField(max_length=30, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "shortage_proposal"
        constraints = [
            models.UniqueConstraint(fields=["resident"], condition=Q(state="open"), name="one_open_shortage"),
            models.CheckConstraint(name="shortage_lacks_something", condition=Q(missing__gt=0)),
            models.CheckConstraint(
                name="shortage_is_decided_by_someone_for_a_reason",
                condition=Q(state="open", choice="", decided_by__isnull=True, closed_on__isnull=True)
                | Q(state="solved", choice="", decided_by__isnull=True, closed_on__isnull=False)
                | (
                    Q(state="decided", decided_by__isnull=False, closed_on__isnull=False)
                    & ~Q(choice="")
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"shortage {self.pk} of {self.resident_id}"


class ShortageOutcome(models.Model):
    """What was decided of one charge when money was short, and why."""

    class What(models.TextChoices):
        """Paid now, waits until a person lets it go, or is not paid for this due date."""

        PAID = "paid"
        WAITS = "waits"
        CANCELLED = "cancelled"

    proposal = models.ForeignKey(ShortageProposal, on_delete=models.PROTECT, related_name="outcomes")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="outcomes")
    what = models.CharField(max_length=10, choices=What)
    reason = models.CharField(max_length=200)

    class Meta:
        db_table = "shortage_outcome"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "order"], name="a_charge_decided_once_per_shortage"),
            models.CheckConstraint(name="outcome_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.what}"


class ShortageTold(models.Model):
    """A letter about a decision was made: to the resident (no `order`), or to whom a charge is paid."""

    proposal = models.ForeignKey(ShortageProposal, on_delete=models.PROTECT, related_name="told")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="+")
    told_on = models.DateField()
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "shortage_told"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "order"], nulls_distinct=False, name="told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} told on {self.told_on}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Objections, many at a time."""

    def unanswered(self) -> Self:
        """Objections that wait for an answer, the one to be answered first in front."""
        return self.filter(answered_on=None).order_by("answer_by", "pk")


class Objection(models.Model):
    """A resident says that something is not right; it waits for an answer until a day, and keeps both for ever.

    It may be about a decision when money was short (`proposal`), about one payment (`order`), or about the money as a
    whole. `made_by` is the resident, or who wrote it down at the counter.
    """

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="objections")
    proposal = models.ForeignKey(ShortageProposal, on_delete=models.PROTECT, null=True, related_name="objections")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="objections")
    words = models.CharField(max_length=1000)
    made_on = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer_by = models.DateField()
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=1000, blank=True, default="")
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        db_table = "objection"
        constraints = [
            models.CheckConstraint(
                name="objection_says_something", condition=~Q(words="") & Q(answer_by__gte=F("made_on"))
            ),
            models.CheckConstraint(
                name="objection_is_answered_wholly",
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, granted__isnull=True, answer="")
                | (
                    Q(answered_on__isnull=False, answered_by__isnull=False, granted__isnull=False)
                    & Q(answered_on__gte=F("made_on"))
                    & ~Q(answer="")
                ),
            ),
            models.UniqueConstraint(
                fields=["resident", "proposal", "order"],
                condition=Q(answered_on__isnull=True),
                nulls_distinct=False,
                name="one_open_objection_about_a_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"objection {self.pk} of {self.resident_id}"
