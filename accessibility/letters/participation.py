"""The participation sheet on paper: in the resident's own language, Dutch on the back, with room to sign."""

from collections.abc import Iterator
from datetime import date

from accessibility.facts import Help
from accessibility.known import help_of_town
from accessibility.languages import language_for
from accessibility.letters.gather import language_of, to_of
from accessibility.letters.letter import Letter
from accessibility.sentence import Block, DayOfMonth, Name, Phone, Sentence, Story, Weekday, Word, sentence
from accessibility.story import help_block
from budgeting.core.schedule import LAST_DAY, Recurrence
from budgeting.models import ParticipationSheet


def letter_of_sheet(sheet: ParticipationSheet, *, on: date) -> Letter:
    """The sheet as it was made, however the choices changed since."""
    desk, resident = help_of_town(), sheet.resident
    story = sheet_story(sheet, on=on, desk=desk)
    return Letter(to_of(resident), story, language_of(resident, desk), desk, kind=f"sheet-{sheet.version}")


def sheet_story(sheet: ParticipationSheet, *, on: date, desk: Help) -> Story:
    """The same without a language."""
    title = sentence("part.title")
    made = sentence("part.version", number=sheet.version, day=DayOfMonth(sheet.made_on))
    since = sentence("part.since", day=DayOfMonth(sheet.resident.starts_on))
    purposes = tuple(sentence(f"part.{purpose}") for purpose in sheet.purposes)
    stop = (sentence("part.stop", phone=Phone(desk.phone)), sentence("choices.any_time"))
    blocks = (
        Block("sheet", title, sentences=(made, since)),
        Block("purposes", sentence("part.purposes"), sentences=(*purposes, *stop)),
        Block("chose", sentence("part.chose"), sentences=tuple(_chosen(sheet))),
        Block("sign", sentence("part.sign"), sentences=(sentence("part.read"),)),
        help_block(desk),
    )
    return Story("sheet", on, title, blocks)


def _chosen(sheet: ParticipationSheet) -> Iterator[Sentence]:
    yield sentence("part.language", language=Name(language_for(sheet.language).own_name))
    yield from _rhythm(Recurrence.from_dict(sheet.pay_rhythm))
    for kind, channel in sheet.channels.items():
        yield sentence("part.message", kind=Word(f"message.{kind}"), channel=Word(f"channel.{channel}"))
    if not sheet.may_look:
        yield sentence("part.nobody")
    for one in sheet.may_look:
        yield sentence("trust.until", name=Name(one["name"]), day=DayOfMonth(date.fromisoformat(one["until"])))


def _rhythm(rhythm: Recurrence) -> Iterator[Sentence]:
    if rhythm.unit == "week":
        yield sentence("part.weeks", weeks=rhythm.every)
        for day in rhythm.weekdays or (rhythm.starts_on.isoweekday(),):
            yield sentence("part.weekday", weekday=Weekday(day - 1))
    elif rhythm.unit == "month":
        yield sentence("part.months", months=rhythm.every)
        for day in rhythm.days or (rhythm.starts_on.day,):
            yield sentence("part.last_day") if day == LAST_DAY else sentence("part.day", number=day)
