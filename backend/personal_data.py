"""What is kept of people, for the data protection impact assessment: data, purposes, bases, terms and receivers.

`personal_data.tsv` annotates every field of every table; a test fails when a field is not in it. References and moments
annotate themselves: whose row it is, who did it and when. The words stand in templates/register, in Dutch.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db.models import AutoField, DateTimeField, Field, Model, UUIDField

from accessibility.register import parts_of
from budgeting.actions.retention import RULES
from budgeting.actions.rights import BOOKS_ARE_KEPT_FOR

ROOMS = ("accessibility", "backend", "budgeting", "payments")
ANNOTATED = Path(__file__).parent / "personal_data.tsv"
NONE = "-"
_BY_ITSELF = (AutoField, DateTimeField, UUIDField)


@dataclass(frozen=True, slots=True)
class Table:
    """What is said of one table: codes, whose words stand in the template; `fields` gives each field its kind."""

    model: str
    about: tuple[str, ...]
    purpose: str
    basis: str
    term: str
    receivers: tuple[str, ...]
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One field as the assessment tells it, in Dutch."""

    table: str
    field: str
    about: str
    kind: str
    purpose: str
    basis: str
    term: str
    receivers: str


def tables() -> list[Table]:
    """Every annotated table, as it stands in the file."""
    lines = ANNOTATED.read_text(encoding="utf-8").splitlines()
    return [_table(row) for row in csv.DictReader(lines, delimiter="\t")]


def assessment() -> list[Line]:
    """Every field that says something of a person, with everything the assessment asks of it."""
    return [line for table in tables() if table.about != ("nobody",) for line in _lines(table)]


def not_annotated() -> list[str]:
    """Fields of our tables that the file does not tell of, and fields it tells of that are not there any more."""
    told = {(table.model, field) for table in tables() for field in table.fields}
    there = {(model._meta.label, field.name) for model in our_models() for field in _own_fields(model)}  # noqa: SLF001 - public
    models = {model._meta.label for model in our_models()} ^ {table.model for table in tables()}  # noqa: SLF001 - public
    return sorted([*models, *(f"{model}.{field}" for model, field in told ^ there)])


def our_models() -> list[type[Model]]:
    """Every table of the house, but not those of the packages it uses."""
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def term_in_words(term: str) -> str:
    """A retention rule's own term, or the words for the books."""
    rules = {rule.id: f"{rule.term} ({rule.ground}; retention rule {rule.id})" for rule in RULES}
    return rules.get(term) or _words()[f"term.{term}"]


def _own_fields(model: type[Model]) -> Iterator[Field[object, object]]:
    for field in model._meta.concrete_fields:  # noqa: SLF001 - public
        if not field.is_relation and not isinstance(field, _BY_ITSELF):
            yield field


def _table(row: dict[str, str]) -> Table:
    kinds = [part.partition("=") for part in row["fields"].split("; ") if part != NONE]
    fields = {field: kind for kind, _, names in kinds for field in names.split(",")}
    receivers = () if row["receivers"] == NONE else tuple(row["receivers"].split(","))
    about = tuple(row["about"].split(","))
    return Table(row["model"], about, row["purpose"], row["basis"], row["term"], receivers, fields)


def _lines(table: Table) -> Iterator[Line]:
    words = _words()
    about = "; ".join(words[f"about.{one}"] for one in table.about)
    receivers = "; ".join(words[f"receiver.{one}"] for one in table.receivers)
    purpose, basis, term = words[f"purpose.{table.purpose}"], words[f"basis.{table.basis}"], term_in_words(table.term)
    for field, kind in table.fields.items():
        yield Line(table.model, field, about, words[f"kind.{kind}"], purpose, basis, term, receivers)


@cache
def _words() -> dict[str, str]:
    return parts_of("personal_data", {"years": BOOKS_ARE_KEPT_FOR})
