"""When money is short: proposes what to do, and does what a person decides. Nobody stays unpaid without being named."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.ledger import lock_residents
from budgeting.models import User
from budgeting.models.among import EVERYONE, among
from payments.actions.checks import BY_HAND
from payments.actions.orders import hold_payments, move_orders
from payments.actions.parts import Day
from payments.actions.shortage_decision import Decision, Each, NotAChoice
from payments.actions.shortage_facts import Short, shortages, to_be_paid
from payments.models import PaymentOrder, ShortageProposal


class NotOpen(Exception):
    """The shortage was decided or solved before; `proposal` says how."""

    def __init__(self, proposal: ShortageProposal) -> None:
        super().__init__(f"{proposal} is {proposal.state}")
        self.proposal = proposal


class ShortageChanged(Exception):
    """Money or charges are not what they were when the proposal was made: look again (`look_again`)."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a run did: new proposals, proposals whose facts changed, and those solved by themselves."""

    proposed: int = 0
    changed: int = 0
    solved: int = 0


@transaction.atomic
def propose_when_short(*, on: date, first: date, by: User | None = None) -> Proposed:
    """For each resident with too little for what has to go out by `first` one open proposal; a second run changes none.

    A proposal closes by itself when there is enough. Runs after `reconsider`, which holds what does not fit.
    """
    hold_payments()
    return proposed_for(EVERYONE, Day(on, first, by))


def proposed_for(residents: Collection[int], day: Day) -> Proposed:
    """What `propose_when_short` does for these residents; for who holds payments, of them or of all."""
    on, first, by = day
    open_ones = {
        one.resident_id: one for one in ShortageProposal.objects.filter(among("resident", residents), state="open")
    }
    orders = list(to_be_paid(first).filter(among("resident", residents)).order_by("pk"))
    if not orders and not open_ones:
        return Proposed()
    lock_residents({order.resident_id for order in orders} | open_ones.keys())
    found = shortages(orders, on=on, first=first)
    for number in found.keys() - open_ones.keys():
        _open(found[number], on, by)
    changed = [one for number, one in open_ones.items() if number in found and one.digest != found[number].digest]
    for one in changed:
        _renew(one, found[one.resident_id], by)
    solved = [one for number, one in open_ones.items() if number not in found]
    for one in solved:
        _close(one, "solved", on, by)
    return Proposed(len(found.keys() - open_ones.keys()), len(changed), len(solved))


@transaction.atomic
def look_again(*, proposal: ShortageProposal, on: date, by: User | None = None) -> ShortageProposal:
    """The proposal as money and charges stand now; solved when nothing is missing any more. Raises `NotOpen`."""
    current, short = _looked_at(proposal, on)
    if short is None:
        _close(current, "solved", on, by)
    elif short.digest != current.digest:
        _renew(current, short, by)
    return current


@transaction.atomic
def decide_shortage(
    *,
    proposal: ShortageProposal,
    choice: str,
    reason: str,
    by: User,
    on: date,
    until: date | None = None,
    orders: Collection[int] | None = None,
    each: Each | None = None,
) -> ShortageProposal:
    """Does what a person chose, once, and keeps it for each charge. `until` (half-open): to go over the limit.

    `orders` says which charges wait or are cancelled (else those the proposed choice leaves unpaid); `each` belongs to
    `per_charge`. Raises `NotOpen`, `ShortageChanged`, `NotAChoice` or `access.NotAllowed`.
    """
    access.check_may(by, "decide_shortage", on=on)
    if not access.may_see(by, proposal.resident, on=on):
        raise access.NotAllowed("decide_shortage")
    if not reason.strip():
        raise NotAChoice("reason")
    current, short = _looked_at(proposal, on)
    if short is None or not proposal.digest == current.digest == short.digest:
        raise ShortageChanged
    done = Decision(current, by, on, reason.strip()).do(choice, until, orders, each)
    current.choice, current.reason, current.decided_by = choice, reason, by
    _close(current, "decided", on, by, choice=choice, reason=reason, **done)
    return current


@transaction.atomic
def let_go(*, order: PaymentOrder, reason: str, on: date, by: User) -> PaymentOrder:
    """A charge that a person held by hand is planned again; the next run looks whether it can be paid."""
    access.check_may(by, "decide_shortage", on=on)
    if not access.may_see(by, order.resident, on=on):
        raise access.NotAllowed("decide_shortage")
    hold_payments()
    held = PaymentOrder.objects.select_for_update(no_key=True).get(pk=order.pk)
    if (held.state, held.reason) != ("held", BY_HAND):
        raise NotAChoice("orders")
    move_orders([held], "planned", by=by)
    record(action="order.let_go", subject=f"order:{held.pk}", by=by, resident_id=held.resident_id, reason=reason)
    return held


def _looked_at(proposal: ShortageProposal, on: date) -> tuple[ShortageProposal, Short | None]:
    """The open proposal, locked, and the shortage as it is now (None: there is none)."""
    hold_payments()
    current = ShortageProposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if current.state != "open":
        raise NotOpen(current)
    lock_residents([current.resident_id])
    first = date.fromisoformat(current.facts["first"])
    orders: list[PaymentOrder] = list(to_be_paid(first).filter(resident=current.resident_id).order_by("pk"))
    return current, shortages(orders, on=on, first=first).get(current.resident_id)


def _open(short: Short, on: date, by: User | None) -> None:
    made = ShortageProposal.objects.create(
        resident_id=short.resident, opened_on=on, missing=short.missing, facts=short.facts, digest=short.digest
    )
    _tell("proposed", made, by, missing=short.missing, proposed=short.facts["proposed"])


def _renew(proposal: ShortageProposal, short: Short, by: User | None) -> None:
    proposal.missing, proposal.facts, proposal.digest = short.missing, short.facts, short.digest
    proposal.save(update_fields=["missing", "facts", "digest"])
    _tell("changed", proposal, by, missing=short.missing)


def _close(proposal: ShortageProposal, state: str, on: date, by: User | None, **facts: Any) -> None:
    proposal.state, proposal.closed_on = state, on
    proposal.save(update_fields=["state", "closed_on", "choice", "reason", "decided_by"])
    _tell(state, proposal, by, **facts)


def _tell(what: str, proposal: ShortageProposal, by: User | None, **facts: object) -> None:
    subject, number = f"shortage:{proposal.pk}", proposal.resident_id
    record(action=f"shortage.{what}", subject=subject, by=by, resident_id=number, **facts)
