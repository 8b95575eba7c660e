"""The house lets no payment out that a bank should not see."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.core.payment_file import (
    MOST_PAYMENTS,
    CannotBePaid,
    KeyTooShort,
    blocks,
    checked,
    debtor,
    end_to_end_id,
)
from payments.core.sepa_text import is_identifier
from tests.payments.core.paying import LANDLORD, OURS, payment, payment_file

TODAY = date(2026, 11, 25)
KEY = bytes(range(32))
parts = st.lists(st.one_of(st.text(), st.integers(), st.dates()), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"end_to_end_id": ""}, "end_to_end_id", "shape"),
        ({"end_to_end_id": "a//b"}, "end_to_end_id", "shape"),
        ({"end_to_end_id": "a" * 36}, "end_to_end_id", "shape"),
        ({"amount": Decimal("0.00")}, "amount", "range"),
        ({"amount": Decimal("-1.00")}, "amount", "range"),
        ({"amount": Decimal("1000000000.00")}, "amount", "not_an_amount"),
        ({"amount": Decimal("0.005")}, "amount", "not_an_amount"),
        ({"amount": Decimal("NaN")}, "amount", "not_an_amount"),
        ({"amount": 12.5}, "amount", "not_an_amount"),
        ({"name": ""}, "name", "empty"),
        ({"name": "王"}, "name", "empty"),
        ({"iban": "NL20INGB0001234568"}, "iban", "check_digits"),
        ({"iban": "NL20INGB000123456"}, "iban", "length"),
        ({"iban": "BR1800360305000010009795493C1"}, "iban", "country"),
        ({"iban": ""}, "iban", "shape"),
        ({"iban": "NL91 ABNA 0417 1643 00"}, "iban", "own"),
        ({"remittance": "x" * 141}, "remittance", "length"),
        ({"remittance": "€" * 50}, "remittance", "length"),
        ({"remittance": "!!"}, "remittance", "empty"),
        ({"reference": "1234567"}, "remittance", "two_kinds"),
        ({"remittance": "", "reference": "5000056789012354"}, "reference", "check_digit"),
        ({"remittance": "", "reference": "RF00"}, "reference", "shape"),
        ({"execution_date": date(2026, 11, 24)}, "execution_date", "passed"),
        ({"execution_date": date(2026, 11, 28)}, "execution_date", "bank_closed"),
        ({"execution_date": date(2026, 12, 25)}, "execution_date", "bank_closed"),
    ],
)
def test_refuses_a_payment_and_names_the_field_and_the_reason(changes, field, reason):
    wrong = payment(**changes)
    with pytest.raises(CannotBePaid) as refusal:
        checked(wrong, debtor_iban=OURS, on=TODAY)
    told = (refusal.value.field, refusal.value.reason, refusal.value.end_to_end_id)
    assert told == (field, reason, wrong.end_to_end_id)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"message_id": ""}, "message_id", "shape"),
        ({"message_id": "/1"}, "message_id", "shape"),
        ({"message_id": "m" * 29}, "message_id", "length"),
        ({"payments": ()}, "payments", "none"),
        ({"payments": (payment(),) * (MOST_PAYMENTS + 1)}, "payments", "too_many"),
        ({"payments": (payment(), payment())}, "end_to_end_id", "twice"),
        ({"debtor_iban": "NL91ABNA0417164301"}, "debtor_iban", "check_digits"),
    ],
)
def test_refuses_a_file_and_names_the_field_and_the_reason(changes, field, reason):
    with pytest.raises(CannotBePaid) as refusal:
        blocks(payment_file(**changes))
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"debtor_name": "-"}, "debtor_name", "empty"),
        ({"debtor_bic": "bngh"}, "debtor_bic", "shape"),
        ({"debtor_iban": ""}, "debtor_iban", "shape"),
    ],
)
def test_refuses_a_file_without_a_right_sender(changes, field, reason):
    with pytest.raises(CannotBePaid, match=field) as refusal:
        debtor(payment_file(**changes))
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


def test_names_the_payment_that_is_in_a_file_twice():
    with pytest.raises(CannotBePaid, match=rf"^cannot be paid: end_to_end_id \(twice\) {payment().end_to_end_id}$"):
        blocks(payment_file(payments=(payment(), payment())))


def test_says_which_of_many_payments_is_wrong():
    good, wrong = payment(), payment(end_to_end_id="HHB2", amount=Decimal("0.00"))
    with pytest.raises(CannotBePaid, match="HHB2"):
        blocks(payment_file(good, wrong))


def test_writes_names_ibans_and_references_as_the_bank_wants_them():
    asked = payment(
        name="Café  Zoë" + "é" * 90, iban="nl20 ingb 0001 2345 67", remittance="", reference="12 2345 3462 2567"
    )
    written = checked(asked, debtor_iban=OURS, on=TODAY)
    assert written.name == "Cafe Zoe" + "e" * 62
    assert written.iban == LANDLORD
    assert written.reference == "12234534622567"


@pytest.mark.parametrize("cents", ["0.01", "999999999.99"])
def test_pays_the_smallest_and_the_largest_amount(cents):
    assert checked(payment(amount=Decimal(cents)), debtor_iban=OURS, on=TODAY).amount == Decimal(cents)


def test_pays_today():
    assert checked(payment(execution_date=TODAY), debtor_iban=OURS, on=TODAY).execution_date == TODAY


def test_puts_each_day_in_a_block_of_its_own_with_its_sum():
    first = payment(end_to_end_id="HHB1", execution_date=date(2026, 12, 1), amount=Decimal("0.10"))
    second = payment(end_to_end_id="HHB2", amount=Decimal("0.20"))
    third = payment(end_to_end_id="HHB3", execution_date=date(2026, 12, 1), amount=Decimal("0.30"))
    found = blocks(payment_file(first, second, third))
    assert [(one.block_id, one.execution_date, one.total) for one in found] == [
        ("HHB-20261125-01-1", date(2026, 11, 30), Decimal("0.20")),
        ("HHB-20261125-01-2", date(2026, 12, 1), Decimal("0.40")),
    ]
    assert found[1].payments == (first, third)


def test_gives_the_blocks_of_a_whole_year_ids_that_fit():
    days = [date.fromordinal(TODAY.toordinal() + number) for number in range(400)]
    open_days = [
        day for day in days if day.isoweekday() <= 3 and (day.month, day.day) not in {(1, 1), (12, 25), (3, 29)}
    ]
    payments = [payment(end_to_end_id=f"HHB{number}", execution_date=day) for number, day in enumerate(open_days)]
    found = blocks(payment_file(*payments, message_id="m" * 28))
    assert len(found) == len(open_days) > 150
    assert all(is_identifier(one.block_id) for one in found)


@given(parts)
def test_makes_the_same_id_of_the_same_parts_within_what_banks_take(some):
    made = end_to_end_id(KEY, *some)
    assert made == end_to_end_id(KEY, *some)
    assert len(made) == 29
    assert made.startswith("HHB")
    assert is_identifier(made)


@given(parts, parts)
def test_makes_another_id_of_other_parts_or_another_key(some, other):
    assert (end_to_end_id(KEY, *some) == end_to_end_id(KEY, *other)) == ([*map(repr, some)] == [*map(repr, other)])
    assert end_to_end_id(KEY, *some) != end_to_end_id(KEY[::-1], *some)


def test_tells_parts_apart_that_read_the_same_in_a_row():
    made = {
        end_to_end_id(KEY, *some)
        for some in [
            ("ab", "c"),
            ("a", "bc"),
            ("abc",),
            (1, "1"),
            ("1", 1),
            (11,),
            ("11",),
            (date(2026, 1, 1),),
            ("2026-01-01",),
        ]
    }
    assert len(made) == 9


def test_keeps_the_ids_it_gave_last_year():
    # Stored on orders and on the bank's statements: this value may never change.
    assert end_to_end_id(KEY, 7, date(2026, 12, 1), 1) == "HHBBRKXXZ4LEFRWNO4LI2WQSIPKDM"


def test_refuses_a_key_that_could_be_guessed():
    with pytest.raises(KeyTooShort, match="31"):
        end_to_end_id(KEY[:31], 1)
