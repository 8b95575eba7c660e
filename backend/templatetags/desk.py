"""Filters for the desk: ages, days, categories, languages and reasons in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from django import template
from django.forms import BoundField, CheckboxInput
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_noop as _

from accessibility import alerts, plain, reasons, shortages
from accessibility.catalogue import wording
from accessibility.languages import LANGUAGES, Language, language_for
from accessibility.recognition_reasons import recognition_reason as reason_of_recognition
from accessibility.telling import amount_html
from accessibility.words import CATEGORIES
from backend.desk import rules_in_words
from budgeting.core.match_reasons import Reason
from budgeting.models import AccountConfirmation, Alert
from payments.models import PaymentOrder

register = template.Library()

ORDER_STATES = {
    "planned": _("Planned"),
    "held": _("Held"),
    "batched": _("In a payment file"),
    "released": _("Sent to the bank"),
    "booked": _("Paid"),
    "returned": _("Came back"),
    "cancelled": _("Cancelled"),
    "rejected": _("Refused by the bank"),
}
BATCH_STATES = {
    "draft": _("Waits for a second person"),
    "approved": _("Approved, not sent yet"),
    "released": _("Sent to the bank"),
    "closed": _("Done"),
    "cancelled": _("Cancelled"),
}
IMPORT_STATES = {
    "imported": _("Taken in"),
    "already_imported": _("Known already"),
    "held": _("Kept, not booked"),
    "refused": _("Refused"),
    "broke_off": _("Broke off"),
}
VOUCHING = {
    "second_person": _("confirmed by a second person"),
    "earlier": _("paid before"),
    "match": _("the bank: the name belongs to the number"),
    "close": _("the bank: the name is nearly right"),
    "no_match": _("the bank: the name does not belong to the number"),
    "unavailable": _("the bank cannot say"),
    "none": _("not asked of the bank"),
}
TONES = {
    "held": "attention",
    "draft": "attention",
    "approved": "attention",
    "booked": "paid",
    "closed": "paid",
    "imported": "paid",
    "already_imported": "paid",
    "returned": "stop",
    "rejected": "stop",
    "refused": "stop",
    "broke_off": "stop",
}


@register.filter
def age(day: date, on: date) -> str:
    """How long ago, or how far ahead, in days."""
    days = (on - _day(day)).days
    if days == 0:
        return gettext("today")
    if days == -1:
        return gettext("tomorrow")
    if days > 0:
        return ngettext("{days} day", "{days} days", days).format(days=days)
    return ngettext("in {days} day", "in {days} days", -days).format(days=-days)


@register.filter
def rule(name: str) -> str:
    """A rule of the books, as a sentence."""
    return rules_in_words.in_words(name)


@register.filter
def day(value: date | None, on: date) -> str:
    """Day and month, with the year when it is another year."""
    return plain.day_text(_day(value), _language(), on=on) if value else ""


@register.filter
def weekday(value: date, on: date) -> str:
    """Weekday, day and month."""
    return plain.weekday_and_day_text(_day(value), _language(), on=on)


@register.filter
def moment(value: datetime | None) -> str:
    """Hours and minutes on the wall."""
    return timezone.localtime(value).strftime("%H:%M") if value else ""


@register.filter
def birthday(value: date | None) -> str:
    """Day, month and year."""
    return plain.day_text(value, _language(), on=date.min) if value else ""


@register.filter
def amount_or_dash(value: Decimal | None) -> str:
    """The amount; a dash where none is agreed for today yet."""
    return "–" if value is None else amount_html(value)


@register.filter
def euros(value: Decimal) -> str:
    """Whole euro for a wide table, without a sign of money; a dash for nothing. The file has the cents."""
    whole = value.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole:,}".replace(",", ".").replace("-", "\u2212") if whole else "–"


@register.filter
def whole(value: Decimal) -> str:
    """A number of people or things; a dash for none."""
    return str(int(value)) if value else "–"


@register.filter
def short_month(month: date) -> str:
    """The month in a few letters, and the year in two digits."""
    return format_date(month, "MMM yy", locale=_language().code)


@register.filter
def category_name(key: str) -> str:
    """The plain name of a category; empty for none. What a resident calls "money for you" has its own name here."""
    if key == "living_money":
        return gettext("Money to live on")
    return wording(f"category.{key}", _language()).text if key else ""


@register.filter
def category_or_name(key: str) -> str:
    """A category by its plain name; what is none, by itself."""
    return category_name(key) if not key or f"category.{key}" in CATEGORIES else key


@register.filter
def categories(orders: Iterable[PaymentOrder]) -> str:
    """The names of what several orders are for, each once."""
    return ", ".join(dict.fromkeys(category_name(order.category) for order in orders))


@register.filter
def language_name(code: str) -> str:
    """A resident's language as a colleague calls it."""
    language = LANGUAGES.get(code)
    if language is None:
        return code
    return language.dutch_name if get_language() == "nl" else language.own_name


