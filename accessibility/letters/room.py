"""How much white a letter can have: guessed before it is set, in points, which saves setting most letters twice.

A wrong guess costs time, never legibility: `accessibility.letters.make` counts the pages and sets tighter when needed.
Words never become smaller; only the white between lines and blocks does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Space:
    """White in points: between lines, between blocks, between rows of a list, below a heading."""

    leading: float
    gap: float
    row: float
    near: float


# From a line of one and a half down to the line of a newspaper.
SPACES = (
    Space(leading=12.6, gap=20.0, row=15.6, near=12.5),
    Space(leading=10.5, gap=16.0, row=13.1, near=11.0),
    Space(leading=9.0, gap=13.0, row=11.1, near=9.5),
    Space(leading=7.4, gap=9.0, row=9.1, near=7.5),
)

# Height of capitals at 16, 20, 24 and 32 pt, where Typst measures a line from.
_LINE, _HEADING, _FIGURE, _PAYOUT = 11.4, 14.3, 17.1, 22.8
_MM = 72 / 25.4
_PAGE, _WIDTH, _WINDOW, _BESIDE, _SQUARE = 276 * _MM, 184 * _MM, 76 * _MM, 90 * _MM, 40 * _MM
_WIDE_STATE, _WIDEST_STATE, _PICTURE = 240.0, 300.0, 27.0
# Mean width of a letter at 16 pt, by script; what is not named is Latin.
_LETTER = {"ar": 6.8, "fa": 6.8, "ti": 8.6, "uk": 8.3}
_LATIN = 7.8
# A column is made wider than its words seem: one too narrow doubles every row.
_SURELY = 1.08
_BOLD_DIGIT = 9.4


def first_guess(side: dict[str, Any], *, addressed: bool, square: bool) -> int:
    """Which of `SPACES` is the loosest at which the side seems to fit its page."""
    state = _state(side)
    guesses = (_Side(side, space, addressed=addressed, square=square, state=state) for space in SPACES)
    return next((number for number, guess in enumerate(guesses) if guess.height <= _PAGE), len(SPACES) - 1)


def white(side: dict[str, Any], number: int) -> dict[str, float]:
    """What the template needs to know of room, at one of `SPACES`; what is not amount or state is for the name."""
    return asdict(SPACES[number]) | {"amount": _amount(side), "state": _state(side)}


def _amount(side: dict[str, Any]) -> float:
    amounts = (len(item["amount"]) for block in side["blocks"] for item in block["items"])
    return max(amounts, default=8) * _BOLD_DIGIT + 16


def _state(side: dict[str, Any]) -> float:
    """The width for how each charge stands: what the longest needs, unless that makes the list higher."""
    letter = _letter(side)
    states = (sum(len(run[0]) for run in item["state"]) for block in side["blocks"] for item in block["items"])
    widest = (max(states, default=0) + 1.5) * letter * _SURELY
    if widest <= _WIDE_STATE:
        return widest
    return min((_WIDE_STATE, min(widest, _WIDEST_STATE)), key=lambda width: _list_height(side, width))


def _list_height(side: dict[str, Any], state: float) -> float:
    room = _Side(side, SPACES[-1], addressed=False, square=False, state=state)
    return room.rows(item for block in side["blocks"] for item in block["items"])


def _letter(side: dict[str, Any]) -> float:
    return _LETTER.get(side["language"], _LATIN)


class _Side:
    """The height of one side, added up as the template does."""

    def __init__(self, side: dict[str, Any], space: Space, *, addressed: bool, square: bool, state: float) -> None:
        self.side, self.space, self.addressed, self.square, self.state = side, space, addressed, square, state
        self.letter = _letter(side)
        self.name = _WIDTH - _PICTURE - _amount(side) - self.state

    @property
    def height(self) -> float:
        """All blocks under each other, the first beside the window when there is one."""
        blocks = self.side["blocks"]
        on_top = 2 if blocks[1]["key"] == "thing" else 1
        first = self._block(blocks[0], _BESIDE if self.addressed else _WIDTH) + _PAYOUT - _FIGURE
        first += self._blocks(blocks[1:on_top], _BESIDE if self.addressed else _WIDTH)
        first = max(first, _WINDOW) if self.addressed else first
        draft = self.space.gap + self._lines(self.side["draft"], _WIDTH) if self.side["draft"] else 0.0
        help_on = next(place for place, block in enumerate(blocks) if block["key"] == "help")
        months = len(self.side["months"]) * (_HEADING + self.space.row + 5)
        return first + draft + months + self._blocks(blocks[on_top:help_on], _WIDTH) + self._last(blocks[help_on:])

    def _last(self, blocks: Sequence[dict[str, Any]]) -> float:
        if not self.square:
            return self._blocks(blocks, _WIDTH)
        return max(self._blocks(blocks, _WIDTH - _SQUARE), self.space.gap + _SQUARE)

    def _blocks(self, blocks: Iterable[dict[str, Any]], width: float) -> float:
        return sum(self.space.gap + self._block(block, width) for block in blocks)

    def _block(self, block: dict[str, Any], width: float) -> float:
        near = self.space.near
        height = _HEADING + (_FIGURE + near) * (bool(block["figure"]) + bool(block["call"]))
        if block["sentences"]:
            told = [run for sentence in block["sentences"] for run in sentence["words"]]
            height += near + self._lines(told, width)
        return height + self.rows(block["items"]) + near * bool(block["items"])

    def rows(self, items: Iterable[dict[str, Any]]) -> float:
        """The height of a list, each row as high as its highest column."""
        heights = [self._row(item) for item in items]
        return sum(heights) + self.space.row * max(len(heights) - 1, 0)

    def _row(self, item: dict[str, Any]) -> float:
        name = self._lines(item["name"], self.name)
        if item["detail"]:
            name += self.space.leading + self._lines(item["detail"], self.name)
        return max(self._lines(item["state"], self.state), name)

    def _lines(self, runs: Sequence[Sequence[str]], width: float) -> float:
        letters = sum(len(run[0]) + 1 for run in runs)
        lines = max(1.0, -(-letters * self.letter // width))
        return lines * _LINE + (lines - 1) * self.space.leading
