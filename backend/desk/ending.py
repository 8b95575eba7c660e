"""How a participation ends: what is left, what is on its way, what a person has to decide, and whom to tell."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from budgeting.core.endings import DIED, PERHAPS_DIED, what_is_left
from budgeting.core.money import ZERO
from budgeting.models import Agreement, Heir, ParticipationEnd, Resident, WaitingEntry
from payments.actions.death import HELD
from payments.actions.leaving import left_of, standing_end
from payments.models import PaymentOrder

UNDERWAY = ("batched", "released")


@dataclass(frozen=True, slots=True)
class EndingFacts:
    """Everything on the page; lists are empty while nothing ends."""

    resident: Resident
    ending: ParticipationEnd | None
    perhaps_died: bool
    purse: Decimal
    lent: Decimal
    reasons: tuple[str, ...] = ()
    underway: list[PaymentOrder] = field(default_factory=list)
    to_come: list[PaymentOrder] = field(default_factory=list)
    to_decide: list[PaymentOrder] = field(default_factory=list)
    heirs: list[Heir] = field(default_factory=list)
    to_tell: list[Agreement] = field(default_factory=list)

    @property
    def has_died(self) -> bool:
        """Whether it ends because the resident died."""
        return self.ending is not None and self.ending.why == DIED

    @property
    def can_pay_out(self) -> bool:
        """Whether there is money and nothing of it is on its way or to be decided."""
        in_the_way = {"day_to_come", "orders_to_send", "orders_sent"} & set(self.reasons)
        return self.purse > ZERO and not in_the_way and (bool(self.heirs) or not self.has_died)


def ending_facts(resident: Resident, *, on: date) -> EndingFacts:
    """The page of one resident."""
    ending, left = standing_end(resident), left_of(resident.pk)
    perhaps = resident.stopped_because == PERHAPS_DIED
    if ending is None:
        return EndingFacts(resident, None, perhaps, left.purse, left.lent)
    orders = list(PaymentOrder.objects.filter(resident=resident, state__in=["planned", "held", *UNDERWAY]))
    orders.sort(key=lambda order: (order.execute_on, order.pk))
    return EndingFacts(
        resident=resident,
        ending=ending,
        perhaps_died=perhaps,
        purse=left.purse,
        lent=left.lent,
        reasons=what_is_left(left, ends_on=ending.ends_on, on=on) if ending.state == "ending" else (),
        underway=[order for order in orders if order.state in UNDERWAY],
        to_come=[order for order in orders if order.state not in UNDERWAY and order.reason != HELD],
        to_decide=[order for order in orders if order.reason == HELD],
        heirs=list(ending.heirs.order_by("pk")),
        to_tell=_to_tell(resident) if ending.why == DIED else [],
    )


def late_income(waiting: WaitingEntry, residents: set[int]) -> list[ParticipationEnd]:
    """Endings of these residents that lie before a waiting entry: its money can go on to them."""
    entry = waiting.entry
    rows = ParticipationEnd.objects.standing().filter(resident__in=residents, ends_on__lte=entry.booking_date)
    return list(rows.exclude(why=DIED).select_related("resident")) if entry.amount > ZERO else []


def _to_tell(resident: Resident) -> list[Agreement]:
    """Everyone with whom something was agreed and still holds, each once."""
    rows = Agreement.objects.filter(resident=resident, valid_until=None).select_related("counterparty")
    found = {row.counterparty_id: row for row in rows.order_by("-direction", "category", "-pk")}
    return list(found.values())
