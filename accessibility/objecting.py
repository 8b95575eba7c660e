"""What a resident said is not right: their words, and our answer or the day before which it comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from accessibility.facts import Help
from accessibility.known import help_of_town
from accessibility.sentence import Block, DayOfMonth, Name, Sentence, Story, sentence
from accessibility.story import help_block
from budgeting.models import Resident
from payments.models import Objection

MOST = 10


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a resident: its words and day, until when we answer, and the answer when there is one."""

    key: int
    words: str
    on: date
    answer_by: date
    answer: str = ""
    granted: bool | None = None


@dataclass(frozen=True, slots=True)
class ObjectingFacts:
    """The messages of one resident, the latest first."""

    on: date
    said: tuple[Said, ...]
    help: Help


def objecting_facts_of(resident: Resident, *, on: date) -> ObjectingFacts:
    """What was said and answered, as far as it is shown."""
    rows = Objection.objects.filter(resident=resident).order_by("-pk")[:MOST]
    return ObjectingFacts(on, tuple(_said(rows)), help_of_town())


def story_of_objections(facts: ObjectingFacts) -> Story:
    """The page on which a resident says that something is not right, and reads what we answered."""
    told = tuple(_block(one) for one in facts.said)
    return Story("objection", facts.on, sentence("objection.title"), (*told, help_block(facts.help)))


def answer_before(answer_by: date) -> Sentence:
    """`answer_by` is the last day on which we answer; people are told the day before which they know."""
    return sentence("objection.answer_before", day=answer_by + timedelta(days=1))


def _said(rows: Iterable[Objection]) -> Iterable[Said]:
    for row in rows:
        yield Said(row.pk, row.words, row.made_on, row.answer_by, row.answer, row.granted)


def _block(one: Said) -> Block:
    words = sentence("objection.words", words=Name(one.words))
    if one.granted is None:
        have = sentence("objection.have", day=DayOfMonth(one.on))
        heading = sentence("objection.yours")
        return Block(f"said-{one.key}", heading, sentences=(words, have, answer_before(one.answer_by)))
    verdict = sentence("objection.granted" if one.granted else "objection.refused", strong=True)
    answer = sentence("objection.words", words=Name(one.answer))
    return Block(f"said-{one.key}", sentence("objection.ours"), sentences=(verdict, answer))
