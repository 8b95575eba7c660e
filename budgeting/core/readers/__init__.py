"""Readers: what a file says, whatever its name. `read` recognises the format by content and gives a `Reading`.

Each format has a module of its own that yields the entries of a statement, then the statement; memory stays flat when
they are taken one by one (`stream`). `read` collects them and passes the gate of `core.statement` over each statement.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import BinaryIO

from budgeting.core.collecting import many_objects
from budgeting.core.readers import archive
from budgeting.core.readers.recognition import Format, recognised
from budgeting.core.statement import Entry, Item, Problem, Reading, Statement, Unreadable, check

LIMIT = 50_000_000
"""Bytes a file may have, unpacked."""
MOST = 20
"""Problems of one kind that are told one by one."""
MOST_ENTRIES, MOST_STATEMENTS, MOST_ALIKE = 250_000, 10_000, 8
"""What a file of 50 MB can hold when a bank wrote it; more is a file made to fill the memory."""


def read(data: bytes, *, on: date | None = None, limit: int = LIMIT) -> Reading:
    """All that a file says, and what is wrong with it; `on` is the day of reading, to name days still to come.

    A file that cannot be read to its end gives no statements at all: `Reading.problems` says why and where. Of a ZIP
    all files are read; the places of their problems begin with the name of the file.
    """
    if len(data) > limit:
        return Reading("", problems=(Problem("too_big", "", {"size": str(len(data)), "limit": str(limit)}),))
    if data.startswith(archive.SIGNATURE):
        return _read_archive(data, on, limit)
    return _read_one(data, on)


def _read_one(data: bytes, on: date | None) -> Reading:
    found = Format("")
    try:
        found = recognised(BytesIO(data))
        with many_objects():
            statements, problems = _collected(found.items(BytesIO(data)), on)
    except Unreadable as stop:
        return Reading(found.name, found.version, (), (stop.problem,))
    return Reading(found.name, found.version, statements, _few((*found.problems, *problems)))


def _read_archive(data: bytes, on: date | None, limit: int) -> Reading:
    """The readings of all files of an archive as one; when one of them cannot be read, none of them is."""
    statements: list[Statement] = []
    problems: list[Problem] = []
    versions: set[str] = set()
    try:
        for name, content in archive.members(BytesIO(data), limit=limit):
            reading = _read_one(content, on)
            versions.add(f"{reading.format} {reading.version}".strip())
            problems += [replace(one, where=f"{name}: {one.where}".removesuffix(": ")) for one in reading.problems]
            for statement in reading.statements:
                if statement in statements:
                    problems.append(Problem("statement_repeated", name, {}, "note"))
                else:
                    statements.append(statement)
            if not reading.statements:
                return Reading("zip", ", ".join(sorted(versions)), (), _few(tuple(problems)))
    except Unreadable as stop:
        return Reading("zip", problems=(stop.problem,))
    return Reading("zip", ", ".join(sorted(versions)), tuple(statements), _few(tuple(problems)))


def stream(source: BinaryIO) -> Iterator[Item]:
    """The items of a file one by one, in flat memory: entries, then their `Statement`. Raises `Unreadable`.

    The file must be seekable. The gate is the caller's: `Tally.take` what comes, `Tally.problems` at each statement.
    """
    found = recognised(source)
    source.seek(0)
    yield from found.problems
    yield from found.items(source)


def _collected(items: Iterator[Item], on: date | None) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    statements: list[Statement] = []
    problems: list[Problem] = []
    entries: list[Entry] = []
    alike: dict[tuple[object, ...], list[Statement]] = {}
    room, count = MOST_ENTRIES, 0
    for item in items:
        if type(item) is Entry:
            entries.append(item)
            if len(entries) > room:
                raise Unreadable("too_many_entries", item.where, limit=str(MOST_ENTRIES))
        elif type(item) is Statement:
            whole = replace(item, entries=tuple(entries))
            room -= len(entries)
            entries = []
            count += 1
            if count > MOST_STATEMENTS:
                raise Unreadable("too_many_statements", whole.identification, limit=str(MOST_STATEMENTS))
            if _seen(whole, alike):
                problems.append(Problem("statement_repeated", whole.identification, {}, "note"))
                continue
            statements.append(whole)
            problems.extend(check(whole, on=on))
        elif type(item) is Problem:
            problems.append(item)
    if entries:
        # A reader that forgets to close a statement would lose money without a word: this cannot happen quietly.
        raise Unreadable("cut_off", entries[-1].where)
    if not statements:
        problems.append(Problem("no_statement"))
    return tuple(statements), tuple(problems)


def _seen(whole: Statement, alike: dict[tuple[object, ...], list[Statement]]) -> bool:
    """Whether the same statement stood in the file before; it is compared with few, since few have the same head."""
    head = (whole.account, whole.identification, whole.sequence, whole.opening, whole.closing, whole.lines)
    others = alike.setdefault(head, [])
    if whole in others:
        return True
    if len(others) < MOST_ALIKE:
        others.append(whole)
    return False


def _few(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The first of each kind, and how many more there were: nobody reads a thousand times the same."""
    kinds = Counter((problem.code, problem.severity) for problem in problems)
    kept: list[Problem] = []
    seen: Counter[tuple[str, str]] = Counter()
    for problem in problems:
        kind = (problem.code, problem.severity)
        seen[kind] += 1
        if seen[kind] <= MOST:
            kept.append(problem)
        elif seen[kind] == kinds[kind]:
            kept.append(Problem(problem.code, problem.where, {"more": str(kinds[kind] - MOST)}, problem.severity))
    return tuple(kept)
