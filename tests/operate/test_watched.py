"""What a watch is told to look at is really told by the house, with the limits the house itself has."""

import json
import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from backend.operate import health
from tests.cluster.dashboard import NotAQuestionWeKnow, lines_of
from tests.house.tree import ROOT

DASHBOARD = ROOT / "deploy" / "grafana" / "house.json"
ALERTS = ROOT / "deploy" / "prometheus" / "house.yaml"
EXPORTED = {line.split()[2] for line in health.as_metrics(health.Health(database=True)) if line.startswith("# TYPE")}
LIMITS = {
    "days_since_tie_out": health.DAYS_WITHOUT_STATEMENT,
    "oldest_task_seconds": health.SECONDS_FOR_A_TASK,
    "failed_tasks": 0,
    "chain_head_seconds": health.HOURS_WITHOUT_EVENT * 3600,
}


def panels() -> list[dict[str, Any]]:
    return json.loads(DASHBOARD.read_text())["panels"]


def metrics(text: str) -> set[str]:
    return set(re.findall(r"huishoudboekje_\w+", text))


def test_shows_every_figure_there_is_and_no_other() -> None:
    shown = metrics(" ".join(target["expr"] for panel in panels() for target in panel["targets"]))

    assert len(EXPORTED) == len(fields(health.Health)) + 1
    assert shown == EXPORTED


def test_sees_a_process_that_tells_nothing() -> None:
    seen = [(0.0, "host1", {"huishoudboekje_ready": 1.0}), (1.0, "host2", {})]
    asked = next(panel["targets"][0]["expr"] for panel in panels() if panel["title"] == "Every process answers")

    assert lines_of(asked, seen)["town"] == [(0.0, 1.0), (1.0, 0.0)]
    assert 'up{town!=""} == 0' in ALERTS.read_text()


def test_draws_every_panel_and_no_question_it_does_not_know() -> None:
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    seen = [(0.0, "host", dict.fromkeys(EXPORTED, 1.0))]

    assert all(lines_of(question, seen) for question in asked)
    with pytest.raises(NotAQuestionWeKnow):
        lines_of("rate(huishoudboekje_ready[5m])", seen)


@pytest.mark.parametrize("file", [DASHBOARD, ALERTS], ids=["dashboard", "alerts"])
def test_asks_for_no_figure_that_is_not_told(file) -> None:
    assert metrics(file.read_text())
    assert not metrics(file.read_text()) - EXPORTED


@pytest.mark.parametrize("name", LIMITS)
def test_turns_red_where_the_house_says_that_a_person_should_look(name: str) -> None:
    shown = [panel for panel in panels() if panel["type"] == "stat" and name in panel["targets"][0]["expr"]]
    steps = shown[0]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    rules = [rule["expr"] for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    limits = [int(rule.split(">")[1]) for rule in rules if name in rule]

    assert [step["value"] for step in steps if step["color"] == "red"] == [LIMITS[name] + 1]
    assert limits == [LIMITS[name]]


def test_lays_no_panel_over_another() -> None:
    squares = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels())
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(squares) == len(set(squares))
    assert max(x for x, _ in squares) == 23
    assert len({panel["id"] for panel in panels()}) == len(panels())
