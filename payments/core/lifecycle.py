"""Which state may follow which, for orders, batches and participations that end: one table.

Code asks it, database triggers are made from `TRANSITIONS`, and the pictures in docs/ are drawn with `diagram`. A
rejected or returned order stays so for ever: paying again is a new order, the next attempt, with an end-to-end id of
its own.
"""

from typing import NamedTuple

ORDER = "order"
BATCH = "batch"
ENDING = "ending"


class Transition(NamedTuple):
    """One legal change."""

    kind: str
    from_: str
    to: str


# Each state with the states that may follow it, in the order in which they are drawn.
_FOLLOWED_BY: dict[str, dict[str, tuple[str, ...]]] = {
    ORDER: {
        "planned": ("held", "batched", "cancelled"),
        "held": ("planned", "cancelled"),
        "batched": ("planned", "released"),  # back to planned when its batch is cancelled
        "released": ("booked", "rejected"),
        "booked": ("returned",),
        "returned": (),
        "rejected": (),
        "cancelled": (),
    },
    BATCH: {
        "draft": ("approved", "cancelled"),
        "approved": ("released", "cancelled"),
        "released": ("closed",),
        "closed": (),
        "cancelled": (),
    },
    ENDING: {
        "ending": ("ended", "withdrawn"),
        "ended": ("ending",),  # money came after the end
        "withdrawn": (),
    },
}

# Every row begins its life here; anything else is refused at insert.
FIRST_STATE = {ORDER: "planned", BATCH: "draft", ENDING: "ending"}

# After these the bank owes us no more news about an order; a batch of nothing else may be closed.
SETTLED_ORDER_STATES = frozenset({"booked", "returned", "rejected"})

# The money is not with the counterparty, so the same due date may be tried once more.
STATES_FOR_A_NEW_ATTEMPT = frozenset({"returned", "rejected"})

# At most one order of a due date may be in one of these (I-16): it is being paid, or it has been.
LIVE_ORDER_STATES = frozenset({"planned", "held", "batched", "released", "booked"})

TRANSITIONS: tuple[Transition, ...] = tuple(
    Transition(kind, from_, to)
    for kind, states in _FOLLOWED_BY.items()
    for from_, after in states.items()
    for to in after
)


class NoSuchState(LookupError):
    """There is no such kind, or this kind has no such state."""

    def __init__(self, kind: str, state: str) -> None:
        super().__init__(f"no such state: {kind} {state}")
        self.kind = kind
        self.state = state


class MayNotBecome(Exception):
    """The change is not in the table."""

    def __init__(self, kind: str, from_: str, to: str) -> None:
        super().__init__(f"{kind}: {from_} may not become {to}")
        self.kind = kind
        self.from_ = from_
        self.to = to


def check_may_become(kind: str, from_: str, to: str) -> None:
    """Raise `MayNotBecome` unless the change is legal, `NoSuchState` for a word that is no state."""
    if not may_become(kind, from_, to):
        raise MayNotBecome(kind, from_, to)


def may_become(kind: str, from_: str, to: str) -> bool:
    """Whether the change is legal; to stay what it is, is no change and not legal."""
    for state in (from_, to):
        if state not in states(kind):
            raise NoSuchState(kind, state)
    return to in _FOLLOWED_BY[kind][from_]


def states(kind: str) -> tuple[str, ...]:
    """All states of a kind, the first state first."""
    if kind not in _FOLLOWED_BY:
        raise NoSuchState(kind, "")
    return tuple(_FOLLOWED_BY[kind])


def diagram(kind: str) -> str:
    """The table of a kind as a Mermaid state diagram, ending in a line break."""
    begin = [f"    [*] --> {FIRST_STATE[kind]}"]
    changes = [f"    {from_} --> {to}" for of, from_, to in TRANSITIONS if of == kind]
    ends = [f"    {state} --> [*]" for state in states(kind) if _may_stay(kind, state)]
    return "\n".join(["stateDiagram-v2", *begin, *changes, *ends]) + "\n"


def _may_stay(kind: str, state: str) -> bool:
    return not _FOLLOWED_BY[kind][state] or (kind == ORDER and state in SETTLED_ORDER_STATES) or state == "ended"
