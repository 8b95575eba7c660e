"""Audit events as sentences for colleagues: who did what, and who looked."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from accessibility import plain
from accessibility.languages import language_for

EVENTS = {
    "resident.registered": _("Registered the resident"),
    "resident.changed": _("Changed the details"),
    "agreement.made": _("Made an agreement of {amount}"),
    "agreement.amount_changed": _("Changed an amount to {amount} from {valid_from}"),
    "agreement.ended": _("Ended an agreement on {valid_until}"),
    "agreement.paused": _("Paused an agreement from {valid_from}: {reason}"),
    "agreement.skipped": _("Skipped {due_on}: {reason}"),
    "account.changed": _("Changed the account number"),
    "letter_code.issued": _("Made a letter with a code"),
    "letter_code.used": _("Came in with the code of the letter"),
    "order.again": _("Planned a payment once more"),
    "intake.read": _("Read {files} bank files of the resident, {entries} entries, and kept none"),
    "intake.confirmed": _("Made {made} agreements of an intake"),
    "entry.decided": _("Booked an entry of {amount}"),
    "entry.taken_back": _("Took back the booking of an entry: {reason}"),
    "month.closed": _("Closed a month of the books"),
    "month.reopening_asked": _("Asked for a month of the books to be opened: {reason}"),
    "month.reopened": _("Opened a month of the books: {reason}"),
    "participation.ending": _("Ended the participation on {ends_on}: {reason}"),
    "participation.stays": _("The resident stays after all"),
    "participation.paid_out": _("Planned the last money: {amount}"),
    "participation.ended": _("The participation has ended"),
    "participation.again": _("Money came for a participation that had ended"),
    "participation.death": _("Reported the death: {reason}"),
    "participation.death_taken_back": _("The report of a death was a mistake: {reason}"),
    "participation.heir": _("Wrote down who speaks for the heirs"),
    "participation.perhaps_died": _("A bank says that the resident has died"),
    "account.stopped": _("Stopped an account number: the bank refuses it"),
    "account.stop_lifted": _("Let an account number be paid again: {reason}"),
    "recall.asked": _("Asked a payment back: {reason}"),
    "recall.answered": _("Wrote down the answer to a payment asked back"),
    "recall.back": _("A payment asked back has come back"),
    "participation.goes_on": _("A bank was mistaken about a death: {reason}"),
    "order.after_death": _("Decided on a payment after the death: {reason}"),
    "letter.closing": _("Made the closing statement"),
    "looked": _("Looked at the file"),
}


def in_words(action: str, body: str) -> str:
    """What an event says; one without words of its own is told by its own name."""
    told: dict[str, object] = json.loads(body)
    facts = told.get("facts") or {}
    assert isinstance(facts, Mapping)
    values = {name: _value(name, value) for name, value in {**told, **facts}.items()}
    try:
        return gettext(EVENTS[action]).format_map(values)
    except KeyError:
        return action


def who(actor: str, body: str) -> str:
    """Who did it; a machine with the purpose it gave."""
    purpose = json.loads(body).get("purpose")
    return f"{actor}, {purpose}" if purpose else actor


_DAYS = {"valid_from", "valid_until", "due_on", "ends_on"}


def _value(name: str, value: object) -> str:
    if name == "amount":
        return plain.amount_text(Decimal(str(value)))
    if name in _DAYS and value:
        return plain.day_text(date.fromisoformat(str(value)), language_for(get_language()), on=date.min)
    return str(value)
