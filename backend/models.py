"""The doors' own rows: files that people chose and that are on their way in."""

from typing import Any

from django.db import models
from django.db.models.functions import Now

from budgeting.models import User
from budgeting.models.encryption import SealedBinaryField


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
