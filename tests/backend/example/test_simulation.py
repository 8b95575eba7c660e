"""Municipalities by chance: the same for a seed, within their means, and played without a wrong booking."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.example import simulation
from backend.example.chance_life import chance_script
from backend.example.chance_town import chance_town
from backend.example.events import Credit
from backend.example.made_up_bank import MadeUpBank
from backend.example.record import ExampleAgreement
from backend.example.simulation import START
from backend.example.troubles import Trouble
from budgeting.core.iban import is_iban
from budgeting.core.readers import read
from budgeting.models import Resident
from tests.databases import OwnDatabase

END = date(2026, 7, 1)
A_YEAR = {"week": 52, "month": 12, "year": 1}


def _a_month(agreements: list[ExampleAgreement], direction: str) -> Decimal:
    return sum(
        (
            one.amount * A_YEAR[one.rhythm.unit] * max(1, len(one.rhythm.months)) / one.rhythm.every / 12
            for one in agreements
            if one.direction == direction
        ),
        Decimal(0),
    )


@given(st.integers(1, 80), st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_makes_as_many_residents_as_asked_and_all_can_live(residents: int, seed: int) -> None:
    town = chance_town(residents, seed=seed)
    assert len(town.residents) == residents
    assert len({one.iban for one in town.residents}) == residents
    assert all(is_iban(one.iban) for one in town.residents)
    for household in town.households:
        agreements = [agreement for one in household.residents for agreement in one.agreements]
        assert _a_month(agreements, "in") > _a_month(agreements, "out")


def test_makes_the_same_town_and_life_for_a_seed() -> None:
    assert chance_town(20, seed=3) == chance_town(20, seed=3)
    assert chance_town(20, seed=3) != chance_town(20, seed=4)
    lives = [chance_script(chance_town(20, seed=3), START, END, seed=seed, faults=True) for seed in (1, 1, 2)]
    assert lives[0] == lives[1]
    assert lives[0].credits != lives[2].credits


def test_pays_everyone_in_the_rhythm_that_is_asked() -> None:
    town = chance_town(20, seed=3, pay_rhythm="monthly", advance_limit="1000.00")
    assert {(one.pay_rhythm.unit, one.pay_rhythm.days) for one in town.residents} == {("month", (25,))}
    assert town.advance_limit == Decimal("1000.00")


def test_lets_every_kind_of_trouble_happen_only_when_faults_are_asked_for() -> None:
    town = chance_town(200, seed=5)
    regular = chance_script(town, START, END, seed=5, faults=False)
    assert {one.trouble for one in regular.credits} == {""}
    assert (regular.refusals, regular.new_amounts, regular.new_agreements, regular.endings) == ((), (), (), ())
    script = chance_script(town, START, END, seed=5, faults=True)
    found = Counter(one.trouble for one in script.credits)
    assert {Trouble.LATE, Trouble.DOUBLE, Trouble.CHANGED_INCOME, Trouble.UNKNOWN_PAYER} <= found.keys()
    assert {Trouble.RETURNED, Trouble.REJECTED} == {one.kind for one in script.refusals}
    assert script.new_amounts
    assert script.new_agreements
    assert script.endings
    assert len(script.credits) < len(regular.credits), "what stopped or is missing does not come"


def test_pays_nothing_after_an_income_stopped_and_a_benefit_after_lost_work() -> None:
    script = chance_script(chance_town(200, seed=5), START, END, seed=5, faults=True)
    for end in script.endings:
        assert not [one for one in script.credits if one.agreement == end.agreement and one.on > end.told_on]
    for new in script.new_agreements:
        paid = [one.on for one in script.credits if one.agreement == new.agreement.key]
        assert all(on >= new.told_on for on in paid)


def test_begins_a_longer_life_with_the_same_weeks() -> None:
    town = chance_town(30, seed=6)
    short = chance_script(town, START, date(2026, 4, 1), seed=6, faults=True)
    long = chance_script(town, START, END, seed=6, faults=True)
    agreed = [one for one in long.credits if one.on < date(2026, 4, 1) and one.agreement]
    assert [one for one in short.credits if one.agreement] == agreed


def test_books_what_one_payer_sends_at_once_as_one_line_with_details() -> None:
    town = chance_town(5, seed=1)
    payer = town.counterparties["town_income"]
    bank = MadeUpBank(
        town.account_iban,
        town.account_name,
        date(2026, 9, 7),
        town.opening_balance,
        in_one_line=frozenset({payer.iban}),
    )
    for number in range(3):
        bank.arrive(Credit(date(2026, 9, 7), Decimal("100.00"), payer.name, payer.iban, f"UITKERING PW {number}"))
    bank.arrive(Credit(date(2026, 9, 7), Decimal("5.00"), "P. Zonderling", town.residents[0].iban, "apart"))
    (told,) = bank.end_day()
    (statement,) = read(told).statements
    assert statement.balances
    assert sorted((entry.amount, entry.details, entry.remittance) for entry in statement.entries) == [
        (Decimal("5.00"), 1, "apart"),
        *((Decimal("100.00"), 3, f"UITKERING PW {number}") for number in range(3)),
    ]


def simulated(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("simulate", *arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.mark.faults
def test_keeps_the_books_and_everyone_to_their_own_money_through_faults(own_database: OwnDatabase) -> None:
    told = simulated("--residents", "12", "--months", "3", "--seed", "11", "--faults")
    assert told["ok"] is told["books"]["ok"] is True
    assert told["course"]["misbooked"] == 0
    assert told["done"]["entries"] > 150
    assert len(told["disturbances"]) >= 3
    # The town's own database is the one we are back in, and it is as empty as before.
    assert connection.settings_dict["NAME"] == own_database.name
    assert Resident.objects.count() == 0


def test_books_the_same_when_the_bank_cuts_its_days_in_parts(
    monkeypatch: pytest.MonkeyPatch, own_database: OwnDatabase
) -> None:
    whole = simulated("--residents", "4", "--months", "1", "--seed", "5")
    monkeypatch.setattr(simulation, "MadeUpBank", partial(MadeUpBank, most_payments=2))
    parts = simulated("--residents", "4", "--months", "1", "--seed", "5")
    assert parts["ok"] is True
    assert parts["done"].pop("statements") > whole["done"].pop("statements")
    assert [parts[told] for told in ("done", "course")] == [whole[told] for told in ("done", "course")]


@pytest.mark.parametrize("wrong", [("0", "1"), ("1", "0"), ("100001", "1"), ("1", "61")])
def test_refuses_a_simulation_of_nothing_or_of_too_much(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError) as refusal:
        simulated("--residents", wrong[0], "--months", wrong[1], "--seed", "1")
    assert refusal.value.returncode == 2


def test_needs_an_owner_to_make_a_database() -> None:
    with override_settings(DATABASE_OWNER=None), pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        simulated("--residents", "1", "--months", "1", "--seed", "1")
