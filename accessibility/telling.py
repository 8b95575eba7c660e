"""Tells a story on a screen: sentences become finished HTML in one language, so that templates only place them.

Amounts, numbers and names are isolated (`bdi`), because a right-to-left line would else turn them round, and are kept
from machine translation.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accessibility import plain
from accessibility.catalogue import wording
from accessibility.languages import FALLBACK, LANGUAGES, Language
from accessibility.sentence import (
    Block,
    DayOfMonth,
    Dutch,
    Iban,
    Item,
    Month,
    Name,
    Phone,
    Sentence,
    Story,
    Tone,
    Value,
    Weekday,
    Word,
    sentence,
)
from budgeting.core.iban import masked

_A_MONDAY = date(2026, 11, 23)
COVERED = "€ ••"
NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is told: the language, whether Dutch stands beside it, and the day of telling; and what is kept covered."""

    language: Language
    on: date
    dutch_too: bool = False
    sees_amounts: bool = True
    sees_accounts: bool = True


@dataclass(frozen=True, slots=True)
class ToldItem:
    """A line of a list, finished."""

    name: SafeString
    amount: SafeString
    state: SafeString
    detail: SafeString
    pictogram: str
    tone: Tone
    reference: str


@dataclass(frozen=True, slots=True)
class ToldBlock:
    """A block, finished; `phone` is the number in the form a `tel:` link wants, when the block has a number to call."""

    key: str
    heading: SafeString
    figure: SafeString
    sentences: list[tuple[SafeString, bool]]
    items: list[ToldItem]
    tone: Tone
    phone: str
    call: SafeString


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A page, finished. `title` has no markup, for the browser's own title."""

    key: str
    title: str
    heading: SafeString
    blocks: list[ToldBlock]


def told(story: Story, reader: Reader) -> ToldStory:
    """The whole story for this reader."""
    blocks = [_told_block(block, reader) for block in story.blocks]
    return ToldStory(story.key, text_of(story.title, reader), html_of(story.title, reader), blocks)


def html_of(spoken: Sentence, reader: Reader, *, linked: bool = True) -> SafeString:
    """One sentence as HTML; marked with its language when it is not the reader's, with Dutch after it when asked."""
    spoken = _covered(spoken, reader)
    own, language = _html(spoken, reader, reader.language, linked=linked)
    if language is not reader.language:
        return _marked(own, language)
    if not reader.dutch_too or language.code == FALLBACK:
        return own
    dutch, _ = _html(spoken, reader, LANGUAGES[FALLBACK], linked=linked)
    return format_html('{}<span class="hhb-dutch" lang="nl" dir="ltr">{}</span>', own, dutch)


def text_of(spoken: Sentence, reader: Reader) -> str:
    """One sentence as plain text, for a title, a letter or a voice."""
    spoken = _covered(spoken, reader)
    found = wording(spoken.message, reader.language, spoken.values)
    values = {key: _plain(value, found.language, reader.on) for key, value in spoken.values.items()}
    return plain.sentence_start(found.text.format_map(values))


def amount_html(value: Decimal) -> SafeString:
    """An amount as HTML, isolated from the direction of the line and never translated."""
    return SafeString(f'<bdi dir="ltr" translate="no">{plain.amount_text(value)}</bdi>')


def name_html(text: str) -> SafeString:
    """A name as it is written, isolated and never translated."""
    return SafeString(f'<bdi translate="no">{escape(text)}</bdi>')


def dialled(number: str) -> str:
    """A telephone number as a `tel:` link wants it: digits, perhaps a plus before them."""
    return "".join(sign for sign in number if sign.isascii() and (sign.isdigit() or sign == "+"))


def _covered(spoken: Sentence, reader: Reader) -> Sentence:
    """The sentence without what this reader may not see."""
    if reader.sees_amounts and reader.sees_accounts:
        return spoken
    return replace(spoken, values={key: _shown(value, reader) for key, value in spoken.values.items()})


