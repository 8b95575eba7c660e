"""The house checks a creditor identifier and finds the KvK number in a Dutch one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.creditor_identifier import NotACreditorIdentifier, chamber_number, creditor_identifier


def identifier(country, national, business="ZZZ"):
    """One whose check digits are right: 98 less the remainder of the number in which letters count from 10."""
    number = "".join(sign if sign.isdigit() else str(ord(sign) - 55) for sign in f"{national}{country}")
    return f"{country}{98 - int(number + '00') % 97:02d}{business}{national}"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("DE98ZZZ09999999999", "DE98ZZZ09999999999"),
        ("de98 zzz 0999.9999-999\t", "DE98ZZZ09999999999"),
        ("DE98\u00a0ABC09999999999", "DE98ABC09999999999"),
        (identifier("BE", "1"), identifier("BE", "1")),
        (identifier("FR", "A" * 28, "001"), identifier("FR", "A" * 28, "001")),
    ],
)
def test_reads_an_identifier_whatever_the_creditors_own_three_signs(typed, plain):
    assert creditor_identifier(typed) == plain


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "shape"),
        ("DE98ZZZ", "shape"),
        ("D198ZZZ09999999999", "shape"),
        ("DEX8ZZZ09999999999", "shape"),
        ("DE98Z/Z09999999999", "shape"),
        ("DE98ZZZ0999999999\u0669", "shape"),
        (identifier("FR", "A" * 29), "shape"),
        ("DE99ZZZ09999999999", "check_digits"),
        ("DE98ZZZ09999999998", "check_digits"),
        ("NL98ZZZ09999999999", "check_digits"),
        # The remainder is right, but 02, 98 and 97 are given out instead.
        ("NL99ZZZ000000400000", "check_digits"),
        ("NL01ZZZ000000420000", "check_digits"),
        ("NL00ZZZ000000440000", "check_digits"),
    ],
)
def test_says_what_is_wrong_with_an_identifier(typed, reason):
    with pytest.raises(NotACreditorIdentifier) as refused:
        creditor_identifier(typed)
    assert (refused.value.reason, str(refused.value)) == (reason, reason)


@given(st.from_regex(r"[A-Z0-9]{1,28}", fullmatch=True), st.integers(1, 96))
def test_notices_every_other_pair_of_check_digits(national, further):
    right = identifier("NL", national)
    wrong = f"NL{(int(right[2:4]) - 2 + further) % 97 + 2:02d}{right[4:]}"

    assert creditor_identifier(right) == right
    with pytest.raises(NotACreditorIdentifier):
        creditor_identifier(wrong)


@pytest.mark.parametrize(
    ("plain", "number"),
    [
        (identifier("NL", "123456780000"), "12345678"),
        (identifier("NL", "012345670001"), "01234567"),
        (identifier("NL", "12345678000"), ""),
        (identifier("NL", "1234567800000"), ""),
        (identifier("NL", "12345678000A"), ""),
        (identifier("BE", "123456780000"), ""),
        ("NL", ""),
        ("", ""),
    ],
)
def test_finds_the_kvk_number_in_a_dutch_identifier_alone(plain, number):
    assert chamber_number(plain) == number
