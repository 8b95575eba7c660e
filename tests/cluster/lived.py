"""The day itself, once Django knows the two servers: the town, the hosts, the trouble, and what is found at the end."""

import argparse
import json
import time
from itertools import pairwise
from pathlib import Path
from random import Random

import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from backend.engine import DATABASE
from backend.engine.several import base as several
from backend.management.commands import daily_run
from backend.operate.away import patiently
from backend.web.desk import bank
from tests.cluster.day import NOW, Day, kept, undisturbed
from tests.cluster.hosts import Host
from tests.cluster.network import Network
from tests.cluster.people import Person, Watch
from tests.cluster.servers import Server
from tests.cluster.trouble import LOST_WITHOUT_STANDBY, Planned, Trouble, planned
from tests.databases import enter
from tests.faults.picture import Picture, differences, picture, violations
from tests.faults.scene import Scene, _sent_first, scene, steady

BACK_WITHIN = 60.0
REFERENCE = "undisturbed"


def live(asked: argparse.Namespace, network: Network, primary: Server, standby: Server) -> int:
    """The whole of it; 1 when anything was found."""
    with time_machine.travel(NOW, tick=True), steady():
        bank.AT_ONCE = 0  # so that a worker takes statements in, on whichever host
        if asked.without == "lease":
            daily_run.only_one = _everybody
        if asked.without == "fence":
            several._chosen = lambda _, found, refused: found[0][1] if found else _raise(refused)
        hosts = [Host(f"host{number}", asked.home, network) for number in (1, 2, 3)]
        made = scene(asked.seed)
        people = [Person(user, hosts, at) for at, user in enumerate((made.home.case_worker, made.home.approver))]
        for person in people:
            person.sign_in()
        wanted = _without_trouble(made, primary)
        standby.follow(primary)
        if asked.without != "synchronous":
            primary.require(standby.name)
        day = Day(made, *people, hosts, asked.home)
        trouble = Trouble(primary, standby, hosts, network, synchronous=asked.without != "synchronous")
        plans = LOST_WITHOUT_STANDBY if asked.without == "synchronous" else planned(Random(asked.seed))
        watch = Watch(hosts)
        try:
            return _lived(day, trouble, wanted, {plan.step: plan for plan in plans}, watch)
        finally:
            if asked.figures:
                _keep(watch, asked.figures)


def _without_trouble(made: Scene, primary: Server) -> Picture:
    """The same day in a copy of the town: what must come of it."""
    _sent_first(made)
    connection.close()
    primary.ask(f"CREATE DATABASE {REFERENCE} TEMPLATE {DATABASE}")
    enter(REFERENCE)
    try:
        return undisturbed(made)
    finally:
        enter(DATABASE)


def _keep(watch: Watch, place: Path) -> None:
    """What a watch was told, in the order of its moments, from the first on."""
    told = sorted(watch.figures)
    lines = (json.dumps([round(at - told[0][0], 2), host, figures]) for at, host, figures in told)
    place.write_text("".join(f"{line}\n" for line in lines))


def _lived(day: Day, trouble: Trouble, wanted: Picture, plans: dict[str, Planned], watch: Watch) -> int:
    try:
        for host in day.hosts:
            host.start()
        watch.begin()
        _wait_until_ready(watch)
        trouble.watch_the_primary()
        trouble.found += _stepped(day, trouble, plans)
        trouble.join()
        _wait_until_ready(watch)
        found = [*trouble.found, *patiently(lambda: _wrong(day, wanted), seconds=30)]
    finally:
        watch.end()
        for host in day.hosts:
            host.kill()
    back = _back(watch, trouble)
    found += [f"{way}: back in service after {seconds:.1f} s" for way, seconds in back.items() if seconds > BACK_WITHIN]
    return _told(day, trouble, back, found)


def _stepped(day: Day, trouble: Trouble, plans: dict[str, Planned]) -> list[str]:
    """Every step with its trouble; the first that cannot be done ends the day, and is told."""
    for name, step in day.steps():
        if name in plans:
            print(f"    {plans[name]}", flush=True)
            trouble.begin(plans[name])
        try:
            step()
        except (AssertionError, LookupError, TimeoutError, ObjectDoesNotExist) as error:
            return [f"{name} could not be done: {error!r}"]
    return []


def _wait_until_ready(watch: Watch) -> None:
    patience = time.monotonic() + 60
    while not watch.are_ready():
        assert time.monotonic() < patience, "the hosts are not ready"
        time.sleep(0.1)


def _wrong(day: Day, wanted: Picture) -> list[str]:
    """Everything that is not as it would be without trouble."""
    connection.close()
    found = violations() + differences(kept(picture()), wanted)[:10]
    found += [f"acknowledged and not there: {what}" for what, is_there in day.acknowledged.items() if not is_there()]
    if len(set(day.files)) != 1 or len(day.files) != 2:
        found.append("the payment file was not the same bytes each time")
    return found + _together(day.hosts)


def _together(hosts: list[Host]) -> list[str]:
    """Days that two hosts ran at once; a run that lost its database did not go on."""
    runs = sorted((one["began"], one["ended"], host.name) for host in hosts for one in host.days())
    return [f"{one[2]} and {other[2]} ran the day at once" for one, other in pairwise(runs) if other[0] < one[1]][:1]


def _back(watch: Watch, trouble: Trouble) -> dict[str, float]:
    """Of each trouble, seconds from when it happened (a cable: was mended) until all hosts were well."""
    return {way: watch.back_after(moment) for way, moment in sorted(trouble.moments, key=lambda one: one[1])}


def _told(day: Day, trouble: Trouble, back: dict[str, float], found: list[str]) -> int:
    waited = max(person.waited for person in (day.maker, day.second))
    told = {
        "found": found,
        "back_in_service": {way: round(seconds, 1) for way, seconds in back.items()},
        "longest_wait_of_a_person": round(waited, 1),
        "asked_again": sum(person.refused for person in (day.maker, day.second)),
        "acknowledged": len(day.acknowledged),
        "days_run": {host.name: len(host.days()) for host in day.hosts},
        "said": trouble.said,
    }
    print(json.dumps(told))
    return 1 if found else 0


def _raise(refused: Exception) -> None:
    raise refused


class _everybody:  # noqa: N801 - stands in for a function
    """The lease taken away: everybody has it."""

    def __init__(self, *_: str) -> None: ...

    def __enter__(self) -> bool:
        return True

    def __exit__(self, *_: object) -> None: ...
