"""Draws what a month costs against how many live it, from all that `bench.month --keep` kept.

python -m bench.month_picture
"""

import json
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from bench.month import KEPT, MOST_TIMES

PICTURE = Path("docs/pictures/month.svg")
OURS, OTHER, LIMIT = "#00667e", "#8a5a00", "#b00020"
SMALLEST = 1000  # the cost for each is held against that of so many residents
MOST_MEGABYTES = 1536
SLOWER = "slower"  # what `cores` of a run says, in a word written by hand, when the machine was shared

Costs = dict[int, list[float]]
Run = dict[str, Any]


def main() -> int:
    """The picture, the same for the same figures."""
    mpl.rcParams.update({"svg.hashsalt": "month", "svg.fonttype": "none", "font.size": 11, "axes.spines.top": False,
                         "axes.spines.right": False})  # fmt: skip
    kept = [json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]
    figure, (cost, memory) = plt.subplots(2, 1, figsize=(7.5, 7), sharex=True, layout="constrained")
    _cost(cost, kept)
    _memory(memory, kept)
    figure.savefig(PICTURE, metadata={"Date": None})
    return 0


def told(kept: list[Run], name: str, *, processes: int) -> Costs:
    """All that was found of one figure on cores that nobody slowed down, by how many residents."""
    found: Costs = defaultdict(list)
    for one in kept:
        if one["processes"] == processes and one.get("cores") != SLOWER:
            found[one["residents"]].append(one[name])
    return dict(sorted(found.items()))


def _cost(panel: Axes, kept: list[Run]) -> None:
    name = "milliseconds_per_resident_month"
    _line(panel, told(kept, name, processes=1), OURS, "one process")
    _line(panel, told(kept, name, processes=2), OTHER, "two processes that share the day")
    slower = [one for one in kept if one.get("cores") == SLOWER]
    panel.scatter([one["residents"] for one in slower], [one[name] for one in slower], facecolors="none",
                  edgecolors="#555555", s=24, label="on slower cores")  # fmt: skip
    most = MOST_TIMES * statistics.median(told(kept, name, processes=1)[SMALLEST])
    panel.axhline(most, color=LIMIT, linewidth=1, linestyle="--")
    panel.annotate(f"{MOST_TIMES} times that of {SMALLEST:,} residents", (SMALLEST, most), xytext=(0, 4),
                   textcoords="offset points", color=LIMIT, fontsize=9)  # fmt: skip
    panel.set_ylim(0, most * 1.25)
    panel.set_ylabel("ms for each resident-month")
    panel.legend(frameon=False, loc="lower right")


def _memory(panel: Axes, kept: list[Run]) -> None:
    _line(panel, told(kept, "peak_megabytes", processes=1), OURS, "one process")
    _line(panel, told(kept, "peak_megabytes", processes=2), OTHER, "the first of two processes")
    panel.axhline(MOST_MEGABYTES, color=LIMIT, linewidth=1, linestyle="--")
    panel.set_ylim(0, MOST_MEGABYTES * 1.1)
    panel.set_ylabel("MB at most")
    panel.set_xlabel("residents")
    panel.set_xscale("log")
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _line(panel: Axes, found: Costs, colour: str, label: str) -> None:
    """The middle of each size as a line, each run as a point."""
    panel.plot(list(found), [statistics.median(values) for values in found.values()], color=colour, label=label)
    points = [(size, value) for size, values in found.items() for value in values]
    panel.scatter([size for size, _ in points], [value for _, value in points], color=colour, s=14)


if __name__ == "__main__":
    raise SystemExit(main())
