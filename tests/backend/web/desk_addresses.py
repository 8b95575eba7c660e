"""Every page of the desk that is asked for with GET, and its addresses in the town that is there.

What stands in an address in place of a number is looked up by the beginning of its pattern. Of a thing with states one
in each state is given, because its page asks more in one state than in another.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from backend import access_matrix
from backend.models import Upload
from backend.urls import DESK
from budgeting.models import (
    Account,
    AccountStop,
    Agreed,
    Agreement,
    Alert,
    Allocation,
    Counterparty,
    CounterpartyMerge,
    DebitDispute,
    JournalEntry,
    LearntRule,
    MonthClosing,
    MoveOver,
    ParticipationEnd,
    ParticipationSheet,
    Recall,
    StatementImport,
    WaitingEntry,
)
from budgeting.models.people import ResidentQuerySet
from payments.models import LimitChange, Objection, PaymentBatch, PaymentOrder, ShortageProposal

Rows = Callable[[ResidentQuerySet], Iterable[dict[str, Any]]]
_VALUE = re.compile(r"<(?:\w+:)?(\w+)>")


def asked_for() -> Iterator[tuple[str, str]]:
    """Name and pattern of every page of the desk that answers GET."""
    for door in DESK:
        for pattern in door.urlpatterns:
            if "GET" in access_matrix.methods_of(pattern.callback):
                yield str(pattern.name), str(pattern.pattern)


def addresses(pattern: str, visible: ResidentQuerySet) -> Iterator[str]:
    """The addresses of a page, for who sees these residents. Raises `KeyError` for a pattern nobody knows a row of."""
    if not _VALUE.search(pattern):
        yield f"/{pattern}"
        return
    start = max((one for one in ROWS if pattern.startswith(one)), key=len, default="")
    for values in ROWS[start](visible):
        yield "/" + _VALUE.sub(lambda found, given=values: str(given[found[1]]), pattern)


def _one_of_each(rows: Any, *states: str) -> Iterator[dict[str, Any]]:
    """The first row in each state."""
    for values in rows.order_by(*states).values(*states).distinct()[:8]:
        found = rows.filter(**values).order_by("pk").first()
        yield {"number": found.pk}


def _of(model: Any, *states: str) -> Rows:
    return lambda _: _one_of_each(model.objects.all(), *states) if states else _first(model.objects.all())


def _seen(model: Any, *states: str) -> Rows:
    """Of these residents only."""

    def rows(visible: ResidentQuerySet) -> Iterable[dict[str, Any]]:
        found = model.objects.filter(resident__in=visible)
        return _one_of_each(found, *states) if states else _first(found)

    return rows


def _first(rows: Any) -> list[dict[str, Any]]:
    return [{"number": number} for number in rows.order_by("pk").values_list("pk", flat=True)[:2]]


def _residents(visible: ResidentQuerySet) -> list[dict[str, Any]]:
    """One who takes part, and who has begun to leave, if any."""
    leaving = ParticipationEnd.objects.filter(resident__in=visible).values("resident")
    return [*_first(visible.exclude(pk__in=leaving))[:1], *_first(visible.filter(pk__in=leaving))[:1]]


def _movements(visible: ResidentQuerySet) -> Iterator[dict[str, Any]]:
    rows = JournalEntry.objects.filter(kind="allocation", entry=None, postings__account__resident__in=visible)
    for row in rows.order_by("pk").values("pk", "postings__account__resident")[:1]:
        yield {"number": row["postings__account__resident"], "movement": row["pk"]}


def _parts(visible: ResidentQuerySet) -> Iterator[dict[str, Any]]:
    for row in (
        Allocation.objects.standing().filter(resident__in=visible).order_by("pk").values("resident", "entry")[:1]
    ):
        yield {"number": row["resident"], "entry": row["entry"]}


def _waiting(_: ResidentQuerySet) -> list[dict[str, Any]]:
    """One that waits and one that was decided."""
    rows = WaitingEntry.objects.order_by("pk")
    return [*_first(rows.filter(closed_at=None))[:1], *_first(rows.exclude(closed_at=None))[:1]]


def _two(_: ResidentQuerySet) -> Iterator[dict[str, Any]]:
    numbers = list(Counterparty.objects.order_by("pk").values_list("pk", flat=True)[:2])
    yield {"number": numbers[0], "other": numbers[1], "what": "department"}


def _days(_: ResidentQuerySet) -> Iterator[dict[str, Any]]:
    days = PaymentOrder.objects.order_by("execute_on").values_list("execute_on", flat=True)
    yield from ({"day": day} for day in (days.first(), days.filter(state="planned").first()) if day)


def _months(_: ResidentQuerySet) -> Iterator[dict[str, Any]]:
    first = JournalEntry.objects.order_by("booked_on").values_list("booked_on", flat=True)[:1]
    yield from ({"month": f"{day:%Y-%m}"} for day in first)


ROWS: dict[str, Rows] = {
    "inwoners/<": _residents,
    "inwoners/<int:number>/geld/<": _movements,
    "inwoners/<int:number>/geld/boeking/": _parts,
    "inwoners/bezwaar/": _seen(Objection),
    "inwoners/tekort/": _seen(ShortageProposal, "state"),
    "inwoners/afgesproken/": _seen(Agreed),
    "inwoners/deelname/": _seen(ParticipationSheet),
    "inwoners/doorgeven/": _seen(MoveOver),
    "afspraken/<": _seen(Agreement, "direction"),
    "bank/ongedaan/": _of(StatementImport, "status"),
    "bank/bestanden/": lambda _: ({"bundle": row.bundle} for row in Upload.objects.order_by("-pk")[:1]),
    "bank/vastgehouden/": lambda _: _first(StatementImport.objects.filter(status="held")),
    "bank/wachtend/<": _waiting,
    "bank/regels/<": _of(LearntRule),
    "bank/regels/nieuw/": lambda _: _first(WaitingEntry.objects.exclude(closed_at=None)),
    "bank/betwist/": _of(DebitDispute),
    "betalen/dag/": _days,
    "betalen/opdracht/": _seen(PaymentOrder, "kind", "state"),
    "betalen/bestand/": _of(PaymentBatch, "state"),
    "betalen/rekeningen/<": lambda _: [
        *_first(Account.objects.exclude(resident=None))[:1],
        *_first(Account.objects.exclude(counterparty=None))[:1],
    ],
    "betalen/rekening/": _of(AccountStop),
    "betalen/grenzen/<": _of(LimitChange),
    "betalen/terugvraag/": _of(Recall),
    "boeken/maanden/<int:": _of(MonthClosing),
    "boeken/maanden/<str:": _months,
    "signalen/<": _seen(Alert, "kind"),
    "tegenpartijen/<": _two,
    "tegenpartijen/samen/": _of(CounterpartyMerge),
}
