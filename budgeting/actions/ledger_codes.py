"""How the town's financial system calls our categories and ledger accounts: set, with every earlier code kept."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.core.ledger_codes import checked
from budgeting.models import LedgerCode, User


class CodesChangedMeanwhile(ValueError):
    """Somebody changed a code after this person saw them."""


def codes_at(last: int) -> dict[str, str]:
    """The code of each key as it stood at this row (`last_code`); a key without one is left out."""
    rows = LedgerCode.objects.filter(pk__lte=last).order_by("key", "-pk").distinct("key")
    return {key: code for key, code in rows.values_list("key", "code") if code}


def last_code() -> int:
    """The latest row; 0 before the first."""
    return LedgerCode.objects.aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def set_codes(*, codes: Mapping[str, str], seen: int, on: date, by: User) -> int:
    """Keeps what differs and says how many. Raises `NotACode`, `CodesChangedMeanwhile` or `NotAllowed`."""
    access.check_may(by, "change_settings", on=on)
    given = {key: checked(key, code) for key, code in codes.items()}
    hold("ledger_codes")
    last = last_code()
    if last != seen:
        raise CodesChangedMeanwhile
    now = codes_at(last)
    changed = {key: code for key, code in given.items() if code != now.get(key, "")}
    rows = [LedgerCode(key=key, code=code, set_on=on, set_by=by) for key, code in changed.items()]
    if rows:
        LedgerCode.objects.bulk_create(rows)
        before = {key: now.get(key, "") for key in changed}
        record(action="ledger_codes.changed", subject="town:1", by=by, before=before, after=changed)
    return len(rows)
