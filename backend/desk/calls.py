"""Who needs a call this week: the outlook of each resident in a few sentences, and what is amiss already."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from accessibility.foreseeing import outlook_sentences
from accessibility.languages import language_for
from accessibility.telling import Reader, text_of
from budgeting.core.outlook import Outlook
from budgeting.models import Alert, Resident
from budgeting.models.people import ResidentQuerySet
from payments.actions.outlook import who_needs_a_call


@dataclass(frozen=True, slots=True)
class Call:
    """One resident to call: the outlook, its sentences in the reader's language, and the alerts that are awake."""

    resident: Resident
    outlook: Outlook
    sentences: tuple[str, ...]
    alerts: tuple[Alert, ...]


def calls(visible: ResidentQuerySet, *, on: date) -> list[Call]:
    """Of these residents those whose coming eight weeks want a look, the one who lacks most first."""
    taking_part = visible.filter(stopped_because="", starts_on__lte=on).exclude(ends_on__lte=on).order_by("pk")
    found = who_needs_a_call(taking_part, on=on)
    awake = Alert.objects.awake(on).most_urgent_first().filter(resident__in=[row.pk for row, _ in found])
    alerts: dict[int, list[Alert]] = defaultdict(list)
    for alert in awake.select_related("agreement"):
        alerts[alert.resident_id].append(alert)
    reader = Reader(language_for(get_language()), on)
    return [
        Call(
            row,
            outlook,
            tuple(text_of(spoken, reader) for spoken in outlook_sentences(outlook)),
            tuple(alerts[row.pk]),
        )
        for row, outlook in found
    ]
