"""What the town lent one resident, for a case worker: how much, why, by whom, until when, how it comes back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accessibility.schedules import in_words
from backend.desk.purses import Purse, purses
from budgeting.core.schedule import Recurrence
from budgeting.models import Resident, Town
from payments.actions.limits import advance_limits
from payments.models import AdvanceAllowance, AdvanceLent, RepaymentPlan, WriteOff

MOST = 50


@dataclass(frozen=True, slots=True)
class Lent:
    """One advance and the sum behind it in euro: owed before, careful income and charges ahead, what is spare."""

    note: AdvanceLent
    owed: Decimal
    income: Decimal
    charges: Decimal
    spare: Decimal


@dataclass(frozen=True, slots=True)
class AdvanceFacts:
    """All about the advances of one resident."""

    resident: Resident
    purse: Purse
    limit: Decimal
    lends: bool
    by_plan: bool
    lent: tuple[Lent, ...]
    allowances: tuple[AdvanceAllowance, ...]
    plan: RepaymentPlan | None
    rhythm: str
    write_offs: tuple[WriteOff, ...]

    @property
    def open_write_off(self) -> WriteOff | None:
        """The one that waits for a second person."""
        return next((one for one in self.write_offs if not one.approved_on and not one.withdrawn_on), None)


def advance_facts(resident: Resident, *, on: date) -> AdvanceFacts:
    """Seven queries, however much was lent; the latest fifty advances."""
    notes = AdvanceLent.objects.filter(resident=resident).select_related("lent_by", "order").order_by("-lent_on", "-pk")
    allowances = AdvanceAllowance.objects.filter(resident=resident).select_related("allowed_by").order_by("-valid_from")
    write_offs = WriteOff.objects.filter(resident=resident).select_related("proposed_by", "approved_by").order_by("-pk")
    plans = RepaymentPlan.objects.filter(resident=resident).exclude(valid_until__lte=on).select_related("agreed_by")
    plan, town = plans.order_by("-valid_from").first(), Town.objects.get()
    return AdvanceFacts(
        resident=resident,
        purse=purses([resident.pk])[resident.pk],
        limit=advance_limits([resident.pk], on=on)[resident.pk],
        lends=town.lends_advances,
        by_plan=town.repays == Town.Repays.BY_PLAN,
        lent=tuple(_lent(note) for note in notes[:MOST]),
        allowances=tuple(allowances[:MOST]),
        plan=plan,
        rhythm=in_words(Recurrence.from_dict(plan.recurrence)) if plan else "",
        write_offs=tuple(write_offs[:MOST]),
    )


def _lent(note: AdvanceLent) -> Lent:
    return Lent(note, *(Decimal(note.affordability[name]) for name in ("owed", "income", "charges", "spare")))
