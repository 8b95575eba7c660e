"""Whose agreement an entry belongs to: certain, candidates in order, or none, each with reasons.

An entry fits an agreement when its structured reference is the agreement's, or its counterparty account is and every
search word stands in the text as a whole word; and in both cases direction, amount range, period and due date agree.
*Certain*: exactly one agreement fits and nothing in the entry points at another resident. One account may pay many
residents (Belastingdienst, an employment agency); then a number, name or word must be found that only this resident
has: amount and date are never enough, because a wrong match moves another person's money.

Our own end-to-end id is settled before, by the caller. Reasons are codes with values; sentences are made elsewhere.
Rules: issue 4/10. Left out on purpose: the peer's "earliest agreement wins", and its blindness to direction and amount.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from budgeting.core.agreement_index import NO_ACCOUNT, Account, AgreementFacts, Id, Index, NotAgreementFacts, Plan
from budgeting.core.iban import normalise
from budgeting.core.match_reasons import Candidate, Reason, text_of
from budgeting.core.statement import Entry
from budgeting.core.words import word_list

__all__ = ["RULE_VERSION", "AgreementFacts", "Candidate", "Index", "Match", "NotAgreementFacts", "Reason", "match"]

RULE_VERSION = "matching 1"
MOST_CANDIDATES = 10
_MOST_WEIGHED = 25  # agreements that one word or amount may add to a list of candidates

_DOUBTS = {
    code: Reason(code, against=True)
    for code in ("unknown_account", "shared_account", "points_at_several", "several_fit", "nothing_fits")
}

Outcome = Literal["certain", "candidates", "none"]
Plans = tuple[Plan, ...]


class Match(NamedTuple):
    """The answer for one entry. Only *certain* may be booked, on its one candidate; the rest waits for a person."""

    outcome: Outcome
    entry: Entry
    plans: tuple[Plan, ...] = ()
    doubt: Reason | None = None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The agreements worth looking at, best first. Put in order when asked: most answers are never looked at."""
        found = [Candidate(plan, self.entry) for plan in self.plans]
        if len(found) > 1:  # one has its place without being weighed
            found.sort(key=Candidate.order)
        return tuple(found[:MOST_CANDIDATES])

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The facts for the one agreement that is certain, or what stood in the way of certainty."""
        return (self.doubt,) if self.doubt else self.candidates[0].reasons


def match(index: Index, entry: Entry) -> Match:
    """The agreement of one entry, or why there is none that is certain."""
    if not entry.amount or entry.currency != "EUR" or entry.reversal or entry.return_reason or entry.status != "BOOK":
        return Match("none", entry, (), _refusal(entry))
    account = index.accounts.get(entry.counterparty_iban, NO_ACCOUNT)
    ordered = word_list(text_of(entry))
    tokens = account.words.intersection(ordered)
    referred = index.referred(entry.structured_reference) if entry.structured_reference else ()
    pointed = _pointed_at(account, tokens, referred)
    if len(pointed) == 1 or not (pointed or account.shared):
        fits = _fitting(entry, account, tokens, referred, pointed)
        only = fits[0] if len(fits) == 1 else _says_most(fits)
        if only:
            return Match("certain", entry, (only,))
        doubt = "several_fit" if fits else "nothing_fits"
    else:
        doubt = "points_at_several" if pointed else "shared_account"
    return _wait(entry, doubt, account, _worth_looking_at(index, entry, account, ordered, referred))


def _refusal(entry: Entry) -> Reason:
    """Why an entry is nothing an agreement expects: a reversal, say, waits for a person whatever its text says."""
    if not entry.amount:
        return Reason("zero_amount", against=True)
    if entry.currency != "EUR":
        return Reason("other_currency", {"currency": entry.currency}, against=True)
    if entry.status != "BOOK":
        return Reason("not_booked", {"status": entry.status}, against=True)
    if entry.return_reason:
        return Reason("returned", {"reason": entry.return_reason}, against=True)
    return Reason("reversal", against=True)


def _pointed_at(account: Account, tokens: frozenset[bytes], referred: Plans) -> set[Id]:
    """The residents to whom a reference, number, name or word in this entry belongs, and to nobody else."""
    owners = account.owners
    found = {owners[word] for word in tokens if word in owners}
    if account.names:
        led = (pair for word in tokens for pair in account.names.get(word, ()))
        found.update(owner for name, owner in led if name <= tokens)
    if referred:
        found.update(plan.facts.resident for plan in referred)
    return found


def _fitting(entry: Entry, account: Account, tokens: frozenset[bytes], referred: Plans, pointed: set[Id]) -> list[Plan]:
    """The one resident's agreements with which amount, direction, period, due date, and reference or text agree."""
    amount, day = entry.amount, entry.booking_date
    plans = account.by_resident.get(next(iter(pointed)), ()) if account.shared else account.plans
    if referred:
        plans = tuple(dict.fromkeys(plans + referred))
    return [
        plan
        for plan in plans
        if plan.low <= amount <= plan.high and _is_meant(plan, entry, tokens) and _is_due(plan, day)
    ]


