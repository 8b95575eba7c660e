"""What happened that a resident is told by itself: on paper, on their page or by text message, as they chose.

One source for the three channels: a payment that came back, and an amount that was changed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from accessibility.facts import Help, PaymentFacts
from accessibility.gather import charge_of, midnight
from accessibility.known import Order, help_of_town
from accessibility.models import MessageKind
from accessibility.notices import AmountChanged, amount_changed, payment_failed
from accessibility.sentence import Block, Story, sentence
from accessibility.story import help_block
from budgeting.models import AgreementAmount, Posting, Resident
from payments.models import PaymentOrder

# After a month "we find out why" is no longer news; the months tell what became of it.
RECENT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a resident on a day, told as a notice; `key` names it once and for all."""

    kind: MessageKind
    key: str
    resident: Resident
    day: date
    story: Story


def news_of(resident: Resident, *, on: date) -> list[Happened]:
    """What happened to one resident lately, the latest first."""
    desk, first = help_of_town(), on - RECENT
    found = chain.from_iterable(tell([resident], first, on, on=on, desk=desk) for tell in TOLD.values())
    return sorted(found, key=lambda happened: happened.day, reverse=True)


def story_of_news(happened: Iterable[Happened], *, on: date, desk: Help) -> Story:
    """The page: each notice under its own heading with the day it happened, and where help is."""
    blocks = tuple(_dated(one) for one in happened)
    nothing = Block("nothing", sentence("news.none"))
    return Story("news", on, sentence("news.title"), (*(blocks or (nothing,)), help_block(desk)))


def payments_back(
    residents: Iterable[Resident], first: date, last: date, *, on: date, desk: Help
) -> Iterator[Happened]:
    """Each payment that came back from the first up to and including the last day."""
    known = {resident.pk: resident for resident in residents}
    days = _days_of_returns(first, last)
    rows = PaymentOrder.objects.filter(kind="charge", state="returned", resident__in=known, end_to_end_id__in=days)
    day_of = {number: days[name] for number, name in rows.values_list("pk", "end_to_end_id")}
    for order in Order.of(rows):
        resident = known[order.resident]
        facts = PaymentFacts(resident.language, on, charge_of(order, on=on), order.iban, desk)
        key = f"payment-{order.number}"
        yield Happened(MessageKind.PAYMENT_FAILED, key, resident, day_of[order.number], payment_failed(facts))


def changed_amounts(
    residents: Iterable[Resident], first: date, last: date, *, on: date, desk: Help
) -> Iterator[Happened]:
    """Each amount that was changed from the first up to and including the last day."""
    known = {resident.pk: resident for resident in residents}
    earlier = AgreementAmount.objects.filter(agreement=OuterRef("agreement"), valid_from__lt=OuterRef("valid_from"))
    before = Subquery(earlier.order_by("-valid_from").values("amount")[:1])
    made = {"made_at__gte": midnight(first), "made_at__lt": midnight(last + timedelta(days=1))}
    rows = AgreementAmount.objects.filter(agreement__resident__in=known, **made).annotate(before=before)
    rows = rows.filter(before__isnull=False).exclude(before=F("amount")).select_related("agreement__counterparty")
    for row in rows.order_by("agreement__resident", "pk"):
        agreement = row.agreement
        name = agreement.counterparty.name if agreement.direction == "out" else ""
        facts = AmountChanged(on, agreement.category, name, row.before, row.amount, row.valid_from, desk)
        resident, day = known[agreement.resident_id], timezone.localdate(row.made_at)
        yield Happened(MessageKind.AMOUNT_CHANGED, f"amount-{row.pk}", resident, day, amount_changed(facts))


Tell = Callable[..., Iterator[Happened]]
TOLD: dict[MessageKind, Tell] = {
    MessageKind.PAYMENT_FAILED: payments_back,
    MessageKind.AMOUNT_CHANGED: changed_amounts,
}


def _days_of_returns(first: date, last: date) -> dict[str, date]:
    """The day each payment that came back was booked on, by its end-to-end id."""
    returns = Posting.objects.filter(journal_entry__kind="return", journal_entry__booked_on__range=(first, last))
    return dict(returns.exclude(end_to_end_id="").values_list("end_to_end_id", "journal_entry__booked_on"))


def _dated(happened: Happened) -> Block:
    notice = happened.story.blocks[0]
    said = (sentence("day", day=happened.day), *notice.sentences)
    return replace(notice, key=happened.key, sentences=said)
