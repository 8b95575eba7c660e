"""A resident has died: nothing goes out any more, the money is held, and a person decides what becomes of each charge.

Nothing is sent in the name of who died, and nobody comes in under their name. Everything here can be taken back, for
banks and people are mistaken at times.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from budgeting.actions.audit import record
from budgeting.actions.ledger import lock_residents
from budgeting.actions.locks import hold
from budgeting.core.endings import DIED, PERHAPS_DIED, ends_after_death, held_because
from budgeting.models import Account, AccountStop, Heir, LetterCode, ParticipationEnd, Resident, User
from payments.actions.leaving import NoReason, NotEnding, check_may_end, locked_end, standing_end, tell
from payments.actions.orders import hold_payments, move_batch, move_orders
from payments.core.endings import DECIDED
from payments.core.returns import CODE_OF_DEATH
from payments.models import PaymentBatch, PaymentOrder

HELD = held_because(DIED)


class NotYet(ValueError):
    """Nobody dies on a day to come."""


class AlreadyReported(Exception):
    """This death was reported before."""


class NotToDecide(Exception):
    """The order does not wait for a person because its resident died."""


@transaction.atomic
def report_death(*, resident: Resident, died_on: date, reason: str, on: date, by: User) -> ParticipationEnd:
    """Stops every order that is not with the bank, and the way in; `reason` says how we know.

    Files that hold an order of theirs are cancelled before they go. Raises `NoReason`, `NotYet`, `AlreadyReported`.
    """
    check_may_end(resident, reason, on=on, by=by)
    if died_on > on:
        raise NotYet
    hold_payments()
    lock_residents([resident.pk])
    hold("ending")
    _make_room(resident)
    ends_on = ends_after_death(died_on, starts_on=resident.starts_on)
    ending = ParticipationEnd.objects.create(
        resident=resident, why=DIED, reason=reason.strip(), died_on=died_on, ends_on=ends_on, opened_on=on, opened_by=by
    )
    stop(resident, because=DIED, ends_on=ends_on)
    _shut_the_way_in(resident)
    stopped = stop_orders(resident, by=by)
    tell("death", ending, by, died_on=died_on, reason=ending.reason, stopped=stopped)
    return ending


@transaction.atomic
def take_back_death(*, ending: ParticipationEnd, reason: str, on: date, by: User) -> ParticipationEnd:
    """It was a mistake: the resident lives, and what was held is planned again."""
    check_may_end(ending.resident, reason, on=on, by=by)
    row = locked_end(ending)
    if row.why != DIED:
        raise NotEnding
    row.state = ParticipationEnd.State.WITHDRAWN
    row.save(update_fields=["state"])
    stop(row.resident, because="", ends_on=None)
    User.objects.filter(resident=row.resident_id).update(is_active=True)
    _let_go(row.resident_id, by=by)
    tell("death_taken_back", row, by, reason=reason.strip())
    return row


@transaction.atomic
def decide_charge(*, order: PaymentOrder, pay: bool, reason: str, on: date, by: User) -> PaymentOrder:
    """A person decides of a charge of who died: it is paid from what is left, or it is not. Raises `NotToDecide`."""
    check_may_end(order.resident, reason, on=on, by=by)
    hold_payments()
    row = PaymentOrder.objects.select_for_update(no_key=True).get(pk=order.pk)
    if row.state != "held" or row.reason != HELD:
        raise NotToDecide
    row.explanation = {**row.explanation, DECIDED: reason.strip()}
    to, why = ("planned", "") if pay else ("cancelled", "not_after_death")
    move_orders([row], to, by=by, reason=why, fields=("explanation",))
    facts = {"order": row.pk, "pay": pay, "reason": reason.strip()}
    record(action="order.after_death", subject=f"order:{row.pk}", by=by, resident_id=row.resident_id, facts=facts)
    return row


@transaction.atomic
def note_heir(*, ending: ParticipationEnd, name: str, contact: str, proof: str, on: date, by: User) -> Heir:
    """Who speaks for the resident now, and which paper showed it. Raises `NoReason` when a word is missing."""
    check_may_end(ending.resident, proof, on=on, by=by)
    if not name.strip() or not contact.strip():
        raise NoReason
    row = locked_end(ending)
    heir = Heir.objects.create(
        ending=row, name=name.strip(), contact=contact.strip(), proof=proof.strip(), noted_on=on, noted_by=by
    )
    tell("heir", row, by, heir=heir.pk)
    return heir


@transaction.atomic
def alive_after_all(*, resident: Resident, reason: str, on: date, by: User) -> None:
    """A bank said that the resident died, and was mistaken: payments may go on. Raises `NotEnding`."""
    check_may_end(resident, reason, on=on, by=by)
    hold_payments()
    lock_residents([resident.pk])
    if Resident.objects.filter(pk=resident.pk, stopped_because=PERHAPS_DIED).update(stopped_because="") != 1:
        raise NotEnding
    own = Account.objects.filter(resident=resident).values("iban")
    stops = AccountStop.objects.standing().filter(code=CODE_OF_DEATH, iban__in=own)
    stops.update(lifted_on=on, lifted_by=by, lifted_because=reason.strip())
    _let_go(resident.pk, by=by)
    number = resident.pk
    record(action="participation.goes_on", subject=f"resident:{number}", by=by, resident_id=number, reason=reason)


def stop(resident: Resident, *, because: str, ends_on: date | None) -> None:
    """Writes at the resident why payments stop, or that they go on."""
    Resident.objects.filter(pk=resident.pk).update(stopped_because=because, ends_on=ends_on)
    resident.stopped_because, resident.ends_on = because, ends_on


def stop_orders(resident: Resident, *, by: User | None, held: str = HELD) -> int:
    """Holds every charge and cancels every payout that is not with the bank yet; returns how many."""
    _cancel_files(resident, by=by)
    rows = PaymentOrder.objects.filter(resident=resident, state__in=["planned", "held"])
    orders = list(rows.select_for_update(no_key=True).order_by("pk"))
    payouts = [order for order in orders if order.kind == "remainder"]
    move_orders(payouts, "cancelled", by=by, reason=held)
    charges = [order for order in orders if order.kind != "remainder"]
    move_orders([order for order in charges if order.state == "held"], "planned", by=by)
    move_orders(charges, "held", by=by, reason=held)
    return len(orders)


def _let_go(resident: int, *, by: User) -> None:
    """What was held because of it is planned again; it is checked as every order is before it goes."""
    reasons = (HELD, held_because(PERHAPS_DIED))
    rows = PaymentOrder.objects.filter(resident=resident, state="held", reason__in=reasons)
    move_orders(list(rows.select_for_update(no_key=True).order_by("pk")), "planned", by=by)


def _cancel_files(resident: Resident, *, by: User | None) -> None:
    """A file that holds an order of theirs does not go; the orders of others are planned again."""
    files = PaymentBatch.objects.filter(orders__resident=resident, state__in=["draft", "approved"])
    numbers = list(files.order_by("pk").distinct().values_list("pk", flat=True))
    for batch in PaymentBatch.objects.filter(pk__in=numbers).select_for_update(no_key=True).order_by("pk"):
        orders: Sequence[PaymentOrder] = list(batch.orders.select_for_update(no_key=True))
        for order in orders:
            order.batch = None
        move_orders(orders, "planned", by=by, fields=("batch",))
        move_batch(batch, "cancelled", by=by, reason=HELD)


def _make_room(resident: Resident) -> None:
    """An ending that ran for another reason makes place; a death that was reported stays."""
    standing = standing_end(resident)
    if standing is None:
        return
    if standing.why == DIED:
        raise AlreadyReported
    rows = ParticipationEnd.objects.filter(pk=standing.pk)
    rows.filter(state="ended").update(state="ending", ended_on=None, ended_by=None)
    rows.update(state="withdrawn")


def _shut_the_way_in(resident: Resident) -> None:
    User.objects.filter(resident=resident).update(is_active=False)
    LetterCode.objects.filter(resident=resident, used_at=None).update(expires_at=Now())
