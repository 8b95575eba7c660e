"""What was agreed stays as it was said, is told to the resident, and is ticked off once."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from accessibility.gather import facts_of
from accessibility.languages import LANGUAGES
from accessibility.letters.check import faults_of_letter
from accessibility.letters.gather import to_of
from accessibility.letters.letter import Letter, values_of
from accessibility.letters.make import make
from accessibility.story import story_of
from accessibility.telling import Reader, told
from budgeting.access import NotAllowed
from budgeting.actions.agreed import MOST_TOLD, AlreadyDone, NothingWritten, TooManyStand, note_agreed, tick_off
from budgeting.actions.retention import destroy_what_is_due
from budgeting.models import Agreed, AuditEvent, Resident
from tests import factories
from tests.factories import ON, House


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


def noted(home: House, of: Resident, words: str = "We bellen de woningbouw", **facts: object) -> Agreed:
    given = {"who": "town", "by_day": date(2026, 11, 9), "on": ON, "by": home.case_worker} | facts
    return note_agreed(resident=of, words=words, **given)


def blocks(who: Resident, reader: Reader) -> str:
    return "".join(
        str(words)
        for block in told(story_of(facts_of(who, on=ON)), reader).blocks
        if block.key == "agreed"
        for words in (block.heading, *(one for one, _ in block.sentences))
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_is_told_in_every_language_with_the_words_marked_as_dutch(home: House, code: str) -> None:
    who = factories.resident(home)
    noted(home, who, "Sam brengt de <b>brief</b>", who="resident")

    with translation.override(code):
        shown = blocks(who, Reader(LANGUAGES[code], ON))

    assert '<span lang="nl" dir="ltr">Sam brengt de &lt;b&gt;brief&lt;/b&gt;</span>' in shown
    assert ("You do" in shown) == (code == "en")


def test_hides_the_words_from_a_helper_who_sees_no_amounts(home: House) -> None:
    who = factories.resident(home)
    noted(home, who, "Wij betalen 45,00 terug")

    assert "45,00" not in blocks(who, Reader(LANGUAGES["nl"], ON, sees_amounts=False))


def test_is_told_until_it_is_ticked_off_once(home: House) -> None:
    who = factories.resident(home)
    row = noted(home, who)
    assert blocks(who, Reader(LANGUAGES["nl"], ON))

    tick_off(row=row, on=ON, by=home.case_worker)

    assert blocks(who, Reader(LANGUAGES["nl"], ON)) == ""
    with pytest.raises(AlreadyDone):
        tick_off(row=row, on=ON, by=home.case_worker)
    assert AuditEvent.objects.filter(resident_id=who.pk, action__startswith="agreed.").count() == 2


def test_refuses_no_words_too_many_and_whoever_may_not(home: House) -> None:
    who = factories.resident(home)
    with pytest.raises(NothingWritten):
        noted(home, who, "  \n ")
    with pytest.raises(NotAllowed):
        noted(home, who, by=home.approver)
    for number in range(MOST_TOLD):
        noted(home, who, f"Ding {number}")
    with pytest.raises(TooManyStand):
        noted(home, who)


@pytest.mark.parametrize("change", ["words = 'Iets anders'", "who = 'both'", "noted_on = '2026-01-01'"])
def test_lets_nobody_rewrite_what_was_said(home: House, change: str) -> None:
    row = noted(home, factories.resident(home))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE agreed SET {change} WHERE id = %s", [row.pk])


def test_goes_when_it_is_needed_no_longer(home: House) -> None:
    who = factories.resident(home)
    noted(home, who)
    Resident.objects.filter(pk=who.pk).update(ends_on=date(2026, 6, 1))

    destroy_what_is_due(on=date(2027, 12, 31), by=None)
    assert Agreed.objects.exists()
    destroy_what_is_due(on=date(2028, 1, 2), by=None)
    assert not Agreed.objects.exists()


def test_stands_in_the_letter_of_the_month(home: House) -> None:
    who = factories.resident(home, language="ar")
    noted(home, who)
    facts = facts_of(who, on=ON)

    pdf = make(values_of(Letter(to_of(who), story_of(facts), "ar", facts.help)))

    assert pdf.unknown_signs == ""
    assert faults_of_letter(pdf.pdf) == []
