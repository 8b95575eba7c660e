"""A rhythm as a sentence, in Dutch and English."""

from datetime import date

import pytest
from django.utils import translation

from accessibility.schedules import in_words
from budgeting.core.schedule import Recurrence

START = date(2026, 11, 6)  # a Friday


TOLD = {
    Recurrence("once", START): ("één keer, op vrijdag 6 november 2026", "once, on Friday 6 November 2026"),
    Recurrence("week", START): ("elke week op vrijdag", "every week on Friday"),
    Recurrence("week", START, 4, weekdays=(1, 5)): (
        "elke 4 weken op maandag en vrijdag",
        "every 4 weeks on Monday and Friday",
    ),
    Recurrence("month", START, days=(25,)): ("elke maand op dag 25", "every month on day 25"),
    Recurrence("month", START, 3, days=(-1,)): ("elke 3 maanden op de laatste dag", "every 3 months on the last day"),
    Recurrence("year", START, days=(15,), months=(2, 8)): (
        "elk jaar op dag 15 van februari en augustus",
        "every year on day 15 of February and August",
    ),
}


@pytest.mark.parametrize("recurrence", TOLD)
def test_tells_a_rhythm(recurrence: Recurrence) -> None:
    for language, told in zip(("nl", "en"), TOLD[recurrence], strict=True):
        with translation.override(language):
            assert in_words(recurrence).replace("\u00a0", " ") == told
