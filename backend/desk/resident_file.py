"""All that a case worker sees of one resident at a glance: next payment, charges, money, income, accounts, timeline."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.timezone import localtime

from accessibility.events import in_words as event_in_words
from accessibility.events import who
from accessibility.schedules import in_words as schedule_in_words
from backend.desk.orders import needing_a_person
from backend.desk.purses import Expected, Purse, expected_income, purses
from budgeting.actions.participation import who_has_not_signed
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Account, Agreement, AgreementPause, Alert, Allocation, Assignment, AuditEvent, Resident
from payments.models import PaymentOrder, ShortageProposal

AHEAD = timedelta(days=35)
JUST_DONE = timedelta(days=7)
NEXT_DATES = 5
RUNS_OUT = "balance_going_negative"
LATEST = 12
# Events read for each line of the timeline: who looks often must not push away what happened.
LOOKED_BACK = 5
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
    """One line of the timeline, in words; what one person did again at once is one line, with how many `times`."""

    at: datetime
    actor: str
    what: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class ResidentFile:
    """Everything on the page, in the order it is asked for."""

    resident: Resident
    troubles: list[PaymentOrder]
    purse: Purse
    payout: PaymentOrder | None
    charges: list[AgreementTold]
    incomes: list[AgreementTold]
    expected: list[Expected]
    accounts: list[Account]
    case_workers: list[str]
    entries: list[tuple[Allocation, PaymentOrder | None]]
    timeline: list[Happened]
    sheet_signed: bool
    proposal: int | None
    alerts: list[Alert]


def resident_file(resident: Resident, *, on: date) -> ResidentFile:
    """Eight queries, however long the history is."""
    entries = list(Allocation.objects.filter(resident=resident).select_related("entry").order_by("-pk")[:LATEST])
    orders = _orders(resident, {row.entry.end_to_end_id for row in entries} - {""}, on)
    carried_out = {order.end_to_end_id: order for order in orders}
    underway = [order for order in orders if order.due_on >= on - JUST_DONE]
    agreements = list(agreements_of(resident, on=on))
    told = [agreement_told(row, on=on, orders=underway) for row in agreements]
    current = [row for row in told if not row.has_ended]
    known = _known(resident, on)
    return ResidentFile(
        resident=resident,
        troubles=[order for order in orders if getattr(order, "in_need", False)],
        purse=purses([resident.pk])[resident.pk],
        payout=next((order for order in underway if order.kind == "remainder" and order.due_on >= on), None),
        charges=[row for row in current if row.agreement.direction == "out"],
        incomes=[row for row in current if row.agreement.direction == "in"],
        expected=expected_income((a for a in agreements if a.direction == "in"), on=on, until=on + AHEAD),
        accounts=list(Account.objects.filter(resident=resident).order_by("-since", "-pk")),
        case_workers=known["looked_after_by"],
        entries=[(row, carried_out.get(row.entry.end_to_end_id)) for row in entries],
        timeline=timeline(resident),
        sheet_signed=not known["unsigned"],
        proposal=known["proposal"],
        alerts=_alerts(resident, on, told=bool(known["proposal"])),
    )


def agreements_of(resident: Resident, *, on: date) -> Iterable[Agreement]:
    """Every agreement of a resident with `amount_on`, and the pauses that are not over."""
    pauses = Prefetch("pauses", queryset=AgreementPause.objects.exclude(valid_until__lte=on).order_by("valid_from"))
    rows = Agreement.objects.filter(resident=resident).with_amount_or_first(on).prefetch_related(pauses)
    return rows.select_related("counterparty", "account").order_by("direction", "category", "pk")


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
    events = AuditEvent.objects.filter(resident_id=resident.pk).order_by("-id")[: most * LOOKED_BACK]
    told = (Happened(one.at, who(one.actor, one.body), event_in_words(one.action, one.body)) for one in events)
    return list(islice(_once(told), most))


def _once(lines: Iterable[Happened]) -> Iterator[Happened]:
    """Lines that say the same of the same day after each other are one line, of the latest moment."""
    for _key, same in groupby(lines, key=lambda one: (localtime(one.at).date(), one.actor, one.what)):
        latest, *earlier = same
        yield replace(latest, times=1 + len(earlier))


def _known(resident: Resident, on: date) -> dict[str, Any]:
    """In one query: what is to be decided, whether the sheet lacks a signature, and who looks after the resident."""
    this = Resident.objects.filter(pk=OuterRef("pk"))
    open_ones = ShortageProposal.objects.filter(resident=OuterRef("pk"), state="open")
    assigned = Assignment.objects.in_force(on).filter(resident=OuterRef("pk")).order_by("pk")
    name = Coalesce(NullIf("case_worker__full_name", Value("")), "case_worker__username")
    found = Resident.objects.filter(pk=resident.pk).annotate(
        proposal=Subquery(open_ones.values("pk")[:1]),
        unsigned=Exists(who_has_not_signed(this, on=on)),
        looked_after_by=ArraySubquery(assigned.values(shown=name)),
    )
    return dict(found.values("proposal", "unsigned", "looked_after_by").get())


def _alerts(resident: Resident, on: date, *, told: bool) -> list[Alert]:
    """What nobody put off; that money runs out may be `told` by the proposal already."""
    rows = Alert.objects.awake(on).filter(resident=resident).select_related("agreement").most_urgent_first()
    return [row for row in rows if not (told and row.kind == RUNS_OUT)]


def _orders(resident: Resident, ids: Collection[str], on: date) -> list[PaymentOrder]:
    """Orders underway or just done, the latest attempt first, those the entries carried out, and those `in_need`."""
    in_need = Exists(needing_a_person().filter(pk=OuterRef("pk")))
    around = Q(due_on__gte=on - JUST_DONE, due_on__lt=on + AHEAD)
    rows = PaymentOrder.objects.filter(resident=resident).annotate(in_need=in_need)
    wanted = rows.filter(around | Q(end_to_end_id__in=ids) | Q(in_need=True))
    return list(wanted.exclude(state="cancelled").order_by("due_on", "-attempt"))
