"""Draws the dashboard (`deploy/grafana/house.json`) as it would stand over a payment day with trouble.

    python -m tests.cluster --runs 1 --seed 1 --no-controls --figures day.jsonl
    python -m tests.cluster.dashboard day.jsonl [SECOND]

What the hosts told a watch is real; the panels, their questions, limits and places are those of the file. The drawing
is ours: it shows what a panel says and whether its title fits, not how Grafana looks. SECOND: the moment of the single
figures; else the first at which somebody could not be answered.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from tests.house.tree import ROOT

DASHBOARD = ROOT / "deploy" / "grafana" / "house.json"
PICTURE = ROOT / "docs" / "pictures" / "dashboard.svg"
COLOURS = {"green": "#2a7d3f", "red": "#b00020", "orange": "#8a5a00"}
_ASKED = re.compile(r'(?:(min|max) by \(town\) \()?(\w+)\{town=~"\$town"\}\)?')
_COLUMNS = 24  # of Grafana's grid

# Second, instance, and its figures by name.
Seen = list[tuple[float, str, dict[str, float]]]
# By name of the line: the seconds and values that were seen.
Lines = dict[str, list[tuple[float, float]]]


class NotAQuestionWeKnow(ValueError):
    """A panel asks something that is not drawn here."""


def main(words: list[str]) -> int:
    """The picture."""
    mpl.rcParams.update({"svg.hashsalt": "dashboard", "svg.fonttype": "none", "font.size": 9})
    seen = [json.loads(line) for line in Path(words[0]).read_text().splitlines()]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    moment = float(words[1]) if len(words) > 1 else _first_trouble(seen)
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    figure = plt.figure(figsize=(13, rows * 0.42))
    for panel in panels:
        place = panel["gridPos"]
        left, bottom = place["x"] / _COLUMNS, 1 - (place["y"] + place["h"]) / rows
        axes = figure.add_axes((left + 0.03, bottom + 0.06, place["w"] / _COLUMNS - 0.045, place["h"] / rows - 0.1))
        axes.set_title(panel["title"], loc="left", fontsize=10)
        (_stat if panel["type"] == "stat" else _course)(axes, panel, seen, moment)
    figure.savefig(PICTURE, metadata={"Date": None})
    return 0


def lines_of(asked: str, seen: Seen) -> Lines:
    """What a question of a panel answers, as Prometheus would: of each moment the least or most, or every instance."""
    found = _ASKED.fullmatch(asked)
    if found is None:
        raise NotAQuestionWeKnow(asked)
    pick, name = {"min": min, "max": max}.get(found[1] or ""), found[2]
    lines: Lines = defaultdict(list)
    standing: dict[str, float] = {}
    for second, instance, told in seen:
        figures = {**told, "up": float(bool(told))}  # which Prometheus adds itself
        standing.pop(instance, None)  # what was told before is no longer so
        if name in figures:
            standing[instance] = figures[name]
        if pick is None and name in figures:
            lines[instance].append((second, figures[name]))
        elif pick is not None and standing:
            lines["town"].append((second, pick(standing.values())))
    return lines


def _first_trouble(seen: Seen) -> float:
    bad = (second for second, _, figures in seen if not figures.get("huishoudboekje_ready"))
    return next(bad, seen[-1][0])


def _stat(axes: Axes, panel: dict[str, Any], seen: Seen, moment: float) -> None:
    """The last figure before the moment on the colour of its limit."""
    axes.set_xticks([])
    axes.set_yticks([])
    told = [value for second, value in lines_of(panel["targets"][0]["expr"], seen).get("town", []) if second <= moment]
    value = told[-1] if told else None
    axes.set_facecolor(COLOURS[_colour(panel, value)] if value is not None else "#777777")
    text = "no data" if value is None else _mapped(panel, value) or f"{value:,.0f}{_unit(panel)}"
    axes.text(0.5, 0.5, text, ha="center", va="center", color="white", fontsize=17, transform=axes.transAxes)


def _mapped(panel: dict[str, Any], value: float) -> str:
    """The word that stands for a value, if one does."""
    mappings = panel["fieldConfig"]["defaults"].get("mappings", ())
    return next((str(one["options"][f"{value:g}"]["text"]) for one in mappings if f"{value:g}" in one["options"]), "")


def _colour(panel: dict[str, Any], value: float) -> str:
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return str([step["color"] for step in steps if step["value"] is None or value >= step["value"]][-1])


def _course(axes: Axes, panel: dict[str, Any], seen: Seen, moment: float) -> None:
    lines = lines_of(panel["targets"][0]["expr"], seen)
    if not lines:
        axes.text(0.5, 0.5, "no data", ha="center", va="center", color="#777777", transform=axes.transAxes)
        axes.set_axis_off()
        return
    for name, points in sorted(lines.items()):
        axes.plot([second for second, _ in points], [value for _, value in points], label=name, drawstyle="steps-post")
    axes.axvline(moment, color="#777777", linewidth=1, linestyle=":")
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"seconds of the day with trouble{' · in ' + _unit(panel).strip() if _unit(panel) else ''}")
    axes.legend(frameon=False, fontsize=8)


def _unit(panel: dict[str, Any]) -> str:
    unit = panel["fieldConfig"]["defaults"].get("unit", "none")
    return "" if unit == "none" else f" {unit}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
