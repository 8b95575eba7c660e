"""The sheets of the template and their columns: what each holds, and whether it may stay empty."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `example` stands in the template, of nobody."""

    name: str
    example: str = ""
    required: bool = True
    longest: int = 200


SHEETS: Mapping[str, tuple[Column, ...]] = {
    "residents": (
        Column("key", "A1", longest=40),
        Column("household", "H1", required=False, longest=40),
        Column("first_names", "Voornaam"),
        Column("last_name", "Achternaam"),
        Column("birth_date", "1990-02-01"),
        Column("language", "nl", required=False, longest=10),
        Column("interpreter_needed", "no", required=False, longest=5),
        Column("phone", "14 030", required=False, longest=20),
        Column("street", "Dorpsweg 1"),
        Column("postcode", "1234 AB", longest=10),
        Column("town", "Voorbeeldstad", longest=100),
        Column("iban", "NL35TEST0000000031", longest=42),
        Column("case_worker", "", required=False, longest=150),
        Column("pay_unit", "week", required=False, longest=5),
        Column("pay_every", "1", required=False, longest=2),
        Column("pay_starts_on", "2026-12-04", longest=10),
    ),
    "counterparties": (
        Column("key", "W1", longest=40),
        Column("name", "Woonstichting Voorbeeld"),
        Column("name_at_bank", "", required=False, longest=70),
        Column("iban", "NL08TEST0000000032", longest=42),
    ),
    "agreements": (
        Column("resident", "A1", longest=40),
        Column("counterparty", "W1", longest=40),
        Column("direction", "out", longest=3),
        Column("category", "rent", longest=40),
        Column("description", "Huur", longest=140),
        Column("amount", "612.40", longest=14),
        Column("unit", "month", longest=5),
        Column("every", "1", required=False, longest=2),
        Column("days", "1", required=False, longest=100),
        Column("weekdays", "", required=False, longest=20),
        Column("months", "", required=False, longest=40),
        Column("starts_on", "2026-12-01", longest=10),
        Column("valid_until", "", required=False, longest=10),
        Column("reference", "", required=False, longest=35),
        Column("words", "huur, 12345", required=False, longest=600),
    ),
}

# A sheet: the number a person sees beside each row, and its cells by column.
Rows = list[tuple[int, dict[str, str]]]
Sheets = dict[str, Rows]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a cell, or with a row (column "")."""

    sheet: str
    row: int
    column: str
    code: str
    value: str = ""
