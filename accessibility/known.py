"""What books and orders know of residents: asked in one question, for one home page or some hundred letters."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, Self, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DateField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import JSONArray, TruncDate

from accessibility.facts import Arranged, Help, Hours
from accessibility.offered import offer, with_languages
from budgeting.access import OwnFile, own_files
from budgeting.core import ledger
from budgeting.core.money import ZERO
from budgeting.core.schedule import Recurrence
from budgeting.models import (
    Agreed,
    Agreement,
    Alert,
    Allocation,
    Assignment,
    Posting,
    Resident,
    StatementDay,
    Town,
    User,
)
from budgeting.models.prepared import IsOneOf, Later, Question
from payments.models import PaymentOrder

AHEAD = timedelta(days=35)  # as far as orders are planned

_ON = cast(date, Later("on", DateField()))
_DAYS = (Later("first", DateField()), Later("last", DateField()))


class Order(NamedTuple):
    """What the story needs of a payment order; the batch's own bytes stay where they are."""

    number: int
    resident: int
    kind: str
    agreement: int | None
    category: str
    name: str
    iban: str
    amount: Decimal
    due_on: date
    execute_on: date
    state: str
    reason: str
    booked_on: date | None
    released_on: date | None

    @classmethod
    def of(cls, rows: QuerySet[PaymentOrder]) -> list[Self]:
        """The orders of a query, in the order of their days."""
        return [cls(*row) for row in _in_turn(rows).values_list(*_ORDER, _RELEASED_ON)]


class Income(NamedTuple):
    """The largest income agreed, and the last day for which it came."""

    category: str
    recurrence: Recurrence
    window_days: int
    valid_from: date
    valid_until: date | None
    last_received: date | None


class Known(NamedTuple):
    """What the books know: our money for the resident less what was lent, the bank's last day, who looks after them.

    `missing` is the category of an income that has not come, as long as its alert is awake; `orders` are those of the
    weeks around the day, in the order of their days.
    """

    held: Decimal
    last_day: date | None
    case_worker: str
    missing: str
    arranged: tuple[Arranged, ...]
    orders: list[Order]
    income: Income | None
    desk: Help


def known_of(residents: Iterable[int], *, on: date) -> dict[int, Known]:
    """What is known of each, by the resident's key. Raises `Town.DoesNotExist` while the town is not set up."""
    numbers, days = list(residents), _days(on)
    rows = _OF_ONE.ask(resident=numbers[0], **days) if len(numbers) == 1 else _OF_MANY.ask(residents=numbers, **days)
    return {number: _known(row) for number, *row in rows}


def known_of_own(user: User, *, on: date, now: datetime) -> tuple[OwnFile, Known] | None:
    """What is known of who may see their own story, asked with whether they may (`access.own_file`)."""
    if not user.is_active:
        return None
    rows = _OF_OWN.find_beside(user=user.pk, now=now, **_days(on))
    return next(((OwnFile(resident, in_company), _known(row)) for resident, (in_company, *row) in rows), None)


def help_of_town() -> Help:
    """Where the town helps; opening hours only when the town gave them. Raises `Town.DoesNotExist`."""
    desk = help_if_known()
    if desk is None:
        raise Town.DoesNotExist
    return desk


def help_if_known() -> Help | None:
    """The same, or nothing while the town is not set up yet."""
    rows = _TOWN.ask()
    return _desk(rows[0][0]) if rows else None


_ORDER = (
    "pk",
    "resident_id",
    "kind",
    "agreement_id",
    "category",
    "name",
    "iban",
    "amount",
    "due_on",
    "execute_on",
    "state",
    "reason",
    "booked_on",
)
_RELEASED_ON = TruncDate("batch__released_at")
_EXACT = json.JSONDecoder(parse_float=Decimal)
_DAYS_OF_ORDER = [Order._fields.index(day) for day in ("due_on", "execute_on", "booked_on", "released_on")]


def _days(on: date) -> dict[str, date]:
    return {"on": on, "first": on.replace(day=1) - AHEAD, "last": on + AHEAD}


def _in_turn(rows: QuerySet[PaymentOrder]) -> QuerySet[PaymentOrder]:
    return rows.order_by("execute_on", "attempt", "pk")


def _of_one() -> QuerySet[Resident, Any]:
    return _question(Resident.objects.filter(pk=Later("resident", BigIntegerField())))


def _of_many() -> QuerySet[Resident, Any]:
    return _question(Resident.objects.filter(IsOneOf(F("pk"), Later("residents", BigIntegerField()))))


def _own() -> QuerySet[Resident, Any]:
    return own_files().annotate(**_columns())


def _question(asked: QuerySet[Resident]) -> QuerySet[Resident, Any]:
    return asked.values_list("pk", *_columns().values())


