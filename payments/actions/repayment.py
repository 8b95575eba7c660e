"""When an advance comes back: from the first money, or in instalments where the town repays by plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, Sum

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.ledger import advances_used, lock_residents
from budgeting.core.money import ZERO, amount
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Posting, Resident, Town, User
from budgeting.models.among import among
from payments.core.scenario import Charge
from payments.models import RepaymentPlan

INSTALMENT = "debt_repayment"


class NothingAgreed(ValueError):
    """A plan needs an instalment above nothing and a reason in words."""


class AlreadyAgreed(Exception):
    """A plan that begins on that day or later is there already."""


@transaction.atomic
def agree_repayment(
    *,
    resident: Resident,
    instalment: Decimal,
    recurrence: Recurrence,
    valid_from: date,
    reason: str,
    on: date,
    by: User,
) -> RepaymentPlan:
    """From a day on the resident repays so much each time; an earlier plan ends that day.

    Raises `NothingAgreed` or `AlreadyAgreed`.
    """
    access.check_may(by, "change_agreements", on=on)
    if not access.may_see(by, resident, on=on):
        raise access.NotAllowed("change_agreements")
    if amount(instalment) <= ZERO or not reason.strip():
        raise NothingAgreed
    lock_residents([resident.pk])
    if RepaymentPlan.objects.filter(resident=resident, valid_from__gte=valid_from).exists():
        raise AlreadyAgreed
    for earlier in RepaymentPlan.objects.in_force(valid_from).filter(resident=resident):
        earlier.valid_until = valid_from
        earlier.save(update_fields=["valid_until"])
    plan = RepaymentPlan.objects.create(
        resident=resident,
        instalment=amount(instalment),
        recurrence=recurrence.to_dict(),
        valid_from=valid_from,
        reason=reason,
        agreed_by=by,
    )
    facts = {"instalment": plan.instalment, "valid_from": valid_from, "reason": reason}
    record(action="repayment.agreed", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, **facts)
    return plan


def to_repay(residents: Iterable[int], *, on: date) -> dict[int, Decimal]:
    """What each resident has to pay back by the day, in euro: all that is lent, or the instalments due until then."""
    return _due(advances_used(residents), on)[0]


def _due(used: Mapping[int, Decimal], on: date) -> tuple[dict[int, Decimal], dict[int, RepaymentPlan]]:
    """What is due of what was lent, and by which plans."""
    lent, plans = dict(used), _plans(used, on)
    repaid = _repaid(plans) if plans else {}
    for number, plan in plans.items():
        due = plan.instalment * len(_days(plan, plan.valid_from, on + timedelta(days=1)))
        lent[number] = min(lent[number], max(due - repaid[number], ZERO))
    return lent, plans


def instalments_ahead(residents: Iterable[int], *, on: date, until: date) -> dict[int, list[Charge]]:
    """The instalments after `on` and before `until`, as charges; no more than is still lent after what is due now."""
    return repayments(advances_used(residents), on=on, until=until)[1]


def repayments(
    lent: Mapping[int, Decimal], *, on: date, until: date
) -> tuple[dict[int, Decimal], dict[int, list[Charge]]]:
    """`to_repay` and `instalments_ahead` at once, of what each resident was lent (`advances_used`)."""
    now, plans = _due(lent, on)
    found: dict[int, list[Charge]] = defaultdict(list)
    for number, plan in plans.items():
        left = lent[number] - now[number]
        for day in _days(plan, on + timedelta(days=1), until):
            instalment = min(plan.instalment, left)
            if instalment > ZERO:
                found[number].append(Charge(day, instalment, INSTALMENT))
                left -= instalment
    return now, found


def _plans(residents: Iterable[int], on: date) -> dict[int, RepaymentPlan]:
    by_plan = Exists(Town.objects.filter(repays=Town.Repays.BY_PLAN))
    rows = RepaymentPlan.objects.in_force(on).filter(among("resident", list(residents)), by_plan)
    return {plan.resident_id: plan for plan in rows}


def _days(plan: RepaymentPlan, since: date, until: date) -> tuple[date, ...]:
    recurrence = Recurrence.from_dict(plan.recurrence)
    ends = plan.valid_until
    return due_dates(recurrence, since=since, until=until, valid_from=plan.valid_from, valid_until=ends)


def _repaid(plans: dict[int, RepaymentPlan]) -> dict[int, Decimal]:
    """What was paid back since each plan began, less what was reversed."""
    rows = Posting.objects.filter(account__kind="advance", account__resident__in=plans)
    rows = rows.filter(journal_entry__kind__in=["repayment", "reversal"])
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    days = rows.values_list("account__resident", "journal_entry__booked_on").annotate(total=Sum("amount"))
    for number, day, total in days:
        if number and day >= plans[number].valid_from:
            found[number] -= total
    return found
