"""The closing statement: what came in and went out by kind adds up to what is left, and the letter can be read."""

from datetime import date
from decimal import Decimal

import pytest

from accessibility.facts import total
from accessibility.known import help_of_town
from accessibility.languages import LANGUAGES
from accessibility.letters.check import faults_of_letter
from accessibility.letters.ending import closing_facts, closing_letter
from accessibility.letters.letter import values_of
from accessibility.letters.make import make
from budgeting.actions.entries import Part, decide_entry
from budgeting.actions.ledger import post
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.models import Entry, ParticipationEnd
from payments.actions.advances import approve_write_off, propose_write_off
from payments.actions.day import run_day
from payments.actions.leaving import begin_ending, end_participation, pay_last
from tests import factories
from tests.accessibility.papers import amounts, sides
from tests.faults.bank import came_in
from tests.payments.actions.test_leaving import MONDAY, TUESDAY, Town

WEDNESDAY = date(2026, 11, 4)


@pytest.fixture
def ended(db) -> ParticipationEnd:
    """Income, a paid charge, an advance of which the town bears a part, a last payment, and the end."""
    town = Town()
    by, who = town.home.case_worker, factories.resident(town.home, limit="300.00", language="ar", street="Pad 1")
    factories.charge(town.home, who, amount="312.40", day=3)
    entry = Entry.objects.get(pk=town.hear(MONDAY, came_in("900.00", MONDAY, name="Werkgever"))[0])
    decide_entry(entry=entry, parts=[Part(entry.amount, who, category="wages")], on=MONDAY, by=by)
    post([Movement("advance", MONDAY, "lent", ledger.given(who.pk, Decimal("80.00")))], by=None)
    asked = propose_write_off(resident=who, value=Decimal("30.00"), reason="Te zwaar", on=MONDAY, by=by)
    approve_write_off(write_off=asked, on=MONDAY, by=town.home.approver)
    facts = {"why": "own_wish", "reason": "Kan het weer zelf", "on": MONDAY, "by": by}
    ending = begin_ending(resident=who, ends_on=WEDNESDAY, **facts)
    run_day(on=MONDAY, first=TUESDAY)
    town.pay()
    pay_last(ending=ending, on=WEDNESDAY, first=WEDNESDAY, by=by)
    town.pay(on=WEDNESDAY, first=WEDNESDAY)
    return end_participation(ending=ending, on=WEDNESDAY, by=by)


def test_adds_up_from_the_first_day_to_the_last_cent(ended: ParticipationEnd) -> None:
    facts = closing_facts(ended, on=WEDNESDAY, desk=help_of_town())
    told = facts.told

    assert told.opening + total(told.came_in) - total(told.paid) - total(told.given) == told.closing == 0
    assert (facts.lent, facts.repaid, facts.borne) == (Decimal("80.00"), Decimal("50.00"), Decimal("30.00"))
    assert facts.last == (Decimal("617.60"), WEDNESDAY)


def test_tells_it_on_paper_in_dutch_and_in_their_own_language(ended: ParticipationEnd) -> None:
    letter = closing_letter(ended, on=WEDNESDAY)
    made = make(values_of(letter))

    assert [language.code for language in letter.languages] == ["ar", "nl"]
    assert not faults_of_letter(made.pdf)
    dutch = next(side for side in sides(made.pdf) if "Uw laatste geld" in side)
    assert {"€617,60", "€900,00", "€312,40", "€80,00", "€50,00", "€30,00", "€0,00"} <= set(amounts(dutch))
    assert "1 keer" in dutch


@pytest.mark.parametrize("language", LANGUAGES)
def test_fits_and_is_translated_in_every_language(ended: ParticipationEnd, language: str) -> None:
    ended.resident.language = language
    letter = closing_letter(ended, on=WEDNESDAY)

    made = make(values_of(letter))

    assert letter.language == language
    assert not faults_of_letter(made.pdf)
    assert not made.unknown_signs
