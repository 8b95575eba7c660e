"""Moving a resident to another household: agreements and money stay with the person; who they live with changes."""

from datetime import date

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.models import Household, Resident, User


class SameHousehold(ValueError):
    """The resident lives there already; or alone, and would move to a household of their own."""


class NoReasonToMove(ValueError):
    """Say why, in words."""


@transaction.atomic
def move_to_household(*, resident: Resident, household: Household | None, reason: str, on: date, by: User) -> Household:
    """The resident lives in this household from now on; None is a new one of their own.

    Raises `SameHousehold`, `NoReasonToMove` or `access.NotAllowed`: of somebody's file one may not see, nothing moves.
    """
    access.check_may(by, "change_residents", on=on)
    if not access.may_see(by, resident, on=on):
        raise access.NotAllowed("change_residents")
    if not reason.strip():
        raise NoReasonToMove
    hold("resident", resident.pk)
    row = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
    alone = not Resident.objects.filter(household=row.household_id).exclude(pk=row.pk).exists()
    if (household is None and alone) or (household and household.pk == row.household_id):
        raise SameHousehold
    before, new = row.household_id, household or Household.objects.create(name=row.last_name)
    row.household = new
    row.save(update_fields=["household"])
    record(
        action="household.moved", subject=f"resident:{row.pk}", by=by, resident_id=row.pk, before=before, after=new.pk,
        reason=reason.strip(),
    )  # fmt: skip
    return new
