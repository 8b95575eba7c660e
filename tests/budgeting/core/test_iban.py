"""The house pays only to IBANs whose country, length and check digits are right, and says what is wrong with others."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.iban import NotAnIban, iban, in_groups, is_account, is_iban, masked, normalise

OURS = "NL91ABNA0417164300"


def check_digits(country, rest):
    """ISO 13616: 98 less the remainder of the number in which letters count from 10."""
    number = "".join(sign if sign.isdigit() else str(ord(sign) - 55) for sign in f"{rest}{country}")
    return 98 - int(number + "00") % 97


@pytest.mark.parametrize("typed", [OURS, "nl91 abna 0417 1643 00", "NL91.ABNA.0417.1643.00", " NL91-ABNA-0417164300\t"])
def test_reads_an_iban_as_people_write_it(typed):
    assert iban(typed) == OURS


@pytest.mark.parametrize(
    "plain",
    ["BE71096123456769", "DE89370400440532013000", "FR1420041010050500013M02606", "NO9386011117947",
     "MT84MALT011000012345MTLCAST001S", "GB29NWBK60161331926819"],
)  # fmt: skip
def test_takes_an_iban_of_every_length_in_the_sepa_area(plain):
    assert is_iban(plain)
    assert iban(plain) == plain


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "shape"),
        ("NL91", "shape"),
        ("NL91ABNA041", "shape"),
        ("N191ABNA0417164300", "shape"),
        ("NLX1ABNA0417164300", "shape"),
        ("NL91ABNA0417164300/", "shape"),
        ("NL91ABNA٠417164300", "shape"),
        ("NL91" + "A" * 31, "shape"),
        ("TR330006100519786457841326", "country"),
        ("NL91" + "A" * 30, "length"),
        ("NL91ABNA041716430", "length"),
        ("NL91ABNA04171643000", "length"),
        ("DE89370400440532013", "length"),
        ("NL92ABNA0417164300", "check_digits"),
        ("NL91ABNA0417164301", "check_digits"),
        ("NL91ABNA0417146300", "check_digits"),
    ],
)
def test_says_why_a_text_is_no_iban_to_pay_to(typed, reason):
    with pytest.raises(NotAnIban) as refused:
        iban(typed)
    assert (refused.value.reason, refused.value.text) == (reason, typed)
    assert str(refused.value) == f"not an IBAN ({reason})"  # never the number itself


def test_knows_an_iban_of_another_country_that_it_does_not_pay_to():
    assert is_iban("TR330006100519786457841326")
    assert not is_iban("TR330006100519786457841327")
    assert not is_iban("nl91abna0417164300")
    assert not is_iban("NL91 ABNA 0417 1643 00")
    assert not is_iban("")


@given(st.text(string.ascii_uppercase, min_size=4, max_size=4), st.integers(0, 10**10 - 1))
def test_takes_one_pair_of_check_digits_for_an_account(bank, number):
    rest = f"{bank}{number:010d}"
    right = check_digits("NL", rest)

    assert [two for two in range(100) if is_iban(f"NL{two:02d}{rest}")] == [right]
    assert 2 <= right <= 98


@pytest.mark.parametrize(
    ("given_out", "never"),
    [
        ("NL02ABNA0000000039", "NL99ABNA0000000039"),
        ("NL97ABNA0000000075", "NL00ABNA0000000075"),
        ("NL98ABNA0000000057", "NL01ABNA0000000057"),
    ],
)
def test_refuses_check_digits_that_no_bank_gives_out_though_their_remainder_is_right(given_out, never):
    assert iban(given_out) == given_out
    with pytest.raises(NotAnIban) as refused:
        iban(never)
    assert refused.value.reason == "check_digits"


@pytest.mark.parametrize(
    ("typed", "plain"), [("nl91 abna-0417.1643\u00a000\t\r\n", OURS), ("12/34 a", "12/34A"), ("", "")]
)
def test_leaves_out_spaces_dots_and_hyphens_and_nothing_else(typed, plain):
    assert normalise(typed) == plain


@pytest.mark.parametrize(
    "written",
    ["NL91ABNA0417164300", "nl91 abna 0417 1643 00", "NL91ABNA0417164300EUR", "0417164300", "417164300",
     "41.71.64.300", "000000417164300", "ABNA0417164300", "0417164300EUR", "ABNA/0417164300",
     "NL91ABNA/0417164300/EUR"],
)  # fmt: skip
def test_knows_its_account_however_a_bank_writes_it(written):
    assert is_account(written, OURS)
    assert is_account(written, "nl91 abna 0417 1643 00")


@pytest.mark.parametrize(
    "written",
    ["", "EUR", "NL20INGB0001234567", "NL20INGB0417164300", "417164301", "17164300", "4171643", "41716430",
     "4171643000", "NL91ABNA0417164300USD", "0417164300USD", "ABNA", "NL91ABNA041716430"],
)  # fmt: skip
def test_takes_no_other_account_for_its_own(written):
    assert not is_account(written, OURS)


def test_knows_an_account_by_six_digits_and_not_by_five():
    assert is_account("123456", "NL00INGB0000123456")
    assert not is_account("12345", "NL00INGB0000012345")
    assert is_account("1A2345", "1A2345")
    assert not is_account("1A23456", "NL00INGB1A23456")


def test_knows_an_account_of_digits_alone_without_its_country():
    assert is_account("370400440532013000", "DE89370400440532013000")
    assert is_account("BLZ/370400440532013000", "DE89370400440532013000")
    assert not is_account("70400440532013000", "DE89370400440532013000")


def test_takes_an_account_that_ends_like_a_currency_as_it_is():
    assert is_account("MT84MALT011000012345MTLCASTXXEUR", "MT84MALT011000012345MTLCASTXXEUR")


@pytest.mark.parametrize(
    ("plain", "groups"),
    [(OURS, "NL91 ABNA 0417 1643 00"), ("BE71096123456769", "BE71 0961 2345 6769"), ("NL9", "NL9"), ("", "")],
)
def test_writes_an_iban_in_groups_of_four(plain, groups):
    assert in_groups(plain) == groups


def test_shows_only_both_ends_where_nobody_has_to_pay():
    assert masked(OURS) == "NL91 •••• 4300"
    assert masked("BE71096123456769") == "BE71 •••• 6769"
