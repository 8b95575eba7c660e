"""One box to find a resident: a name, also with a typing error, a date of birth, a number or an account number."""

import re
from datetime import date

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import BooleanField, ExpressionWrapper, F, FloatField, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from budgeting.core.iban import normalise
from budgeting.models.people import ResidentQuerySet

MOST_WORDS = 5
_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_NUMBER = re.compile(r"R\d{1,8}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{2,}")


class Resembles(Func):
    """PostgreSQL's `%` of pg_trgm: the texts share enough groups of three letters. Uses the trigram index."""

    template = "(%(expressions)s)"
    arg_joiner = " %% "
    output_field = BooleanField()


def find(residents: ResidentQuerySet, text: str) -> ResidentQuerySet:
    """Those of the residents that the text is about, the most alike first; all of them, by name, for no text."""
    sought = " ".join(text.split())
    if not sought:
        return residents.order_by("last_name", "first_names", "pk")
    plain = normalise(sought)
    if day := _day(sought):
        return residents.filter(birth_date=day).order_by("last_name", "pk")
    if _NUMBER.fullmatch(plain):
        return residents.filter(number=f"R{int(plain[1:]):06d}")
    if _IBAN.fullmatch(plain):
        return residents.filter(accounts__iban__startswith=plain).order_by("last_name", "pk").distinct()
    return _by_name(residents, sought.split()[:MOST_WORDS])


def _by_name(residents: ResidentQuerySet, words: list[str]) -> ResidentQuerySet:
    alike: Combinable = Value(0.0)
    for word in words:
        near = Q(Resembles(F("last_name"), Value(word))) | Q(Resembles(F("first_names"), Value(word)))
        inside = Q(last_name__icontains=word) | Q(first_names__icontains=word)
        residents = residents.filter(near | inside)
        alike = alike + Greatest(TrigramSimilarity("last_name", word), TrigramSimilarity("first_names", word))
    return residents.order_by(ExpressionWrapper(alike, FloatField()).desc(), "last_name", "first_names", "pk")


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        return None