def _columns() -> dict[str, Subquery]:
    """What is asked of a resident, in the order in which it is read (`_known`)."""
    return {
        "known_held": _sum_of_postings("resident"),
        "known_lent": _sum_of_postings("advance"),
        "known_last_day": _last_statement_day(),
        "known_case_worker": _case_worker(),
        "known_missing": _missing_income(),
        "known_agreed": _standing_agreed(),
        "known_orders": _orders_around(),
        "known_income": _main_income(),
        "known_town": Subquery(_town()),
    }


def _town() -> QuerySet[Town, Any]:
    told = JSONArray("name", "phone", "address", "opening_hours", "decided")
    return with_languages(Town.objects.all()).values_list(told)[:1]


# The same question thrice: PostgreSQL keeps a plan for one resident, and makes a new one for each list of them.
_OF_OWN, _OF_ONE, _OF_MANY, _TOWN = Question(_own), Question(_of_one), Question(_of_many), Question(_town)


def _sum_of_postings(kind: str) -> Subquery:
    rows = Posting.objects.filter(account__kind=kind, account__resident=OuterRef("pk")).order_by()
    return Subquery(rows.values("account__resident").annotate(total=Sum("amount")).values("total"))


def _last_statement_day() -> Subquery:
    return Subquery(StatementDay.objects.standing().order_by("-day").values("day")[:1])


def _case_worker() -> Subquery:
    rows = Assignment.objects.in_force(_ON).filter(resident=OuterRef("pk")).order_by("valid_from")
    return Subquery(rows.values("case_worker__full_name")[:1])


def _missing_income() -> Subquery:
    rows = Alert.objects.awake(_ON).filter(resident=OuterRef("pk"), kind="income_missing", agreement__isnull=False)
    return Subquery(rows.order_by("period").values("agreement__category")[:1])


def _standing_agreed() -> ArraySubquery:
    """What was agreed and is not done, what was said first in front."""
    rows = Agreed.objects.standing().filter(resident=OuterRef("pk")).order_by("pk")
    return ArraySubquery(rows.values_list(JSONArray("words", "who", "noted_on", "by_day")))


def _orders_around() -> ArraySubquery:
    rows = PaymentOrder.objects.filter(resident=OuterRef("pk"), execute_on__range=_DAYS).exclude(state="cancelled")
    return ArraySubquery(_in_turn(rows).values_list(JSONArray(*_ORDER, _RELEASED_ON)))


def _main_income() -> Subquery:
    """The largest income agreed, with the last day for which it came."""
    received = Allocation.objects.standing().filter(agreement=OuterRef("pk")).exclude(due_on=None).order_by("-due_on")
    rows = Agreement.objects.coming_in().in_force(_ON).filter(resident=OuterRef("pk")).with_amount(_ON)
    last = Subquery(received.values("due_on")[:1])
    told = JSONArray("category", "recurrence", "window_days", "valid_from", "valid_until", last)
    return Subquery(rows.order_by(F("amount_on").desc(nulls_last=True), "pk").values_list(told)[:1])


def _known(row: Sequence[Any]) -> Known:
    held, lent, last_day, case_worker, missing, agreed, orders, income, town = row
    if town is None:
        raise Town.DoesNotExist
    return Known(
        ledger.balance(held or ZERO) - (lent or ZERO),
        last_day,
        case_worker or "",
        missing or "",
        tuple(Arranged(words, who, date.fromisoformat(on), _day(by)) for words, who, on, by in _listed(agreed)),
        [_order(order) for order in _listed(orders)],
        _income(income) if income else None,
        _desk(town),
    )


def _listed(told: Sequence[str]) -> list[list[Any]]:
    """Rows told as JSON, with exact amounts; taken apart at once, which is far cheaper than one by one."""
    rows: list[list[Any]] = _EXACT.decode(f"[{','.join(told)}]")
    return rows


def _order(row: list[Any]) -> Order:
    for place in _DAYS_OF_ORDER:
        row[place] = _day(row[place])
    return Order._make(row)


@lru_cache(maxsize=1024)
def _income(told: str) -> Income:
    category, recurrence, window_days, valid_from, valid_until, last_received = json.loads(told)
    rhythm = Recurrence.from_dict(recurrence)
    return Income(category, rhythm, window_days, date.fromisoformat(valid_from), _day(valid_until), _day(last_received))


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


@lru_cache(maxsize=8)
def _desk(town: str) -> Help:
    # What the town says of itself was read just now; only taking the same words apart again is saved.
    name, phone, address, hours, decided = json.loads(town)
    return Help(name, phone, address, Hours(**hours) if hours else None, offer(decided))
