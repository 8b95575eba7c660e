"""A participation that ends: because the resident goes, or because the resident died. And who comes after them."""

from typing import Self

from django.db import models
from django.db.models import Q

from budgeting.models.people import Resident, User


class EndingQuerySet(models.QuerySet["ParticipationEnd"]):
    """Endings, many at a time."""

    def standing(self) -> Self:
        """Endings that were not withdrawn."""
        return self.exclude(state="withdrawn")


class ParticipationEnd(models.Model):
    """From `ends_on` on nothing falls due for the resident; it has *ended* when all is settled and the purse is empty.

    The database keeps the order of states, lets nothing end while money or orders are left, and lets no money into a
    purse that has ended: `ledger.post` first puts the ending back to *ending*, with what came as `again_because`.
    """

    class Why(models.TextChoices):
        """Why somebody stops."""

        OWN_WISH = "own_wish"
        MOVED = "moved"
        ADMINISTRATOR = "administrator"
        AGREEMENT_NOT_KEPT = "agreement_not_kept"
        OTHER = "other"
        DIED = "died"

    class State(models.TextChoices):
        """Where the ending stands."""

        ENDING = "ending"
        ENDED = "ended"
        WITHDRAWN = "withdrawn"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="endings")
    why = models.CharField(max_length=20, choices=Why)
    reason = models.CharField(max_length=200)
    died_on = models.DateField(null=True)
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.ENDING)
    opened_on = models.DateField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    again_because = models.CharField(max_length=100, blank=True, default="")

    objects = EndingQuerySet.as_manager()

    class Meta:
        db_table = "participation_end"
        constraints = [
            models.UniqueConstraint(
                fields=["resident"], condition=Q(state__in=["ending", "ended"]), name="one_ending_at_a_time"
            ),
            models.CheckConstraint(name="ending_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="ending_by_death_has_its_day",
                condition=Q(why="died", died_on__isnull=False) | (~Q(why="died") & Q(died_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="ended_by_someone_on_a_day",
                condition=~Q(state="ended") | Q(ended_on__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.resident_id} {self.ends_on}"


class Heir(models.Model):
    """Who speaks for a resident who died, how to reach them, and which paper showed that they may."""

    ending = models.ForeignKey(ParticipationEnd, on_delete=models.PROTECT, related_name="heirs")
    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=200)
    proof = models.CharField(max_length=200)
    noted_on = models.DateField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "heir"
        constraints = [
            models.CheckConstraint(name="heir_has_a_name_and_proof", condition=~Q(name="") & ~Q(proof="")),
            models.UniqueConstraint(fields=["ending", "name"], name="an_heir_once"),
        ]

    def __str__(self) -> str:
        return self.name
