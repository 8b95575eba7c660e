"""Tries the attacks, with their guard and without it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from backend.engine.rights import as_owner
from payments.actions import books
from tests import databases
from tests.faults.attacks import Attack
from tests.faults.scene import STEPS, Scene, scene, steady


@contextmanager
def attacked() -> Iterator[Scene]:
    """A town in which everything happened once, entered as the tables' owner."""
    with steady(), databases.own_database():
        made = scene(1)
        for step in STEPS:
            step.ready(made)
            step.do(made)
        with as_owner(connection, settings.DATABASE_OWNER):
            yield made


def is_refused(attack: Attack) -> bool:
    """Whether the database refuses it."""
    try:
        with transaction.atomic():
            _execute(attack.sql)
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def shown_without_guard(attack: Attack) -> set[str] | None:
    """The invariants that `verify_books` finds broken after the attack got through; None when it did not."""
    try:
        with transaction.atomic():
            _execute(attack.without_guard)
            _execute(attack.sql)
            broken = {finding.id for finding in books.verify() if not finding.ok}
            transaction.set_rollback(True)
    except IntegrityError:
        return None
    return broken


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
