"""What happened and who looked: a chain of events that cannot fork, be edited or lose a link.

The database fills `previous` and `hash` (SHA-256 over the previous hash and the canonical body) under one lock, so no
caller can forge or fork them. The events are the outbox as well: readers follow with their own cursor on `id`.
"""

from django.db import models


class AuditEvent(models.Model):
    """One event. `body` is canonical JSON text; ids are values, not foreign keys, so that the chain outlives rows."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    resident_id = models.BigIntegerField(null=True, db_index=True)
    body = models.TextField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_event"
        constraints = [
            models.UniqueConstraint(fields=["previous"], name="audit_chain_cannot_fork"),
            models.UniqueConstraint(fields=["hash"], name="audit_hash_once"),
        ]
        # Most events say that somebody looked; what was done is found without going past those.
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_of_subject"),
            models.Index(fields=["id"], name="audit_done", condition=~models.Q(action="looked")),
            models.Index(fields=["action", "id"], name="audit_of_action", condition=~models.Q(action="looked")),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
