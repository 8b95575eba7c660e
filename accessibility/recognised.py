"""How money is recognised, told to residents: what happens, who decides, how often it is right, how to object.

Every figure comes from the rules that run or from the kept measurement; none is typed here.
"""

from collections.abc import Iterator
from datetime import date

from accessibility.facts import Help
from accessibility.sentence import Block, Name, Sentence, Story, sentence
from accessibility.story import help_block
from budgeting.core.measured import Measured, Part

_GROUPS = ("names", "household", "income")
FEW_LINES = 100  # a group with fewer lines tells little: the page says so


def story_of_recognition(measured: Measured, *, rules: int, desk: Help | None, on: date) -> Story:
    """The page; `rules` is how many run, `desk` where to object (None before the town is set up)."""
    blocks = (
        _block("what", "recognised.what", "recognised.lines", "recognised.looks", "recognised.example"),
        Block("how", sentence("recognised.how"), sentences=_how(rules)),
        _block("who", "recognised.who", "recognised.sure", "recognised.doubt", "recognised.kind_only"),
        Block("often", sentence("recognised.often"), sentences=_often(measured)),
        Block("fair", sentence("recognised.fair"), sentences=tuple(_fair(measured))),
        *((_object(desk),) if desk else ()),
    )
    return Story("recognised", on, sentence("recognised.title"), blocks)


def of_a_hundred(share: float) -> int:
    """How many out of a hundred, rounded down: never better than it is."""
    return int(share * 100 + 1e-9)


def _block(key: str, heading: str, *messages: str) -> Block:
    return Block(key, sentence(heading), sentences=tuple(sentence(message) for message in messages))


def _how(rules: int) -> tuple[Sentence, ...]:
    counted = sentence("recognised.rules", rules=rules)
    rest = (sentence("recognised.not_you"), sentence("recognised.learns"))
    return (sentence("recognised.sees"), counted, *rest)


def _often(measured: Measured) -> tuple[Sentence, ...]:
    whole = measured.whole
    return (
        sentence("recognised.right", strong=True, right=of_a_hundred(whole.right)),
        sentence("recognised.made_up", lines=whole.n),
        sentence("recognised.harder"),
        sentence("recognised.unknown", right=of_a_hundred(measured.firm_unknown.right)),
        sentence("recognised.asks", asked=100 - of_a_hundred(whole.auto)),
    )


def _fair(measured: Measured) -> Iterator[Sentence]:
    yield sentence("recognised.apart")
    groups = [(f"{name}.{group}", part) for name in _GROUPS for group, part in measured.parts[name].items()]
    for key, part in groups:
        yield sentence(f"recognised.{key}", right=of_a_hundred(part.right))
    if any(_is_small(part) for _, part in groups):
        yield sentence("recognised.few")


def _is_small(part: Part) -> bool:
    return part.n < FEW_LINES


def _object(desk: Help) -> Block:
    told = (sentence("recognised.call"), sentence("recognised.write", address=Name(desk.address)))
    return Block("object", sentence("recognised.object"), sentences=told, call=help_block(desk).call)
