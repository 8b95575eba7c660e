"""The change-over list of a resident as a page tells it: each line with the first, or the last, money seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from budgeting.models import Account, Allocation, BankAccount, MoveOver, ParticipationEnd, Resident
from payments.models import PaymentOrder


@dataclass(frozen=True, slots=True)
class LineTold:
    """One line. `seen` is the first money by this agreement; at the end, the last that still came to us."""

    line: MoveOver
    seen: date | None

    @property
    def state(self) -> str:
        """How far this one is: `not_needed`, `works`, `still`, `answered`, `told` or `to_tell`."""
        if self.line.not_needed:
            return "not_needed"
        if self.line.when == MoveOver.When.START and self.seen:
            return "works"
        if self.line.when == MoveOver.When.END and self.seen and self.line.told_on and self.seen > self.line.told_on:
            return "still"
        return "answered" if self.line.answered_on else "told" if self.line.told_on else "to_tell"


def lines_of(resident: Resident) -> dict[str, list[LineTold]]:
    """Both lists, those that need somebody in front; three queries."""
    rows = MoveOver.objects.filter(resident=resident).select_related("agreement__counterparty", "answered_by")
    lines = list(rows.order_by("agreement__direction", "agreement__counterparty__name", "pk"))
    seen = _seen({line.agreement_id for line in lines})
    found: dict[str, list[LineTold]] = {when: [] for when in MoveOver.When.values}
    for line in lines:
        first, last = seen.get(line.agreement_id, (None, None))
        found[line.when].append(LineTold(line, first if line.when == MoveOver.When.START else last))
    done = {"works", "answered", "not_needed"}
    return {when: sorted(rows, key=lambda one: one.state in done) for when, rows in found.items()}


def account_to_tell(line: MoveOver) -> str:
    """The number the other side has to know: the town's at the start, the resident's own at the end; perhaps none."""
    if line.when == MoveOver.When.START:
        return BankAccount.objects.order_by("pk").values_list("iban", flat=True).first() or ""
    own = Account.objects.filter(resident=line.resident_id, until=None)
    return own.values_list("iban", flat=True).first() or ""


def since_when(line: MoveOver) -> date:
    """From which day on the number holds."""
    if line.when == MoveOver.When.START:
        return line.resident.starts_on
    ends = ParticipationEnd.objects.standing().filter(resident=line.resident_id)
    return ends.values_list("ends_on", flat=True).first() or line.listed_on


def _seen(agreements: Iterable[int]) -> dict[int, tuple[date, date]]:
    """The first and the last day on which money came in or went out by each agreement."""
    wanted = list(agreements)
    came = Allocation.objects.standing().filter(agreement__in=wanted, amount__gt=0).values_list("agreement")
    paid = PaymentOrder.objects.filter(agreement__in=wanted, state="booked").values_list("agreement")
    rows = [
        *came.annotate(Min("entry__booking_date"), Max("entry__booking_date")),
        *paid.annotate(Min("booked_on"), Max("booked_on")),
    ]
    return {agreement: (first, last) for agreement, first, last in rows}
