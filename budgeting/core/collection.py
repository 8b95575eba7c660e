"""A collection of bank files with a list of what is in each, held against what our readers read.

The list is tab-separated text with a header line; of its columns these are used: path, format, bank, kind, realism,
n_transactions and reconciles. Where the list is wrong, a record of decisions says what we give instead, file by file.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from budgeting.core.labelled import NotLabelled, rows
from budgeting.core.statement import Reading

NEEDED = ("path", "format", "bank", "kind", "realism", "n_transactions", "reconciles")
REFUSED = "refused"
# Folders of files that are broken, hostile or no statements: there a named answer counts, not a number of entries.
ODD = ("hostile", "malformed", "unsupported", "fragments")
# The list cuts the verdicts of a file with many statements off at this many characters.
_CUT, _WHOLE = 80, 4
_DETAIL = re.compile(r"\(.*\)|-SGML|-XML|\.001\.\d\d$")


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of the list; `transactions` is None where the list does not count them."""

    path: str
    format: str
    bank: str
    realism: str
    transactions: int | None
    reconciles: str

    @property
    def is_odd(self) -> bool:
        """Whether the file is there to be answered, not to be read."""
        return self.path.split("/", 1)[0] in ODD or self.transactions is None


@dataclass(frozen=True, slots=True)
class Decided:
    """Files (a pattern of their paths) of which we give something else than the list: a number or "refused"."""

    pattern: str
    given: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one file. `outcome`: read, decided, other (neither), or for odd files refused, hold, note, passes.

    `balances` is None where the list gives no verdict to compare with, or nothing was read by decision.
    """

    listed: Listed
    outcome: str
    lines: int
    balances: bool | None


def listed(text: str) -> list[Listed]:
    """The files of a list; raises `NotLabelled` when it lacks a column or a cell."""
    return [_listed(row) for _, row in rows(text, NEEDED)]


def _listed(cells: Mapping[str, str]) -> Listed:
    count = cells["n_transactions"]
    return Listed(
        cells["path"], cells["format"], cells["bank"], cells["realism"], int(count) if count.isdecimal() else None,
        cells["reconciles"],
    )  # fmt: skip


def decisions(text: str) -> list[Decided]:
    """The table of a decision record: rows that begin with a pattern in backquotes, what we give in the next cell.

    Raises `NotLabelled` (`given`) where that is neither a number nor "refused".
    """
    found: list[Decided] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("| `"):
            _, patterns, given, *_ = (cell.strip() for cell in f"{line}||".split("|"))  # a row cut short gives ""
            if given != REFUSED and not given.isdecimal():
                raise NotLabelled("given", number, given)
            found += [Decided(pattern, given) for pattern in re.findall(r"`([^`]+)`", patterns)]
    return found


def judge(file: Listed, reading: Reading, decided: Iterable[Decided]) -> Judged:
    """A file's reading against the list, or where we decided otherwise against that."""
    lines = sum(statement.lines for statement in reading.statements)
    if file.is_odd:
        return Judged(file, _answer(reading), lines, None)
    given = next((one.given for one in decided if fnmatchcase(file.path, one.pattern)), None)
    if given == REFUSED:
        refused = reading.severity == "refuse" and not reading.statements
        return Judged(file, "decided" if refused else "other", lines, None)
    wanted = file.transactions if given is None else int(given)
    whole = lines == wanted and {"lines_lost", "readers_disagree"}.isdisjoint(one.code for one in reading.problems)
    outcome = "other" if not whole else "read" if given is None else "decided"
    return Judged(file, outcome, lines, _balances(file, reading))


def _answer(reading: Reading) -> str:
    """What an odd file got; "other" when nothing was read and nothing said, or lines were lost."""
    if any(problem.code == "lines_lost" for problem in reading.problems):
        return "other"
    return reading.severity or ("passes" if reading.statements else "other")


def _balances(file: Listed, reading: Reading) -> bool | None:
    """Whether every statement was judged as the list judges it: adds up, differs by so much, or has no balances."""
    if file.reconciles in {"", "?"} or not reading.statements:
        return None if file.reconciles in {"", "?", "-"} else False
    found = {_verdict(one.difference) for one in reading.statements}
    is_cut = len(file.reconciles) >= _CUT
    wanted = {_plain(one) for one in file.reconciles.split(";")[: _WHOLE if is_cut else None]}
    said = any(problem.code == "does_not_balance" for problem in reading.problems)
    if said is not any(one.balances is False for one in reading.statements):
        return False
    return wanted <= found if is_cut else found - {"-"} == wanted - {"-"}


def _verdict(difference: Decimal | None) -> str:
    if difference is None:
        return "-"
    return f"DIFF {(-difference).normalize():f}" if difference else "ok"


def _plain(verdict: str) -> str:
    return f"DIFF {Decimal(verdict[5:]).normalize():f}" if verdict.startswith("DIFF ") else verdict


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: files of one format, bank and class, and how many of what was asked of them held."""

    format: str
    bank: str
    realism: str
    files: int
    read: int
    decided: int
    transactions: int
    wanted: int
    balances: int
    judged: int


def table(judged: Sequence[Judged]) -> list[Line]:
    """Files that are to be read, per format, bank and class. Transactions are of the files that are read as listed."""
    groups: dict[tuple[str, str, str], list[Judged]] = {}
    for one in judged:
        if not one.listed.is_odd:
            key = _DETAIL.sub("", one.listed.format), one.listed.bank, one.listed.realism
            groups.setdefault(key, []).append(one)
    return [_line(key, groups[key]) for key in sorted(groups)]


def _line(key: tuple[str, str, str], group: Sequence[Judged]) -> Line:
    outcomes = Counter(one.outcome for one in group)
    counted = [one for one in group if one.outcome != "decided"]
    verdicts = [one.balances for one in group if one.balances is not None]
    return Line(
        *key,
        files=len(group),
        read=outcomes["read"],
        decided=outcomes["decided"],
        transactions=sum(one.lines for one in counted),
        wanted=sum(one.listed.transactions or 0 for one in counted),
        balances=sum(verdicts),
        judged=len(verdicts),
    )


def totals(lines: Iterable[Line]) -> list[Line]:
    """One line for each class, over all formats and banks: never one figure for all."""
    classes: dict[str, list[Line]] = {}
    for line in lines:
        classes.setdefault(line.realism, []).append(line)
    figures = ("files", "read", "decided", "transactions", "wanted", "balances", "judged")
    return [
        Line("", "", name, **{figure: sum(getattr(line, figure) for line in group) for figure in figures})
        for name, group in sorted(classes.items())
    ]


def answers(judged: Iterable[Judged]) -> dict[str, Counter[str]]:
    """What odd files got, by the folder they lie in."""
    found: dict[str, Counter[str]] = {}
    for one in judged:
        if one.listed.is_odd:
            found.setdefault(one.listed.path.rpartition("/")[0], Counter())[one.outcome] += 1
    return found
