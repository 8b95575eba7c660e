"""The long suites: each plays until its count or its time is up, and says what it did and what it found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from time import monotonic

from tests import databases
from tests.faults import engine
from tests.faults.controls import controls
from tests.faults.files import A_CHILD, Figures, read_spoilt
from tests.faults.kills import any_moment, kill_at, undisturbed
from tests.faults.play import OtherThanTheModel, play
from tests.faults.races import (
    KEEP,
    round_of_mixture,
    round_of_sharing,
    round_of_spending,
    round_of_steps,
    round_of_undoing,
)

A_SEQUENCE = 150  # operations of one play: a short history keeps each of them quick


@dataclass
class Report:
    """How much was done and what was found; `wanted` is the count that was asked for."""

    name: str
    unit: str
    wanted: int
    seed: int
    seconds: float
    done: int = 0
    found: list[str] = field(default_factory=list)
    began: float = field(default_factory=monotonic)

    @property
    def is_over(self) -> bool:
        """The count is reached or the time is up."""
        return self.done >= self.wanted or monotonic() - self.began > self.seconds

    def add(self, done: int, found: list[str]) -> None:
        """One more piece of work."""
        self.done += done
        self.found += found

    def told(self) -> str:
        """One line, and the first findings under it."""
        spent = monotonic() - self.began
        line = f"{self.name:10} {self.done:>9,} {self.unit}, {len(self.found)} faults, {spent:.0f} s, seed {self.seed}"
        return "\n".join([line, *(f"    {problem}" for problem in self.found[:10])])


def kills(report: Report) -> None:
    """The program killed at every boundary of every step, scene after scene; every twentieth goes on to the end."""
    for seed in count(report.seed):
        random = Random(seed)
        with undisturbed(seed) as run:
            points = [*run.every_point(), *any_moment(60, random)]
            for number, point in enumerate(points):
                if report.is_over:
                    return
                found = kill_at(run, point, to_the_end=number % 20 == 0)
                report.add(1, [f"scene {seed}, {point}: {problem}" for problem in found])


def races(report: Report) -> None:
    """Sixteen at once, round after round, in scene after scene."""
    for seed in count(report.seed):
        with undisturbed(seed, keep=KEEP) as run:
            for one in (round_of_steps, round_of_sharing, round_of_spending, round_of_undoing, round_of_mixture):
                report.found += [f"scene {seed}: {problem}" for problem in one(run)]
        report.add(1, [])
        if report.is_over:
            return


def servers(report: Report) -> None:
    """PostgreSQL killed in the middle of a payment run."""
    for found in engine.rounds(report.seed):
        report.add(1, found)
        if report.is_over:
            return


def plays(report: Report) -> None:
    """Random operations against the reference model; a play that parts is told with the seed that shows it again."""
    with databases.own_database():
        for seed in count(report.seed):
            if report.is_over:
                return
            try:
                report.add(play(seed, A_SEQUENCE), [])
            except OtherThanTheModel as parted:
                report.add(A_SEQUENCE, [f"{parted} (again: --only plays --seed {seed})"])


def taken_away(report: Report) -> None:
    """Negative controls: each must turn its suite red; one that stays green is a fault of the suite."""
    for name, red, what in controls(report.seed):
        report.add(1, [] if red else [f"{name}: stayed green"])
        print(f"    {'red' if red else 'GREEN':5} {name}: {what[:110]}")


def requests(report: Report) -> None:
    """Requests of the API that are made up from its document; the first that breaks something is told."""
    from tests.backend.api.fuzz import fuzz_a_town  # noqa: PLC0415 - brings a whole package of its own

    for seed in count(report.seed):
        if report.is_over:
            return
        with databases.own_database():
            done, found = fuzz_a_town(examples=30, start=seed)
        report.add(done, [f"seed {seed}: {problem}" for problem in found])


def files(report: Report) -> None:
    """Bank files spoilt at random; a fault is told with the number that makes its file again."""
    figures = Figures()
    while not report.is_over:
        numbers = range(report.done, min(report.done + A_CHILD, report.wanted))
        before = len(figures.found)
        report.add(read_spoilt(report.seed, numbers, figures), figures.found[before:])
    print(f"    {figures.told()}")


# What each suite counts, how much is wanted, and its share of the time.
SUITES: dict[str, tuple[Callable[[Report], None], str, int, float]] = {
    "controls": (taken_away, "things taken away", 10_000, 1.0),
    "kills": (kills, "kill points", 10_000, 0.4),
    "races": (races, "rounds of 16 processes", 100, 0.2),
    "servers": (servers, "servers killed", 100, 0.1),
    "plays": (plays, "random operations", 1_000_000, 0.3),
    "requests": (requests, "made-up requests", 20_000, 0.2),
    "files": (files, "spoilt files", 100_000, 1.0),
}


@contextmanager
def reported(name: str, seed: int, seconds: float) -> Iterator[Report]:
    """A report of one suite that prints itself at the end, also when the suite breaks off."""
    _, unit, wanted, share = SUITES[name]
    report = Report(name, unit, wanted, seed, seconds * share)
    try:
        yield report
    finally:
        print(report.told(), flush=True)
