"""What a resident is told, for a town's own portal: the story in any language, the letter as PDF; and the outlook."""

import re
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import path
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from accessibility.foreseeing import outlook_sentences
from accessibility.gather import facts_of
from accessibility.languages import LANGUAGES, Language, language_for
from accessibility.letters.gather import MonthToCome, letters_of
from accessibility.letters.letter import values_of
from accessibility.letters.make import make
from accessibility.sentence import Block, Item, Sentence
from accessibility.story import story_of
from accessibility.telling import Reader, text_of
from backend.api.fields import Amount, Choice, Day, SignedAmount, Text, Whole, Yes
from backend.api.problems import Refused
from backend.api.residents import resident_of
from backend.api.shapes import Question, Shape
from backend.api.told import file_of, shows
from backend.api.view import ApiView
from budgeting.actions.looks import look_at_resident
from budgeting.core.outlook import Outlook
from payments.actions.outlook import outlook_of

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


class SentenceShape(Shape):
    """One sentence in the language asked; `strong` when it answers the question of its block."""

    message = Text(help_text="Its id, the same in every language.")
    text = Text()
    strong = Yes()


class ItemShape(Shape):
    """One line of a list."""

    name = Text()
    detail = Text()
    amount = SignedAmount()
    state = Text()
    tone = Text()
    pictogram = Text()


class BlockShape(Shape):
    """One question and its answer."""

    key = Text()
    heading = Text()
    figure = SignedAmount(allow_null=True)
    tone = Text()
    sentences = SentenceShape(many=True)
    items = ItemShape(many=True)
    call = Text(allow_null=True)


class StoryShape(Shape):
    """The story of one resident on a day, in the order of telling. `draft`: no native reader has checked the words."""

    on = Day()
    language = Choice(choices=sorted(LANGUAGES))
    direction = Choice(choices=["ltr", "rtl"])
    draft = Yes()
    title = Text()
    blocks = BlockShape(many=True)


class StoryQuestion(Question):
    """In which language."""

    language = Choice(choices=sorted(LANGUAGES), required=False)


class DayShape(Shape):
    """The balance expected on a day, with its range."""

    date = Day()
    low = SignedAmount()
    expected = SignedAmount()
    high = SignedAmount()


class ShortShape(Shape):
    """The first day on which the charges are not covered, and why (a code)."""

    date = Day()
    why = Text()
    missing = Amount()


class OutlookShape(Shape):
    """The coming weeks. `basis` says whether past months or only agreements were looked at."""

    on = Day()
    until = Day()
    basis = Text()
    months = Whole()
    advance_needed = Whole()
    reserve = SignedAmount()
    days = DayShape(many=True)
    first_short = ShortShape(allow_null=True)
    sentences = SentenceShape(many=True)


class OutlookQuestion(StoryQuestion):
    """How far, and in which language."""

    weeks = serializers.IntegerField(required=False, min_value=1, max_value=26, default=8)


class PdfFile(BaseRenderer):
    """The bytes as they are."""

    media_type = "application/pdf"
    format = "pdf"


@shows("story", StoryShape, StoryQuestion)
class Story(ApiView):
    """What the resident is told today."""

    scopes = {"GET": "story:read"}
    question = StoryQuestion

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """The home page as sentences: the same facts in the same order as on screen, on paper and aloud."""
        row = resident_of(self, number)
        look_at_resident(resident=row.pk, page="resident", by=self.system)
        language = language_for(self.asked.get("language") or row.language)
        story = story_of(facts_of(row, on=self.on))
        reader = Reader(language, self.on)
        told = {
            "on": story.on,
            "language": language.code,
            "direction": language.direction,
            "draft": language.status == "draft",
            "title": text_of(story.title, reader),
            "blocks": [_block(block, reader) for block in story.blocks],
        }
        return self.one(told, StoryShape)


@shows("outlook", OutlookShape, OutlookQuestion)
class Outlooks(ApiView):
    """What the coming weeks bring."""

    scopes = {"GET": "outlook:read"}
    question = OutlookQuestion

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """The expected balance per day with a range, the first day that hurts, and why."""
        row = resident_of(self, number)
        look_at_resident(resident=row.pk, page="outlook", by=self.system)
        found = outlook_of(row, weeks=self.asked["weeks"], on=self.on)
        return self.one(_outlook(found, language_for(self.asked.get("language"))), OutlookShape)


@file_of("letter", "application/pdf", "The letter of a month as tagged PDF.")
class Letters(ApiView):
    """The letter of a month."""

    scopes = {"GET": "story:read"}
    renderer_classes = [PdfFile]

    def get(self, request: Request, number: int, month: str) -> HttpResponseBase:
        """The letter as it stands today, own language in front and Dutch on the back; 404 for a month to come."""
        row = resident_of(self, number)
        first = _first_of(month)
        look_at_resident(resident=row.pk, page=f"letter:{month}", by=self.system)
        try:
            letter = next(iter(letters_of([row], month=first, on=self.on)), None)
        except MonthToCome:
            letter = None
        if letter is None:
            raise Refused("not_found")
        answer = HttpResponse(make(values_of(letter)).pdf, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{month}-{row.number}.pdf"'
        return answer


def _first_of(month: str) -> date:
    if not _MONTH.fullmatch(month):
        raise Refused("not_found")
    return date.fromisoformat(f"{month}-01")


def _block(block: Block, reader: Reader) -> dict[str, Any]:
    return {
        "key": block.key,
        "heading": text_of(block.heading, reader),
        "figure": block.figure,
        "tone": block.tone,
        "sentences": [_sentence(spoken, reader) for spoken in block.sentences],
        "items": [_item(item, reader) for item in block.items],
        "call": block.call.number if block.call else None,
    }


def _item(item: Item, reader: Reader) -> dict[str, Any]:
    return {
        "name": text_of(item.name, reader),
        "detail": item.detail,
        "amount": item.amount,
        "state": text_of(item.state, reader),
        "tone": item.tone,
        "pictogram": item.pictogram,
    }


def _sentence(spoken: Sentence, reader: Reader) -> dict[str, Any]:
    return {"message": spoken.message, "text": text_of(spoken, reader), "strong": spoken.strong}


def _outlook(found: Outlook, language: Language) -> dict[str, Any]:
    reader, first = Reader(language, found.on), found.first_short
    return {
        "on": found.on,
        "until": found.until,
        "basis": found.basis.value,
        "months": found.months,
        "advance_needed": found.advance_needed,
        "reserve": found.reserve,
        "days": [{"date": d.on, "low": d.low, "expected": d.expected, "high": d.high} for d in found.days],
        "first_short": {"date": first.on, "why": first.why.value, "missing": first.missing} if first else None,
        "sentences": [_sentence(spoken, reader) for spoken in outlook_sentences(found)],
    }


urlpatterns = [
    path("residents/<int:number>/story", Story.as_view(), name="api_story"),
    path("residents/<int:number>/outlook", Outlooks.as_view(), name="api_outlook"),
    path("residents/<int:number>/letters/<str:month>", Letters.as_view(), name="api_letter"),
]
