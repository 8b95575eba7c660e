"""Audit events as sentences for colleagues: who did what, and who looked."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from accessibility import plain
from accessibility.alerts import title
from accessibility.languages import language_for
from accessibility.words_of_events import MORE

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
    "identity.used": _("Came in by an identity provider"),
    "order.again": _("Planned a payment once more"),
    "intake.read": _("Read {files} bank files of the resident, {entries} entries, and kept none"),
    "intake.confirmed": _("Made {made} agreements of an intake"),
    "order.let_go": _("Let a charge go that waited: {reason}"),
    "shortage.proposed": _("Too little money: asked a person to decide"),
    "shortage.changed": _("Too little money: the facts changed"),
    "shortage.solved": _("There was enough after all"),
    "shortage.decided": _("Decided what is paid: {reason}"),
    "shortage.told": _("Made a letter about the decision"),
    "objection.made": _("Kept an objection"),
    "objection.answered": _("Answered an objection"),
    "objection.told": _("Made a letter with our answer"),
    "alert.opened": _("Alert: {kind}"),
    "alert.reopened": _("Alert again: {kind}"),
    "alert.solved": _("Solved: {kind}"),
    "alert.passed": _("Too long ago: {kind}"),
    "alert.snoozed": _("Put off: {kind}. {reason}"),
    "alert.seen": _("Put away: {kind}. {reason}"),
    "payout.extra": _("Planned an extra payment of {amount}: {reason}"),
    "payout.changed": _("Changed the pay day or the amount to live on: {reason}"),
    "advance.allowed": _("Allowed {amount} above the limit: {reason}"),
    "repayment.agreed": _("Agreed how the advance comes back: {reason}"),
    "write_off.proposed": _("Proposed that the town bears {amount}: {reason}"),
    "write_off.approved": _("The town bears {amount}: {reason}"),
    "write_off.withdrawn": _("Took back that the town bears {amount}"),
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
    "dispute.asked": _("Asked a direct debit back: {reason}"),
    "dispute.answered": _("Wrote down the answer about a direct debit"),
    "dispute.back": _("A direct debit has come back"),
    "recall.asked": _("Asked a payment back: {reason}"),
    "recall.answered": _("Wrote down the answer to a payment asked back"),
    "recall.back": _("A payment asked back has come back"),
    "participation.goes_on": _("A bank was mistaken about a death: {reason}"),
    "order.after_death": _("Decided on a payment after the death: {reason}"),
    "letter.month": _("Printed the letter of {month}"),
    "letter.closing": _("Made the closing statement"),
    "overview.exported": _("Made a file of the months"),
    "figures.exported": _("Made a file of the town's figures"),
    "looked": _("Looked at the file"),
} | MORE


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


def kind_in_words(action: str) -> str:
    """What kind of event it is, with a sign of omission for whatever it was about."""
    return _VALUE.sub("…", gettext(EVENTS[action])) if action in EVENTS else action


def who(actor: str, body: str) -> str:
    """Who did it; a machine with the purpose it gave; what nobody did went by itself."""
    if actor == SYSTEM:
        return gettext("by itself")
    purpose = json.loads(body).get("purpose")
    return f"{actor}, {purpose}" if purpose else actor


SYSTEM = "system"
_VALUE = re.compile(r"\{\w+\}")
_DAYS = {"valid_from", "valid_until", "due_on", "ends_on"}


def _value(name: str, value: object) -> str:
    if name == "amount":
        return plain.amount_text(Decimal(str(value)))
    if name == "kind":
        return title(str(value))
    if name in _DAYS and value:
        return plain.day_text(date.fromisoformat(str(value)), language_for(get_language()), on=date.min)
    return str(value)
