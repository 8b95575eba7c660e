"""Who a user is to an identity provider: issuer and subject, never an e-mail address."""

from django.db import models

from budgeting.models.people import User


class Identity(models.Model):
    """One name of a user at one provider. It says who comes in, not what they may: that stays with the roles here."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)

    class Meta:
        db_table = "identity"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_is_one_user")]

    def __str__(self) -> str:
        return f"identity of {self.user_id}"
