"""kill -9 at every statement boundary: nothing is lost, nothing is doubled, the bank's file is the same to the byte.

The shape is SQLite's: do the work with the program dying at its first, second, third … step until it completes. A child
process counts every round trip to the database (each statement, copy and commit is one), before and after, and kills
itself at point k. The parent then holds the books against the invariants, does the same step twice more as someone
would who does not know what happened, and compares with a run that nobody disturbed.
"""

import os
import signal
import traceback
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from random import Random
from time import sleep
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from tests import databases
from tests.faults.picture import Picture, differences, picture, violations
from tests.faults.scene import STEPS, Scene, Step, scene, steady

NAMES = frozenset(step.name for step in STEPS)


@dataclass(frozen=True)
class Point:
    """Where the program dies: in step `step`, at its `k`-th boundary, or (k = 0) after `delay` seconds of it."""

    step: int
    k: int
    delay: float = 0.0

    def __str__(self) -> str:
        return f"{STEPS[self.step].name} at {self.k or f'{self.delay * 1000:.1f} ms'}"


@dataclass
class Undisturbed:
    """A run without faults: the database before each step, the picture before each and at the end, and the points."""

    scene: Scene
    before: dict[int, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)  # of each step, the boundary before its first commit
    work: dict[int, str] = field(default_factory=dict)

    def every_point(self) -> list[Point]:
        """All boundaries of all steps."""
        return [Point(step, k) for step, last in enumerate(self.points) for k in range(1, last + 1)]

    def database(self, step: int) -> str:
        """A database in the state before the step; it is used again as long as kills leave no trace in it."""
        if step not in self.work:
            self.work[step] = copied(self.before[step])
        return self.work[step]

    def throw_away(self, step: int) -> None:
        """The step's database has moved on."""
        databases.drop(self.work.pop(step))


@contextmanager
def undisturbed(seed: int, *, keep: Container[str] = NAMES) -> Iterator[Undisturbed]:
    """Plays the scene of a seed once, keeping a copy of the database before each step to `keep`; dropped at the end."""
    with steady(), databases.own_database() as own:
        run = Undisturbed(scene(seed))
        try:
            for number, step in enumerate(STEPS):
                run.pictures.append(picture())
                if step.name in keep:
                    run.before[number] = copied(own.name)
                _count_points(run, step)
            run.pictures.append(picture())
            assert not violations()
            yield run
        finally:
            for name in (*run.before.values(), *run.work.values()):
                databases.drop(name)


def copied(name: str) -> str:
    """A copy of a database that nobody is connected to but us."""
    connection.close()
    other = databases.new_name()
    with databases.owner() as server:
        _wait_until_left(server, name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(other), sql.Identifier(name)))
    return other


def kill_at(run: Undisturbed, point: Point, *, to_the_end: bool = False) -> list[str]:
    """Kills the program there and repeats what it did; everything that is then not as it was without the kill."""
    here, name = connection.settings_dict["NAME"], run.database(point.step)
    databases.enter(name)
    try:
        killed = in_a_child(lambda: STEPS[point.step].do(run.scene), point)
        with databases.owner() as server:
            _wait_until_left(server, name)
        now = picture()
        untouched = now == run.pictures[point.step] and not to_the_end
        found = _after_the_kill(run, point, now, killed=killed)
        with transaction.atomic() if untouched else nullcontext():
            found += _after_repeating(run, point, len(STEPS) if to_the_end else point.step + 1)
            if untouched:
                transaction.set_rollback(True)
    finally:
        databases.enter(here)
    if not untouched:
        run.throw_away(point.step)
    return found


def _after_the_kill(run: Undisturbed, point: Point, now: Picture, *, killed: bool) -> list[str]:
    found = violations()
    if point.k and not killed:
        found.append("the program came to its end before it was killed")
    if STEPS[point.step].whole and now not in run.pictures[point.step : point.step + 2]:
        found += ["half of a step was kept", *differences(now, run.pictures[point.step])[:5]]
    return found


