"""How the town's own financial system calls our categories and ledger accounts: RGS codes, with their history."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from budgeting.models.people import User


class LedgerCode(models.Model):
    """From a moment on `key` is called `code`; an empty code takes an earlier one away. The latest row counts.

    `key` is `account:<kind>` of a ledger account, or `category:<key>` of a category.
    """

    key = models.CharField(max_length=60)
    code = models.CharField(max_length=20, blank=True, default="")
    set_on = models.DateField()
    set_at = models.DateTimeField(db_default=Now())
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "ledger_code"
        constraints = [
            models.CheckConstraint(
                name="ledger_code_is_of_the_rgs", condition=Q(code="") | Q(code__regex=r"^[BW]([A-Z][a-z0-9]{2}){1,5}$")
            ),
            models.CheckConstraint(
                name="ledger_code_key_is_known", condition=Q(key__regex=r"^(account|category):[a-z_]+$")
            ),
        ]
        indexes = [models.Index(fields=["key", "-id"], name="ledger_code_latest")]

    def __str__(self) -> str:
        return f"{self.key} {self.code}"