def _shown(value: Value, reader: Reader) -> Value:
    if isinstance(value, Decimal | Dutch) and not reader.sees_amounts:  # written words may hold an amount
        return Name(COVERED)
    if isinstance(value, Iban) and not reader.sees_accounts:
        return Name(masked(value.plain))
    return value


def _amount(value: Decimal, reader: Reader) -> SafeString:
    return amount_html(value) if reader.sees_amounts else name_html(COVERED)


def _told_block(block: Block, reader: Reader) -> ToldBlock:
    call = sentence("help.call", phone=block.call) if block.call else None
    return ToldBlock(
        key=block.key,
        heading=html_of(block.heading, reader),
        figure=NOTHING if block.figure is None else _amount(block.figure, reader),
        sentences=[(html_of(spoken, reader), spoken.strong) for spoken in block.sentences],
        items=[_told_item(item, reader) for item in block.items],
        tone=block.tone,
        phone=dialled(block.call.number) if block.call else "",
        call=html_of(call, reader, linked=False) if call else NOTHING,
    )


def _told_item(item: Item, reader: Reader) -> ToldItem:
    return ToldItem(
        name=html_of(item.name, reader),
        amount=_amount(item.amount, reader),
        state=html_of(item.state, reader),
        detail=name_html(item.detail) if item.detail else NOTHING,
        pictogram=item.pictogram,
        tone=item.tone,
        reference=item.reference,
    )


def _html(spoken: Sentence, reader: Reader, language: Language, *, linked: bool) -> tuple[SafeString, Language]:
    found = wording(spoken.message, language, spoken.values)
    values = {key: _value_html(value, found.language, reader, linked=linked) for key, value in spoken.values.items()}
    # The words are escaped and each value is finished HTML: nothing unescaped can come in.
    finished = _escaped(found.text).format_map(values)
    return SafeString(plain.sentence_start(finished)), found.language


def _value_html(value: Value, language: Language, reader: Reader, *, linked: bool) -> SafeString:
    match value:
        case Decimal():
            return amount_html(value)
        case Name(text):
            return name_html(text)
        case Dutch(text):
            return _marked(SafeString(escape(text)), LANGUAGES[FALLBACK])
        case Phone(number) if linked:
            return format_html('<a href="tel:{}" dir="ltr" translate="no">{}</a>', dialled(number), number)
        case Phone(number):
            return format_html('<bdi dir="ltr" translate="no">{}</bdi>', number)
        case Iban():
            return format_html('<bdi dir="ltr" translate="no">{}</bdi>', _plain(value, language, reader.on))
        case Word(message):
            return _word_html(message, language)
        case _:
            return _escaped(_plain(value, language, reader.on))


@lru_cache(maxsize=4096)
def _escaped(text: str) -> SafeString:
    # Words of our own, days and counts: the same few thousand again and again. Names do not come here.
    return SafeString(escape(text))


def _word_html(message: str, language: Language) -> SafeString:
    found = wording(message, language)
    text = _escaped(_inside(found.text, found.language))
    return text if found.language is language else _marked(text, found.language)


def _plain(value: Value, language: Language, on: date) -> str:  # noqa: PLR0911 - one answer per kind of value
    match value:
        case Decimal():
            return plain.amount_text(value)
        case DayOfMonth(day):
            return plain.day_text(day, language, on=on)
        case Month(day):
            return plain.month_text(day, language)
        case Weekday(number):
            return plain.weekday_text(_A_MONDAY.replace(day=_A_MONDAY.day + number), language)
        case date():
            return plain.weekday_and_day_text(value, language, on=on)
        case Name(text) | Dutch(text) | Phone(text):
            return text
        case Iban(text):
            return plain.iban_text(text)
        case Word(message):
            found = wording(message, language)
            return _inside(found.text, found.language)
        case int():
            return str(value)


def _inside(text: str, language: Language) -> str:
    # A category stands as a heading on its own and in lower case inside a Dutch sentence.
    return text[:1].lower() + text[1:] if language.code in {FALLBACK, "en"} else text


def _marked(text: SafeString, language: Language) -> SafeString:
    return format_html('<span lang="{}" dir="{}">{}</span>', language.code, language.direction, text)
