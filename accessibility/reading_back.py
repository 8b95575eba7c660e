"""What was changed, in one plain sentence for the resident at the counter."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from accessibility.sentence import Block, DayOfMonth, Dutch, Iban, Sentence, Word, sentence
from budgeting.models import Account, Agreed, Agreement, AuditEvent


def block_of(event: AuditEvent) -> Block:
    """The change as a block with its question; `event` is of a kind that is read back."""
    told: dict[str, Any] = json.loads(event.body)
    facts = told.get("facts") or told
    said = _SAID[event.action](int(event.subject.partition(":")[2]), facts)
    return Block("read_back", sentence("read.heading"), sentences=(said,))


def thanks(*, right: bool) -> Block:
    """What is said after the answer."""
    return Block("read_back", sentence("read.thanks" if right else "read.again"))


def _category(agreement: int) -> Word:
    return Word(f"category.{Agreement.objects.values_list('category', flat=True).get(pk=agreement)}")


def _made(number: int, facts: Mapping[str, Any]) -> Sentence:
    return sentence("read.made", strong=True, category=_category(number), amount=Decimal(facts["amount"]))


def _amount(number: int, facts: Mapping[str, Any]) -> Sentence:
    amount, day = Decimal(facts["amount"]), _day(facts["valid_from"])
    return sentence("read.amount", strong=True, category=_category(number), amount=amount, day=day)


def _ended(number: int, facts: Mapping[str, Any]) -> Sentence:
    return sentence("read.ended", strong=True, category=_category(number), day=_day(facts["valid_until"]))


def _paused(number: int, facts: Mapping[str, Any]) -> Sentence:
    return sentence("read.paused", strong=True, category=_category(number), day=_day(facts["valid_from"]))


def _account(number: int, _: Mapping[str, Any]) -> Sentence:
    return sentence("read.account", strong=True, iban=Iban(Account.objects.get(pk=number).iban))


def _agreed(number: int, _: Mapping[str, Any]) -> Sentence:
    row = Agreed.objects.get(pk=number)
    return sentence(f"agreed.{row.who}", strong=True, words=Dutch(row.words))


def _extra(_: int, facts: Mapping[str, Any]) -> Sentence:
    return sentence("read.extra", strong=True, amount=Decimal(facts["amount"]))


def _payout(_: int, __: Mapping[str, Any]) -> Sentence:
    return sentence("read.payout", strong=True)


def _details(_: int, __: Mapping[str, Any]) -> Sentence:
    return sentence("read.details", strong=True)


def _day(text: str) -> DayOfMonth:
    return DayOfMonth(date.fromisoformat(text))


_SAID: dict[str, Callable[[int, Mapping[str, Any]], Sentence]] = {
    "agreement.made": _made,
    "agreement.amount_changed": _amount,
    "agreement.ended": _ended,
    "agreement.paused": _paused,
    "account.changed": _account,
    "agreed.noted": _agreed,
    "payout.extra": _extra,
    "payout.changed": _payout,
    "privacy.correct": _details,
}
