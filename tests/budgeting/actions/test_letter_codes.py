"""The code on a letter lets one resident in, once, and tells nobody else anything."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from budgeting.actions.people import CODE_VALID, NotAValidCode, issue_letter_code, redeem_letter_code
from budgeting.models import LetterCode
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def home():
    return factories.house()


@pytest.fixture
def who(home):
    return factories.resident(home)


@pytest.fixture
def code(home, who):
    return issue_letter_code(resident=who, now=NOW, by=home.case_worker)


def test_lets_a_resident_in_with_the_code_on_the_letter(who, code):
    assert redeem_letter_code(code=code, now=NOW) == who.user


@pytest.mark.parametrize("written", [str.lower, lambda code: code.replace(" ", "-"), lambda code: f"  {code} "])
def test_forgives_how_a_code_is_written(who, code, written):
    assert redeem_letter_code(code=written(code), now=NOW) == who.user


def test_lets_nobody_in_twice_with_one_code(code):
    redeem_letter_code(code=code, now=NOW)

    with pytest.raises(NotAValidCode):
        redeem_letter_code(code=code, now=NOW)


@pytest.mark.parametrize("after", [CODE_VALID, CODE_VALID + timedelta(days=1)])
def test_lets_nobody_in_with_an_old_code(code, after):
    with pytest.raises(NotAValidCode):
        redeem_letter_code(code=code, now=NOW + after)


@pytest.mark.parametrize("code", ["", " ", "AAAAA AAAAA", "x" * 10000, "é", "\x00", "0' OR 1=1"])
def test_lets_nobody_in_with_what_is_no_code(home, who, code):
    with pytest.raises(NotAValidCode):
        redeem_letter_code(code=code, now=NOW)


def test_lets_an_earlier_letter_expire_when_a_new_one_is_sent(home, who, code):
    later = NOW + timedelta(minutes=1)
    second = issue_letter_code(resident=who, now=later, by=home.case_worker)

    with pytest.raises(NotAValidCode):
        redeem_letter_code(code=code, now=later)
    assert redeem_letter_code(code=second, now=later) == who.user


def test_lets_nobody_in_whose_account_is_switched_off_and_keeps_the_code_unused(who, code):
    who.user.is_active = False
    who.user.save()

    with pytest.raises(NotAValidCode):
        redeem_letter_code(code=code, now=NOW)
    assert LetterCode.objects.get().used_at is None


def test_keeps_no_code_only_its_digest(code):
    kept = " ".join(str(value) for value in LetterCode.objects.values().get().values())

    assert code not in kept
    assert code.replace(" ", "") not in kept
