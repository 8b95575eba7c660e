"""Lives that do not fit the pattern: each page still tells a true and calm story, and says whom to call."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accessibility.languages import LANGUAGES
from accessibility.story import story_of
from budgeting.models import Counterparty, Resident
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.models import PaymentOrder
from tests import factories
from tests.accessibility.households import HOMES, RENT, facts
from tests.accessibility.pages import doors, homes, refusals, second_level, story_page

DIALLED = re.compile(r'href="tel:\d+"')
PAGES = ("resident_home", "months", "choices", "looked")
STAFF_DOORS = {"login", "second_factor", "enrol"}
# Words that frighten, and words that a page says when it knows nothing.
NOT_CALM = ("error", "fout", "none", "null", "nan", "traceback", "{", "}", "schuld", "deurwaarder", "boete")


@pytest.fixture
def home(db: None) -> Iterator[factories.House]:
    with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
        yield factories.house()


def words_of(who: Resident, name: str, *args: Any, language: str = "nl") -> str:
    """The words of a page as this resident sees it, in small letters."""
    client = Client(headers={"Accept-Language": language})
    client.force_login(who.user)
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, name
    page = answer.content.decode()
    assert DIALLED.search(page), name
    main = re.sub(r"<script>.*?</script>|<[^>]+>", " ", page[page.index("<main") :]).lower()
    assert [word for word in NOT_CALM if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", main)] == []
    return " ".join(main.split())


def plan() -> None:
    plan_orders(on=factories.ON, first=factories.ON)
    plan_remainders(on=factories.ON, first=factories.ON)


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_on_every_page_whom_to_call(language: str) -> None:
    pages = homes(language) | second_level(language) | doors(language) | refusals(language)
    silent = [name for name, page in pages.items() if name not in STAFF_DOORS and not DIALLED.search(page)]
    assert silent == []


def test_tells_a_name_of_two_hundred_letters_whole(home: factories.House) -> None:
    who = factories.resident(home, money="900.00", first_names="W" * 200, last_name="V" * 200)
    factories.charge(home, who)
    Counterparty.objects.update(name="Woningbouwvereniging " * 9 + "De Linde")
    plan()
    for name in PAGES:
        words_of(who, name)
    order = PaymentOrder.objects.filter(kind="charge").earliest("execute_on")
    assert "600,00" in words_of(who, "payment", order.pk)


def test_tells_a_million_as_any_amount(home: factories.House) -> None:
    who = factories.resident(home, money="1000000.00")
    assert "€\xa01.000.000,00".replace("\xa0", " ") in words_of(who, "resident_home").replace("\xa0", " ")


def test_tells_who_has_no_agreement_what_is_and_what_is_not(home: factories.House) -> None:
    who = factories.resident(home)
    told = words_of(who, "resident_home")
    assert "moet u iets doen? nee." in told
    assert "wij betalen nog niets voor u." in told
    for name in PAGES:
        words_of(who, name)


@pytest.mark.parametrize(("money", "left"), [("0.00", False), ("70.00", True)])
def test_tells_who_stopped_only_what_still_matters(home: factories.House, money: str, left: bool) -> None:
    who = factories.resident(home, money=money)
    Resident.objects.filter(pk=who.pk).update(ends_on=date(2026, 10, 31), stopped_because="own_wish")
    told = words_of(who, "resident_home")
    assert "gestopt" in told
    assert ("70,00" in told) == left
    assert ("dit geld is voor u" in told) == left
    for name in PAGES:
        words_of(who, name)


@pytest.mark.parametrize("language", ["xx", "zz-ZZ", "", "nl'--"])
def test_tells_in_dutch_who_has_a_language_we_do_not_know(home: factories.House, language: str) -> None:
    who = factories.resident(home, money="70.00")
    Resident.objects.filter(pk=who.pk).update(language=language[:10])
    client = Client(headers={"Accept-Language": "xx"})
    client.force_login(who.user)
    for name in PAGES:
        page = client.get(reverse(name)).content.decode()
        assert '<html lang="nl" dir="ltr">' in page
    assert client.post(reverse("choices"), {"language": language}).status_code == 422


def test_tells_what_is_missing_without_alarm(home: factories.House) -> None:
    who = factories.resident(home, money="10.00")
    factories.charge(home, who, amount="612.40")
    plan()
    told = words_of(who, "resident_home")
    assert "u hoeft niets te doen" in told or "wij bellen u" in told


@pytest.mark.parametrize("language", ["nl", "ar", "ti"])
@pytest.mark.parametrize("name", ["<b>x</b>", "{day}", "%s", "\u202eomgekeerd", "ع" * 70, "%(n)s & co"])
def test_tells_a_strange_name_as_a_name(name: str, language: str) -> None:
    from dataclasses import replace  # noqa: PLC0415

    strange = facts(charges=(replace(RENT, name=name), replace(RENT, name="Ander")))
    page = story_page(story_of(strange), "resident/home.html", language, first_level="h1")
    assert "<b>x</b>" not in page
    assert '<bdi translate="no">' in page


def test_adds_up_in_every_home() -> None:
    for one in HOMES.values():
        counted = sum((charge.amount for charge in one.charges if one.counts(charge)), Decimal("0.00"))
        assert one.held - counted == one.left
