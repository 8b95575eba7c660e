"""Whose an account number is: a second person's word, the bank's, a statement's; and what speaks against paying to it.

Whoever types a number is not enough (reliability rules I-21 and I-22): money of residents went to a clerk's own account
elsewhere, for years, because nobody else looked.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.persons import check_is_another, is_one_of
from budgeting.core.iban import iban as checked_iban
from budgeting.core.names import same_name
from budgeting.models import Account, AccountConfirmation, AccountStop, ColleagueAccount, Entry, Resident, User
from budgeting.models.among import among, among_texts

COLLEAGUE = "colleague"
_VOUCHES = frozenset({"second_person", "earlier"})


class IbanIsAColleagues(ValueError):
    """The number is of somebody who works here: no money of residents goes there."""


class AlreadyConfirmed(Exception):
    """A second person has confirmed exactly this before."""


class NeedsAnExplanation(ValueError):
    """Something speaks against the account: a second person has to say in words why it is right all the same."""


class AccountNotInUse(Exception):
    """The account was replaced by another one."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against an account: `other` is the account of another name with this number, None a colleague's."""

    account: int
    other: Account | None

    @property
    def code(self) -> str:
        """How a confirmation names it."""
        return COLLEAGUE if self.other is None else f"account:{self.other.pk}"


@transaction.atomic
def confirm_account(*, account: Account, reason: str, on: date, by: User) -> AccountConfirmation:
    """A second person vouches for an account and explains by `reason` what speaks against it, if anything does.

    Raises `SamePerson`, `AlreadyConfirmed`, `NeedsAnExplanation`, `AccountNotInUse` or `IbanIsAColleagues`.
    """
    access.check_may(by, "confirm_account", on=on)
    account = _locked(account)
    check_is_another(by, account.added_by)
    against = sorted(objection.code for objection in objections([account], on=on)[account.pk])
    if COLLEAGUE in against:
        raise IbanIsAColleagues
    if against and not reason.strip():
        raise NeedsAnExplanation
    if account.confirmations.filter(how="second_person", explains=against).exists():
        raise AlreadyConfirmed
    said = AccountConfirmation.objects.create(
        account=account, how="second_person", explains=against, reason=reason.strip(), said_by=by, said_on=on
    )
    _tell("account.confirmed", account, by, explains=against, reason=said.reason)
    return said


@transaction.atomic
def record_name_check(*, account: Account, outcome: str, on: date, by: User) -> Account:
    """What the bank's verification of payee said of name and number; a match is recorded by a second person.

    Raises `SamePerson` or `AccountNotInUse`.
    """
    access.check_may(by, "confirm_account", on=on)
    account = _locked(account)
    said = Account.NameCheck(outcome)
    if said == Account.NameCheck.MATCH:
        check_is_another(by, account.added_by)
    AccountConfirmation.objects.create(account=account, how="name_check", outcome=said, said_by=by, said_on=on)
    account.name_check, account.name_checked_on = said, on
    account.save(update_fields=["name_check", "name_checked_on"])
    _tell("account.name_checked", account, by, outcome=str(said))
    return account


@transaction.atomic
def note_colleague_account(*, user: User, iban: str, on: date, by: User) -> ColleagueAccount:
    """From now on no money of residents goes to this number, which is a colleague's. Raises `NotAnIban`."""
    access.check_may(by, "change_settings", on=on)
    digest = _digest(checked_iban(iban))
    noted, new = ColleagueAccount.objects.get_or_create(
        user=user, digest=digest, defaults={"added_by": by, "added_on": on}
    )
    if new:
        record(action="colleague_account.noted", subject=f"user:{user.pk}", by=by)
    return noted


@transaction.atomic
def refuses(iban: str, *, on: date, by: User, resident: Resident | None = None) -> bool:
    """Whether the number is a colleague's, other than this resident's own; if so, that it was tried is written down."""
    if not _is_a_colleagues(iban, resident, on=on):
        return False
    record(action="account.refused", subject=f"user:{by.pk}", by=by, reason=COLLEAGUE)
    return True


def check_is_no_colleagues(iban: str, *, on: date, resident: Resident | None = None) -> None:
    """Raises `IbanIsAColleagues`, unless the resident it is for is that colleague."""
    if _is_a_colleagues(iban, resident, on=on):
        raise IbanIsAColleagues


def colleagues_among(ibans: Collection[str], *, on: date) -> frozenset[str]:
    """Those of many numbers that are a colleague's, asked at once."""
    return frozenset(iban for iban, colleagues in _colleagues(ibans, on=on).items() if colleagues)


def problems_of(accounts: Iterable[Account], *, on: date) -> dict[int, str]:
    """Why no money may go yet to each account, as its row was fetched; those to which it may are left out.

    `iban_is_a_colleagues`, `iban_under_two_names`, `name_does_not_match`, `account_not_confirmed`, or the code with
    which a bank refused the account.
    """
    return judged(list(accounts), on=on)[0]


def judged(rows: Collection[Account], *, on: date) -> tuple[dict[int, str], dict[int, list[Objection]]]:
    """`problems_of` and `objections` at once."""
    against, said = objections(rows, on=on), _said(rows)
    explained, vouched = _explained(said), _vouched(rows, said)
    found = {}
    for row in rows:
        codes = {objection.code for objection in against[row.pk]}
        if COLLEAGUE in codes:
            found[row.pk] = "iban_is_a_colleagues"
        elif row.name_check == Account.NameCheck.NO_MATCH:
            found[row.pk] = "name_does_not_match"
        elif not codes <= explained[row.pk]:
            found[row.pk] = "iban_under_two_names"
        elif row.pk not in vouched:
            found[row.pk] = "account_not_confirmed"
    return found | _refused(rows), against


