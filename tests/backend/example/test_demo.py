"""The example's months at the loopback bank: they add up, and a second play changes nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from backend.example.desk import Desk, PlayedDifferently
from backend.example.load import NotTheExample, is_loaded, load, load_or_find
from backend.example.loopback_bank import loopback_bank
from backend.example.play import play
from backend.example.script import example_script
from backend.example.town import EXAMPLE_TOWN
from budgeting.actions.people import NotAValidCode, redeem_letter_code
from budgeting.models import AgreementAmount, Household, Resident, User, WaitingEntry
from payments.models import BankAnswer, PaymentBatch, PaymentOrder
from tests.databases import OwnDatabase, own_database

ON, LATER = "2026-11-22", "2026-11-26"


def demo(on: str = ON) -> dict[str, Any]:
    out = StringIO()
    call_command("demo", "--on", on, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@dataclass(frozen=True)
class Plays:
    """The same example played up to a day, again up to that day, and on to a later one."""

    first: dict[str, Any]
    again: dict[str, Any]
    again_told: str
    later: dict[str, Any]


@pytest.fixture(scope="module")
def plays(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plays]:
    """All plays of this file; its tests look at what they told, and at the database as the last one left it."""
    with django_db_blocker.unblock(), own_database():
        first, again = demo(), demo()
        out = StringIO()
        call_command("demo", "--on", ON, stdout=out, stderr=StringIO())
        yield Plays(first, again, out.getvalue(), demo(LATER))


def test_adds_up_for_every_household_and_for_the_account(plays: Plays) -> None:
    for told in (plays.first, plays.later):
        assert told["adds_up"] is True
        assert len(told["households"]) == 30
        for row in (*told["households"], told["total"]):
            came = Decimal(row["came_in"]) + Decimal(row["lent"])
            assert came == Decimal(row["charges"]) + Decimal(row["remainder"]) + Decimal(row["left"])
        assert told["bank"]["closing"] == told["bank"]["books"]
        assert Decimal(told["total"]["came_in"]) == sum(Decimal(row["came_in"]) for row in told["households"])


def test_keeps_every_invariant(plays: Plays) -> None:
    for told in (plays.first, plays.again, plays.later):
        assert told["books"]["ok"] is True
        assert len(told["books"]["invariants"]) >= 16


def test_pays_every_household_with_income_a_remainder(plays: Plays) -> None:
    without = [row["name"] for row in plays.first["households"] if Decimal(row["remainder"]) == 0]
    assert without == ["Kramer"]  # who lost his work


def test_meets_every_trouble_at_least_once(plays: Plays) -> None:
    states = Counter(PaymentOrder.objects.values_list("state", "reason"))
    assert states["returned", "AC04"] == 1
    assert states["rejected", "AC04"] >= 1
    assert PaymentOrder.objects.filter(state="held", resident__last_name="Kramer", reason__startswith="short").exists()
    decided = WaitingEntry.objects.exclude(closed_at=None).values_list("entry__remittance", flat=True)
    assert any("7000301" in text for text in decided), "the late wage"
    assert any("7000501" in text for text in decided), "the changed benefit"
    waiting = WaitingEntry.objects.filter(closed_at=None).values_list("entry__counterparty_name", flat=True)
    assert {"J. Ongenoemd", "P. Zonderling"} <= set(waiting)
    assert AgreementAmount.objects.filter(valid_from__gt=date(2026, 9, 1)).count() == 2


def test_hears_an_answer_to_every_file_and_two_people_on_each(plays: Plays) -> None:
    released = PaymentBatch.objects.filter(state__in=["released", "closed"])
    assert released.count() == plays.first["played"]["released"] + plays.later["played"]["released"] > 20
    assert set(BankAnswer.objects.values_list("batch", flat=True)) == set(released.values_list("pk", flat=True))
    assert all(batch.approval.approved_by_id != batch.assembled_by_id for batch in released)


def test_leaves_a_batch_for_a_second_person_to_look_at(plays: Plays) -> None:
    assert PaymentBatch.objects.filter(state="draft").count() == 1


def test_tells_how_to_come_in(plays: Plays) -> None:
    for way in plays.first["log_ins"]:
        assert User.objects.get(username=way["username"]).check_password(way["password"])
        assert bool(way["secret"]) == ("resident" not in way["roles"])


def test_gives_residents_a_code_that_lets_them_in_once(plays: Plays) -> None:
    assert len(plays.first["letter_codes"]) == 2
    assert plays.again["letter_codes"] == {}
    out = StringIO()
    call_command("demo", "--on", LATER, "--json", "--codes", stdout=out, stderr=StringIO())
    for name, code in json.loads(out.getvalue())["letter_codes"].items():
        assert redeem_letter_code(code=code, now=timezone.now()).full_name == name
        with pytest.raises(NotAValidCode):
            redeem_letter_code(code=code, now=timezone.now())


def test_plays_a_second_time_without_changing_anything(plays: Plays) -> None:
    first, again = plays.first, plays.again
    assert (first["changed"], again["changed"]) == (True, False)
    assert again["played"]["entries"] == again["played"]["released"] == 0
    for name in ("households", "total", "bank", "books"):
        assert again[name] == first[name]
    assert "Nothing changed" in plays.again_told


def test_plays_on_from_where_it_stopped(plays: Plays) -> None:
    assert plays.later["changed"] is True
    assert plays.later["from"] == plays.first["from"]
    assert Decimal(plays.later["total"]["came_in"]) > Decimal(plays.first["total"]["came_in"])


@pytest.mark.django_db
def test_leaves_a_database_alone_that_is_not_the_example() -> None:
    Household.objects.create(name="Echt")
    with pytest.raises(NotTheExample):
        load_or_find(EXAMPLE_TOWN, on=date(2026, 8, 1))
    with pytest.raises(CommandError, match="left alone"):
        call_command("demo", "--on", ON)
    assert Resident.objects.count() == 0


@pytest.mark.django_db
def test_refuses_a_database_of_the_operator_without_leave() -> None:
    with override_settings(EMBEDDED=False, EXAMPLE_DATA=False), pytest.raises(CommandError, match="EXAMPLE_DATA=1"):
        call_command("demo", "--on", ON)
    assert User.objects.count() == 0


def test_stops_when_the_bank_tells_another_story_than_the_books(own_database: OwnDatabase) -> None:
    start = date(2026, 8, 1)
    load(EXAMPLE_TOWN, on=start)
    assert is_loaded(EXAMPLE_TOWN)
    _play_until(date(2026, 8, 8), seed=1)
    with pytest.raises(PlayedDifferently):
        _play_until(date(2026, 8, 9), seed=2)


def _play_until(until: date, seed: int) -> None:
    script = example_script(date(2026, 8, 1), until, seed=seed)
    town = script.town
    told = {"iban": town.account_iban, "owner": town.account_name, "balance": town.opening_balance}
    with loopback_bank(start=script.start, **told) as bank:
        play(Desk(script, load_or_find(town, on=script.start)), bank)
