"""What a story is made of: sentences without language, gathered in blocks.

A sentence is a message id and its values. The values carry their kind, so that every channel says them its own way: a
`Decimal` is an amount in euro, a `date` is told with its weekday, an `int` is a count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Tone = Literal["plain", "paid", "attention"]


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, 0 for Monday up to 6 for Sunday, told by its name."""

    number: int


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """A day told by day and month, without its weekday."""

    day: date


@dataclass(frozen=True, slots=True)
class Month:
    """The month of a day, told with its year."""

    day: date


@dataclass(frozen=True, slots=True)
class Name:
    """A name or address: told as it is written, in any language."""

    text: str


@dataclass(frozen=True, slots=True)
class Dutch:
    """What a colleague wrote down: told as it was written, and marked as Dutch in every language."""

    text: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number as people write it."""

    number: str


@dataclass(frozen=True, slots=True)
class Iban:
    """An account number in its normal form."""

    plain: str


@dataclass(frozen=True, slots=True)
class Word:
    """A message that stands inside another sentence, such as the name of a category."""

    message: str


Value = Decimal | date | int | Weekday | DayOfMonth | Month | Name | Dutch | Phone | Iban | Word


@dataclass(frozen=True, slots=True)
class Sentence:
    """One message with its values; `strong` for the answer to the block's question."""

    message: str
    values: Mapping[str, Value] = field(default_factory=dict)
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: what, how much, and how it stands.

    `detail` tells alike lines apart (the other side's name); `reference` names the page that tells more, if any.
    """

    name: Sentence
    amount: Decimal
    state: Sentence
    detail: str = ""
    pictogram: str = ""
    tone: Tone = "plain"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One question and its answer: heading, perhaps one large amount, sentences, perhaps a list or a number to call."""

    key: str
    heading: Sentence
    figure: Decimal | None = None
    sentences: tuple[Sentence, ...] = ()
    items: tuple[Item, ...] = ()
    tone: Tone = "plain"
    call: Phone | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A page, letter or recording: a title and its blocks in the order of telling. `on` is the day of telling."""

    key: str
    on: date
    title: Sentence
    blocks: tuple[Block, ...]


def sentence(message: str, *, strong: bool = False, **values: Value) -> Sentence:
    """A sentence, written short."""
    return Sentence(message, values, strong)
