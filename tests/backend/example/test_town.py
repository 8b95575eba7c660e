"""The example municipality is complete, consistent and belongs to nobody."""

from collections import Counter
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.example.counterparties import COUNTERPARTIES
from backend.example.made_up import made_up_iban, made_up_phone, passes_eleven_test, payment_reference
from backend.example.record import ExampleResident
from backend.example.town import COLLEAGUES, EXAMPLE_TOWN
from backend.example.troubles import FROM_STRANGERS
from budgeting.core.iban import iban
from payments.core import payment_reference as references

HOUSEHOLDS, RESIDENTS, AGREEMENTS = EXAMPLE_TOWN.households, EXAMPLE_TOWN.residents, EXAMPLE_TOWN.agreements
# Payments a year of each rhythm.
_A_YEAR = {"week": 52, "month": 12, "year": 1}


def _a_month(resident: ExampleResident, direction: str) -> Decimal:
    parts = [agreement for agreement in resident.agreements if agreement.direction == direction]
    return sum(
        (
            part.amount * _A_YEAR[part.rhythm.unit] * max(1, len(part.rhythm.months)) / part.rhythm.every / 12
            for part in parts
        ),
        Decimal(0),
    )


def test_has_forty_residents_of_thirty_households() -> None:
    assert (len(HOUSEHOLDS), len(RESIDENTS)) == (30, 40)
    assert len({resident.key for resident in RESIDENTS}) == 40
    assert all(household.residents for household in HOUSEHOLDS)


def test_has_a_mix_of_languages_incomes_and_ways_to_be_told() -> None:
    assert {"nl", "tr", "ar", "ti", "pl", "uk", "so", "fa", "en"} == {one.language for one in RESIDENTS}
    assert {"screen", "paper", "voice", "helper"} == {one.channel for one in RESIDENTS}
    assert any(one.interpreter_needed for one in RESIDENTS)
    incomes = Counter(one.category for one in AGREEMENTS.values() if one.direction == "in")
    assert {"benefit", "wages", "pension", "other_income", "student_finance", "child_benefit"} <= incomes.keys()
    rhythms = {(one.rhythm.unit, one.rhythm.every) for one in AGREEMENTS.values() if one.category == "wages"}
    assert {("month", 1), ("week", 4), ("week", 1)} <= rhythms
    assert {("week", 1), ("week", 2), ("month", 1)} == {(r.pay_rhythm.unit, r.pay_rhythm.every) for r in RESIDENTS}


def test_lets_every_resident_live_within_their_income() -> None:
    for one in RESIDENTS:
        assert _a_month(one, "in") - _a_month(one, "out") > 400, one.key


def test_gives_every_agreement_a_key_and_number_of_its_own() -> None:
    assert len(AGREEMENTS) == sum(len(one.agreements) for one in RESIDENTS)
    numbers = [agreement.mark for agreement in AGREEMENTS.values() if agreement.direction == "in"]
    assert len(set(numbers)) == len(numbers)


def test_asks_creditors_references_that_pass_their_check() -> None:
    for agreement in AGREEMENTS.values():
        if agreement.direction == "out":
            assert references.issuer(references.payment_reference(agreement.reference)) == "CUR"


def test_uses_no_iban_twice_and_none_that_can_exist() -> None:
    ibans = [one.iban for one in (*RESIDENTS, *COUNTERPARTIES.values())] + [EXAMPLE_TOWN.account_iban]
    ibans += [made_up_iban(stranger[3]) for stranger in FROM_STRANGERS]
    assert len(set(ibans)) == len(ibans)
    for one in ibans:
        assert iban(one) == one
        assert one[4:8] == "NEPB"
        assert not passes_eleven_test(one[8:])


@given(st.integers(1, 99_999_999))
def test_makes_ibans_that_check_and_cannot_exist(serial: int) -> None:
    made = made_up_iban(serial)
    assert iban(made) == made
    assert not passes_eleven_test(made[8:])


@given(st.integers(0, 10**15 - 1))
def test_makes_references_that_check(serial: int) -> None:
    assert references.payment_reference(payment_reference(serial)) == payment_reference(serial)


def test_gives_phone_numbers_nobody_has() -> None:
    assert made_up_phone(7) == "06-00000007"
    assert all(one.phone.startswith("06-0000") for one in RESIDENTS)


def test_keeps_assembling_and_approving_with_two_people() -> None:
    by_role = {role: one.person_number for one in COLLEAGUES for role in one.roles}
    assert by_role["case_worker"] != by_role["approver"]
    assert {"case_worker", "approver", "application_manager", "front_desk"} == by_role.keys()


def test_makes_recurrences_from_any_first_day() -> None:
    for agreement in AGREEMENTS.values():
        assert agreement.rhythm.since(date(2027, 2, 1)).starts_on >= date(2027, 2, 1)
