"""The fields of the Dutch Algoritmeregister, publication standard 1.0, and what is wrong with an entry.

Source: MinBZK, Algoritmeregister-Publicatiestandaard 1.0.0 (lengths, choices, what is required) and the register's own
delivery interface 1.0 (names of the fields, spelling of the choices, themes). Lengths are characters and exclusive
("<100"), as the standard writes them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

STANDARD_VERSION = "1.0"
STATUSES = ("In ontwikkeling", "In gebruik", "Buiten gebruik")
PUBLICATION_CATEGORIES = ("Hoog-risico AI-systeem", "Impactvolle algoritmes", "Overige algoritmes")
THEMES = (
    "Organisatie en bedrijfsvoering", "Cultuur en recreatie", "Economie", "Overheidsfinanciën", "Wonen",
    "Internationaal", "Migratie en integratie", "Natuur en milieu", "Onderwijs en wetenschap",
    "Openbare orde en veiligheid", "Recht", "Ruimte en infrastructuur", "Sociale zekerheid", "Verkeer", "Werk",
    "Zorg en gezondheid",
)  # fmt: skip
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+", re.ASCII)

Kind = Literal["text", "choice", "themes", "month", "contact", "url", "links"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the delivery interface, the standard's own name, and what may stand in it."""

    name: str
    called: str
    kind: Kind
    required: bool = False
    below: int = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """Which field is wrong and how: `missing`, `too_long`, `not_a_choice`, `not_a_month`, `not_an_address`, `links`,
    `not_text` or `no_such_field`."""

    field: str
    reason: str


FIELDS = (
    Field("name", "Naam", "text", required=True, below=100),
    Field("description_short", "Korte omschrijving", "text", required=True, below=350),
    Field("organization", "Organisatie", "text", required=True, below=100),
    Field("category", "Thema", "themes", choices=THEMES),
    Field("status", "Status", "choice", required=True, choices=STATUSES),
    Field("begin_date", "Begindatum", "month"),
    Field("end_date", "Einddatum", "month"),
    Field("contact_email", "Contactgegevens", "contact", required=True),
    Field("website", "Link naar publiekspagina", "url"),
    Field("publication_category", "Publicatiecategorie", "choice", required=True, choices=PUBLICATION_CATEGORIES),
    Field("url", "Link naar bronregistratie", "url"),
    Field("goal", "Doel en impact", "text", below=2500),
    Field("proportionality", "Afwegingen", "text", below=2500),
    Field("human_intervention", "Menselijke tussenkomst", "text", below=2500),
    Field("risks", "Risicobeheer", "text", below=2500),
    Field("lawful_basis", "Wettelijke basis", "text", below=2500),
    Field("lawful_basis_grouping", "Links naar wettelijke basis", "links"),
    Field("process_index_url", "Verwerkingsregister", "url"),
    Field("impacttoetsen", "Toelichting op impacttoetsen", "text", below=2500),
    Field("impacttoetsen_grouping", "Impacttoetsen", "links"),
    Field("source_data", "Gegevens", "text", below=2500),
    Field("source_data_grouping", "Links naar gegevensbronnen", "links"),
    Field("methods_and_models", "Technische werking", "text", below=5000),
    Field("provider", "Leverancier", "text", below=100),
    Field("publiccode", "Link naar broncode", "url"),
    Field("lang", "Taal", "choice", required=True, choices=("nld",)),
    Field("standard_version", "Schema", "choice", required=True, choices=(STANDARD_VERSION,)),
    Field("source_id", "Bron-ID", "text", below=100),
    Field("tags", "Tags", "text", below=350),
)
_BY_NAME = {field.name: field for field in FIELDS}


def wrong_with(entry: Mapping[str, object]) -> list[Wrong]:
    """Everything by which an entry does not keep the standard; nothing when it does."""
    strange = [Wrong(name, "no_such_field") for name in entry if name not in _BY_NAME]
    return strange + [found for field in FIELDS for found in _wrong(field, entry.get(field.name))]


def _wrong(field: Field, value: object) -> Iterator[Wrong]:
    if value is None or value in ("", []):
        if field.required:
            yield Wrong(field.name, "missing")
        return
    if reason := _reason(field, value):
        yield Wrong(field.name, reason)


def _reason(field: Field, value: object) -> str:
    if field.kind == "themes":
        return "" if isinstance(value, list) and set(value) <= set(field.choices) else "not_a_choice"
    if field.kind == "links":
        return "" if isinstance(value, list) and all(map(_is_link, value)) else "links"
    if not isinstance(value, str):
        return "not_text"
    checks = {
        "text": ("too_long", len(value) < field.below),
        "choice": ("not_a_choice", value in field.choices),
        "month": ("not_a_month", bool(_MONTH.fullmatch(value))),
        "contact": ("not_an_address", bool(_MAIL.fullmatch(value)) or _is_address(value)),
        "url": ("not_an_address", _is_address(value)),
    }
    reason, is_right = checks[field.kind]
    return "" if is_right else reason


def _is_link(value: object) -> bool:
    """A title below a hundred characters and, when there is one, an address on the web."""
    if not isinstance(value, dict) or set(value) - {"title", "link"}:
        return False
    title, link = value.get("title"), value.get("link", "")
    return isinstance(title, str) and 0 < len(title) < 100 and (not link or _is_address(link))


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme == "https" and "." in parts.netloc and " " not in value
