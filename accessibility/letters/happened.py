"""Makes letters of what happened in a month that a resident is written about, and the pay-day calendar."""

from collections.abc import Iterable, Iterator
from datetime import date

from accessibility.known import help_of_town
from accessibility.letters.gather import first_and_last, language_of, to_of
from accessibility.letters.letter import Letter
from accessibility.letters.pay_days import calendar_story, pay_days
from accessibility.models import MessageKind
from accessibility.news import TOLD
from budgeting.core.schedule import Recurrence
from budgeting.models import Resident


def calendars_of(residents: Iterable[Resident], *, on: date) -> Iterator[Letter]:
    """The pay-day calendar of each resident who has pay days to come."""
    desk = help_of_town()
    story = calendar_story(on, desk)
    for resident in residents:
        rhythm = Recurrence.from_dict(resident.pay_rhythm)
        days = pay_days(rhythm, on=on, starts_on=resident.starts_on, ends_on=resident.ends_on)
        if days and not resident.stopped_because:
            yield Letter(to_of(resident), story, language_of(resident, desk), desk, kind="calendar", days=days)


def notices(kind: MessageKind, residents: Iterable[Resident], *, month: date, on: date) -> Iterator[Letter]:
    """A letter for each thing of this kind that happened to these residents in the month."""
    desk, (first, last) = help_of_town(), first_and_last(month)
    for one in TOLD[kind](list(residents), first, last, on=on, desk=desk):
        yield Letter(to_of(one.resident), one.story, language_of(one.resident, desk), desk, kind=one.key)
