"""Of all agreements only those are fetched that may explain the entries, and they explain them as all would."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from budgeting.actions.agreement_facts import AROUND, facts_of, index_around
from budgeting.core.matching import Index, match
from budgeting.core.statement import Entry
from budgeting.models import Account, Agreement
from tests import factories

DAY = date(2026, 11, 24)
UNKNOWN = factories.made_up_iban(9999)


@pytest.fixture
def home(db):
    home = factories.house()
    for mark in ("BSN 1234.56.782", "１２３４５６７９", "dossier 77-88-99-00"):  # the second in wide digits
        factories.income(home, factories.resident(home), marks=(mark,))
    factories.charge(home, factories.resident(home), reference="RF18 5390 0754 7034")
    factories.charge(home, factories.resident(home), reference="kenmerk zonder cijfers")
    factories.income(home, factories.resident(home))
    return home


def entry(**told):
    facts = {"amount": Decimal("1200.00"), "booking_date": DAY, "value_date": DAY, "counterparty_iban": UNKNOWN}
    return Entry(**(facts | told))


def of_all():
    """The index as it would be of every agreement there is."""
    return Index(facts_of(Agreement.objects.all(), DAY - AROUND, DAY + AROUND))


def told(index, one):
    found = match(index, one)
    return found.outcome, [candidate.agreement_id for candidate in found.candidates], found.doubt


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        ({}, 0),
        ({"remittance": "loon 1234 56 782 november"}, 0),
        ({"remittance": "loon 123456782"}, 1),
        ({"remittance": "loon 12345679"}, 1),
        ({"remittance": "uw nummer 77889900"}, 1),
        ({"structured_reference": "RF18539007547034", "amount": Decimal("-600.00")}, 1),
        ({"structured_reference": "KENMERKZONDERCIJFERS", "amount": Decimal("-600.00")}, 1),
    ],
)
def test_explains_an_entry_of_an_unknown_account_as_all_agreements_would(home, facts, size):
    one = entry(**facts)

    assert told(index_around([one]), one) == told(of_all(), one)
    assert index_around([one]).size <= size + 2, "those with wide digits or without any are always there"


def test_explains_an_entry_of_each_account_as_all_agreements_would(home):
    for iban in Account.objects.filter(counterparty__isnull=False).values_list("iban", flat=True):
        one = entry(counterparty_iban=iban, remittance="uitkering november")
        both = [one, replace(one, counterparty_iban=UNKNOWN)]
        assert [told(index_around(both), each) for each in both] == [told(of_all(), each) for each in both]


def test_asks_as_much_for_many_entries_as_for_one(home, django_assert_num_queries):
    entries = [entry(counterparty_iban=iban) for iban in Account.objects.values_list("iban", flat=True)]
    with django_assert_num_queries(4):
        index_around(entries[:1] * 3 + entries)
    with django_assert_num_queries(0):
        index_around([])
