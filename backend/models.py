"""The doors' own rows: files on their way in and out, tries, keys of other systems, what they were answered."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from budgeting.models import User
from budgeting.models.encryption import SealedBinaryField
from payments.models import PaymentBatch


class Upload(models.Model):
    """One file a colleague chose; those chosen together share `bundle`. `told` is what became of it, as plain JSON.

    The bytes wait here, sealed, only until the file is taken in: what is kept of it then lies with the statements.
    """

    class State(models.TextChoices):
        """Where the file is on its way in."""

        WAITING = "waiting"
        WORKING = "working"
        DONE = "done"

    bundle = models.UUIDField(db_index=True)
    name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    content = SealedBinaryField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    told = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_default=Now())
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "upload"
        constraints = [
            models.CheckConstraint(
                name="upload_keeps_no_bytes_once_done",
                condition=models.Q(state="done", content__isnull=True) | ~models.Q(state="done"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def result(self) -> dict[str, Any]:
        """What became of the file; empty until it is done."""
        return self.told if isinstance(self.told, dict) else {}


class Tries(models.Model):
    """Tries to come in, counted under a digest of who or from where: no name and no address is kept.

    `wrong` counts since the last quiet hour; before `wait_until` no try is looked at. `right_at`: the last right one.
    """

    key = models.CharField(max_length=64, primary_key=True)
    wrong = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    wait_until = models.DateTimeField(null=True)
    right_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tries"
        indexes = [models.Index(fields=["last_at"], name="tries_last_at")]

    def __str__(self) -> str:
        return f"{self.wrong} wrong"


class WorkedOut(models.Model):
    """What takes too long to work out while somebody waits: the latest answer under a name, and when it was so.

    `facts` is the answer as plain JSON, `on` its day. From `asked_at` until `at` somebody waits for another.
    """

    name = models.CharField(max_length=30, primary_key=True)
    facts = models.JSONField(default=dict)
    on = models.DateField(null=True)
    at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "worked_out"

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key with which another system comes in: its digest, what it may do and for which purposes, and until when.

    `label` is the part of the key that may be seen; the system itself is a user, so that every event names it.
    """

    system = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    label = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=30))
    purposes = ArrayField(models.CharField(max_length=100))
    per_minute = models.PositiveIntegerField(default=600)
    valid_until = models.DateField()
    stopped_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "api_key"
        constraints = [
            models.CheckConstraint(name="api_key_may_something", condition=~models.Q(scopes=[])),
            models.CheckConstraint(name="api_key_has_a_purpose", condition=~models.Q(purposes=[])),
        ]

    def __str__(self) -> str:
        return self.label


class KeptAnswer(models.Model):
    """What a system was answered under its Idempotency-Key: the same request gets it again, another is refused.

    `request` is a digest of method, address and body. Kept for ever: money is not moved twice after a year either.
    """

    system = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=128)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = SealedBinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "kept_answer"
        constraints = [models.UniqueConstraint(fields=["system", "key"], name="one_answer_to_a_key")]

    def __str__(self) -> str:
        return self.key


class Subscriber(models.Model):
    """A system that is told of events: where, of which kinds, up to which audit event (`cursor`), when to try again."""

    name = models.CharField(max_length=40, unique=True)
    url = models.CharField(max_length=500)
    secret = SealedBinaryField()
    kinds = ArrayField(models.CharField(max_length=40))
    cursor = models.BigIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True, default="")
    stopped_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "subscriber"
        constraints = [models.CheckConstraint(name="subscriber_wants_something", condition=~models.Q(kinds=[]))]

    def __str__(self) -> str:
        return self.name


class PlacedFile(models.Model):
    """A released payment file on its way to the outbox: there is one row before the file can be seen, so never two."""

    batch = models.OneToOneField(PaymentBatch, on_delete=models.PROTECT, primary_key=True, related_name="placed")
    name = models.CharField(max_length=60, unique=True)
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField(db_default=Now())
    placed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "placed_file"

    def __str__(self) -> str:
        return self.name