def objections(accounts: Collection[Account], *, on: date) -> dict[int, list[Objection]]:
    """What speaks against each account: a colleague's number, or one that stands under another name already."""
    colleagues, earlier = _colleagues({account.iban for account in accounts}, on=on), _earlier(accounts)
    # Most numbers are of one account and of no colleague: owners are only fetched of the others.
    doubtful = [account for account in accounts if earlier[account.pk] or colleagues[account.iban]]
    prefetch_related_objects(doubtful, "counterparty", "resident__user")
    found: dict[int, list[Objection]] = defaultdict(list)
    for account in doubtful:
        if _is_another_s(colleagues[account.iban], account.resident):
            found[account.pk].append(Objection(account.pk, None))
        found[account.pk] += [
            Objection(account.pk, other) for other in earlier[account.pk] if not _share(account, other)
        ]
    return found


def _earlier(accounts: Collection[Account]) -> dict[int, list[Account]]:
    """Of each account those in use that had its number before it, with their owners."""
    rows = Account.objects.filter(among_texts("iban", {account.iban for account in accounts}), until=None)
    used: dict[str, list[int]] = defaultdict(list)
    for iban, number in rows.order_by("pk").values_list("iban", "pk"):
        used[iban].append(number)
    before = {account.pk: [number for number in used[account.iban] if number < account.pk] for account in accounts}
    wanted = {number for numbers in before.values() for number in numbers}
    owned = Account.objects.select_related("counterparty", "resident").in_bulk(wanted)
    return {number: [owned[other] for other in others] for number, others in before.items()}


def _refused(accounts: Collection[Account]) -> dict[int, str]:
    """The code with which a bank refused an account number, until a person lifted that stop."""
    stops = AccountStop.objects.standing().filter(among_texts("iban", {account.iban for account in accounts}))
    codes = dict(stops.values_list("iban", "code"))
    return {account.pk: codes[account.iban] for account in accounts if account.iban in codes}


def _locked(account: Account) -> Account:
    row = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if row.until is not None:
        raise AccountNotInUse
    return row


def _share(one: Account, other: Account) -> bool:
    """Whether both may have this number: one name, or two people who keep house together."""
    if one.resident and other.resident:
        return one.resident.household_id == other.resident.household_id
    if one.counterparty and other.counterparty:
        return one.counterparty_id == other.counterparty_id or same_name(one.counterparty.name, other.counterparty.name)
    return False


def _said(accounts: Collection[Account]) -> list[AccountConfirmation]:
    """All that was said of these accounts."""
    return list(AccountConfirmation.objects.filter(among("account", [account.pk for account in accounts])))


def _vouched(accounts: Collection[Account], said: Iterable[AccountConfirmation]) -> set[int]:
    """Accounts for which a second person, the bank or a statement speaks."""
    matched = {account.pk for account in accounts if account.name_check == Account.NameCheck.MATCH}
    found = {one.account_id for one in said if one.how in _VOUCHES}
    found |= matched & {one.account_id for one in said if one.how == "name_check" and one.outcome == "match"}
    return found | _seen_on_statements([account for account in accounts if account.pk not in found])


def _seen_on_statements(accounts: Collection[Account]) -> set[int]:
    """Accounts from which money came in under the same name.

    Only money received counts: of what we pay ourselves the bank repeats the name that we wrote.
    """
    theirs = among_texts("counterparty_iban", {account.iban for account in accounts})
    rows = Entry.objects.filter(theirs, amount__gt=0)
    rows = rows.filter(reversal=False, return_reason="", statement__imported_by__undone=None)
    names = defaultdict(set)
    for iban, name in rows.values_list("counterparty_iban", "counterparty_name").distinct():
        names[iban].add(name)
    return {account.pk for account in accounts if any(same_name(name, account.name) for name in names[account.iban])}


def _explained(said: Iterable[AccountConfirmation]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for one in said:
        if one.how == "second_person":
            found[one.account_id] |= set(one.explains)
    return found


def _is_a_colleagues(iban: str, resident: Resident | None, *, on: date) -> bool:
    return _is_another_s(_colleagues({iban}, on=on)[iban], resident)


def _is_another_s(colleagues: Collection[User], resident: Resident | None) -> bool:
    """Whether it is a colleague's number and the resident is not that colleague."""
    if not colleagues:
        return False
    return resident is None or resident.user is None or not is_one_of(resident.user, colleagues)


def _colleagues(ibans: Collection[str], *, on: date) -> dict[str, list[User]]:
    """Who of those who work here has each number: noted as theirs, or as a resident."""
    by_digest = {_digest(iban): iban for iban in ibans}
    found: dict[str, list[User]] = defaultdict(list)
    for noted in ColleagueAccount.objects.filter(among_texts("digest", by_digest)).select_related("user"):
        found[by_digest[noted.digest]].append(noted.user)
    of_staff = Account.objects.filter(until=None, resident__user__in=access.staff(on=on))
    of_residents = of_staff.filter(among_texts("iban", ibans))
    for account in of_residents.select_related("resident__user"):
        assert account.resident is not None
        assert account.resident.user is not None
        found[account.iban].append(account.resident.user)
    return found


def _digest(iban: str) -> str:
    return hmac.digest(settings.INDEX_KEY, iban.encode(), hashlib.sha256).hex()


def _tell(action: str, account: Account, by: User, **facts: object) -> None:
    record(action=action, subject=f"account:{account.pk}", by=by, resident_id=account.resident_id, **facts)
