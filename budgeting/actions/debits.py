"""A direct debit that we do not accept: asked back at our bank, answered, and its money matched when it comes.

Until then the money that is gone lies in suspense, where it came, and no resident pays for it.
"""

from datetime import date

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.entries import NotWaiting, Part, PartsDoNotAddUp, decide_entry
from budgeting.actions.locks import hold
from budgeting.core.debits import NO_MANDATE, NO_QUESTIONS, dispute_until, is_direct_debit
from budgeting.models import DebitDispute, Entry, User, WaitingEntry


class NotADirectDebit(ValueError):
    """Only money that somebody drew from our account can be disputed."""


class TooLate(ValueError):
    """The days in which a bank has to listen are over; `until` was the last."""

    def __init__(self, until: date) -> None:
        super().__init__(until.isoformat())
        self.until = until


class AlreadyDisputed(Exception):
    """Somebody asked for this money back before."""


class AlreadyAnswered(Exception):
    """The bank's answer was written down before, or the money is back."""


class NoReason(ValueError):
    """A dispute needs a reason in words."""


@transaction.atomic
def dispute_debit(*, entry: Entry, ground: str, reason: str, on: date, by: User) -> DebitDispute:
    """Writes down that the bank was asked for the money. The entry goes on waiting in suspense.

    Raises `NoReason`, `NotADirectDebit`, `NotWaiting`, `AlreadyDisputed` or `TooLate`.
    """
    access.check_may(by, "decide_entries", on=on)
    if not reason.strip():
        raise NoReason
    if not is_debit(entry) or ground not in {NO_QUESTIONS, NO_MANDATE}:
        raise NotADirectDebit
    until = dispute_until(entry.booking_date, ground)
    if on > until:
        raise TooLate(until)
    hold("dispute", entry.pk)
    if DebitDispute.objects.filter(entry=entry).exists():
        raise AlreadyDisputed
    if not WaitingEntry.objects.filter(pk=entry.pk, closed_at=None).exists():
        raise NotWaiting
    dispute = DebitDispute.objects.create(
        entry=entry, ground=ground, reason=reason.strip(), until=until, asked_on=on, asked_by=by
    )
    _tell("asked", dispute, by, ground=ground, reason=dispute.reason, until=until)
    return dispute


@transaction.atomic
def answer_dispute(*, dispute: DebitDispute, answer: str, on: date, by: User) -> DebitDispute:
    """Writes down what the bank said: `yes` (the money comes) or `no` (a person decides whose it was)."""
    access.check_may(by, "decide_entries", on=on)
    row = _open(dispute)
    if row.answer:
        raise AlreadyAnswered
    row.answer, row.answered_on, row.answered_by = DebitDispute.Answer(answer), on, by
    row.save(update_fields=["answer", "answered_on", "answered_by"])
    _tell("answered", row, by, answer=answer)
    return row


@transaction.atomic
def debit_came_back(*, dispute: DebitDispute, back: Entry, on: date, by: User) -> DebitDispute:
    """The money is back: what was drawn and what came cancel each other out, and nobody had or lost anything.

    Raises `AlreadyAnswered`, `PartsDoNotAddUp` when it is another amount, or `NotWaiting`.
    """
    access.check_may(by, "decide_entries", on=on)
    row = _open(dispute)
    if row.answer == DebitDispute.Answer.NO:
        raise AlreadyAnswered
    if back.amount != -row.entry.amount:
        raise PartsDoNotAddUp
    for entry in sorted((row.entry, back), key=lambda one: one.pk):
        decide_entry(entry=entry, parts=[Part(entry.amount)], on=on, by=by)
    row.answer, row.back_entry = DebitDispute.Answer.YES, back
    row.answered_on, row.answered_by = row.answered_on or on, row.answered_by or by
    row.save(update_fields=["answer", "back_entry", "answered_on", "answered_by"])
    _tell("back", row, by, back=back.pk)
    return row


def is_debit(entry: Entry) -> bool:
    """Whether somebody drew this money from our account by direct debit."""
    return is_direct_debit(
        entry.amount, bank_code=entry.bank_code, mandate=entry.mandate_id, creditor=entry.creditor_id
    )


def _open(dispute: DebitDispute) -> DebitDispute:
    """The dispute, held; one whose money is back is closed."""
    hold("dispute", dispute.entry_id)
    row = DebitDispute.objects.select_for_update(no_key=True, of=("self",)).select_related("entry").get(pk=dispute.pk)
    if row.back_entry_id is not None:
        raise AlreadyAnswered
    return row


def _tell(what: str, dispute: DebitDispute, by: User, **facts: object) -> None:
    record(action=f"dispute.{what}", subject=f"entry:{dispute.entry_id}", by=by, facts=facts)
