"""More operations of a play: months that close, accounts that are refused, a participation that ends and goes on."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from budgeting.actions.closing import ask_reopening, close_month, next_month, open_items, reopen_month, standing
from budgeting.models import AccountStop, ParticipationEnd
from payments.actions.leaving import begin_ending, end_participation, pay_last, standing_end, withdraw_ending
from payments.actions.stops import lift_stop
from payments.core.banking_days import on_or_after
from payments.models import PaymentOrder
from tests import factories
from tests.faults.model import Order
from tests.faults.refusals import refusal_of

if TYPE_CHECKING:
    from tests.faults.play import Play

Answer = tuple[str, str]


def month_passes(play: "Play") -> Answer:
    """The first banking day of the next month."""
    year, month = play.on.year + play.on.month // 12, play.on.month % 12 + 1
    play.on = on_or_after(date(year, month, 1))
    return "", ""


def close(play: "Play") -> Answer:
    """The next month closes, if it is over."""
    month = next_month()
    assert month is not None
    seen = open_items(month).digest
    real = refusal_of(lambda: close_month(month=month, seen=seen, on=play.on, by=play.home.approver))
    return play.model.close(month, play.on), real


def book_late(play: "Play") -> Answer:
    """A movement dated in an earlier month: refused when that month is closed."""
    day = play.on.replace(day=1)
    day = day.replace(year=day.year - (day.month == 1), month=(day.month - 2) % 12 + 1, day=20)
    who, amount = play._who(), play._amount(1, 40)

    def give() -> None:
        with transaction.atomic():
            factories.give(play.home, play.residents[who], str(amount), on=day)

    real = refusal_of(give)
    if play.model.is_closed(day):
        return "MonthIsClosed", real
    return play.model.give(who, amount), real


def reopen(play: "Play") -> Answer:
    """Two people open the latest closed month."""
    latest = standing().order_by("-month").first()
    if latest is None:
        return "", ""
    asked = ask_reopening(month=latest, reason="x", on=play.on, by=play.home.case_worker)
    reopen_month(request=asked, on=play.on, by=play.home.approver)
    play.model.closed.pop()
    return "", ""


def lift(play: "Play") -> Answer:
    """A person found out that an account can be paid after all."""
    stop = AccountStop.objects.standing().order_by("pk").first()
    if stop is None:
        return "", ""
    play.model.lift(stop.iban)
    return "", refusal_of(lambda: lift_stop(account_stop=stop, reason="x", on=play.on, by=play.home.case_worker))


def leave(play: "Play") -> Answer:
    """One resident, who has no charges, stops today."""
    who, by = play.leaver, play.home.case_worker
    facts = {"why": "moved", "reason": "x", "ends_on": play.on, "on": play.on, "by": by}
    return play.model.leave(who.pk, play.on), refusal_of(lambda: begin_ending(resident=who, **facts))


def stay(play: "Play") -> Answer:
    """They stay after all."""
    ending = _ending(play)
    if ending is None:
        return "", ""
    return play.model.stay(), refusal_of(lambda: withdraw_ending(ending=ending, on=play.on, by=play.home.case_worker))


def pay_out(play: "Play") -> Answer:
    """All that is left for them, as one order."""
    ending = _ending(play)
    if ending is None:
        return "", ""
    made: list[PaymentOrder] = []
    facts = {"on": play.on, "first": play.first, "by": play.home.case_worker}
    real = refusal_of(lambda: made.append(pay_last(ending=ending, **facts)))
    refused, amount = play.model.pay_last(play.leaver.pk, play.on)
    if made and not refused:
        row = made[0]
        play.model.orders[row.end_to_end_id] = Order(
            row.resident_id,
            amount,
            (True, 5, row.due_on, row.resident_id, row.pk),
            row.execute_on,
            "remainder",
            row.iban,
            last=True,
        )
    return refused, real


def end(play: "Play") -> Answer:
    """It has ended, when nothing is left."""
    ending = _ending(play)
    if ending is None:
        return "", ""
    real = refusal_of(lambda: end_participation(ending=ending, on=play.on, by=play.home.case_worker))
    return play.model.end(play.leaver.pk), real


def _ending(play: "Play") -> ParticipationEnd | None:
    return standing_end(play.leaver)


CHANCES = {
    month_passes: 1, close: 2, book_late: 1, reopen: 1, lift: 2, leave: 1, stay: 1, pay_out: 2, end: 2,
}  # fmt: skip
