"""How money flows, drawn from the books themselves: every arrow is a kind of movement that was made, with its sum.

A posting is positive where money or a claim comes to stand and negative where it is owed, so a movement goes from its
positive side to its negative one: a benefit on the bank account is first owed to nobody known (suspense), then to the
resident, then on its way, and at last taken off the bank account.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from math import hypot

from budgeting.models import Posting

BOXES = {
    "suspense": (450, 60, "Not yet known", "suspense"),
    "bank": (120, 190, "The bank account", "one, of the municipality"),
    "resident": (780, 190, "Purses of residents", "what we hold for each"),
    "in_transit": (450, 320, "On its way", "released, not yet seen"),
    "own": (120, 400, "The town's own money", "makes advances possible"),
    "advance": (780, 400, "Advances", "what residents owe us"),
}
WIDE, HIGH = 200, 76
WIDTH, HEIGHT = 900, 450
APART, BESIDE = 42, 19  # arrows to and fro between two boxes: upright, and aslant
STYLE = """<style>
text { font: 15px system-ui, sans-serif; fill: #17252e; text-anchor: middle; }
.name { font-weight: 700; } .sub { fill: #44525b; font-size: 13px; } .sum { font-size: 13px; }
rect.box { fill: #f4efe6; stroke: #0a5556; stroke-width: 2; } rect.under { fill: #fffdf9; }
path { stroke: #0a5556; stroke-width: 2; fill: none; marker-end: url(#tip); } #tip path { fill: #0a5556; stroke: none; }
</style>"""


class NoBoxForIt(LookupError):
    """The books have a kind of account that the picture has no box for."""


@dataclass
class Flow:
    """All movements from one kind of account to another."""

    movements: int = 0
    amount: Decimal = Decimal("0.00")


def flows() -> dict[tuple[str, str], Flow]:
    """Everything that moved and was not reversed, by kind of account."""
    rows = Posting.objects.filter(journal_entry__reversed_by=None).exclude(journal_entry__kind="reversal")
    parts: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for number, kind, amount in rows.order_by("pk").values_list("journal_entry", "account__kind", "amount"):
        parts[number].append((kind, amount))
    found: dict[tuple[str, str], Flow] = defaultdict(Flow)
    for postings in parts.values():
        for pair, amount in _paired(postings):
            found[pair].movements += 1
            found[pair].amount += amount
    return dict(found)


def drawn(found: dict[tuple[str, str], Flow]) -> str:
    """The picture as SVG. Raises `NoBoxForIt`."""
    if unknown := {kind for pair in found for kind in pair} - BOXES.keys():
        raise NoBoxForIt(", ".join(sorted(unknown)))
    arrows = [_arrow(pair, flow, both=pair[::-1] in found) for pair, flow in found.items() if pair[0] != pair[1]]
    return "\n".join(
        [*_frame(), *(line for line, _ in arrows), *map(_box, BOXES), *(text for _, text in arrows), "</svg>"]
    )


def _paired(postings: Iterable[tuple[str, Decimal]]) -> Iterator[tuple[tuple[str, str], Decimal]]:
    """Each part of the positive side with the part of the negative side it goes to."""
    sources = [[kind, amount] for kind, amount in postings if amount > 0]
    targets = [[kind, -amount] for kind, amount in postings if amount < 0]
    while sources and targets:
        part = min(sources[-1][1], targets[-1][1])
        yield (str(sources[-1][0]), str(targets[-1][0])), part
        for side in (sources, targets):
            side[-1][1] -= part
            if not side[-1][1]:
                side.pop()


def _frame() -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    yield STYLE
    yield '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    yield '<path d="M0 0 10 5 0 10z"/></marker></defs>'


def _box(kind: str) -> str:
    x, y, name, below = BOXES[kind]
    left, top = x - WIDE / 2, y - HIGH / 2
    return (
        f'<rect class="box" x="{left}" y="{top}" width="{WIDE}" height="{HIGH}" rx="8"/>'
        f'<text class="name" x="{x}" y="{y - 4}">{escape(name)}</text>'
        f'<text class="sub" x="{x}" y="{y + 18}">{below}</text>'
    )


def _arrow(pair: tuple[str, str], flow: Flow, *, both: bool) -> tuple[str, str]:
    """The line, and its sum on a piece of paper of its own; to the right of the way when there is one back."""
    (x1, y1), (x2, y2) = (BOXES[kind][:2] for kind in pair)
    apart = APART if x1 == x2 else BESIDE
    aside = (apart if both else 0.0) / hypot(x2 - x1, y2 - y1)
    dx, dy = (y1 - y2) * aside, (x2 - x1) * aside
    start, end = _at_border((x1, y1), (dx, dy), (x2 - x1, y2 - y1)), _at_border((x2, y2), (dx, dy), (x1 - x2, y1 - y2))
    line = f'<path d="M{start[0]:.0f} {start[1]:.0f} L{end[0]:.0f} {end[1]:.0f}"/>'
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    told = f"€ {flow.amount:,.0f}"
    paper = f'<rect class="under" x="{x - 38:.0f}" y="{y - 11:.0f}" width="76" height="22"/>'
    return line, f'{paper}<text class="sum" x="{x:.0f}" y="{y + 5:.0f}">{told}</text>'


Point = tuple[float, float]


def _at_border(middle: Point, aside: Point, way: Point) -> Point:
    """Where a line, so far beside the middle of a box, leaves it."""
    room = zip((WIDE / 2, HIGH / 2), aside, way, strict=True)
    scale = min((half - beside if step > 0 else -half - beside) / step for half, beside, step in room if step)
    return middle[0] + aside[0] + way[0] * scale, middle[1] + aside[1] + way[1] * scale
