"""What a resident may ask of us, and the number of the state: sealed with a key of the resident's own.

The town's key wraps the resident's key. Who destroys the resident's key, destroys the number for good.
"""

from django.db import models
from django.db.models import Q

from budgeting.models.people import Resident, User


class ResidentKey(models.Model):
    """The key of one resident, wrapped by the town's newest key. Without this row what it sealed cannot be opened."""

    resident = models.OneToOneField(Resident, on_delete=models.PROTECT, primary_key=True, related_name="own_key")
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "resident_key"

    def __str__(self) -> str:
        return f"key of {self.resident_id}"


class PersonalNumber(models.Model):
    """A BSN: sealed with the resident's key; `index` is a keyed digest, to find it again without opening any."""

    resident = models.OneToOneField(
        Resident, on_delete=models.PROTECT, primary_key=True, related_name="personal_number"
    )
    sealed = models.BinaryField()
    index = models.CharField(max_length=64, unique=True)
    basis = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "personal_number"
        constraints = [models.CheckConstraint(name="personal_number_for_a_reason", condition=~Q(basis=""))]

    def __str__(self) -> str:
        return f"number of {self.resident_id}"


class PrivacyRequest(models.Model):
    """What a resident asked about their own data, and what we answered."""

    class Kind(models.TextChoices):
        """The rights of the GDPR that have a button (articles 15, 16, 17, 18)."""

        COPY = "copy"
        CORRECT = "correct"
        RESTRICT = "restrict"
        LIFT = "lift"
        ERASE = "erase"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="privacy_requests")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=200, blank=True, default="")
    answer = models.JSONField(default=dict)
    asked_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "privacy_request"
        indexes = [models.Index(fields=["resident", "-id"], name="privacy_request_of")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.resident_id}"
