"""The parts of a step of the day, while a day is run: whoever is free does one."""

from django.db import models

from budgeting.models import User


class DayPart(models.Model):
    """One part of the residents (`since` <= number < `until`) in one step of a run; gone when the run has ended.

    Who does it locks the row, in the transaction of the work itself: whoever dies leaves it undone and unlocked. `told`
    is what the work told, empty until it is done.
    """

    run = models.UUIDField()
    work = models.CharField(max_length=40)
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    on = models.DateField()
    first = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    told = models.JSONField(null=True)

    class Meta:
        db_table = "day_part"
        constraints = [models.UniqueConstraint(fields=["run", "work", "since"], name="a_part_once_in_a_run")]

    def __str__(self) -> str:
        return f"{self.work} of {self.since} to {self.until}"
