"""What stands in deploy/ names commands, addresses and settings that there are. It is read here, not run."""

import configparser
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from backend.overload import MOST
from tests.backend.test_serve import answers, free_port
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OPERATING = (ROOT / "docs" / "operating.md").read_text()


def parts() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / "house.yaml").read_text()))


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for part in parts():
        spec = part["spec"].get("jobTemplate", part)["spec"] if part["kind"] == "CronJob" else part["spec"]
        if "template" in spec:
            yield part["metadata"]["name"], spec["template"]["spec"]


def starts() -> Iterator[tuple[str, list[str]]]:
    """Every command line in deploy/, with where it stands."""
    for name, pod in pods():
        for container in pod["containers"]:
            yield f"kubernetes {name}", container.get("command", [])
    for name, service in yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].items():
        yield f"compose {name}", service.get("command", [])
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE):
            yield unit.name, shlex.split(line)


def test_starts_only_commands_that_exist() -> None:
    asked = {place: words[words.index("manage.py") + 1] for place, words in starts() if "manage.py" in words}

    assert len(asked) >= 7
    assert not {place: name for place, name in asked.items() if name not in get_commands()}


def test_asks_for_health_where_it_answers() -> None:
    probes = [
        c[kind]["httpGet"]["path"] for _, pod in pods() for c in pod["containers"] for kind in c if "Probe" in kind
    ]

    assert len(probes) == 2
    for path in probes:
        try:
            resolve(path)
        except Resolver404:
            raise AssertionError(path) from None


def test_lets_only_migrations_know_the_owner() -> None:
    told = {name for name, pod in pods() if "huishoudboekje-owner" in str(pod)}

    assert told == {"migrate"}


def test_runs_nothing_as_root_and_writes_nowhere_but_in_memory() -> None:
    assert {name for name, _ in pods()} == {"pages", "worker", "daily-run", "migrate"}
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert all(c["securityContext"]["readOnlyRootFilesystem"] for c in pod["containers"]), name
        assert all(volume["emptyDir"]["medium"] == "Memory" for volume in pod["volumes"]), name


def test_selects_the_pods_it_makes() -> None:
    for part in parts():
        if part["kind"] == "Deployment":
            assert part["spec"]["selector"]["matchLabels"] == part["spec"]["template"]["metadata"]["labels"]


def test_serves_with_the_server_of_the_operator_s_papers() -> None:
    served = re.search(r"waitress-serve .*?--max-request-body-size (\d+) backend.wsgi:application", OPERATING)

    assert served
    for file in (DEPLOY / "Containerfile", DEPLOY / "systemd" / "huishoudboekje-pages.service"):
        assert served[1] in file.read_text(), file


def test_gives_the_server_more_threads_than_may_wait_before_the_house() -> None:
    served = re.search(r"--threads (\d+) --connection-limit (\d+) ", OPERATING)

    assert served
    assert MOST < int(served[1]) < int(served[2])
    for file in (DEPLOY / "Containerfile", DEPLOY / "systemd" / "huishoudboekje-pages.service"):
        assert re.search(rf"--threads[= ]{served[1]}\b.*--connection-limit[= ]{served[2]}\b", file.read_text()), file


def test_serves_with_the_very_line_of_the_operator_s_papers() -> None:
    line = re.search(r"`\.venv/bin/(waitress-serve [^`]*)`", OPERATING)
    assert line
    port = free_port()
    words = [f"{Path(sys.executable).parent}/{line[1].split()[0]}", *line[1].split()[1:]]
    words[words.index("--port") + 1] = str(port)
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            assert answers(port, "gezond/leeft/") == 200
        finally:
            server.terminate()


def test_keeps_residents_data_off_the_disk_in_every_unit() -> None:
    assert len(UNITS) == 3
    for unit in UNITS:
        read = configparser.RawConfigParser(strict=False)
        read.optionxform = str  # type: ignore[assignment]
        read.read_string(unit.read_text())
        assert (read["Service"]["LimitCORE"], read["Service"]["MemorySwapMax"]) == ("0", "0"), unit.name


def test_says_of_everything_that_it_was_not_run() -> None:
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".timer"]

    assert len(files) >= 6
    assert not [path.name for path in files if "Not " not in path.read_text() or "at hand" not in path.read_text()]
    assert Path(DEPLOY / "systemd" / "huishoudboekje-day.timer").is_file()
