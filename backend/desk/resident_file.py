"""All that a case worker sees of one resident at a glance: next payment, charges, money, income, accounts, timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Prefetch

from accessibility.events import in_words as event_in_words
from accessibility.schedules import in_words as schedule_in_words
from backend.desk.purses import Expected, Purse, expected_income, purses
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Account, Agreement, AgreementPause, Allocation, Assignment, AuditEvent, Resident
from payments.models import PaymentOrder

AHEAD = timedelta(days=35)
NEXT_DATES = 5
LATEST = 12
_TWO_YEARS = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class AgreementTold:
    """An agreement with its amount today, its schedule as a sentence, its next dates and its order underway."""

    agreement: Agreement
    amount: Decimal | None
    schedule: str
    dates: tuple[date, ...]
    pause: AgreementPause | None
    order: PaymentOrder | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing falls due any more."""
        return not self.dates and self.agreement.valid_until is not None


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline, in words."""

    at: datetime
    actor: str
    what: str


@dataclass(frozen=True, slots=True)
class ResidentFile:
    """Everything on the page, in the order it is asked for."""

    resident: Resident
    purse: Purse
    payout: PaymentOrder | None
    charges: list[AgreementTold]
    incomes: list[AgreementTold]
    expected: list[Expected]
    accounts: list[Account]
    case_workers: list[Assignment]
    entries: list[Allocation]
    timeline: list[Happened]


def resident_file(resident: Resident, *, on: date) -> ResidentFile:
    """Seven queries, however long the history is."""
    orders = list(_orders(resident, on))
    agreements = list(agreements_of(resident, on=on))
    told = [agreement_told(row, on=on, orders=orders) for row in agreements]
    assigned = Assignment.objects.in_force(on).filter(resident=resident).select_related("case_worker")
    entries = Allocation.objects.filter(resident=resident).select_related("entry").order_by("-pk")[:LATEST]
    current = [row for row in told if not row.has_ended]
    return ResidentFile(
        resident=resident,
        purse=purses([resident.pk])[resident.pk],
        payout=next((order for order in orders if order.kind == "remainder" and order.due_on >= on), None),
        charges=[row for row in current if row.agreement.direction == "out"],
        incomes=[row for row in current if row.agreement.direction == "in"],
        expected=expected_income((a for a in agreements if a.direction == "in"), on=on, until=on + AHEAD),
        accounts=list(Account.objects.filter(resident=resident).order_by("-since", "-pk")),
        case_workers=list(assigned),
        entries=list(entries),
        timeline=timeline(resident),
    )


def agreements_of(resident: Resident, *, on: date) -> Iterable[Agreement]:
    """Every agreement of a resident with `amount_on`, and the pauses that are not over."""
    pauses = Prefetch("pauses", queryset=AgreementPause.objects.exclude(valid_until__lte=on).order_by("valid_from"))
    rows = Agreement.objects.filter(resident=resident).with_amount(on).select_related("counterparty", "account")
    return rows.prefetch_related(pauses).order_by("direction", "category", "pk")


def agreement_told(agreement: Agreement, *, on: date, orders: Iterable[PaymentOrder] = ()) -> AgreementTold:
    """One agreement; its pauses were fetched, its exceptions are left to the planning."""
    pauses = list(agreement.pauses.all())
    recurrence = Recurrence.from_dict(agreement.recurrence)
    dates = due_dates(
        recurrence,
        since=on,
        until=on + _TWO_YEARS,
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        pauses=[(pause.valid_from, pause.valid_until) for pause in pauses],
    )
    return AgreementTold(
        agreement,
        getattr(agreement, "amount_on", None),
        schedule_in_words(recurrence),
        dates[:NEXT_DATES],
        next(iter(pauses), None),
        next((order for order in orders if order.agreement_id == agreement.pk), None),
    )


def timeline(resident: Resident, *, most: int = LATEST) -> list[Happened]:
    """What was done and who looked, the latest first."""
    events = AuditEvent.objects.filter(resident_id=resident.pk).order_by("-id")[:most]
    return [Happened(event.at, event.actor, event_in_words(event.action, event.body)) for event in events]


def _orders(resident: Resident, on: date) -> Iterable[PaymentOrder]:
    """Orders underway or just done; of each agreement the one that says most about now comes first."""
    rows = PaymentOrder.objects.filter(resident=resident, due_on__gte=on - timedelta(days=7), due_on__lt=on + AHEAD)
    return rows.exclude(state="cancelled").order_by("due_on", "-attempt")
