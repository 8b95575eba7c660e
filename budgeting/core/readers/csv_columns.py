"""The columns of an export made entries: each column in one go, since going row by row takes twice the time.

Days, accounts, signs, IBANs and currencies come many times in a file; each is read once. Amounts are held against their
grammar all at once. A column that cannot be read makes the row be looked for that is to blame.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import NamedTuple, TypeVar

from budgeting.core.iban import normalise
from budgeting.core.money import ZERO
from budgeting.core.readers.coded_text import IBAN_SHAPE, Details, ing_sentence, read_text
from budgeting.core.readers.csv_chain import Cents, Chain, cents_of, none_of
from budgeting.core.readers.csv_layouts import SIGNS, Layout
from budgeting.core.readers.references import structured_reference
from budgeting.core.readers.written import NotWrittenSo, amount_lines, comma_amount, currency_code, point_amount
from budgeting.core.statement import BOOKED, Draft, Entry, Unreadable, frozen

_ACCOUNT = re.compile(r"[A-Z0-9]{5,34}", re.ASCII).fullmatch

_Found = TypeVar("_Found")
Cells = dict[str, list[str]]
"""The texts of each field that the file has, row by row."""


class Rows(NamedTuple):
    """Row by row: the account and the entry, with the balances around it."""

    accounts: list[str]
    entries: list[Entry]
    chain: Chain

    def by_account(self) -> Iterator[tuple[str, list[Entry], Chain]]:
        """The rows of each account, mostly all of one."""
        if len(set(self.accounts)) == 1:
            yield self.accounts[0], self.entries, self.chain
            return
        for account in dict.fromkeys(self.accounts):
            places = [place for place, one in enumerate(self.accounts) if one == account]
            yield account, [self.entries[place] for place in places], self.chain.at(places)


class Grammar:
    """How this file writes its rows: the bank's own way, or (bunq, by language) that of its first amount."""

    def __init__(self, layout: Layout) -> None:
        self.bank = layout.bank
        self.day = layout.day
        self.amount = layout.amount
        self.said = _SENTENCES.get(layout.bank)

    def rows(self, cells: Cells, first: int) -> Rows:
        """The rows of these cells (one at least), of which `first` is the number of the first in the file.

        Raises `Unreadable` with the first row that cannot be read.
        """
        try:
            return self._rows(cells, first)
        except (NotWrittenSo, Unreadable) as fault:
            raise self._first_fault(cells, first) from fault

    def _first_fault(self, cells: Cells, first: int) -> Unreadable:
        """What is wrong with the first row that cannot be read; one of these cannot."""
        good, bad = 0, len(cells["day"])  # the rows before `good` can be read, not all of those before `bad`
        while bad - good > 1:
            middle = (good + bad) // 2
            if self._fault(cells, good, middle, first) is None:
                good = middle
            else:
                bad = middle
        fault = self._fault(cells, good, bad, first)
        assert fault is not None
        return fault

    def _fault(self, cells: Cells, start: int, end: int, first: int) -> Unreadable | None:
        where = f"row {first + start}"
        try:
            self._rows({field: texts[start:end] for field, texts in cells.items()}, first + start)
        except NotWrittenSo as fault:
            return Unreadable("unreadable", where, text=fault.text)
        except Unreadable as stop:
            return Unreadable(stop.problem.code, where)
        return None

    def _rows(self, cells: Cells, first: int) -> Rows:
        get = cells.get
        accounts = _each(_account, cells["account"])
        if "" in cells["amount"]:
            raise Unreadable("amount_missing")
        amounts, moved = self._signed(cells["amount"], get("sign"))
        texts = self._texts(cells)
        said = _said(self.said, texts)
        numbers = range(first, first + len(texts))
        drafts = map(
            Draft,
            amounts,
            _each(self.day, cells["day"]),
            _optional(_currency, get("currency")) or repeat("EUR"),
            _optional(self._valued, get("valued")) or repeat(None),
            repeat(BOOKED),
            repeat(False),  # noqa: FBT003 - reversal, by place
            _either(_optional(str.strip, get("name")), said and said.name),
            _either(_optional(_iban, get("iban")), said and said.iban),
            _either(said and said.remittance, texts),
            _references(get("reference"), said and said.reference, said.remittance if said else texts),
            _either(get("end_to_end"), said and said.end_to_end),
            _either(get("mandate"), said and said.mandate),
            _either(get("creditor"), said and said.creditor),
            _either(_optional(str.strip, get("batch")), said and said.batch),
            _each(_count, said.batch_count) if said else repeat(0),
            get("id") or repeat(""),
            _either(get("reason"), said and said.return_reason),
            get("code") or repeat(""),
            (get("kind") if self.bank == "SNS" else None) or repeat(""),
            repeat(0),
            numbers,
            [f"row {number}" for number in numbers],
        )
        entries = list(map(frozen, drafts))
        before, after = (self._balances(get(side), len(entries)) for side in ("before", "after"))
        return Rows(accounts, entries, Chain(moved, before, after))

    def _signed(self, texts: list[str], signs: list[str] | None) -> tuple[list[Decimal], Cents]:
        """The signed amounts, also in cents; where a column gives the signs, the amounts may have none themselves."""
        if self.amount is None:
            self.amount = comma_amount if texts[0][-3:-2] == "," else point_amount
        directions = _directions(texts, signs) if signs is not None else None
        lines = amount_lines(texts, self.amount)
        # "or": -0,00 is nothing owed either way
        amounts, cents = [amount or ZERO for amount in map(Decimal, lines.split("\n"))], cents_of(lines, len(texts))
        if directions is None:
            return amounts, cents
        signed = [amount if sign > 0 else -amount for amount, sign in zip(amounts, directions, strict=True)]
        return signed, cents * directions

    def _balances(self, texts: list[str] | None, count: int) -> Cents:
        """The balances beside the rows, as far as their cells are filled and the bank gives them."""
        balances = none_of(count)
        filled = [text for text in texts or () if text]
        if filled and texts is not None:
            given = cents_of(amount_lines(filled, self.amount or comma_amount), len(filled))
            balances[[place for place, text in enumerate(texts) if text]] = given
        return balances

    def _valued(self, text: str) -> date | None:
        return self.day(text) if text else None

    def _texts(self, cells: Cells) -> list[str]:
        """What the payer wrote: Rabobank spreads it over three columns, SNS puts it between apostrophes."""
        texts = cells["text"]
        if self.bank == "Rabobank":
            parts = zip(texts, cells["text2"], cells["text3"], strict=True)
            return ["".join(three).rstrip() for three in parts]
        if self.bank == "SNS":
            return [text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text for text in texts]
        return texts


