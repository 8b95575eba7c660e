"""The house passes on the reference that a creditor printed, and only a right one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.core.payment_reference import NotAPaymentReference, check_digit, issuer, payment_reference

digits = st.text(alphabet="0123456789", min_size=7, max_size=12)


def dutch(number):
    """A betalingskenmerk for 7 to 12 digits."""
    rest = str(len(number) % 10) + number
    return check_digit(rest) + rest


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("5000 0567 8901 2345", "5000056789012345"),
        ("12 2345 3462 2567", "12234534622567"),
        ("12.2345.3462.2567", "12234534622567"),
        ("1234567", "1234567"),
        ("RF18 5390 0754 7034", "RF18539007547034"),
        ("rf18 5390 0754 7034", "RF18539007547034"),
    ],
)
def test_accepts_the_published_examples(text, plain):
    assert payment_reference(text) == plain


@pytest.mark.parametrize(("plain", "made_the_rules"), [("5000056789012345", "CUR"), ("RF18539007547034", "ISO")])
def test_knows_whose_rules_a_reference_follows(plain, made_the_rules):
    assert issuer(plain) == made_the_rules


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "shape"),
        ("12a4567", "shape"),
        ("١٢٣٤٥٦٧", "shape"),
        ("12345678", "length"),
        ("123456", "length"),
        ("123456789012345", "length"),
        ("12345678901234567", "length"),
        ("12 2345 3462 2569", "check_digit"),
        ("13 2345 3462 2567", "length"),
        ("22 2345 3462 2567", "check_digit"),
        ("5000 0567 8901 2354", "check_digit"),
        ("RF19 5390 0754 7034", "check_digit"),
        ("RF00 BILL 92", "check_digit"),
        ("RF01 BILL 74", "check_digit"),
        ("RF99 BILL 56", "check_digit"),
        ("RF18", "shape"),
        ("RF18 5390_0754", "shape"),
        ("RF18" + "1" * 22, "shape"),
    ],
)
def test_refuses_a_wrong_reference_and_says_why(text, reason):
    with pytest.raises(NotAPaymentReference, match=reason) as refusal:
        payment_reference(text)
    assert (refusal.value.text, refusal.value.reason) == (text, reason)


@given(digits)
def test_accepts_each_reference_that_follows_the_rule(number):
    assert payment_reference(dutch(number)) == dutch(number)


@given(st.text(alphabet="0123456789", min_size=15, max_size=15))
def test_accepts_each_long_reference_that_follows_the_rule(number):
    assert payment_reference(check_digit(number) + number) == check_digit(number) + number


def slips_through(text):
    try:
        payment_reference(text)
    except NotAPaymentReference:
        return False
    return True


def test_finds_nearly_every_single_wrong_digit():
    slipped, tried = 0, 0
    for number in range(10**11, 10**12, 9_090_909_091):
        right = dutch(str(number))
        wrong = {right[:place] + digit + right[place + 1 :] for place in range(14) for digit in "0123456789"} - {right}
        slipped += sum(map(slips_through, wrong))
        tried += len(wrong)
    # Two remainders share the digit 1, so that a few slip through; the rule is not ours.
    assert tried == 99 * 14 * 9
    assert 0.01 < slipped / tried < 0.02


def test_gives_the_shared_digits_of_the_rule():
    assert check_digit("0") == "0"
    assert check_digit("5") == "1"
    assert check_digit("000056789012345") == "5"
