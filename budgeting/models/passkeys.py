"""Keys that stay in a phone, a computer or on a key ring; we keep the public half only, which opens nothing."""

from django.db import models
from django_otp.models import Device

from budgeting.models.people import User


class Passkey(Device):  # type: ignore[misc]
    """One key of one user. `credential` is its name (base64url, at most 1023 bytes), `public` its public half (COSE).

    `count` is how often the key says that it was used; a key that counts back was copied. A key that lives in a phone's
    own safe always says 0.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    credential = models.CharField(max_length=1400, unique=True)
    public = models.BinaryField()
    count = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "passkey"
        constraints = [
            models.CheckConstraint(name="passkey_has_a_name", condition=~models.Q(credential="")),
        ]

    def __str__(self) -> str:
        return f"key of {self.user_id}"


class SpentChallenge(models.Model):
    """A question to a key that was answered: nobody answers it again. Kept as long as an answer could be young."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "spent_challenge"

    def __str__(self) -> str:
        return f"spent at {self.at}"
