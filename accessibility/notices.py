"""Notices: one thing that happened, as a story of one block and where help is. Pure, without language."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accessibility.facts import Help, PaymentFacts
from accessibility.sentence import Block, DayOfMonth, Name, Phone, Sentence, Story, Word, sentence
from accessibility.story import help_block


@dataclass(frozen=True, slots=True)
class AmountChanged:
    """A charge or income of this `category` is `after` euro instead of `before`, from `day` on.

    `name` is whom we pay; empty for an income.
    """

    on: date
    category: str
    name: str
    before: Decimal
    after: Decimal
    day: date
    help: Help


@dataclass(frozen=True, slots=True)
class LetIn:
    """The resident let someone look along, up to and including a day or until they end it."""

    on: date
    name: str
    until: date | None
    help: Help


def payment_failed(facts: PaymentFacts) -> Story:
    """A payment came back: which, what we do, and that the resident need not do anything."""
    charge = facts.charge
    told = (
        sentence("thing.about", category=Word(f"category.{charge.category}")),
        sentence("payment.to", name=Name(charge.name)),
        sentence("thing.we_find_out", strong=True),
        sentence("we_call_you"),
        sentence("thing.nothing"),
    )
    return _notice(Block("notice", sentence("thing.came_back"), charge.amount, told, tone="attention"), facts)


def amount_changed(facts: AmountChanged) -> Story:
    """An amount becomes another one: from when, and what it was."""
    told = (
        sentence("thing.about", category=Word(f"category.{facts.category}")),
        *((sentence("payment.to", name=Name(facts.name)),) if facts.name else ()),
        sentence("notice.becomes", strong=True, day=DayOfMonth(facts.day), amount=facts.after),
        sentence("notice.was", amount=facts.before),
        _wrong(facts.help),
    )
    return _notice(Block("notice", sentence("notice.amount"), facts.after, told), facts)


def let_in(facts: LetIn) -> Story:
    """Someone may look along: who, until when, and how to end it."""
    until = (sentence("notice.until", day=facts.until),) if facts.until else ()
    stop = sentence("notice.stop", phone=Phone(facts.help.phone))
    told = (sentence("notice.who", strong=True, name=Name(facts.name)), *until, stop)
    return _notice(Block("notice", sentence("notice.let_in"), sentences=told), facts)


def _notice(block: Block, facts: PaymentFacts | AmountChanged | LetIn) -> Story:
    return Story("notice", facts.on, block.heading, (block, help_block(facts.help)))


def _wrong(desk: Help) -> Sentence:
    return sentence("payment.wrong", phone=Phone(desk.phone))
