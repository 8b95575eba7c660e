"""Who was let in to look with a resident: for what, how, since when, until when; and the codes with which one comes in.

Sources of the modes: A look together, B look along with a code, C at the counter, D a trusted person, E a paper code.
"""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from budgeting.models.people import Resident, User


class Mode(models.TextChoices):
    """How somebody looks with a resident."""

    TOGETHER = "together"  # A: one screen, the resident is logged in
    ALONG = "along"  # B: two screens, by a code of six digits
    COUNTER = "counter"  # C: at the counter, with a screen of the resident's own
    TRUSTED = "trusted"  # D: for months, with an account of their own
    PAPER = "paper"  # E: by a code on paper, beside a volunteer or a colleague
    REPRESENTATIVE = "representative"  # by a decision of a court


class Scope(models.TextChoices):
    """What may be seen."""

    WHEN = "when"  # when money comes, and how much
    PAID = "paid"  # that, and what is paid
    ALL = "all"  # the whole story


class How(models.TextChoices):
    """How the resident said yes."""

    SCREEN = "screen"
    PHONE = "phone"
    COUNTER = "counter"
    PAPER = "paper"
    COURT = "court"


class LetInQuerySet(models.QuerySet["LetIn"]):
    """People who were let in, many at a time."""

    def standing(self, now: datetime) -> "LetInQuerySet":
        """Those who may look now."""
        return self.filter(begun_at__lte=now, until__gt=now, ended_at=None)

    def asking(self, now: datetime) -> "LetInQuerySet":
        """Those who came with a code and wait for the resident's yes."""
        return self.filter(begun_at=None, until__gt=now, ended_at=None)

    def told(self, now: datetime) -> "LetInQuerySet":
        """Those of whom the resident's own pages tell: who looks with them on a screen, or asks whether they may."""
        return self.filter(mode__in=(Mode.TOGETHER, Mode.ALONG), until__gt=now, ended_at=None)


class LetIn(models.Model):
    """One person who may look with one resident, from the resident's yes (`begun_at`) until the end.

    `helper` is empty for who looks over the shoulder. `shows_amounts`: the resident uncovered the amounts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="let_in")
    helper = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="let_in")
    mode = models.CharField(max_length=16, choices=Mode)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.ALL)
    how = models.CharField(max_length=8, choices=How, default=How.SCREEN)
    reason = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=10, default="nl")
    interpreter = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    until = models.DateTimeField()
    shows_amounts = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    topic = models.CharField(max_length=12, blank=True, default="")

    objects = LetInQuerySet.as_manager()

    class Meta:
        db_table = "let_in"
        constraints = [
            models.CheckConstraint(name="let_in_has_an_end", condition=Q(until__gt=F("asked_at"))),
            models.CheckConstraint(
                name="let_in_names_who_looks_elsewhere", condition=Q(mode="together") | Q(helper__isnull=False)
            ),
            models.CheckConstraint(
                name="let_in_by_a_court_says_which", condition=~Q(mode="representative") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="let_in_shows_amounts_after_yes", condition=Q(shows_amounts=False) | Q(begun_at__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["resident", "helper"],
                condition=Q(mode="trusted", ended_at__isnull=True),
                name="trusted_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["resident", "until"], name="let_in_of_resident"),
            models.Index(fields=["helper", "until"], name="let_in_of_helper"),
        ]

    def __str__(self) -> str:
        return f"{self.mode} of {self.resident_id}"


class HelpCode(models.Model):
    """A one-time code by which somebody is let in; only digests are kept.

    `start` is the digest of the first three digits of a code of six, so that wrong tries at it are known as such.
    `let_in` is what an invitation opens (mode D): the account of the trusted person comes in with it.
    """

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="help_codes")
    mode = models.CharField(max_length=16, choices=Mode)
    digest = models.CharField(max_length=64, db_index=True)
    start = models.CharField(max_length=64, blank=True, default="", db_index=True)
    let_in = models.ForeignKey(LetIn, on_delete=models.CASCADE, null=True, related_name="codes")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    wrong = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "help_code"

    def __str__(self) -> str:
        return f"{self.mode} code for {self.resident_id}"


class BreakGlass(models.Model):
    """A case worker opened the file of a resident who is not theirs, and said why; another judges it."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="broken_glass")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="broken_glass")
    reason = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    was_right = models.BooleanField(null=True)
    remark = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "break_glass"
        constraints = [
            models.CheckConstraint(name="glass_is_broken_for_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="glass_is_whole_again", condition=Q(until__gt=F("opened_at"))),
            models.CheckConstraint(
                name="glass_is_reviewed_whole",
                condition=Q(reviewed_by=None, reviewed_at=None, was_right=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False, was_right__isnull=False),
            ),
            models.CheckConstraint(
                name="glass_is_reviewed_by_another", condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("by"))
            ),
        ]
        indexes = [models.Index(fields=["by", "until"], name="glass_broken_by")]

    def __str__(self) -> str:
        return f"{self.by_id} opened {self.resident_id}"


class RoleProposal(models.Model):
    """A role that needs two people to be given: one proposes, another agrees or not."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_proposals")
    role = models.CharField(max_length=30)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)

    class Meta:
        db_table = "role_proposal"
        constraints = [
            models.CheckConstraint(
                name="role_proposal_decided_by_another", condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="role_proposal_decided_whole",
                condition=Q(decided_by=None, decided_at=None, agreed=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, agreed__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(decided_by=None), name="role_proposed_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.user_id}"
