"""What is known of an account number: who vouches for it, and which numbers are a colleague's own."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from budgeting.models.people import Account, User


class AccountConfirmation(models.Model):
    """One reason to believe that an account is whose we say it is. Rows are added, never changed.

    `explains` names the objections (`budgeting.actions.accounts.objections`) that a second person saw and explained by
    `reason`; a new objection asks for a new row.
    """

    class How(models.TextChoices):
        """A second person compared it with a letter, or the bank said so; `earlier` was paid before this was asked."""

        SECOND_PERSON = "second_person"
        NAME_CHECK = "name_check"
        EARLIER = "earlier"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="confirmations")
    how = models.CharField(max_length=14, choices=How)
    outcome = models.CharField(max_length=12, choices=Account.NameCheck, blank=True, default="")
    explains = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True, default="")
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    said_on = models.DateField()
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "account_confirmation"
        constraints = [
            models.CheckConstraint(
                name="account_confirmation_has_its_outcome", condition=Q(how="name_check") ^ Q(outcome="")
            ),
            models.CheckConstraint(
                name="account_confirmation_by_someone", condition=Q(how="earlier") | Q(said_by__isnull=False)
            ),
            models.CheckConstraint(
                name="account_confirmation_explains_with_a_reason", condition=Q(explains=[]) | ~Q(reason="")
            ),
            models.UniqueConstraint(
                fields=["account", "explains"], condition=Q(how="second_person"), name="account_confirmed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.how} of {self.account_id}"


class ColleagueAccount(models.Model):
    """An account number of somebody who works here, to which no money of residents goes.

    Only a keyed digest is kept: enough to know the number again, not to read it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="own_accounts")
    digest = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_on = models.DateField()

    class Meta:
        db_table = "colleague_account"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="colleague_account_once")]
        indexes = [models.Index(fields=["digest"], name="colleague_account_digest")]

    def __str__(self) -> str:
        return f"an account of {self.user_id}"