def _is_meant(plan: Plan, entry: Entry, tokens: frozenset[bytes]) -> bool:
    """By its structured reference; without one, by account and text."""
    iban = entry.counterparty_iban
    if plan.reference and entry.structured_reference:
        # A reference we know from an account we do not: the counterparty moved, or somebody pretends to be it.
        return plan.reference == normalise(entry.structured_reference) and (not iban or iban in (plan.ibans or {iban}))
    if iban not in plan.ibans or not plan.words <= tokens:
        return False
    if plan.phrases and not _stand_together(plan, entry):
        return False
    return _is_named(plan, tokens) if plan.name or not plan.words else True


def _is_named(plan: Plan, tokens: frozenset[bytes]) -> bool:
    if not plan.marks.isdisjoint(tokens) or (plan.name and plan.name <= tokens):
        return True
    # "P. Jansen" where we expect "J. Jansen" is somebody else; no name at all is nobody else.
    return bool(plan.words) and not any(len(word) > 2 for word in plan.name & tokens)


def _stand_together(plan: Plan, entry: Entry) -> bool:
    text = b" %b " % b" ".join(word_list(text_of(entry)))
    return all(b" %b " % phrase in text for phrase in plan.phrases)


def _is_due(plan: Plan, day: date) -> bool:
    if not plan.valid_from <= day < plan.valid_until:
        return False
    number, window = day.toordinal(), plan.window
    for due in plan.due:  # a plain loop: this runs for every entry
        if -window <= number - due <= window:
            return True
    return not plan.due


def _says_most(fits: list[Plan]) -> Plan | None:
    """Of one resident's agreements that share words ("huur", "huur garage"), the one whose words hold all others'."""
    for plan in fits:
        if all(other is plan or plan.words > other.words for other in fits):
            return plan
    return None


def _wait(entry: Entry, doubt: str, account: Account, plans: Iterable[Plan]) -> Match:
    """No certainty: the agreements worth looking at, and why none of them was taken."""
    found = tuple(plans)
    reason = "unknown_account" if account is NO_ACCOUNT and doubt == "shared_account" else doubt
    return Match("candidates" if found else "none", entry, found, _DOUBTS[reason])


def _worth_looking_at(
    index: Index, entry: Entry, account: Account, ordered: list[bytes], referred: Plans
) -> Iterable[Plan]:
    """All of a small account; of a large one what reference, numbers and words lead to, and what has this amount."""
    if account is NO_ACCOUNT:
        numbered = (plan for number in index.numbers.intersection(ordered) for plan in index.by_number[number])
        return dict.fromkeys((*referred, *numbered))
    if len(account.plans) <= MOST_CANDIDATES:
        return dict.fromkeys((*referred, *account.plans))
    found = dict.fromkeys((*referred, *account.by_amount.get(entry.amount, ())[:_MOST_WEIGHED]))
    for word in account.by_word.keys() & ordered:
        if len(account.by_word[word]) <= _MOST_WEIGHED:  # else it tells too little to be worth a list
            found.update(dict.fromkeys(account.by_word[word]))
    return found
