"""What templates need to tell a story: words, amounts, days and the stylesheet."""

from datetime import date
from decimal import Decimal

from django import template
from django.conf import settings
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accessibility import plain, scripts, styles
from accessibility.languages import EVERY_LANGUAGE, Language, Offer, language_for
from accessibility.sentence import Sentence, Value
from accessibility.telling import Reader, amount_html, html_of, text_of

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Context, message: str, **values: Value) -> SafeString:
    """The words of a message in the reader's language; marked as Dutch when there are none."""
    return html_of(Sentence(message, values), _reader(context))


@register.simple_tag(takes_context=True)
def say_plain(context: Context, message: str, **values: Value) -> str:
    """The same without markup, for a title or an attribute."""
    return text_of(Sentence(message, values), _reader(context))


@register.simple_tag(takes_context=True)
def reading_language(context: Context) -> Language:
    """The language the page is told in."""
    return _reader(context).language


@register.simple_tag(takes_context=True)
def languages_on(context: Context) -> list[Language]:
    """The languages this town has switched on, in the order of the settings."""
    known = {code for code, _ in settings.LANGUAGES}
    return [language for language in _offer(context).on if language.code in known]


@register.simple_tag(takes_context=True)
def is_draft(context: Context) -> bool:
    """Whether nobody checked the reader's language yet."""
    return _offer(context).is_draft(_reader(context).language)


@register.filter
def amount(value: Decimal) -> SafeString:
    """`€ 1.234,50`, isolated and never translated."""
    return amount_html(value)


@register.filter
def weekday_and_day(day: date, on: date) -> str:
    """Weekday, day and month in the page's language; with the year when it is not that of `on`."""
    return plain.weekday_and_day_text(day, _active(), on=on)


@register.filter
def day_and_month(day: date, on: date) -> str:
    """Day and month in the page's language; with the year when it is not that of `on`."""
    return plain.day_text(day, _active(), on=on)


@register.filter
def iban(value: str) -> str:
    """An account number in groups of four."""
    return plain.iban_text(value)


@register.simple_tag
def stylesheet(kind: str) -> str:
    """The address of the one stylesheet of a `resident` or `desk` page, in the town's theme."""
    return reverse("stylesheet", args=[kind, styles.sheet(kind, getattr(settings, "THEME", "")).digest])


@register.simple_tag
def stay_script() -> SafeString:
    """The script that warns before a stay ends, as it stands in the page."""
    return mark_safe(scripts.stay())  # noqa: S308 - our own script


@register.simple_tag
def key_script() -> SafeString:
    """The script that asks a phone or a key, as it stands in the page."""
    return mark_safe(scripts.key())  # noqa: S308 - our own script


def _offer(context: Context) -> Offer:
    given = context.get("offer")
    return given if isinstance(given, Offer) else EVERY_LANGUAGE


def _active() -> Language:
    return language_for(get_language())


def _reader(context: Context) -> Reader:
    # A page without a reader (a log-in page of the desk) says no days, so that its day of telling is never used.
    given = context.get("reader")
    return given if isinstance(given, Reader) else Reader(_active(), on=date.min)
