"""Rows written by the thousand say in the database what they said here, sign for sign."""

import gc
from datetime import date
from decimal import Decimal

import pytest

from budgeting.actions.bulk import copy_columns
from budgeting.actions.statements import import_statement
from budgeting.core.collecting import many_objects
from budgeting.models import Entry
from tests import factories
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import Fact

ODD = [r"\N", r"\.", r"a\b", "tab\there", "a\nb", "None", "", r"\\", "é 'x' \"y\"", "a\x7fb"]


@pytest.mark.django_db
def test_keeps_every_sign_that_a_payer_wrote():
    home = factories.house()
    facts = [Fact(Decimal(number), text=text) for number, text in enumerate(ODD, 1)]
    data = writing.camt053(facts, own=home.account.iban)

    result = import_statement(data=data, name="odd.xml", by=home.case_worker, on=date(2026, 3, 6))

    assert result.status == "imported"
    kept = dict(Entry.objects.values_list("amount", "remittance"))
    assert [kept[fact.amount] for fact in facts] == [fact.text for fact in facts]


@pytest.mark.django_db
def test_writes_nothing_for_a_null_and_a_column_of_days_with_holes():
    home = factories.house()
    data = writing.camt053([Fact(Decimal(1)), Fact(Decimal(2)), Fact(Decimal(3))], own=home.account.iban)
    without = data.replace(b"<ValDt><Dt>2026-03-05</Dt></ValDt>", b"", 1)
    assert without != data

    import_statement(data=without, name="holes.xml", by=home.case_worker, on=date(2026, 3, 6))

    day = date(2026, 3, 5)
    assert list(Entry.objects.order_by("n").values_list("value_date", flat=True)) == [None, day, day]


def test_writes_no_rows_without_asking_the_database():
    copy_columns("entry", {"id": [], "remittance": []})


@many_objects()
def fail():
    assert not gc.isenabled()
    raise ZeroDivisionError


def test_looks_for_dead_circles_again_whatever_happened():
    with pytest.raises(ZeroDivisionError):
        fail()
    assert gc.isenabled()
