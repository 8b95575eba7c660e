"""Rows written by the thousand say in the database what they said here, sign for sign."""

import gc
from datetime import date
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, transaction

from budgeting.actions.bulk import copy_columns, write_changes, write_new
from budgeting.actions.statements import import_statement
from budgeting.core.collecting import many_objects
from budgeting.models import Agreement, Entry
from payments.models import PaymentOrder
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


@pytest.mark.django_db
def test_writes_new_rows_as_they_are():
    home = factories.house()
    who = factories.resident(home)
    told = [{"name": text, "times": 1} for text in ODD] + [{}]
    rows = [
        PaymentOrder(
            kind="remainder", resident=who, account=who.accounts.get(), category="living_money",
            due_on=date(2026, 3, number), execute_on=date(2026, 3, number), amount=Decimal("1.10"),
            name=one.get("name", ""), iban="NL", end_to_end_id=f"E{number}", explanation=one,
        )
        for number, one in enumerate(told, 1)
    ]  # fmt: skip
    write_new([])
    write_new(rows)

    kept = list(PaymentOrder.objects.order_by("pk"))
    assert [told_of(one) for one in kept] == [told_of(one) for one in rows]
    assert all(one.made_at for one in kept), "what the database says by itself it says"


def told_of(order):
    left_out = {"id", "made_at"}
    return {field.attname: getattr(order, field.attname) for field in order._meta.fields if field.name not in left_out}


@many_objects()
def fail():
    assert not gc.isenabled()
    raise ZeroDivisionError


def test_looks_for_dead_circles_again_whatever_happened():
    with pytest.raises(ZeroDivisionError):
        fail()
    assert gc.isenabled()


@pytest.mark.django_db
def test_changes_each_row_to_its_own_values_in_one_statement(django_assert_num_queries):
    home = factories.house()
    who = factories.resident(home)
    agreements = [factories.income(home, who) for _ in ODD]
    told = list(enumerate(zip(agreements, ODD, strict=True), 1))
    for number, (agreement, text) in told:
        agreement.description, agreement.reference = text, "never written"
        agreement.recurrence = {"said": text, "numbers": [number, None]}
        agreement.amount_low = agreement.amount_high = Decimal(number) if number % 2 else None
        agreement.valid_until = date(2030, 1, number) if number % 3 else None
        agreement.counterparty_id = agreements[0].counterparty_id
    changed = ("description", "recurrence", "amount_low", "amount_high", "valid_until", "counterparty")

    with django_assert_num_queries(1):
        write_changes(agreements, (*changed, "counterparty_id"))
    with django_assert_num_queries(0):
        write_changes([], changed)

    kept = Agreement.objects.order_by("pk").values_list(*changed, "reference")
    said = [(one.description, one.recurrence, one.amount_low, one.amount_high, one.valid_until) for one in agreements]
    assert list(kept) == [(*one, agreements[0].counterparty_id, "") for one in said]


@pytest.mark.django_db
def test_changes_nothing_when_the_database_refuses_one():
    home = factories.house()
    agreements = [factories.income(home, factories.resident(home)) for _ in range(2)]
    agreements[0].description, agreements[1].valid_until = "new", date(2000, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        write_changes(agreements, ("description", "valid_until"))
    assert not Agreement.objects.filter(description="new").exists()


@pytest.mark.django_db
def test_refuses_a_text_that_is_too_long_instead_of_cutting_it():
    home = factories.house()
    agreement = factories.income(home, factories.resident(home))
    agreement.description = "x" * (Agreement._meta.get_field("description").max_length + 1)
    with pytest.raises(DataError), transaction.atomic():
        write_changes([agreement], ["description"])
