"""The database keeps its own rules against everyone; each guard is needed, and what passes without it is found."""

import pytest

from payments.actions import books
from tests.faults.attacks import ATTACKS
from tests.faults.guards import attacked, is_refused, shown_without_guard

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), attacked() as made:
        yield made


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_refuses_everyone_and_finds_what_passes_without_the_guard(town, attack):
    assert is_refused(attack)

    broken = shown_without_guard(attack)

    assert broken is not None, f"{attack.guard} is not what refuses it"
    assert set(attack.shown_by) <= broken


def test_holds_its_books_whole_again_after_every_attack(town):
    assert [(finding.id, finding.first_violation) for finding in books.verify() if not finding.ok] == []
