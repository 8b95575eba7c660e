"""Gathers the other letters: what happened in a month that a resident is written about, and the pay-day calendar."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import F, OuterRef, Subquery

from accessibility.facts import Help, PaymentFacts
from accessibility.gather import Order, charge_of, help_of_town
from accessibility.letters.gather import first_and_last, language_of, midnight, to_of
from accessibility.letters.letter import Letter
from accessibility.letters.notices import AmountChanged, amount_changed, payment_failed
from accessibility.letters.pay_days import calendar_story, pay_days
from budgeting.core.schedule import Recurrence
from budgeting.models import AgreementAmount, Posting, Resident
from payments.models import PaymentOrder


def calendars_of(residents: Iterable[Resident], *, on: date) -> Iterator[Letter]:
    """The pay-day calendar of each resident who has pay days to come."""
    desk = help_of_town()
    story = calendar_story(on, desk)
    for resident in residents:
        rhythm = Recurrence.from_dict(resident.pay_rhythm)
        days = pay_days(rhythm, on=on, starts_on=resident.starts_on, ends_on=resident.ends_on)
        if days and not resident.stopped_because:
            yield Letter(to_of(resident), story, language_of(resident, desk), desk, kind="calendar", days=days)


def payments_back(residents: Iterable[Resident], *, month: date, on: date) -> Iterator[Letter]:
    """A letter for each payment that came back in the month."""
    return _payments_back({resident.pk: resident for resident in residents}, month, on, help_of_town())


def changed_amounts(residents: Iterable[Resident], *, month: date, on: date) -> Iterator[Letter]:
    """A letter for each amount that was changed in the month."""
    return _changed_amounts({resident.pk: resident for resident in residents}, month, on, help_of_town())


def _payments_back(residents: dict[int, Resident], month: date, on: date, desk: Help) -> Iterator[Letter]:
    came_back = Posting.objects.filter(
        journal_entry__kind="return", journal_entry__booked_on__range=first_and_last(month)
    ).exclude(end_to_end_id="")
    rows = PaymentOrder.objects.filter(
        kind="charge", state="returned", resident__in=residents, end_to_end_id__in=came_back.values("end_to_end_id")
    )
    for order in Order.of(rows):
        resident = residents[order.resident]
        facts = PaymentFacts(resident.language, on, charge_of(order, on=on), order.iban, desk)
        yield Letter(
            to_of(resident), payment_failed(facts), language_of(resident, desk), desk, kind=f"payment-{order.number}"
        )


def _changed_amounts(residents: dict[int, Resident], month: date, on: date, desk: Help) -> Iterator[Letter]:
    earlier = AgreementAmount.objects.filter(agreement=OuterRef("agreement"), valid_from__lt=OuterRef("valid_from"))
    rows = AgreementAmount.objects.filter(agreement__resident__in=residents).annotate(
        before=Subquery(earlier.order_by("-valid_from").values("amount")[:1])
    )
    first, last = first_and_last(month)
    rows = rows.filter(
        made_at__gte=midnight(first), made_at__lt=midnight(last + timedelta(days=1)), before__isnull=False
    )
    rows = rows.exclude(before=F("amount")).select_related("agreement__counterparty")
    for row in rows.order_by("agreement__resident", "pk"):
        agreement, resident = row.agreement, residents[row.agreement.resident_id]
        name = agreement.counterparty.name if agreement.direction == "out" else ""
        facts = AmountChanged(on, agreement.category, name, row.before, row.amount, row.valid_from, desk)
        yield Letter(to_of(resident), amount_changed(facts), language_of(resident, desk), desk, kind=f"amount-{row.pk}")
