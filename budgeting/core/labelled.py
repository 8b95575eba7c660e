"""Labelled lines from tab-separated text: entries with the category a person gave them, to learn from and measure with.

UTF-8, a header line, no quoting. Columns: id, date, amount, counterparty_name, counterparty_iban, remittance,
mandate_or_creditor_id, label, household_id; if there, also difficulty, is_recurring and recurrence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from budgeting.core.iban import normalise
from budgeting.core.learning import NUMBER
from budgeting.core.money import NotAnAmount, amount
from budgeting.core.statement import Entry

NEEDED = (
    "id", "date", "amount", "counterparty_name", "counterparty_iban", "remittance", "mandate_or_creditor_id", "label",
    "household_id",
)  # fmt: skip
_CREDITOR_ID = re.compile(r"^[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$")


class NotLabelled(ValueError):
    """What is wrong in a text: `reason` is `empty`, `column`, `cells`, `date`, `amount`, `label`, `id` or `given`."""

    def __init__(self, reason: str, line: int, what: str) -> None:
        super().__init__(f"line {line}: {reason} ({what})")
        self.reason = reason
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """One labelled line. `recurrence` is as written in the file ("monthly", "irregular", …), "" when not given."""

    id: str
    entry: Entry
    label: str
    household: str
    difficulty: str = ""
    recurrence: str = ""


def labelled_lines(text: str) -> list[LabelledLine]:
    """The lines of a labelled file, in order; raises `NotLabelled` at the first thing that is wrong."""
    found: list[LabelledLine] = []
    seen: set[str] = set()
    for number, row in rows(text, NEEDED):
        if row["id"] in seen:
            raise NotLabelled("id", number, f"{row['id']} twice")
        seen.add(row["id"])
        found.append(_line(number, row))
    return found


def rows(text: str, needed: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line number and cells by column name of each line of tab-separated text that has these columns, once each."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").removesuffix("\n").split("\n")
    if not lines[0]:
        raise NotLabelled("empty", 1, "no header")
    header = lines[0].split("\t")
    for column in needed:
        if header.count(column) != 1:
            raise NotLabelled("column", 1, f"{column} twice" if column in header else column)
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(header):
            raise NotLabelled("cells", number, f"{len(cells)} instead of {len(header)}")
        yield number, dict(zip(header, cells, strict=True))


def _line(number: int, row: Mapping[str, str]) -> LabelledLine:
    if row["label"] not in NUMBER:
        raise NotLabelled("label", number, row["label"])
    return LabelledLine(
        id=row["id"],
        entry=_entry(number, row),
        label=row["label"],
        household=row["household_id"],
        difficulty=row.get("difficulty", ""),
        recurrence=row.get("recurrence", ""),
    )


def _entry(number: int, row: Mapping[str, str]) -> Entry:
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        raise NotLabelled("date", number, row["date"]) from None
    try:
        value = amount(row["amount"])
    except NotAnAmount:
        raise NotLabelled("amount", number, row["amount"]) from None
    mandate, creditor = _mandate_and_creditor(row["mandate_or_creditor_id"])
    return Entry(
        amount=value,
        booking_date=day,
        counterparty_name=row["counterparty_name"],
        counterparty_iban=normalise(row["counterparty_iban"]),
        remittance=row["remittance"],
        mandate_id=mandate,
        creditor_id=creditor,
    )


def _mandate_and_creditor(written: str) -> tuple[str, str]:
    """Rabobank writes both: "mandate / creditor id"."""
    mandate, _, creditor = written.rpartition(" / ")
    return (mandate.strip(), creditor) if mandate and _CREDITOR_ID.match(creditor) else (written, "")
