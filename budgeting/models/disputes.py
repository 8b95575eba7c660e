"""Money that went wrong at a bank: accounts it refuses, payments we ask back, direct debits we do not accept."""

from typing import Self

from django.db import models
from django.db.models import Q

from budgeting.models.people import User
from budgeting.models.statements import Entry


class AccountStopQuerySet(models.QuerySet["AccountStop"]):
    """Stops, many at a time."""

    def standing(self) -> Self:
        """Stops that nobody lifted."""
        return self.filter(lifted_on=None)


class AccountStop(models.Model):
    """A bank said that this account number cannot be paid (`code`, of ISO 20022): no order goes there until lifted.

    `end_to_end_id` is our payment that came back or was refused.
    """

    iban = models.CharField(max_length=34)
    code = models.CharField(max_length=10)
    end_to_end_id = models.CharField(max_length=35)
    stopped_on = models.DateField()
    lifted_on = models.DateField(null=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_because = models.CharField(max_length=200, blank=True, default="")

    objects = AccountStopQuerySet.as_manager()

    class Meta:
        db_table = "account_stop"
        constraints = [
            models.UniqueConstraint(fields=["iban"], condition=Q(lifted_on=None), name="one_stop_at_a_time"),
            models.CheckConstraint(
                name="stop_is_lifted_for_a_reason",
                condition=Q(lifted_on__isnull=True, lifted_by__isnull=True, lifted_because="")
                | (Q(lifted_on__isnull=False, lifted_by__isnull=False) & ~Q(lifted_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.iban}"


class Recall(models.Model):
    """A payment of ours that we asked the other bank to give back (camt.056), by hand: asked, answered, back.

    `end_to_end_id` names the payment; `back_entry` is the bank's entry with which the money came.
    """

    class Why(models.TextChoices):
        """Why we want it back, by ISO 20022's code for a cancellation."""

        TWICE = "DUPL"
        WRONG_ACCOUNT = "AC03"
        WRONG_AMOUNT = "AM09"
        TECHNICAL = "TECH"
        FRAUD = "FRAD"
        RESIDENT_ASKS = "CUST"

    class Answer(models.TextChoices):
        """What the other bank said."""

        NONE = ""
        YES = "yes"
        NO = "no"

    end_to_end_id = models.CharField(max_length=35)
    why = models.CharField(max_length=4, choices=Why)
    reason = models.CharField(max_length=200)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=3, choices=Answer, blank=True, default=Answer.NONE)
    answer_reason = models.CharField(max_length=200, blank=True, default="")
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    back_entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="recall")

    class Meta:
        db_table = "recall"
        constraints = [
            models.UniqueConstraint(
                fields=["end_to_end_id"], condition=~Q(answer="no"), name="a_payment_recalled_once_at_a_time"
            ),
            models.CheckConstraint(name="recall_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="recall_is_answered_by_someone",
                condition=Q(answer="", answered_on__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="recall_that_is_back_was_a_yes", condition=Q(back_entry__isnull=True) | Q(answer="yes")
            ),
        ]

    def __str__(self) -> str:
        return f"recall of {self.end_to_end_id}"


class DebitDispute(models.Model):
    """A direct debit that somebody drew from our account and that we do not accept: asked back at our own bank.

    Without asking why within eight weeks (56 days), and within thirteen months when there was no mandate at all (SEPA
    core direct debit; PSD2, articles 71, 76 and 77). `back_entry` is the bank's entry with which the money came.
    """

    class Ground(models.TextChoices):
        """On which ground."""

        NO_QUESTIONS = "no_questions"
        NO_MANDATE = "no_mandate"

    class Answer(models.TextChoices):
        """What our bank said."""

        NONE = ""
        YES = "yes"
        NO = "no"

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="dispute")
    ground = models.CharField(max_length=12, choices=Ground)
    reason = models.CharField(max_length=200)
    until = models.DateField()
    asked_on = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=3, choices=Answer, blank=True, default=Answer.NONE)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    back_entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="dispute_back")

    class Meta:
        db_table = "debit_dispute"
        constraints = [
            models.CheckConstraint(name="dispute_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="dispute_is_in_time", condition=Q(asked_on__lte=models.F("until"))),
            models.CheckConstraint(
                name="dispute_is_answered_by_someone",
                condition=Q(answer="", answered_on__isnull=True, answered_by__isnull=True)
                | Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="dispute_that_is_back_was_a_yes", condition=Q(back_entry__isnull=True) | Q(answer="yes")
            ),
        ]

    def __str__(self) -> str:
        return f"dispute of {self.entry_id}"
