"""The entries for the Dutch Algoritmeregister, made from the rules that run: versions, numbers and limits are read
from the code and from the kept measurement. The words stand in templates/register, in Dutch (level B1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string

from accessibility.catalogue import wording
from accessibility.languages import FALLBACK, LANGUAGES
from accessibility.recognised import of_a_hundred
from accessibility.register_standard import STANDARD_VERSION
from budgeting.actions.alerts import FOREWARNING_DAYS
from budgeting.core import alerts, matching, outlook, recognition
from budgeting.core.confidence import AUTO_AT_LEAST
from budgeting.core.knowledge.payers import PAYS_MANY
from budgeting.core.knowledge.rules import dutch
from budgeting.core.learning import CATEGORIES, MOST_EXAMPLES
from budgeting.core.measured import Measured, measured
from payments.actions.outlook import WEEKS
from payments.core.shortage import DEFAULT_ORDER

ALGORITHMS = ("recognition", "matching", "remainder", "outlook")
Entry = dict[str, object]

_PART = re.compile(r"^\[([\w.]+)\]\n", re.MULTILINE)
_LAWS = (
    ("Wet gemeentelijke schuldhulpverlening", "https://wetten.overheid.nl/BWBR0031331"),
    ("Participatiewet", "https://wetten.overheid.nl/BWBR0015703"),
    ("Algemene verordening gegevensbescherming, artikel 6", "https://eur-lex.europa.eu/eli/reg/2016/679/oj"),
)
_BASIS = (
    "De inwoner doet vrijwillig mee en sluit daarover een overeenkomst met de gemeente "
    "(AVG artikel 6, lid 1, onder b). Waar de raad dat heeft geregeld is het ook een taak van de gemeente "
    "(Wet gemeentelijke schuldhulpverlening, Participatiewet)."
)
_ASSESSMENTS = "Nog niet ingevuld: de gemeente noemt hier de impacttoetsen (DPIA, IAMA) die zij heeft gedaan."
_OF_THE_TOWN = {"organization", "status", "contact_email", "impacttoetsen", "tags", "lang", "standard_version"}
_PROVIDER = "Huishoudboekje, open broncode; beheerd door de gemeente"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes: the organisation, where questions go, the public page (https, or "") and since when it is used."""

    organisation: str
    contact: str
    page: str
    used_since: date | None


def register_entries(publisher: Publisher, measured: Measured, *, learnt: int) -> list[Entry]:
    """One entry per algorithm; `learnt` is how many learnt rules are on. Not validated here."""
    facts = _facts(measured) | {"measured": measured, "learnt": learnt}
    return [_entry(name, publisher, facts) for name in ALGORITHMS]


def rules_of_now() -> list[Entry]:
    """The entries as far as they follow from the code alone: of no town, with no learnt rules, in no year."""
    nobody = Publisher("", "", "", None)
    return [
        {field: text for field, text in entry.items() if field not in _OF_THE_TOWN}
        for entry in register_entries(nobody, measured(), learnt=0)
    ]


def parts_of(name: str, facts: Entry) -> dict[str, str]:
    """The parts of one text in templates/register, each by its name."""
    return dict(_parts(render_to_string(f"register/{name}.txt", facts)))


def _entry(name: str, publisher: Publisher, facts: Entry) -> Entry:
    since = publisher.used_since
    own: Entry = {
        "organization": publisher.organisation,
        "category": ["Sociale zekerheid", "Organisatie en bedrijfsvoering"],
        "status": "In gebruik" if since else "In ontwikkeling",
        "contact_email": publisher.contact,
        "lawful_basis": _BASIS,
        "lawful_basis_grouping": [{"title": title, "link": link} for title, link in _LAWS],
        "impacttoetsen": _ASSESSMENTS,
        "provider": _PROVIDER,
        "lang": "nld",
        "standard_version": STANDARD_VERSION,
        "source_id": f"huishoudboekje-{name}",
        "tags": "huishoudboekje;budgetbeheer;bankafschrift",
    }
    own |= {"begin_date": f"{since:%Y-%m}"} if since else {}
    own |= {"website": publisher.page} if publisher.page else {}
    return {**parts_of(name, facts), **own}


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """`[field]` and the text below it, until the next."""
    pieces = _PART.split(text)[1:]
    for field, words in zip(pieces[::2], pieces[1::2], strict=True):
        yield field, words.strip()


def _facts(measured: Measured) -> Entry:
    knowledge = dutch()
    return {
        "recognition_version": recognition.RULE_VERSION,
        "matching_version": matching.RULE_VERSION,
        "rules": len(knowledge.rules),
        "kinds": len(knowledge.kinds),
        "categories": len(CATEGORIES),
        "most_examples": MOST_EXAMPLES,
        "auto_from": of_a_hundred(AUTO_AT_LEAST),
        "payers": len(PAYS_MANY),
        "most_candidates": matching.MOST_CANDIDATES,
        "order": "; ".join(" of ".join(_dutch(key) for key in group) for group in DEFAULT_ORDER),
        "weeks": WEEKS,
        "longest_weeks": outlook.LONGEST_WEEKS,
        "least_months": outlook.LEAST_MONTHS,
        "patience": alerts.LEAST_PATIENCE,
        "forewarning": FOREWARNING_DAYS,
        **_rates(measured),
    }


def _dutch(category: str) -> str:
    return "leefgeld" if category == "living_money" else wording(f"category.{category}", LANGUAGES[FALLBACK]).text


def _rates(measured: Measured) -> Entry:
    whole, parts = measured.whole, measured.parts
    return {
        "right": of_a_hundred(whole.right),
        "asked": 100 - of_a_hundred(whole.auto),
        "auto_right": of_a_hundred(whole.auto_right or 0),
        "unknown": of_a_hundred(measured.firm_unknown.right),
        "dutch": of_a_hundred(parts["names"]["dutch"].right),
        "other": of_a_hundred(parts["names"]["other"].right),
        "children": of_a_hundred(parts["household"]["with children"].right),
        "no_children": of_a_hundred(parts["household"]["without children"].right),
        "accuracy": _with_comma(whole.right),
        "macro_f1": _with_comma(measured.macro_f1),
        "calibration": _with_comma(measured.calibration_error),
    }


def _with_comma(share: float) -> str:
    return f"{share:.3f}".replace(".", ",")
