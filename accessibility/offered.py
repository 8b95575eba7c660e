"""Which languages a town offers: Dutch always, another one as a draft or checked, by a named decision."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Concat

from accessibility.catalogue import is_translated
from accessibility.languages import FALLBACK, LANGUAGES, Language, Offer
from accessibility.models import LanguageDecision
from accessibility.words import EVERYWHERE
from budgeting.actions.audit import record
from budgeting.models import Town, User

Status = LanguageDecision.Status


class LanguageNotComplete(ValueError):
    """Residents would meet sentences in Dutch: the language cannot be switched on before they are translated."""


class NoSuchLanguage(ValueError):
    """A code that is none of our languages, or Dutch, about which there is nothing to decide."""


def with_languages(towns: QuerySet[Town]) -> QuerySet[Town]:
    """Towns with `decided`: the latest decision about each language, as `code:status`; costs no query of its own."""
    latest = LanguageDecision.objects.order_by("language", "-pk").distinct("language")
    told = Concat("language", Value(":"), "status", output_field=TextField())
    return towns.annotate(decided=ArraySubquery(latest.annotate(told=told).values("told")))


def offer(decided: Iterable[str]) -> Offer:
    """The languages that are on, in the order of the settings, from what `with_languages` found."""
    statuses: dict[str, str] = {code: status for code, _, status in (one.partition(":") for one in decided)}
    on = [code for code, _ in settings.LANGUAGES if code == FALLBACK or statuses.get(code, Status.OFF) != Status.OFF]
    checked = frozenset(code for code, status in statuses.items() if status == Status.CHECKED)
    return Offer(tuple(LANGUAGES[code] for code in on), checked)


@transaction.atomic
def decide_language(
    *, language: str, status: str, reason: str, on: date, by: User, reader: str = ""
) -> LanguageDecision:
    """Writes down the town's decision. `reader` is who checked it: name and what makes the language theirs.

    Raises `NoSuchLanguage`, and `LanguageNotComplete` unless it is switched off.
    """
    known = _language(language)
    if status != Status.OFF and (missing := missing_words(known)):
        raise LanguageNotComplete(f"{language}: {len(missing)} messages are not translated, the first is {missing[0]}")
    decision = LanguageDecision.objects.create(
        language=language, status=status, reader=reader, reason=reason, decided_on=on, decided_by=by
    )
    record(action="language.decided", subject=f"language:{language}", by=by, status=status, reason=reason)
    return decision


def missing_words(language: Language) -> list[str]:
    """The messages that a resident would be told in Dutch."""
    return [message for message in EVERYWHERE if not is_translated(message, language)]


def decisions() -> dict[str, LanguageDecision]:
    """The latest decision about each language there is one about."""
    rows = LanguageDecision.objects.select_related("decided_by").order_by(F("language"), "-pk").distinct("language")
    return {row.language: row for row in rows}


def _language(code: str) -> Language:
    if code not in LANGUAGES or code == FALLBACK:
        raise NoSuchLanguage(code)
    return LANGUAGES[code]
