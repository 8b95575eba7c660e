"""Who lives here and who works here: users and roles, households and residents, their accounts and assignments."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from budgeting.core import iban as ibans
from budgeting.models.periods import PeriodQuerySet, ends_after_start, no_overlap


class Role(models.TextChoices):
    """What a user may be to the house; what each may do stands in `budgeting.access`."""

    RESIDENT = "resident"
    CASE_WORKER = "case_worker"
    FRONT_DESK = "front_desk"
    APPROVER = "approver"
    APPLICATION_MANAGER = "application_manager"
    AUDITOR = "auditor"
    VOLUNTEER = "volunteer"
    TRUSTED_PERSON = "trusted_person"
    LEGAL_REPRESENTATIVE = "legal_representative"
    SYSTEM = "system"


class UserManager(BaseUserManager["User"]):
    """Makes users; a user without a password can only come in by another way (letter code, identity provider)."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A new user; without a password none will ever fit."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One way in. Two of one human being share a person number, an e-mail address or the secret of a phone.

    `budgeting.actions.persons` and the database's `same_person` know them for one, so that four eyes are never two.
    """

    username = models.CharField(max_length=150, unique=True)
    full_name = models.CharField(max_length=200)
    person_number = models.CharField(max_length=40, blank=True, default="", db_index=True)
    email = models.EmailField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    # Why a machine asks, as it said at the door; every event it causes tells it. Not stored with the user.
    purpose: str = ""

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        db_table = "user"

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def person(self) -> str:
        """Who this is as a human being: the person number, else the account itself."""
        return self.person_number or f"user:{self.pk}"


class RoleGrant(models.Model):
    """A role a user holds for a period."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=30, choices=Role)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet["RoleGrant"].as_manager()

    class Meta:
        db_table = "role_grant"
        constraints = [
            ends_after_start("role_grant_ends_after_start"),
            no_overlap("user", "role", name="role_granted_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role}"


class Household(models.Model):
    """People who live and keep house together; money stays per resident."""

    name = models.CharField(max_length=200)

    class Meta:
        db_table = "household"

    def __str__(self) -> str:
        return self.name


class ResidentQuerySet(models.QuerySet["Resident"]):
    """Residents, many at a time."""

    def taking_part(self, on: date) -> "ResidentQuerySet":
        """Residents whose participation holds the day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)

    def assigned_to(self, user: User, on: date) -> "ResidentQuerySet":
        """Residents of this case worker on the day."""
        return self.filter(pk__in=Assignment.objects.in_force(on).filter(case_worker=user).values("resident"))


class Resident(models.Model):
    """Whose budget it is. `buffer` and `advance_limit` are euro; `pay_rhythm` is a recurrence of remainder pay days."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="residents")
    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="resident")
    number = models.CharField(max_length=20, unique=True)
    first_names = models.CharField(max_length=200)
    last_name = models.CharField(max_length=200)
    birth_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=10, default="nl")
    interpreter_needed = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=10, blank=True, default="")
    town = models.CharField(max_length=100, blank=True, default="")
    pay_rhythm = models.JSONField()
    fixed_payout = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    buffer = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    advance_limit = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    stopped_because = models.CharField(max_length=40, blank=True, default="")

    objects = ResidentQuerySet.as_manager()

    class Meta:
        db_table = "resident"
        constraints = [
            models.CheckConstraint(
                name="resident_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
            ),
            models.CheckConstraint(name="resident_buffer_not_negative", condition=Q(buffer__gte=0)),
            models.CheckConstraint(name="resident_advance_limit_not_negative", condition=Q(advance_limit__gte=0)),
            models.CheckConstraint(
                name="resident_fixed_payout_positive", condition=Q(fixed_payout__isnull=True) | Q(fixed_payout__gt=0)
            ),
        ]
        indexes = [
            GinIndex(
                name="resident_name_trigram",
                fields=["last_name", "first_names"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_names} {self.last_name}"


class Assignment(models.Model):
    """A case worker looks after a resident for a period."""

    case_worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="assignments")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet["Assignment"].as_manager()

    class Meta:
        db_table = "assignment"
        constraints = [
            ends_after_start("assignment_ends_after_start"),
            no_overlap("case_worker", "resident", name="assigned_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.case_worker} looks after {self.resident}"


class Counterparty(models.Model):
    """The other side of an agreement or entry: landlord, employer, tax office."""

    name = models.CharField(max_length=200)
    kvk_number = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        db_table = "counterparty"
        constraints = [
            models.UniqueConstraint(fields=["kvk_number"], condition=~Q(kvk_number=""), name="counterparty_kvk_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """An account of a counterparty or of a resident, with the name as the bank knows it, and since when we know it.

    A changed IBAN is a new row, never an edit: `since` starts the cooling-off (reliability rule I-21), for a first
    account as well. `name_check` is the last outcome; every one is kept as an `AccountConfirmation`.
    """

    class NameCheck(models.TextChoices):
        """What the bank's verification of payee said of name and IBAN."""

        NONE = "none"
        MATCH = "match"
        CLOSE = "close"
        NO_MATCH = "no_match"
        UNAVAILABLE = "unavailable"

    iban = models.CharField(max_length=34)
    name = models.CharField(max_length=70)
    counterparty = models.ForeignKey(
        Counterparty, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name_check = models.CharField(max_length=12, choices=NameCheck, default=NameCheck.NONE)
    name_checked_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "account"
        constraints = [
            models.CheckConstraint(
                name="account_has_one_owner", condition=Q(counterparty__isnull=True) ^ Q(resident__isnull=True)
            ),
            models.CheckConstraint(
                name="account_iban_shape", condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}$")
            ),
            models.UniqueConstraint(
                fields=["iban", "counterparty"], condition=Q(until__isnull=True), name="account_once_per_counterparty"
            ),
            models.UniqueConstraint(
                fields=["iban", "resident"], condition=Q(until__isnull=True), name="account_once_per_resident"
            ),
            models.UniqueConstraint(
                fields=["resident"], condition=Q(until__isnull=True), name="one_account_per_resident"
            ),
        ]
        indexes = [models.Index(fields=["iban"], name="account_iban")]

    def __str__(self) -> str:
        return f"{self.name} {ibans.masked(self.iban)}"


class LetterCode(models.Model):
    """A one-time code on a letter with which a resident comes in. Only digests are kept.

    `start` is the digest of its first five characters, so that `wrong` tries at it are known as such: five end it.
    """

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="letter_codes")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    start = models.CharField(max_length=64, blank=True, default="", db_default="", db_index=True)
    wrong = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "letter_code"

    def __str__(self) -> str:
        return f"code for {self.resident_id}"


class Town(models.Model):
    """The municipality itself: the one row of settings that people see or that limit money.

    `lends_advances` is the off-switch of advances: what was lent is repaid, nothing more is lent.
    `protected_living_money` is what a resident keeps to live on when not everything can be paid. `counts_on` says which
    income leefgeld counts on. An objection is answered within `objection_days`.
    """

    class Repays(models.TextChoices):
        """How an advance comes back: from the first money, or by a plan agreed with the resident."""

        AT_ONCE = "at_once"
        BY_PLAN = "by_plan"

    class CountsOn(models.TextChoices):
        """What a payout counts on beside the money that is there: nothing, or agreed income, carefully."""

        CERTAIN = "certain"
        CAUTIOUS = "cautious"

    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    opening_hours = models.JSONField(default=dict)
    cut_off = models.TimeField()
    cooling_off_days = models.PositiveSmallIntegerField(default=3)
    order_limit = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("5000.00"))
    resident_day_limit = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("7500.00"))
    batch_limit = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("1000000.00"))
    day_limit = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("2000000.00"))
    # Less than this is not paid out to a resident: it stays theirs and goes with the next pay day.
    smallest_payout = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("1.00"))
    lends_advances = models.BooleanField(default=True)
    repays = models.CharField(max_length=8, choices=Repays, default=Repays.AT_ONCE)
    # Lists of categories, the most needed first; empty is the order of `payments.core.shortage`.
    order_of_need = models.JSONField(default=list, blank=True)
    protected_living_money = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    counts_on = models.CharField(max_length=8, choices=CountsOn, default=CountsOn.CAUTIOUS)
    objection_days = models.PositiveSmallIntegerField(default=14)
    # Off until the town has decided which assurance a code on paper gives (Wet digitale overheid).
    paper_codes = models.BooleanField(default=False)
    # Off until the town has decided the same of a key in a resident's own phone.
    passkeys = models.BooleanField(default=False, db_default=False)

    # When new residents get money: every so many weeks or months, on a weekday (1 to 7), a day of the month or its
    # last (-1). None: whoever registers says it.
    pays_unit = models.CharField(
        max_length=5, choices=[("week", "week"), ("month", "month")], default="week", db_default="week"
    )
    pays_every = models.PositiveSmallIntegerField(default=1, db_default=1)
    pays_on = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "town"
        constraints = [
            models.CheckConstraint(name="one_town", condition=Q(pk=1)),
            models.CheckConstraint(
                name="town_protects_no_less_than_nothing", condition=Q(protected_living_money__gte=0)
            ),
            models.CheckConstraint(
                name="town_limits_are_amounts",
                condition=Q(order_limit__gt=0, resident_day_limit__gt=0, batch_limit__gt=0, day_limit__gt=0)
                & Q(smallest_payout__gte=0),
            ),
            models.CheckConstraint(name="town_answers_objections_in_time", condition=Q(objection_days__range=(1, 42))),
            models.CheckConstraint(
                name="town_pays_on_a_day_there_is",
                condition=Q(pays_every__range=(1, 12))
                & (
                    Q(pays_on__isnull=True)
                    | Q(pays_unit="week", pays_on__range=(1, 7))
                    | Q(pays_unit="month", pays_on__range=(1, 28))
                    | Q(pays_unit="month", pays_on=-1)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
