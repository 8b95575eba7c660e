"""The polite refusals that a play may meet, by name: whatever else is raised is a fault."""

from collections.abc import Callable

from budgeting.actions.closing import MonthNotOver, NotTheNextMonth
from budgeting.actions.entries import NothingToTakeBack, NotWaiting
from budgeting.actions.ledger import AlreadyReversed, BalanceTooLow, MonthIsClosed
from budgeting.actions.undo import CannotUndo
from payments.actions.batches import AdvanceNotAllowed, AlreadyDecided, NothingToPay
from payments.actions.checks import NotToBePaid
from payments.actions.leaving import AlreadyEnding, NotEnding, SomethingIsLeft
from payments.core.payment_file import CannotBePaid

REFUSALS = (
    NotWaiting, NothingToTakeBack, BalanceTooLow, AlreadyReversed, NothingToPay, AlreadyDecided, AdvanceNotAllowed,
    CannotBePaid, CannotUndo, MonthNotOver, NotTheNextMonth, MonthIsClosed, NotToBePaid, AlreadyEnding, NotEnding,
    SomethingIsLeft,
)  # fmt: skip


def refusal_of(call: Callable[[], object]) -> str:
    """ "" when it did it, else the name of its refusal."""
    try:
        call()
    except REFUSALS as refused:
        return type(refused).__name__
    return ""
