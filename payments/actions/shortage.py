"""When money is short: proposes what to do, and does what a person decides. Nobody stays unpaid without being named."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.ledger import lock_residents
from budgeting.core.money import ZERO
from budgeting.models import Account, User
from payments.actions.checks import BY_HAND
from payments.actions.orders import hold_payments, move_orders
from payments.actions.shortage_facts import Short, shortages, to_be_paid
from payments.core.payment_file import end_to_end_id
from payments.models import LIVE, AdvanceAllowance, PaymentOrder, ShortageProposal

OVER_THE_LIMIT, WAIT, CANCEL = "over_the_limit", "wait", "cancel"
CANCELLED_WHEN_SHORT = "cancelled_when_short"


class NotOpen(Exception):
    """The shortage was decided or solved before; `proposal` says how."""

    def __init__(self, proposal: ShortageProposal) -> None:
        super().__init__(f"{proposal} is {proposal.state}")
        self.proposal = proposal


class ShortageChanged(Exception):
    """Money or charges are not what they were when the proposal was made: look again (`look_again`)."""


class NotAChoice(ValueError):
    """A decision that this proposal does not offer: `what` is `choice`, `orders`, `reason`, `until` or `account`."""

    def __init__(self, what: str) -> None:
        super().__init__(f"not a choice: {what}")
        self.what = what


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a run did: new proposals, proposals whose facts changed, and those solved by themselves."""

    proposed: int
    changed: int
    solved: int


@transaction.atomic
def propose_when_short(*, on: date, first: date, by: User | None = None) -> Proposed:
    """For each resident with too little for what has to go out by `first` one open proposal; a second run changes none.

    A proposal closes by itself when there is enough. Runs after `reconsider`, which holds what does not fit.
    """
    hold_payments()
    open_ones = {one.resident_id: one for one in ShortageProposal.objects.filter(state="open")}
    orders = list(to_be_paid(first).order_by("pk"))
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
) -> ShortageProposal:
    """Does what a person chose, once. `until` (half-open) belongs to going over the limit.

    `orders` says which charges wait or are cancelled (else those the proposed choice leaves unpaid). Raises `NotOpen`,
    `ShortageChanged`, `NotAChoice` or `access.NotAllowed`.
    """
    access.check_may(by, "decide_shortage", on=on)
    if not access.may_see(by, proposal.resident, on=on):
        raise access.NotAllowed("decide_shortage")
    if not reason.strip():
        raise NotAChoice("reason")
    current, short = _looked_at(proposal, on)
    if short is None or not proposal.digest == current.digest == short.digest:
        raise ShortageChanged
    done = _Decision(current, by, on).do(choice, reason, until, orders)
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


class _Decision:
    """One choice carried out on the orders of a proposal, all locked."""

    def __init__(self, proposal: ShortageProposal, by: User, on: date) -> None:
        self.proposal, self.by, self.on = proposal, by, on
        self.choices = {choice["code"]: choice for choice in proposal.facts["choices"]}
        numbers = [line["order"] for line in self.choices[proposal.facts["proposed"]]["lines"]]
        rows = PaymentOrder.objects.filter(pk__in=numbers).select_for_update(no_key=True)
        self.orders = {order.pk: order for order in rows}

    def do(self, choice: str, reason: str, until: date | None, orders: Collection[int] | None) -> Mapping[str, object]:
        """Carries it out; returns what the audit event should say."""
        if choice in {WAIT, CANCEL}:
            chosen = self._chosen(orders)
            (self._hold if choice == WAIT else self._cancel)(chosen)
            return {"orders": [order.pk for order in chosen]}
        if choice not in self.choices or orders is not None:
            raise NotAChoice("choice" if orders is None else "orders")
        lines = self.choices[choice]["lines"]
        if choice == OVER_THE_LIMIT:
            self._allow(Decimal(self.choices[choice]["over_limit"]), reason, until)
        self._go([self.orders[line["order"]] for line in lines if line["paid"]])
        waiting = [self.orders[line["order"]] for line in lines if not line["paid"]]
        self._hold(waiting)
        self._pay_out(Decimal(self.choices[choice]["living_money"]))
        return {"orders": [order.pk for order in waiting], "over_limit": self.choices[choice]["over_limit"]}

    def _chosen(self, orders: Collection[int] | None) -> list[PaymentOrder]:
        if orders is None:
            lines = self.choices[self.proposal.facts["proposed"]]["lines"]
            orders = [line["order"] for line in lines if not line["paid"]]
        if not orders or not self.orders.keys() >= set(orders):
            raise NotAChoice("orders")
        return [self.orders[number] for number in sorted(set(orders))]

    def _go(self, orders: Sequence[PaymentOrder]) -> None:
        """What is paid by this decision says so, and is planned when it was held."""
        for order in orders:
            order.explanation = {**order.explanation, "shortage": self.proposal.pk}
        move_orders([order for order in orders if order.state == "held"], "planned", by=self.by)
        PaymentOrder.objects.bulk_update(orders, ["explanation"])

    def _hold(self, orders: Sequence[PaymentOrder]) -> None:
        """Held by hand from now on; what was held because money is short goes through planned, so that it is told."""
        move_orders([order for order in orders if order.state == "held"], "planned", by=self.by)
        move_orders(orders, "held", by=self.by, reason=BY_HAND)

    def _cancel(self, orders: Sequence[PaymentOrder]) -> None:
        move_orders(orders, "cancelled", by=self.by, reason=CANCELLED_WHEN_SHORT)

    def _allow(self, amount: Decimal, reason: str, until: date | None) -> None:
        if until is None or until <= self.on:
            raise NotAChoice("until")
        AdvanceAllowance.objects.create(
            resident_id=self.proposal.resident_id,
            proposal=self.proposal,
            amount=amount,
            valid_from=self.on,
            valid_until=until,
            reason=reason,
            allowed_by=self.by,
        )
        facts = {"amount": amount, "until": until, "reason": reason}
        number = self.proposal.resident_id
        record(action="advance.allowed", subject=f"resident:{number}", by=self.by, resident_id=number, **facts)

    def _pay_out(self, amount: Decimal) -> None:
        """Money to live on, kept apart from own money, goes to the resident with the next file."""
        if amount == ZERO:
            return
        number = self.proposal.resident_id
        account = Account.objects.filter(resident=number, until=None).first()
        if account is None:
            raise NotAChoice("account")
        day, first = self.on, date.fromisoformat(self.proposal.facts["first"])
        others = PaymentOrder.objects.filter(kind="remainder", resident=number, due_on=day)
        if others.filter(state__in=LIVE).exists():
            raise NotAChoice("living_money")
        attempt = others.count() + 1
        PaymentOrder.objects.create(
            kind="remainder",
            resident_id=number,
            account=account,
            category="living_money",
            due_on=day,
            execute_on=max(first, day),
            amount=amount,
            name=account.name,
            iban=account.iban,
            remittance="Leefgeld",
            attempt=attempt,
            end_to_end_id=end_to_end_id(settings.E2E_KEY, "remainder", number, day, attempt),
            explanation={"protected": self.proposal.pk},
        )


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
