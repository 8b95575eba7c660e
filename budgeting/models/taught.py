"""Rules that a person taught the house: what an entry is for, by whom, which version, and whether it is on."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budgeting.models.agreements import Direction
from budgeting.models.people import User
from budgeting.models.statements import Entry


class LearntRuleQuerySet(models.QuerySet["LearntRule"]):
    """Rules, many at a time."""

    def on(self) -> "LearntRuleQuerySet":
        """Rules that speak."""
        return self.filter(off_at__isnull=True)


class LearntRule(models.Model):
    """One version of a rule: an entry of this direction, account, name and words is for this category.

    `series` is the same for all versions of a rule. `name` and `words` are folded (`budgeting.core.words`); all words
    must stand in the text. `right` and `wrong` are what past decisions said of it when it was kept. What it says never
    changes: a change is a new version, and this one is switched off.
    """

    series = models.BigIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    direction = models.CharField(max_length=3, choices=Direction)
    iban = models.CharField(max_length=34, blank=True, default="")
    name = models.CharField(max_length=140, blank=True, default="")
    words = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    category = models.CharField(max_length=40)
    right = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    made_from = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    off_at = models.DateTimeField(null=True, blank=True)
    off_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    off_because = models.CharField(max_length=200, blank=True, default="")

    objects = LearntRuleQuerySet.as_manager()

    class Meta:
        db_table = "learnt_rule"
        constraints = [
            models.UniqueConstraint(fields=["series", "version"], name="a_rules_version_once"),
            models.UniqueConstraint(fields=["series"], condition=Q(off_at=None), name="one_version_of_a_rule_is_on"),
            models.UniqueConstraint(
                fields=["direction", "iban", "name", "words"], condition=Q(off_at=None), name="one_rule_for_one_thing"
            ),
            models.CheckConstraint(
                name="a_rule_goes_by_something", condition=~Q(iban="") | ~Q(name="") | Q(words__len__gt=0)
            ),
            models.CheckConstraint(
                name="a_rule_is_switched_off_by_someone",
                condition=Q(off_at=None, off_by=None) | Q(off_at__isnull=False, off_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_rule_goes_off_after_it_came", condition=Q(off_at=None) | Q(off_at__gte=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}.{self.version}"