def _after_repeating(run: Undisturbed, point: Point, end: int) -> list[str]:
    for step in STEPS[point.step : end]:
        step.repeat(run.scene)
        step.repeat(run.scene)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return violations() + differences(picture(), run.pictures[end])[:5]


def in_a_child(work: Callable[[], object], point: Point) -> bool:
    """Does the work in a child process that dies at the point; whether it did. A child that fails says why."""
    connection.close()
    child = os.fork()
    if child == 0:
        _work_until(work, point.k)
    if not point.k:
        sleep(point.delay)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise ChildFailed(str(point))
    return os.WIFSIGNALED(status)


class ChildFailed(AssertionError):
    """The work itself went wrong, without any kill; the reason stands on standard error."""


def _work_until(work: Callable[[], object], k: int) -> None:
    try:
        connection.ensure_connection()
        with counted(k):
            work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


class Unexpected(Exception):
    """Something that no code of ours knows."""


def raise_at(run: Undisturbed, point: Point) -> list[str]:
    """Lets something unexpected be raised there instead; nothing may then be half done, nor the connection spoilt."""
    here = connection.settings_dict["NAME"]
    databases.enter(run.database(point.step))
    found, caught = [], False
    try:
        connection.ensure_connection()
        try:
            with counted(point.k, die=_raise_unexpected):
                STEPS[point.step].do(run.scene)
        except Unexpected:
            caught = True
        now = picture()
        if not caught or now != run.pictures[point.step]:
            found = [f"caught: {caught}", *differences(now, run.pictures[point.step])[:5]]
    finally:
        databases.enter(here)
    return found + violations()


def _raise_unexpected() -> None:
    raise Unexpected


def _kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def counted(k: int = 0, die: Callable[[], None] = _kill_myself) -> Iterator[Callable[[], int]]:
    """Counts the boundaries of every round trip to the database; at the `k`-th the process dies."""
    original, passed = psycopg.Connection.wait, 0

    def boundary() -> None:
        nonlocal passed
        passed += 1
        if passed == k:
            die()

    def wait(self: psycopg.Connection[Any], *args: Any, **facts: Any) -> Any:
        boundary()
        try:
            return original(self, *args, **facts)
        finally:
            boundary()

    psycopg.Connection.wait = wait  # type: ignore[method-assign]
    try:
        yield lambda: passed
    finally:
        psycopg.Connection.wait = original  # type: ignore[method-assign]


def spread(run: Undisturbed, count: int, random: Random) -> list[Point]:
    """So many points: the very last of every step (after its commit) and others before its first commit, in order.

    After a commit the step's database has moved on and must be made anew, which is left to the long form.
    """
    ends = [Point(step, last) for step, last in enumerate(run.points)]
    others = [point for point in run.every_point() if point.k <= run.commits[point.step]]
    chosen = ends[:count] + random.sample(others, min(len(others), max(count - len(ends), 0)))
    return sorted(chosen, key=lambda point: (point.step, point.k))


def any_moment(count: int, random: Random) -> list[Point]:
    """Kills by the clock, also while a statement or a commit is on its way."""
    return [Point(random.randrange(len(STEPS)), 0, random.uniform(0.001, 0.08)) for _ in range(count)]


def _count_points(run: Undisturbed, step: Step) -> None:
    """Does the step, counting its boundaries and noting where its first commit is."""
    connection.ensure_connection()
    step.ready(run.scene)
    commits, commit = [], connection._commit  # type: ignore[attr-defined]
    with counted() as passed:
        connection._commit = lambda: (commits.append(passed() + 1), commit())  # type: ignore[attr-defined]
        try:
            step.do(run.scene)
        finally:
            del connection._commit  # type: ignore[attr-defined]
    run.points.append(passed())
    run.commits.append(commits[0])


def _wait_until_left(server: psycopg.Connection[Any], name: str) -> None:
    """A killed program's server process ends a moment later."""
    for _ in range(2000):
        row = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
        if row is not None and row[0] == 0:
            return
        sleep(0.002)
    raise TimeoutError(name)
