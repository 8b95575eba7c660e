"""What was agreed is fetched whole, in as many questions for many agreements as for one."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.actions.agreements import change_amount, pause_agreement, skip_due_date
from budgeting.actions.terms import terms_of
from budgeting.core.schedule import Recurrence
from budgeting.models import Agreement
from tests import factories


@pytest.fixture
def home(db):
    return factories.house()


def test_tells_of_an_agreement_all_that_its_rows_say(home):
    who = factories.resident(home)
    agreement = factories.charge(home, who, day=3)

    (terms,) = terms_of(Agreement.objects.filter(pk=agreement.pk))

    assert terms.recurrence == Recurrence.from_dict(agreement.recurrence)
    assert (terms.number, terms.resident, terms.account) == (agreement.pk, who.pk, agreement.account_id)
    assert (terms.valid_from, terms.valid_until, terms.ends_on) == (agreement.valid_from, None, who.ends_on)
    assert terms.amounts == tuple(agreement.amounts.order_by("valid_from").values_list("valid_from", "amount"))
    assert (terms.exceptions, terms.pauses) == (frozenset(), ())


def test_knows_new_amounts_pauses_and_days_that_do_not_count(home):
    agreement = factories.charge(home, factories.resident(home), day=3)
    of_before = agreement.amounts.get().amount
    change_amount(agreement=agreement, amount=Decimal("412.50"), valid_from=date(2027, 1, 1), by=home.case_worker)
    period = {"valid_from": date(2027, 3, 1), "valid_until": date(2027, 4, 1)}
    pause_agreement(agreement=agreement, **period, reason="Verhuisd", by=home.case_worker)
    skip_due_date(agreement=agreement, due_on=date(2027, 2, 3), reason="Vrij", by=home.case_worker)

    (terms,) = terms_of(Agreement.objects.filter(pk=agreement.pk))

    assert terms.amount_on(date(2026, 12, 31)) == of_before
    assert terms.amount_on(date.min) == of_before, "before the first agreed day, the first amount"
    assert terms.amount_on(date(2027, 1, 1)) == Decimal("412.50")
    assert terms.due_dates(date(2027, 1, 1), date(2027, 5, 1)) == (date(2027, 1, 3), date(2027, 4, 3))


def test_asks_as_much_for_many_agreements_as_for_one(home, django_assert_num_queries):
    for _ in range(3):
        factories.charge(home, factories.resident(home), day=3)

    with django_assert_num_queries(2):
        assert len(terms_of(Agreement.objects.going_out())) == 3