# Banks whose text is a sentence that says what other banks have columns for.
_SENTENCES: dict[str, Callable[[str], Details]] = {"ING": ing_sentence, "ABN AMRO": read_text}


class _Said(NamedTuple):
    """What the sentences say, field by field, as `Details` has them."""

    name: Sequence[str]
    iban: Sequence[str]
    remittance: Sequence[str]
    reference: Sequence[str]
    end_to_end: Sequence[str]
    mandate: Sequence[str]
    creditor: Sequence[str]
    batch: Sequence[str]
    batch_count: Sequence[str]
    return_reason: Sequence[str]


def _said(sentence: Callable[[str], Details] | None, texts: list[str]) -> _Said | None:
    if sentence is None:
        return None
    return _Said(*zip(*map(sentence, texts), strict=True))


def _each(read: Callable[[str], _Found], texts: Sequence[str]) -> list[_Found]:
    """What each text says, each different one read once."""
    known = {text: read(text) for text in dict.fromkeys(texts)}
    return [known[text] for text in texts]


def _optional(read: Callable[[str], _Found], texts: list[str] | None) -> list[_Found] | None:
    """As `_each`; None where the file has no such column."""
    return None if texts is None else _each(read, texts)


def _either(first: Sequence[str] | None, second: Sequence[str] | None) -> Iterable[str]:
    """Row by row the first text unless it is empty, else the second; empty where the file has neither."""
    if first is None or second is None:
        return first or second or repeat("")
    return [one or other for one, other in zip(first, second, strict=True)]


def _references(column: list[str] | None, said: Sequence[str] | None, texts: Sequence[str]) -> Iterable[str]:
    """The structured reference of its own column, else of the sentence, else the text that is one."""
    own = [structured_reference(text.strip(" '")) for text in column] if column is not None else said
    return _either(own, list(map(structured_reference, texts)))


def _directions(texts: list[str], signs: list[str]) -> list[int]:
    """1 or -1 for each amount, which begins with a digit; raises `NotWrittenSo` with the first that has neither."""
    known = {sign: SIGNS.get(sign.strip().lower(), 0) for sign in set(signs)}
    if not all(known.values()) or min(texts) < "0" or max(texts) >= ":":
        for sign, text in zip(signs, texts, strict=True):
            if not known[sign] or not text[0].isdigit():
                raise NotWrittenSo(f"{sign} {text}")
    return [known[sign] for sign in signs]


def _account(text: str) -> str:
    account = normalise(text.strip(" \"'"))
    if not account:
        raise Unreadable("account_missing")
    if not _ACCOUNT(account):
        raise NotWrittenSo(text)
    return account


def _currency(text: str) -> str:
    return currency_code(text) if text else "EUR"


def _count(text: str) -> int:
    """The number of payments in a batch; 0 when the text is none, or more than any file holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _iban(text: str) -> str:
    """The IBAN of the other side, "" when what stands there is none."""
    plain = text if IBAN_SHAPE(text) else normalise(text)
    return plain if IBAN_SHAPE(plain) else ""
