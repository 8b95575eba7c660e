"""The kept frame of the home page: the very page of the template, with nothing of one resident left for another."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accessibility.blocks import html_of_blocks
from accessibility.languages import LANGUAGES
from accessibility.sentence import Block, Item, Story, sentence
from accessibility.telling import Reader, told
from backend.web import frames
from budgeting.models import Resident, Town
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from tests import factories
from tests.accessibility import households

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOME = "/mijn-geld/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w{64})"')


@pytest.fixture(autouse=True)
def clock() -> Any:
    frames.forget()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def home() -> factories.House:
    return factories.house()


def planned(home: factories.House, money: str) -> Resident:
    who = factories.resident(home, money=money)
    factories.charge(home, who)
    factories.income(home, who)
    plan_orders(on=factories.ON, first=factories.ON)
    plan_remainders(on=factories.ON, first=factories.ON)
    return who


def browser(who: Resident, language: str = "nl", *, dutch_too: bool = False) -> Client:
    client = Client()
    client.force_login(who.user)
    client.cookies["language"] = language
    if dutch_too:
        client.post(reverse("dutch_too"), {"dutch": "1"})
    return client


def shown(client: Client, address: str = HOME) -> str:
    """The page without what differs each time."""
    return TOKEN.sub("token", client.get(address).content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dutch_too", [False, True])
def test_sends_the_very_page_that_the_template_makes(
    home: factories.House, monkeypatch: pytest.MonkeyPatch, language: str, dutch_too: bool
) -> None:
    client = browser(planned(home, "900.00"), language, dutch_too=dutch_too)

    first, again = shown(client), shown(client)
    monkeypatch.setattr(frames, "fits", lambda _: False)

    assert first == again == shown(client)


def test_renders_one_frame_for_all_who_read_alike(home: factories.House) -> None:
    whom = [planned(home, money) for money in ("900.00", "1234.50", "777.70")]

    pages = [shown(browser(who)) for who in whom]

    assert frames._parts.cache_info().misses == 1
    for page, own in zip(pages, ("900,00", "1.234,50", "777,70"), strict=True):
        assert {amount for amount in ("900,00", "1.234,50", "777,70") if amount in page} == {own}


def test_tells_a_new_number_of_the_town_at_once(home: factories.House) -> None:
    client = browser(planned(home, "900.00"))
    before = shown(client)

    Town.objects.update(phone="14 0987", name="Nieuwstad")

    assert "14 0987" not in before
    assert "14 0987" in shown(client)
    assert "<title>" in before
    assert "- Nieuwstad</title>" in shown(client)


def test_gives_every_page_a_token_of_its_own_that_is_taken(home: factories.House) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(planned(home, "900.00").user)
    tokens = [TOKEN.findall(client.get(HOME).content.decode()) for _ in range(2)]

    assert [len(set(each)) for each in tokens] == [1, 1]
    assert tokens[0][0] != tokens[1][0]
    given = {"csrfmiddlewaretoken": tokens[1][0], "clear": "yes", "next": HOME}
    assert client.post(reverse("clear", args=["home"]), given).status_code == 302
    assert client.post(reverse("clear", args=["home"]), given | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403


def test_tells_until_when_this_one_stays(home: factories.House, clock: Any) -> None:
    client = browser(planned(home, "900.00"))
    first = shown(client)
    clock.shift(120)

    assert ("10:15" in first, "10:17" in shown(client)) == (True, True)
    assert 'data-seconds="900"' in first


def test_says_what_was_tapped_on_this_page(home: factories.House) -> None:
    client = browser(planned(home, "900.00"))
    asks = shown(client)

    client.post(reverse("clear", args=["home"]), {"clear": "yes", "next": HOME})

    assert 'value="yes"' in asks
    assert 'role="status"' in shown(client)


def test_keeps_no_frame_of_an_address_with_more_behind_it(home: factories.House) -> None:
    client = browser(planned(home, "900.00"))

    shown(client, f"{HOME}?x=1")

    assert frames._parts.cache_info().misses == 0


def test_links_an_item_only_where_there_is_a_page() -> None:
    item = Item(sentence("category.rent"), households.RENT.amount, sentence("thing.no"), reference="7")
    blocks = [Block("charges", sentence("charges.heading"), items=(item,)), Block("help", sentence("help.heading"))]

    linked = written(*blocks, address=lambda reference: f"/{reference}/")

    assert linked.count('<a href="/7/">') == 1
    assert "<a " not in written(*blocks)
    assert (linked.count("<section"), linked.count("<h1"), linked.count("<h2")) == (2, 0, 2)


def test_escapes_what_names_a_block_or_a_page() -> None:
    hostile = '"><script>'
    item = Item(sentence("category.rent"), households.RENT.amount, sentence("thing.no"), hostile, reference=hostile)

    html = written(Block(hostile, sentence("thing.heading"), items=(item,)), address=str)

    assert "<script>" not in html
    assert html.count("&gt;&lt;script&gt;") == 4


def written(*blocks: Block, **more: Any) -> str:
    story = Story("home", households.ON, sentence("home.title"), blocks)
    return html_of_blocks(told(story, Reader(LANGUAGES["nl"], households.ON)).blocks, draw=str, **more)