@register.filter
def order_reason(code: str) -> str:
    """Why an order stands where it does."""
    return reasons.order_reason(code) if code else ""


@register.filter
def matching_reason(reason: Mapping[str, object]) -> str:
    """One reason of a suggestion, as it was kept; one of an earlier version that has no words is told by its code."""
    code, values = str(reason["code"]), reason.get("values")
    try:
        return reasons.matching_reason(code, values if isinstance(values, Mapping) else {})
    except reasons.NoWordsForReason:
        return code


@register.filter
def recognition_reason(reason: Reason) -> str:
    """One reason why a line is for what recognition says."""
    return reason_of_recognition(reason.code, reason.values)


@register.filter
def alert_title(kind: str) -> str:
    """What an alert is about, in a few words."""
    return alerts.title(kind)


@register.filter
def alert_sentence(alert: Alert) -> str:
    """An alert with its figures."""
    what = alert.agreement.description if alert.agreement else ""
    return alerts.sentence(alert.kind, alert.facts, what=what, period=alert.period)


@register.filter
def shortage_choice(code: str) -> str:
    """What a way to go on is called when money is short."""
    return shortages.choice(code)


@register.filter
def shortage_meaning(code: str) -> str:
    """What such a way means."""
    return shortages.meaning(code)


@register.filter
def shortage_consequence(code: str) -> str:
    """What waiting means for a charge."""
    return shortages.consequence(code)


@register.filter
def shortage_verdict(code: str) -> str:
    """What was decided of a charge."""
    return shortages.verdict(code)


@register.filter
def bank_status(code: str) -> str:
    """What the bank says of a file or payment."""
    return reasons.bank_status(code)


PRIVACY_KINDS = {
    "copy": _("A copy was made"),
    "correct": _("Something was corrected"),
    "restrict": _("The file was restricted"),
    "lift": _("The restriction was lifted"),
    "erase": _("Data were erased"),
}


@register.filter
def privacy_kind(kind: str) -> str:
    """What a resident asked about their own data."""
    return gettext(PRIVACY_KINDS[kind])


LET_IN_MODES = {
    "together": _("on one screen"),
    "along": _("with a code, on another screen"),
    "counter": _("at the counter"),
    "trusted": _("trusted person"),
    "paper": _("with a code on paper"),
    "representative": _("legal representative"),
}


@register.filter
def let_in_mode(mode: str) -> str:
    """How somebody looks with a resident."""
    return gettext(LET_IN_MODES[mode])


@register.filter
def order_state(state: str) -> str:
    """Where an order stands."""
    return gettext(ORDER_STATES[state])


@register.filter
def vouching(said: AccountConfirmation) -> str:
    """What somebody said of an account."""
    return gettext(VOUCHING[said.outcome or said.how])


@register.filter
def batch_state(state: str) -> str:
    """Where a payment file stands."""
    return gettext(BATCH_STATES[state])


@register.filter
def import_state(state: str) -> str:
    """What became of a file."""
    return gettext(IMPORT_STATES[state])


@register.filter
def tone(state: str) -> str:
    """Which colour goes with a state, for `hhb-tag--`; empty for none."""
    return TONES.get(state, "")


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a field is one box, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


def _day(value: date) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _language() -> Language:
    return language_for(get_language())
