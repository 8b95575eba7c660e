"""Checks every cell of every row and makes records of those that are right: all that is wrong is told at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from accessibility.languages import LANGUAGES
from backend.arriving.columns import SHEETS, RowProblem, Sheets
from backend.desk.categories import KEYS
from budgeting.actions.agreements import AgreementTerms
from budgeting.actions.moving_in import MovingAgreement, MovingCounterparty, MovingResident
from budgeting.actions.people import ResidentDetails
from budgeting.core.iban import NotAnIban, iban
from budgeting.core.money import ZERO, NotAnAmount
from budgeting.core.money import amount as exact
from budgeting.core.schedule import NotARecurrence, Recurrence

_DAY = re.compile(r"(19|20|21)\d\d-\d\d-\d\d", re.ASCII)
_YES = {
    "yes": True,
    "ja": True,
    "true": True,
    "1": True,
    "no": False,
    "nee": False,
    "false": False,
    "0": False,
    "": False,
}
T = TypeVar("T")


class Wrong(ValueError):
    """Why a cell is not right; `code` for machines."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Arrivals:
    """What was right, and all that was wrong."""

    residents: list[MovingResident] = field(default_factory=list)
    counterparties: list[MovingCounterparty] = field(default_factory=list)
    agreements: list[MovingAgreement] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def checked(sheets: Sheets, *, case_worker: str, ours: frozenset[str]) -> Arrivals:
    """Every row of every sheet. `case_worker` is for rows that name nobody; `ours` are accounts of the town itself."""
    found = Arrivals()
    for name, make in _MAKERS.items():
        for number, cells in sheets.get(name, []):
            _Row(name, number, cells, found, case_worker, ours).make(make)
    _check_keys(sheets, found)
    return found


@dataclass(slots=True)
class _Row:
    """One row while it is read; problems gather in `found`."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    found: Arrivals
    case_worker: str
    ours: frozenset[str]
    is_wrong: bool = False

    def make(self, maker: Callable[["_Row"], None]) -> None:
        """Checks lengths and what must be there first, then makes the record when nothing was wrong."""
        for column in SHEETS[self.sheet]:
            text = self.cells.get(column.name, "")
            if column.required and not text:
                self.tell(column.name, "required", "")
            elif len(text) > column.longest or not text.isprintable():
                self.tell(column.name, "too_long" if len(text) > column.longest else "not_readable", text[:40])
        maker(self)

    def tell(self, column: str, code: str, value: str | None = None) -> None:
        """One more problem."""
        self.is_wrong = True
        shown = self.cells.get(column, "") if value is None else value
        self.found.problems.append(RowProblem(self.sheet, self.number, column, code, shown[:60]))

    def read(self, column: str, reader: Callable[[str], T]) -> Any:
        """The cell's value; an empty one gives None, a wrong one is told."""
        text = self.cells.get(column, "")
        if not text:
            return None
        try:
            return reader(text)
        except Wrong as error:
            self.tell(column, error.code)
            return None

    def text(self, column: str) -> str:
        """The cell as it is."""
        return self.cells.get(column, "")

    def rhythm(self, unit: str, every: str, starts_on: str, *lists: str) -> Any:
        """The recurrence of these cells; `lists` are the columns of days, weekdays and months."""
        first, count = self.read(starts_on, day), self.read(every, whole) or 1
        numbers = {name: tuple(self.read(name, whole_numbers) or ()) for name in lists}
        if first is None:
            return None
        try:
            return Recurrence(self.text(unit) or "week", first, count, **numbers)
        except NotARecurrence as error:
            columns = {"unit": unit, "every": every, "starts_on": starts_on}
            self.tell(columns.get(error.field, error.field), "rhythm")
            return None


def day(text: str) -> date:
    """An ISO day from 1900 up to 2199."""
    if not _DAY.fullmatch(text):
        raise Wrong("not_a_day")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong("not_a_day") from None


