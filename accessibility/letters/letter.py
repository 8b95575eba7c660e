"""A letter before it is set: to whom, which story, in which language; as finished values for the Typst template."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from accessibility import plain
from accessibility.facts import Facts, Help
from accessibility.languages import FALLBACK, LANGUAGES, Language
from accessibility.letters.pay_days import months_of_days
from accessibility.letters.runs import Run, printable, runs_of, words_of
from accessibility.sentence import Block, Month, Phone, Sentence, Story, sentence
from accessibility.story import story_of
from accessibility.telling import Reader, ToldBlock, ToldItem, html_of, told

# Two lines behind the window; longer names of people and streets are cut there, and nowhere else.
LONGEST_LINE = 60


@dataclass(frozen=True, slots=True)
class To:
    """Whom a letter goes to. `number` is the resident's own number, which names the file; an address may be missing."""

    number: str
    name: str
    street: str = ""
    postcode: str = ""
    town: str = ""

    @property
    def lines(self) -> list[str]:
        """The address as the post reads it: two spaces after the postcode, the town in capitals."""
        place = f"{self.postcode}  {self.town.upper()}".strip()
        return [printable(_shortened(line)) for line in (self.name, self.street, place) if line]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: own language in front, Dutch on the back; one side only when the own language is Dutch.

    `language` is a code, so that a letter can be handed to another process. `page` is the address of the town's page,
    printed as one square to scan; without it there is none. `kind` tells letters of one resident apart; `days` are
    those of a pay-day calendar.
    """

    to: To
    story: Story
    language: str
    sender: Help
    page: str = ""
    kind: str = ""
    days: tuple[date, ...] = ()

    @property
    def languages(self) -> tuple[Language, ...]:
        """The language of each side."""
        return tuple(LANGUAGES[code] for code in dict.fromkeys((self.language, FALLBACK)))


def monthly_story(facts: Facts, *, month: date, looked: int) -> Story:
    """The story of the home page as the letter of a month, and how many people looked in that month."""
    return with_looked(story_of(facts), month=month, looked=looked)


def with_looked(story: Story, *, month: date, looked: int) -> Story:
    """A story as the letter of a month: the month is its title, and who looked its last block."""
    title = sentence("letter.title", month=Month(month))
    return replace(story, key="letter", title=title, blocks=(*story.blocks, looked_block(looked)))


def looked_block(people: int) -> Block:
    """Who looked? A count; the names stand on the page and are told at the counter."""
    told_count = sentence("looked.people", people=people) if people else sentence("looked.nobody")
    return Block("looked", sentence("looked.heading"), sentences=(told_count,))


def values_of(letter: Letter) -> dict[str, Any]:
    """The whole letter as the template takes it: only words, already in their language."""
    on = letter.story.on
    sides = [_side(letter, language, on) for language in letter.languages]
    return {
        "title": words_of(sides[0]["title"]),
        "town": printable(letter.sender.town),
        "back_to": printable(letter.sender.address),
        "date": f"{plain.day_text(on, LANGUAGES[FALLBACK], on=on)} {on.year}",
        "address": letter.to.lines,
        "page": letter.page,
        "sides": sides,
    }


def _shortened(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def _side(letter: Letter, language: Language, on: date) -> dict[str, Any]:
    reader = Reader(language, on)
    story = told(letter.story, reader)
    return {
        "language": language.code,
        "title": story.heading,
        "blocks": [_block(block) for block in story.blocks],
        "months": months_of_days(letter.days, language),
        "draft": _say(sentence("draft", phone=Phone(letter.sender.phone)), reader)
        if letter.sender.offer.is_draft(language)
        else [],
        "scan": _say(sentence("letter.page"), reader) if letter.page else [],
    }


def _block(block: ToldBlock) -> dict[str, Any]:
    return {
        "key": block.key,
        "heading": runs_of(block.heading),
        "figure": words_of(block.figure),
        "sentences": [{"words": runs_of(words), "strong": strong} for words, strong in block.sentences],
        "items": [_item(item) for item in block.items],
        "tone": block.tone,
        "call": runs_of(block.call),
    }


def _item(item: ToldItem) -> dict[str, Any]:
    return {
        "name": runs_of(item.name),
        "amount": words_of(item.amount),
        "state": runs_of(item.state),
        "detail": runs_of(item.detail),
        "picture": item.pictogram,
        "alt": words_of(item.name),
        "tone": item.tone,
    }


def _say(spoken: Sentence, reader: Reader) -> list[Run]:
    return runs_of(html_of(spoken, reader))
