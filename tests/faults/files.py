"""Spoilt bank files read in a child process, each within 2 seconds of the processor and 200 MB.

The child is a fork, so that packages are loaded once; it tells of every file over a pipe. When it dies, the file it was
at is the one that killed it, and the next child goes on behind it.
"""

import os
import pickle
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import BinaryIO

from budgeting.core.statement import Reading
from tests.budgeting.core.readers.mutation import LOADED, read_and_judge, spoilt_file

SECONDS = 2.0
MEGABYTES = 200
# After so much of the processor a file has hung: its child is ended.
HUNG = 20.0
# One child reads so many files: a fork costs little, and what one file leaves behind does not add up for ever.
A_CHILD = 1000


@dataclass
class Figures:
    """What a run came to: how many files got which answer, the slowest and the largest."""

    answers: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[float, str] = (0.0, "")
    found: list[str] = field(default_factory=list)

    def told(self) -> str:
        """One line for a person."""
        answers = ", ".join(f"{count:,} {answer or 'passed'}" for answer, count in self.answers.most_common())
        slow, large = self.slowest, self.largest
        return f"{answers}; slowest {slow[0]:.2f} s ({slow[1]}), largest {large[0]:.0f} MB ({large[1]})"


def read_spoilt(seed: int, numbers: range, figures: Figures) -> int:
    """Reads the files of these numbers, made from the seed; returns how many were told of."""
    assert LOADED
    left = numbers
    while left:
        told = list(_told_by_child(seed, left[:A_CHILD]))
        for each in told:
            _take(figures, each)
        if len(told) < len(left[:A_CHILD]):
            name = spoilt_file(seed, left[len(told)]).name
            figures.found.append(f"{name}: the process that read it died")
            figures.answers["died"] += 1
            left = left[1:]
        left = left[len(told) :]
    return len(numbers)


@dataclass(frozen=True)
class _Told:
    """What the child says of one file."""

    name: str
    answer: str
    seconds: float
    megabytes: float
    faults: list[str]


def _take(figures: Figures, told: _Told) -> None:
    figures.answers[told.answer] += 1
    figures.slowest = max(figures.slowest, (told.seconds, told.name))
    figures.largest = max(figures.largest, (told.megabytes, told.name))
    faults = list(told.faults)
    if told.seconds > SECONDS:
        faults.append(f"took {told.seconds:.1f} s")
    if told.megabytes > MEGABYTES:
        faults.append(f"took {told.megabytes:.0f} MB")
    figures.found += [f"{told.name}: {fault}" for fault in faults]


def _told_by_child(seed: int, numbers: range) -> Iterator[_Told]:
    """What one child tells, as far as it came."""
    listen, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(listen)
        with os.fdopen(tell, "wb") as pipe:
            _read_all(seed, numbers, pipe)
        os._exit(0)
    os.close(tell)
    with os.fdopen(listen, "rb") as pipe:
        while (told := _next(pipe)) is not None:
            yield told
    os.waitpid(child, 0)


def _next(pipe: BinaryIO) -> _Told | None:
    try:
        return pickle.load(pipe)
    except (EOFError, pickle.UnpicklingError):
        return None


def _read_all(seed: int, numbers: range, pipe: BinaryIO) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for number in numbers:
        file = spoilt_file(seed, number)
        measure = _Measure()
        signal.setitimer(signal.ITIMER_PROF, HUNG)
        answer, faults = read_and_judge(file, measure)
        pickle.dump(_Told(file.name, answer, measure.seconds, measure.megabytes, faults), pipe)
        pipe.flush()


class _Measure:
    """Calls something and knows what it took: seconds of the processor, and how much memory more at its highest."""

    seconds = 0.0
    megabytes = 0.0

    def __call__(self, work: Callable[[], Reading]) -> Reading:
        _PEAK.write_text("5")  # from here the kernel looks for a new highest
        before, start = _memory("VmRSS"), process_time()
        try:
            return work()
        finally:
            self.seconds = process_time() - start
            self.megabytes = (_memory("VmHWM") - before) / 1024


_PEAK = Path("/proc/self/clear_refs")


def _memory(figure: str) -> int:
    """A figure of this process in kB, as Linux tells it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{figure}:")).split()[1])
