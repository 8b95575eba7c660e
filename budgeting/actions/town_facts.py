"""The facts of the town that people see and the day goes by: telephone, address, opening hours, cut-off."""

import re
from dataclasses import asdict, dataclass
from datetime import date, time

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.models import Town, User

PHONE = re.compile(r"\+?[0-9][0-9 -]{3,18}", re.ASCII)
FIELDS = ("phone", "address", "cut_off", "first_weekday", "last_weekday", "opens", "closes")


class NotAFact(ValueError):
    """`field` cannot be so, or no reason was given (`reason`)."""

    def __init__(self, field: str) -> None:
        super().__init__(f"not a fact of a town: {field}")
        self.field = field


class ChangedMeanwhile(ValueError):
    """Somebody changed the facts after this person saw them; `now` is how they stand."""

    def __init__(self, now: "TownFacts") -> None:
        super().__init__("changed meanwhile")
        self.now = now


@dataclass(frozen=True, slots=True)
class TownFacts:
    """As `Town` has them. Weekdays from 0 for Monday; whole hours; all four opening hours, or none."""

    phone: str
    address: str
    cut_off: time
    first_weekday: int | None = None
    last_weekday: int | None = None
    opens: int | None = None
    closes: int | None = None

    @property
    def hours(self) -> dict[str, int]:
        """The opening hours as `Town` keeps them; empty when none are told."""
        told = {name: getattr(self, name) for name in FIELDS[3:]}
        return {} if None in told.values() else told


def facts_of_town(town: Town) -> TownFacts:
    """What holds now."""
    return TownFacts(town.phone, town.address, town.cut_off, **town.opening_hours)


@transaction.atomic
def change_town_facts(*, facts: TownFacts, seen: TownFacts, reason: str, on: date, by: User) -> bool:
    """Holds at once; whether anything changed. Raises `NotAFact`, `ChangedMeanwhile` or `access.NotAllowed`."""
    access.check_may(by, "change_settings", on=on)
    _check(facts)
    if not reason.strip():
        raise NotAFact("reason")
    town = Town.objects.select_for_update(no_key=True).get()
    now = facts_of_town(town)
    if now != seen:
        raise ChangedMeanwhile(now)
    if now == facts:
        return False
    before, after = _told(now), _told(facts)
    changed = {name: value for name, value in after.items() if before[name] != value}
    town.phone, town.address, town.cut_off, town.opening_hours = facts.phone, facts.address, facts.cut_off, facts.hours
    town.save(update_fields=["phone", "address", "cut_off", "opening_hours"])
    was = {name: before[name] for name in changed}
    record(action="town.facts_changed", subject="town:1", by=by, before=was, after=changed, reason=reason.strip())
    return True


def _check(facts: TownFacts) -> None:
    if not PHONE.fullmatch(facts.phone):
        raise NotAFact("phone")
    if not facts.address.strip():
        raise NotAFact("address")
    told = [getattr(facts, name) for name in FIELDS[3:]]
    if all(value is None for value in told):
        return
    if None in told or not 0 <= told[0] <= told[1] <= 6:
        raise NotAFact("last_weekday")
    if not 0 <= told[2] < told[3] <= 24:
        raise NotAFact("closes")


def _told(facts: TownFacts) -> dict[str, str | int | None]:
    return {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in asdict(facts).items()}
