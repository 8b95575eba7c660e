"""What if a whole town did one thing differently: the same made-up lives played once for each way, side by side."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from backend.example.chance_town import PAY_RHYTHMS
from backend.example.simulation import Answer, Question
from budgeting.core.money import NotAnAmount, amount
from budgeting.models import Town

NOW = "as it is"
_COLUMNS = ("charges_late", "days_unpaid", "remainder_a_week", "remainder_spread", "residents_lent_to", "lent_now")
_WIDTH = 20


class NotAWay(ValueError):
    """A way is `limit=1000.00`, `pay=monthly` or `counts=certain`; this `text` is none of them."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not a way: {text}")
        self.text = text


def ways_of(question: Question, asked: Iterable[str]) -> dict[str, Question]:
    """The question as it is and in each way asked, in that order. Raises `NotAWay`."""
    return {NOW: question} | {text: _changed(question, text) for text in asked}


def report(answers: Mapping[str, Answer]) -> Iterator[str]:
    """A table, a line for each way; then what differs from how it is, in words."""
    heads = ("", *(name.replace("_", " ") for name in _COLUMNS))
    yield "".join(f"{head:>{_WIDTH}}" for head in heads)
    for name, answer in answers.items():
        values = (str(getattr(answer.course, column)) for column in _COLUMNS)
        yield "".join(f"{value:>{_WIDTH}}" for value in (name, *values))
    for name, answer in answers.items():
        if name != NOW:
            yield _difference(name, answer, answers[NOW])


def as_plain(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """The same as JSON, amounts as texts."""
    return {
        name: {column: _text(getattr(answer.course, column)) for column in _COLUMNS} | {"ok": answer.ok}
        for name, answer in answers.items()
    }


def _changed(question: Question, text: str) -> Question:
    name, _, value = text.partition("=")
    if name == "limit" and _is_amount(value):
        return replace(question, advance_limit=value)
    if name == "pay" and value in PAY_RHYTHMS:
        return replace(question, pay_rhythm=value)
    if name == "counts" and value in Town.CountsOn.values:
        return replace(question, counts_on=value)
    raise NotAWay(text)


def _is_amount(text: str) -> bool:
    try:
        return amount(text) >= 0
    except NotAnAmount:
        return False


def _difference(name: str, answer: Answer, now: Answer) -> str:
    days = answer.course.days_unpaid - now.course.days_unpaid
    people = answer.course.residents_lent_to - now.course.residents_lent_to
    week = answer.course.remainder_a_week - now.course.remainder_a_week
    return f"{name}: {days:+} days unpaid, {people:+} residents lent to, {week:+.2f} euro leefgeld a week"


def _text(value: object) -> object:
    return value if isinstance(value, int | float) else f"{value:.2f}"
