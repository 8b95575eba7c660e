"""Carries out what a person decided when money was short: of each charge whether it is paid, waits or is cancelled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from budgeting.actions.audit import record
from budgeting.core.money import ZERO
from budgeting.models import Account, User
from payments.actions.checks import BY_HAND
from payments.actions.orders import move_orders
from payments.core.payment_file import end_to_end_id
from payments.models import LIVE, AdvanceAllowance, PaymentOrder, ShortageOutcome, ShortageProposal

WAIT, CANCEL, PER_CHARGE = "wait", "cancel", "per_charge"
CANCELLED_WHEN_SHORT = "cancelled_when_short"


class NotAChoice(ValueError):
    """A decision that is not possible: `what` is `choice`, `orders`, `reason`, `until`, `living_money` or `account`."""

    def __init__(self, what: str) -> None:
        super().__init__(f"not a choice: {what}")
        self.what = what


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided of one charge, `paid`, `waits` or `cancelled`, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Each:
    """A verdict for every charge by the order's key, and what the resident gets of their own money to live on."""

    verdicts: Mapping[int, Verdict]
    living_money: Decimal = ZERO


class Decision:
    """One choice carried out on the orders of a proposal, all locked. `reason` is that of the whole decision."""

    def __init__(self, proposal: ShortageProposal, by: User, on: date, reason: str) -> None:
        self.proposal, self.by, self.on, self.reason = proposal, by, on, reason
        self.choices = {choice["code"]: choice for choice in proposal.facts["choices"]}
        numbers = [line["order"] for line in self.choices[proposal.facts["proposed"]]["lines"]]
        rows = PaymentOrder.objects.filter(pk__in=numbers).select_for_update(no_key=True)
        self.orders = {order.pk: order for order in rows}

    def do(
        self, choice: str, until: date | None, orders: Collection[int] | None, each: Each | None
    ) -> Mapping[str, object]:
        """Carries it out and keeps it for each charge; returns what the audit event should say. Or `NotAChoice`."""
        if choice in {WAIT, CANCEL}:
            return self._only(self._chosen(orders), "waits" if choice == WAIT else "cancelled")
        if choice not in {*self.choices, PER_CHARGE}:
            raise NotAChoice("choice")
        if orders is not None or (each is None) == (choice == PER_CHARGE):
            raise NotAChoice("orders")
        wanted = each or self._as_offered(self.choices[choice])
        over = self._over_the_limit(wanted)
        if over > ZERO:
            self._allow(over, until)
        self._carry_out(wanted.verdicts)
        self._pay_out(wanted.living_money)
        return {"orders": [number for number, one in wanted.verdicts.items() if one.what != "paid"], "over_limit": over}

    def _as_offered(self, choice: Mapping[str, Any]) -> Each:
        lines = choice["lines"]
        verdicts = {line["order"]: Verdict("paid" if line["paid"] else "waits", self.reason) for line in lines}
        return Each(verdicts, Decimal(choice["living_money"]))

    def _over_the_limit(self, wanted: Each) -> Decimal:
        """By how much what is paid goes beyond own money and free advance; money to live on is never lent."""
        if wanted.verdicts.keys() != self.orders.keys():
            raise NotAChoice("orders")
        if any(not one.reason.strip() for one in wanted.verdicts.values()):
            raise NotAChoice("reason")
        own, free = (Decimal(self.proposal.facts[name]) for name in ("balance", "free_advance"))
        own = max(own, ZERO)
        if not ZERO <= wanted.living_money <= own:
            raise NotAChoice("living_money")
        paid = (self.orders[number].amount for number, one in wanted.verdicts.items() if one.what == "paid")
        return max(sum(paid, ZERO) - (own - wanted.living_money) - free, ZERO)

    def _carry_out(self, verdicts: Mapping[int, Verdict]) -> None:
        def those(what: str) -> list[PaymentOrder]:
            return [self.orders[number] for number, one in sorted(verdicts.items()) if one.what == what]

        self._go(those("paid"))
        self._hold(those("waits"))
        self._cancel(those("cancelled"))
        self._keep(verdicts)

    def _only(self, chosen: Sequence[PaymentOrder], what: str) -> Mapping[str, object]:
        """Some wait or are cancelled; of the others those that can be paid are, and the next run asks of the rest."""
        verdicts = {
            order.pk: Verdict("paid", self.reason) for order in self.orders.values() if order.state == "planned"
        }
        (self._hold if what == "waits" else self._cancel)(chosen)
        self._keep(verdicts | {order.pk: Verdict(what, self.reason) for order in chosen})
        return {"orders": [order.pk for order in chosen]}

    def _keep(self, verdicts: Mapping[int, Verdict]) -> None:
        ShortageOutcome.objects.bulk_create(
            ShortageOutcome(proposal=self.proposal, order_id=number, what=one.what, reason=one.reason.strip())
            for number, one in sorted(verdicts.items())
        )

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

    def _allow(self, amount: Decimal, until: date | None) -> None:
        if until is None or until <= self.on:
            raise NotAChoice("until")
        AdvanceAllowance.objects.create(
            resident_id=self.proposal.resident_id,
            proposal=self.proposal,
            amount=amount,
            valid_from=self.on,
            valid_until=until,
            reason=self.reason,
            allowed_by=self.by,
        )
        facts = {"amount": amount, "until": until, "reason": self.reason}
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
