"""What guards money against people: each guard is taken away, and the look at what then happens must find it.

Every look plays a small town in the database we are in and takes it back; the races make a database of their own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from backend.engine.rights import as_owner
from budgeting.actions import accounts, books, persons
from budgeting.actions.anchors import anchor_chain
from budgeting.actions.audit import record
from budgeting.actions.people import register_counterparty
from budgeting.models import Agreement, Role, Town
from payments.actions import batches, checks, limit_changes, orders
from payments.actions.batches import NothingToPay, NotTheSecondPerson
from payments.actions.checks import NotToBePaid
from payments.actions.plan import plan_orders
from payments.models import PaymentBatch
from tests import databases, factories
from tests.factories import House
from tests.faults.races import at_once
from tests.faults.scene import FIRST, NOW, ON

Patch = pytest.MonkeyPatch
Found = list[str]


@contextmanager
def _played() -> Iterator[House]:
    """A town that is taken back at the end."""
    with transaction.atomic():
        yield factories.house()
        transaction.set_rollback(True)


def _rent(home: House, *, since: date = date(2026, 1, 1)) -> Agreement:
    """A rent to an account that only the case worker has seen."""
    rent = factories.charge(home, factories.resident(home, money="1000.00"), day=3)
    iban = factories.made_up_iban(4711)
    landlord = register_counterparty(name="De Eik", iban=iban, on=since, by=home.case_worker)
    rent.account = landlord.accounts.get()
    rent.save()
    return rent


def _batch(home: House, **more: object) -> PaymentBatch:
    plan_orders(on=ON, first=FIRST)
    given = {"bank_account": home.account, "on": ON, "first": FIRST, "by": home.case_worker}
    (made,) = batches.assemble_batches(**(given | more))
    return made


def _approved(home: House) -> PaymentBatch:
    batch = _batch(home)
    return batches.approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)


def _not_held(prepare: Callable[[House], object]) -> Found:
    """A payment that should be held, and is not."""
    with _played() as home:
        prepare(home)
        try:
            return [f"{_batch(home).total} would go out"]
        except NothingToPay:
            return []


def _to_a_stranger() -> Found:
    return _not_held(_rent)


def _too_soon() -> Found:
    return _not_held(lambda home: factories.vouch(home, _rent(home, since=ON).account))


def _to_a_colleague() -> Found:
    def prepare(home: House) -> None:
        account = _rent(home).account
        factories.vouch(home, account)
        manager = factories.user(Role.APPLICATION_MANAGER)
        accounts.note_colleague_account(user=home.approver, iban=account.iban, on=ON, by=manager)

    return _not_held(prepare)


def _over_the_day() -> Found:
    def prepare(home: House) -> None:
        factories.charge(home, factories.resident(home, money="1000.00"), day=3)
        _batch(home)
        factories.charge(home, factories.resident(home, money="1000.00"), day=3)
        Town.objects.update(day_limit=Decimal("1000.00"))

    return _not_held(prepare)


def _by_one_person() -> Found:
    with _played() as home:
        factories.charge(home, factories.resident(home, money="1000.00"), day=3)
        twin = factories.user(Role.APPROVER, person=home.case_worker.person_number)
        batch = _batch(home)
        return _unless(
            NotTheSecondPerson, lambda: batches.approve_batch(batch=batch, digest=batch.digest, on=ON, by=twin)
        )


def _limit_by_one_person() -> Found:
    with _played() as home:
        value = Decimal("9.00")
        change = limit_changes.propose_limit(limit="order", value=value, reason="x", on=ON, by=home.approver)
        return _unless(persons.SamePerson, lambda: limit_changes.confirm_limit(change=change, on=ON, by=home.approver))


def _after_a_no() -> Found:
    with _played() as home:
        rent = factories.charge(home, factories.resident(home, money="1000.00"), day=3)
        batch = _approved(home)
        accounts.record_name_check(account=rent.account, outcome="no_match", on=ON, by=home.case_worker)
        return _unless(NotToBePaid, lambda: batches.release_batch(batch=batch, now=NOW, by=home.approver))


def _unless(polite: type[Exception], do: Callable[[], object]) -> Found:
    """Finds it when it goes through, or is stopped by the database only."""
    try:
        with transaction.atomic():
            do()
    except polite:
        return []
    except DatabaseError as refusal:
        return [f"refused by the database only: {str(refusal).splitlines()[0]}"]
    return ["it went through"]


def _released_at_once() -> Found:
    """A race is not won every time: three of them."""
    return next((found for found in (_a_race() for _ in range(3)) if found), [])


def _a_race() -> Found:
    """Two files whose sum is over the day's limit, released by six at once; one of them may go."""
    with databases.own_database():
        home = factories.house()
        made = []
        for _ in range(2):
            factories.charge(home, factories.resident(home, money="1000.00"), day=3)
            made.append(_approved(home))
        Town.objects.update(day_limit=Decimal("1000.00"))
        at_once([lambda n=n: batches.release_batch(batch=made[n % 2], now=NOW, by=home.approver) for n in range(6)])
        gone = PaymentBatch.objects.filter(state="released").count()
        return [f"{gone} files released"] if gone != 1 else []


def _cut_off() -> Found:
    """The end of the audit chain is cut off by who owns the tables."""
    with databases.own_database(), TemporaryDirectory() as folder, override_settings(AUDIT_ANCHOR=Path(folder)):
        for number in range(3):
            record(action="tried", subject=f"try:{number}", by=None)
        anchor_chain(on=ON)
        with as_owner(connection, settings.DATABASE_OWNER), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only")
            cursor.execute("DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)")
        return ["the books do not notice"] if all(one.ok for one in books.verify()) else []


def _nobody_known(patch: Patch) -> None:
    """Every way in is a human being of its own."""
    patch.setattr(persons, "_marks", lambda users: {user.pk: frozenset({user.pk}) for user in users})


MONEY_CONTROLS: tuple[tuple[str, Callable[[Patch], object], Callable[[], Found]], ...] = (
    ("one person's word is enough for an account",
     lambda p: p.setattr(accounts, "_vouched", lambda rows, *_: {row.pk for row in rows}), _to_a_stranger),
    ("no cooling-off of a new account", lambda p: p.setattr(checks, "minus", lambda day, _: day), _too_soon),
    ("colleagues' accounts not known",
     lambda p: p.setattr(accounts, "_colleagues", lambda *_, **__: defaultdict(list)), _to_a_colleague),
    ("earlier files of the day not counted",
     lambda p: p.setattr(checks, "going_out_on", lambda *_, **__: Decimal(0)), _over_the_day),
    ("one human being under two names not known", _nobody_known, _by_one_person),
    ("a limit changed by one person",
     lambda p: p.setattr(limit_changes, "check_is_another", lambda *_: None), _limit_by_one_person),
    ("accounts not looked at again before the file is made",
     lambda p: p.setattr(batches, "check_still_payable", lambda *_, **__: None), _after_a_no),
    ("no lock on payments: two files released at once",
     lambda p: p.setattr(orders, "hold", lambda *_: None), _released_at_once),
    ("heads of the audit chain not compared",
     lambda p: p.setattr(books, "missing_anchors", lambda: (0, None)), _cut_off),
)  # fmt: skip
