"""When more is asked than can be answered, who comes last is told so, health answers, the database is not crowded."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from backend.overload import HEALTH, Gate

THREADS, MOST = 2, 5


class House:
    """An application that answers when it is let go; it keeps which threads it was in, and what was closed."""

    def __init__(self) -> None:
        self.go_on, self.threads, self.closed = threading.Event(), set(), 0
        self.inside = threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == HEALTH:
            start("200 OK", [])
            return [b"alive"]
        self.threads.add(threading.get_ident())
        self.inside.release()
        assert self.go_on.wait(10)
        if environ["PATH_INFO"] == "/breaks/":
            raise RuntimeError("a mistake")
        start("201 Created", [("X-House", "yes")])
        return _Body(self)


class _Body:
    def __init__(self, house: House) -> None:
        self.house = house

    def __iter__(self) -> Iterator[bytes]:
        yield from (b"a", b"page")

    def close(self) -> None:
        self.house.closed += 1
        self.house.threads.add(threading.get_ident())


def ask(gate: Gate, path: str = "/") -> tuple[str, dict[str, str], bytes]:
    told: list[Any] = []
    body = b"".join(gate({"PATH_INFO": path}, lambda status, headers: told.extend((status, dict(headers)))))
    return told[0], told[1], body


@contextmanager
def full(house: House, gate: Gate) -> Iterator[list["Future[Any]"]]:
    """As many readers as may be here, all of them waiting."""
    with ThreadPoolExecutor(MOST) as readers:
        asked = [readers.submit(ask, gate) for _ in range(MOST)]
        for _ in range(THREADS):
            assert house.inside.acquire(timeout=10)
        while gate.here < MOST:
            threading.Event().wait(0.01)
        yield asked
        house.go_on.set()


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def gate(house: House) -> Gate:
    return Gate(house, threads=THREADS, most=MOST)


def test_gives_the_answer_of_the_house_and_closes_it(house: House, gate: Gate) -> None:
    house.go_on.set()

    assert ask(gate) == ("201 Created", {"X-House": "yes"}, b"apage")
    assert (house.closed, gate.here) == (1, 0)


def test_takes_nothing_away_from_the_server(house: House, gate: Gate) -> None:
    house.go_on.set()
    environ = {"PATH_INFO": "/", "wsgi.file_wrapper": object}

    gate(environ, lambda *_: None)

    assert set(environ) == {"PATH_INFO", "wsgi.file_wrapper"}


def test_turns_away_who_comes_when_too_many_are_here_and_recovers(house: House, gate: Gate) -> None:
    with full(house, gate) as asked:
        status, headers, body = ask(gate)
        assert (status[:3], headers["Retry-After"], headers["Cache-Control"]) == ("503", "5", "no-store")
        assert b"erg druk" in body
        assert len(body) == int(headers["Content-Length"])
    assert [one.result()[0] for one in asked] == ["201 Created"] * MOST

    assert ask(gate)[0] == "201 Created"


def test_answers_for_its_health_while_it_turns_people_away(house: House, gate: Gate) -> None:
    with full(house, gate):
        assert ask(gate, HEALTH) == ("200 OK", {}, b"alive")


def test_never_works_on_more_threads_than_it_was_given(house: House, gate: Gate) -> None:
    with full(house, gate):
        pass

    assert len(house.threads) <= THREADS


def test_lets_go_of_its_place_when_the_house_breaks(house: House, gate: Gate) -> None:
    house.go_on.set()

    with pytest.raises(RuntimeError):
        ask(gate, "/breaks/")
    assert gate.here == 0


def test_knows_the_address_of_health() -> None:
    from django.urls import reverse  # noqa: PLC0415 - beside what it is held against

    assert reverse("health_alive") == HEALTH


def test_stands_before_the_house_in_every_server() -> None:
    from backend.wsgi import application  # noqa: PLC0415 - sets Django up

    assert isinstance(application, Gate)
