"""When new residents of the town usually get their money; who registers somebody may say otherwise."""

from datetime import date

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.core.schedule import LAST_DAY
from budgeting.models import Town, User

FIELDS = ("pays_unit", "pays_every", "pays_on")


class NotUsual(ValueError):
    """`field` cannot be so: `pays_on`, `pays_every`, or no `reason` was given."""

    def __init__(self, field: str) -> None:
        super().__init__(f"not a usual rhythm: {field}")
        self.field = field


@transaction.atomic
def change_usual_days(*, unit: str, every: int, day: int | None, reason: str, on: date, by: User) -> bool:
    """Holds for who is registered from now on; whether anything changed. Raises `NotUsual` or `NotAllowed`.

    `day` is a weekday 1 to 7 for weeks, 1 to 28 or -1 for months; None when there is no usual day.
    """
    access.check_may(by, "change_settings", on=on)
    _check(unit, every, day)
    if not reason.strip():
        raise NotUsual("reason")
    town = Town.objects.select_for_update(no_key=True).get()
    before, after = {name: getattr(town, name) for name in FIELDS}, dict(zip(FIELDS, (unit, every, day), strict=True))
    if before == after:
        return False
    Town.objects.filter(pk=town.pk).update(**after)
    record(action="town.usual_days_changed", subject="town:1", by=by, before=before, after=after, reason=reason.strip())
    return True


def _check(unit: str, every: int, day: int | None) -> None:
    if not 1 <= every <= 12:
        raise NotUsual("pays_every")
    days = {"week": range(1, 8), "month": (LAST_DAY, *range(1, 29))}
    if unit not in days or (day is not None and day not in days[unit]):
        raise NotUsual("pays_on")
