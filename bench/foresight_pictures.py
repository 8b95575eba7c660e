"""Draws the pictures of docs/foresight.md: one resident's year with and without smoothing, and how honest counts are.

python -m bench.foresight_pictures
"""

from datetime import date, timedelta
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.foresight import BEST_DAY, MONTHS, RESIDENTS, SEEDS  # isort: skip - first: it sets Django up
from backend.example.histories import histories
from backend.example.policies import Life, Purse, all_there_is, fixed_a_month, lives, play, smoothed
from budgeting.core.backtest import cases, figures
from budgeting.core.money import ZERO

PLACE = Path("docs/pictures")
OURS, OTHER, SHORT = "#00667e", "#8a5a00", "#b00020"


def main() -> int:
    """Both pictures, the same on every run."""
    mpl.rcParams.update({"svg.hashsalt": "foresight", "svg.fonttype": "none", "font.size": 11, "axes.spines.top": False,
                         "axes.spines.right": False})  # fmt: skip
    PLACE.mkdir(exist_ok=True)
    _year()
    _counts()
    return 0


def _year() -> None:
    """The first resident by chance whose income is irregular and whose charges begin after a month, as most do."""
    life = next(one for one in lives(RESIDENTS, MONTHS, seed=SEEDS[0]) if one.is_irregular and len(one.charges) > 40)
    ours = play(life, smoothed)
    ways = {
        "Whatever is there, every Friday": play(life, all_there_is),
        f"A fixed sum on the {BEST_DAY}th": play(life, fixed_a_month(sum(ours.payouts.values(), ZERO), day=BEST_DAY)),
        "Smoothed: as equal as the coming five weeks allow": ours,
    }
    figure, panels = plt.subplots(len(ways), 1, figsize=(9, 8), sharex=True, sharey=True, layout="constrained")
    for panel, (name, purse) in zip(panels, ways.items(), strict=True):
        _payouts(panel, life, purse, name)
    panels[-1].set_xlabel("Leefgeld in each week of the year")
    _keep(figure, "year.svg")


def _payouts(panel: Axes, life: Life, purse: Purse, name: str) -> None:
    weeks: dict[date, float] = {life.start + timedelta(7 * week): 0.0 for week in range(52)}
    for day, payout in purse.payouts.items():
        monday = life.start + timedelta((day - life.start).days // 7 * 7)
        weeks[monday] = weeks.get(monday, 0.0) + float(payout)
    panel.bar(list(weeks), list(weeks.values()), width=6, color=OURS if "Smoothed" in name else OTHER)
    days = f"{purse.unpaid_days} days with an unpaid charge" if purse.unpaid_days else "no charge unpaid"
    panel.set_title(f"{name}: {days}", loc="left", color=SHORT if purse.unpaid_days else "black", fontsize=11)
    panel.set_ylabel("euro a week")


def _counts() -> None:
    """How often it was short, by how many of the replayed months said so."""
    found = [
        case for seed in SEEDS for one in histories(RESIDENTS, MONTHS + 2, seed=seed) for case in cases(one, weeks=4)
    ]
    told = [
        (share, number, short)
        for share, number, short in figures(found, weeks=4).by_share
        if (6 * share).denominator == 1
    ]
    figure, panel = plt.subplots(figsize=(6.5, 4.5), layout="constrained")
    panel.plot([0, 6], [0, 100], color="#777777", linewidth=1, linestyle="--")
    panel.plot([float(6 * share) for share, _, _ in told], [100 * short / number for _, number, short in told],
               marker="o", color=OURS)  # fmt: skip
    for share, number, short in told:
        panel.annotate(f"{number} cases", (float(6 * share), 100 * short / number), xytext=(6, -12), fontsize=8,
                       textcoords="offset points")  # fmt: skip
    panel.set_xlabel("of the last six months, this many would be short")
    panel.set_ylabel("it was short, in percent of cases")
    _keep(figure, "counts.svg")


def _keep(figure: plt.Figure, name: str) -> None:
    figure.savefig(PLACE / name, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    raise SystemExit(main())