def euro(text: str) -> Decimal:
    """An amount above zero, with a point or a comma."""
    try:
        found = exact(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except NotAnAmount:
        raise Wrong("not_an_amount") from None
    if found <= ZERO:
        raise Wrong("not_an_amount")
    return found


def whole(text: str) -> int:
    """A whole number of at most two digits."""
    if not re.fullmatch(r"-?\d{1,2}", text, re.ASCII):
        raise Wrong("not_a_number")
    return int(text)


def whole_numbers(text: str) -> list[int]:
    """Whole numbers with commas between them."""
    return [whole(part.strip()) for part in text.split(",")]


def account(text: str) -> str:
    """An IBAN in its normal form."""
    try:
        return iban(text)
    except NotAnIban:
        raise Wrong("not_an_iban") from None


def one_of(known: Mapping[str, T]) -> Callable[[str], T]:
    """One of a few words."""

    def read(text: str) -> T:
        if text.lower() not in known:
            raise Wrong("not_a_choice")
        return known[text.lower()]

    return read


def _resident(row: _Row) -> None:
    rhythm = row.rhythm("pay_unit", "pay_every", "pay_starts_on")
    number = row.read("iban", account)
    if number in row.ours:
        row.tell("iban", "ours")
    birth_date = row.read("birth_date", day)
    language = row.read("language", one_of({code: code for code in LANGUAGES})) or "nl"
    interpreter = row.read("interpreter_needed", one_of(_YES)) or False
    worker = row.text("case_worker") or row.case_worker
    if not worker:
        row.tell("case_worker", "required", "")
    if row.is_wrong:
        return
    names = ("first_names", "last_name", "phone", "street", "postcode", "town")
    details = ResidentDetails(
        **{name: row.text(name) for name in names},
        birth_date=birth_date, language=language, interpreter_needed=interpreter, pay_rhythm=rhythm,
    )  # fmt: skip
    key, household = row.text("key"), row.text("household")
    row.found.residents.append(MovingResident(key, household, details, number, worker, row.number))


def _counterparty(row: _Row) -> None:
    number = row.read("iban", account)
    if not row.is_wrong:
        name = row.text("name")
        made = MovingCounterparty(row.text("key"), name, row.text("name_at_bank") or name, number, row.number)
        row.found.counterparties.append(made)


def _agreement(row: _Row) -> None:
    rhythm = row.rhythm("unit", "every", "starts_on", "days", "weekdays", "months")
    until = row.read("valid_until", day)
    if rhythm is not None and until is not None and until <= rhythm.starts_on:
        row.tell("valid_until", "order")
    direction = row.read("direction", one_of({"in": "in", "out": "out"}))
    category = row.read("category", one_of({key: key for key in KEYS}))
    value = row.read("amount", euro)
    words = tuple(dict.fromkeys(word for part in row.text("words").split(",") if (word := part.strip())))
    if len(words) > 10 or any(len(word) > 60 for word in words):
        row.tell("words", "too_many")
    if row.is_wrong:
        return
    terms = AgreementTerms(
        direction=direction, category=category, description=row.text("description"), amount=value, recurrence=rhythm,
        valid_from=rhythm.starts_on, valid_until=until, words=words, reference=row.text("reference"),
    )  # fmt: skip
    row.found.agreements.append(MovingAgreement(row.text("resident"), row.text("counterparty"), terms, row.number))


_MAKERS = {"residents": _resident, "counterparties": _counterparty, "agreements": _agreement}


def _check_keys(sheets: Sheets, found: Arrivals) -> None:
    """Each key once; an agreement names a resident and a counterparty that are in the file."""
    keys: dict[str, set[str]] = {}
    for name in ("residents", "counterparties"):
        keys[name] = set()
        for number, cells in sheets.get(name, []):
            key = cells.get("key", "")
            if key and key in keys[name]:
                found.problems.append(RowProblem(name, number, "key", "twice", key))
            keys[name].add(key)
    for number, cells in sheets.get("agreements", []):
        for column, name in (("resident", "residents"), ("counterparty", "counterparties")):
            if (key := cells.get(column, "")) and key not in keys[name]:
                found.problems.append(RowProblem("agreements", number, column, "not_in_file", key))
