"""What if: the coming weeks side by side, with the rule that payouts follow, and nothing stored."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accessibility.catalogue import is_translated, wording
from accessibility.foreseeing import what_if_sentences
from accessibility.languages import LANGUAGES
from accessibility.telling import Reader, text_of
from accessibility.words_of_foresight import AHEAD, CREDITOR, SHORT
from budgeting.core.schedule import Recurrence
from payments.actions.whatif import Arrangement, LosesIncome, MovesIn, NewRent, NotTheirs, Regular, what_if
from tests import factories
from tests.accessibility.reading import WORD, Reading
from tests.factories import ON

DECEMBER = date(2026, 12, 1)
MONTHLY = Recurrence(unit="month", starts_on=date(2026, 11, 1), days=(20,))


@pytest.fixture
def home(db):
    return factories.house()


@pytest.fixture
def who(home):
    return factories.resident(home, money="800.00")


@pytest.fixture
def benefit(home, who):
    factories.charge(home, who, amount="600.00", day=5)
    return factories.income(home, who, amount="1200.00", day=24)


def ways(who, **changes):
    return {outcome.code: outcome for outcome in what_if(who, changes, on=ON)}


def test_shows_now_and_each_change_side_by_side(home, who, benefit):
    found = ways(
        who,
        new_rent=[NewRent(Decimal("700.00"), DECEMBER)],
        loses_income=[LosesIncome(benefit.pk, DECEMBER)],
        moves_in=[MovesIn(DECEMBER, income=(Regular(Decimal("400.00"), MONTHLY),))],
        arrangement=[Arrangement(Regular(Decimal("50.00"), MONTHLY, "debt_repayment"), ON, times=1)],
    )

    assert list(found) == ["now", "new_rent", "loses_income", "moves_in", "arrangement"]
    # Eight weeks: 800 and two benefits of 1,200, less two rents of 600.
    assert found["now"].a_week == Decimal("250.00")
    assert found["new_rent"].difference == Decimal("-12.50")
    assert found["loses_income"].difference == Decimal("-150.00")
    assert found["moves_in"].difference == Decimal("50.00")
    assert found["arrangement"].difference == Decimal("-6.25")
    assert not any(outcome.short for outcome in found.values())


def test_says_what_gets_short(home, who, benefit):
    found = ways(who, loses_income=[LosesIncome(benefit.pk, ON)], both=[NewRent(Decimal("900.00"), ON)])

    assert (found["loses_income"].missing, found["loses_income"].short[0].on) == (Decimal("400.00"), date(2026, 12, 4))
    assert found["both"].missing == Decimal("100.00")


def test_puts_changes_together(home, who, benefit):
    together = [NewRent(Decimal("500.00"), ON), Arrangement(Regular(Decimal("100.00"), MONTHLY), ON, times=2)]

    assert ways(who, together=together)["together"].difference == Decimal("0.00")


def test_stores_nothing(home, who, benefit):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        what_if(who, {"new_rent": [NewRent(Decimal("700.00"), DECEMBER)]}, on=ON)

    assert queries
    assert {query["sql"].lstrip("(").split()[0] for query in queries} == {"SELECT"}


def test_refuses_an_income_that_is_not_theirs(home, who, benefit):
    other = factories.income(home, factories.resident(home))
    with pytest.raises(NotTheirs):
        what_if(who, {"loses_income": [LosesIncome(other.pk, ON)]}, on=ON)


def test_tells_each_way_in_easy_words(home, who, benefit):
    reader = Reader(LANGUAGES["nl"], ON)
    found = ways(who, loses_income=[LosesIncome(benefit.pk, ON)], new_rent=[NewRent(Decimal("600.00"), ON)])

    told = {code: [text_of(one, reader) for one in what_if_sentences(way, weeks=8)] for code, way in found.items()}

    assert told == {
        "now": ["U krijgt dan rond €\u00a0250,00 per week."],
        "loses_income": [
            "U krijgt dan rond €\u00a00,00 per week.",
            "Dat is €\u00a0250,00 minder dan nu.",
            "In 8 weken is er niet genoeg voor alles.",
        ],
        "new_rent": ["U krijgt dan rond €\u00a0250,00 per week.", "Dat is net zo veel als nu."],
    }


@pytest.mark.parametrize("words", [AHEAD, SHORT, CREDITOR])
def test_uses_easy_dutch_words_for_what_comes_and_for_what_is_short(words):
    texts = [wording(message, LANGUAGES["nl"]).text for message in words]
    own = Reading(tuple(plain for text in texts if (plain := " ".join(WORD.findall(re.sub(r"{.*?}", "", text))))))

    assert [message for message in words if not is_translated(message, LANGUAGES["nl"])] == []
    assert own.longest <= 12
    assert own.flesch_douma >= 85
