"""Prints many letters on all cores: worker processes tell and set them, and each letter is a file of its own."""

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from accessibility.letters.letter import Letter, To, values_of
from accessibility.letters.make import make

# Letters a worker is given at a time, and how many such heaps wait for it.
HEAP = 10
WAITING = 3
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,20}")


class NotAFileName(ValueError):
    """A resident's number that cannot name a file."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One letter on disk: whose, its pages, and the signs in names for which no font has a shape."""

    to: To
    file: Path
    pages: int
    unknown_signs: str


def print_letters(letters: Iterable[Letter], folder: Path, *, prefix: str, processes: int) -> Iterator[Printed]:
    """Every letter as `<prefix>-<number>[-<kind>].pdf`, in the order given; with one process in this one."""
    heaps = _heaps(letters)
    if processes < 2:
        for heap in heaps:
            yield from print_heap(heap, folder, prefix)
        return
    # Started anew, not forked: a copy of this process would share its connection to the database.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_alone) as workers:
        waiting: deque[Future[list[Printed]]] = deque()
        for heap in heaps:
            waiting.append(workers.submit(print_heap, heap, folder, prefix))
            if len(waiting) > processes * WAITING:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def print_heap(letters: list[Letter], folder: Path, prefix: str) -> list[Printed]:
    """Some letters, one after the other. A letter that is there already is replaced in one step."""
    return [_print(letter, folder / _file_name(letter, prefix)) for letter in letters]


def _alone() -> None:
    """A worker is one of as many as there are cores: threads of its own would only stand in their way."""
    os.environ["RAYON_NUM_THREADS"] = "1"


def _print(letter: Letter, file: Path) -> Printed:
    made = make(values_of(letter))
    write_private(file, made.pdf)
    return Printed(letter.to, file, made.pages, made.unknown_signs)


def write_private(file: Path, content: bytes) -> None:
    """Writes a file that only this user can read, whole or not at all."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
        writing.write(content)
    unfinished.replace(file)


def _heaps(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    rest = iter(letters)
    while heap := list(islice(rest, HEAP)):
        yield heap


def _file_name(letter: Letter, prefix: str) -> str:
    number = letter.to.number
    if not _SAFE.fullmatch(number):
        raise NotAFileName(number)
    return "-".join(part for part in (prefix, number, letter.kind) if part) + ".pdf"
