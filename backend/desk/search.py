"""One box to find a resident: a name, also with a typing error, a date of birth, a number or an account number."""

import re
import unicodedata
from datetime import date

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import ExpressionWrapper, FloatField, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Lower

from budgeting.core.iban import normalise
from budgeting.models.people import ResidentQuerySet

MOST_WORDS = 5
# A word is like a name when it shares this part of its groups of three letters: about one typing error in six letters.
ALIKE = 0.4
_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_NUMBER = re.compile(r"R\d{1,8}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{2,}")


def _without_marks() -> dict[str, str]:
    """Latin letters with marks and the plain letter people type for them."""
    marked = (chr(code) for code in range(0xC0, 0x250))
    plain = {letter: unicodedata.normalize("NFD", letter)[0] for letter in marked if letter == letter.lower()}
    return {m: p for m, p in plain.items() if m != p} | {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "s"}


_MARKS = _without_marks()
_FOLD = str.maketrans(_MARKS)


def find(residents: ResidentQuerySet, text: str) -> ResidentQuerySet:
    """Those of the residents that the text is about, the most alike first; all of them, by name, for no text."""
    sought = " ".join(text.split())
    if not sought:
        return residents.order_by("last_name", "first_names", "pk")
    plain = normalise(sought)
    if day := _day(sought):
        return residents.filter(birth_date=day).order_by("last_name", "pk")
    if _NUMBER.fullmatch(plain):
        return residents.filter(number=f"R{int(plain[1:]):06d}").order_by("pk")
    if _IBAN.fullmatch(plain):
        owners = residents.filter(accounts__iban__startswith=plain)
        return residents.filter(pk__in=owners.values("pk")).order_by("last_name", "pk")
    return _by_name(residents, folded(sought).split()[:MOST_WORDS])


def folded(text: str) -> str:
    """Lower case, without marks on letters: `Öztürk` and `ozturk` are one name."""
    return text.lower().translate(_FOLD)


def _by_name(residents: ResidentQuerySet, words: list[str]) -> ResidentQuerySet:
    """Every word stands in the name, whole or in part or nearly; the names nearest to all of them come first."""
    written = Lower(Concat("first_names", Value(" "), "last_name"))
    name = Func(written, Value("".join(_MARKS)), Value("".join(_MARKS.values())), function="TRANSLATE")
    rows = residents.annotate(name_folded=ExpressionWrapper(name, TextField()))
    alike: Combinable = Value(0.0)
    for word in words:
        near = TrigramWordSimilarity(word, "name_folded")
        rows = rows.alias(near=near).filter(Q(name_folded__contains=word) | Q(near__gte=ALIKE))
        alike = alike + near
    nearest = ExpressionWrapper(alike, FloatField())
    return rows.order_by(nearest.desc(), "last_name", "first_names", "pk")


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        return None
