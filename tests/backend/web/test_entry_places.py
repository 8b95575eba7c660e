"""All entries, a page at a time: nothing is left out and nothing shown twice, also when new ones come in between."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.desk import entries, entry_places
from backend.desk.entry_places import Place
from budgeting.models import BankAccount, Entry
from payments.actions.settle import take_in_statement
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in

LIST = "/bank/boekingen/?since=2026-01-01"
# Days on which the bank wrote, and how many entries; of another account an earlier day comes in last.
DAYS = {ON - timedelta(days=200): 5, ON - timedelta(days=20): 1, ON - timedelta(days=1): 7, ON: 3}
EARLIER = ON - timedelta(days=90)


@pytest.fixture
def took_in(home: House) -> Callable[[date, int], None]:
    """Takes in a statement of a day with so many entries of a stranger."""
    second = BankAccount.objects.create(iban=factories.made_up_iban(2), name="Tweede rekening")
    first_account, other = Bank(home.account.iban), Bank(second.iban)

    def take(day: date, count: int) -> None:
        account = other if day == EARLIER else first_account
        first = Entry.objects.count()
        lines = [came_in(f"{1 + first + one}.00", day, name="Niemand") for one in range(count)]
        taken = take_in_statement(data=account.day(day, *lines), name=f"{day}.xml", by=home.case_worker, on=ON)
        assert taken.result.status == "imported", taken

    return take


@pytest.fixture
def client(home: House, took_in: Callable[[date, int], None], monkeypatch: pytest.MonkeyPatch) -> Client:
    """Twenty-three entries that wait, four on a page."""
    monkeypatch.setattr(entries, "PER_PAGE", 4)
    for day, count in (DAYS | {EARLIER: 7}).items():
        took_in(day, count)
    return signed_in(home.case_worker)


def walked(client: Client, address: str, way: str) -> list[list[int]]:
    """The pages from an address on, as one comes to them by the link."""
    found = []
    while address:
        answer: Any = client.get(address)
        assert answer.status_code == 200, answer.content.decode()[:300]
        found.append([row.pk for row in answer.context["rows"]])
        link = re.search(rf'href="([^"]*)" rel="{way}"', answer.content.decode())
        address = "/bank/boekingen/" + link[1].replace("&amp;", "&") if link else ""
        assert len(found) < 50
    return found


def in_order() -> list[int]:
    return list(Entry.objects.order_by("-booking_date", "-pk").values_list("pk", flat=True))


@pytest.mark.parametrize("counted", [1000, 9, 4])
def test_shows_every_entry_once_however_far_one_counts(
    client: Client, monkeypatch: pytest.MonkeyPatch, counted: int
) -> None:
    monkeypatch.setattr(entries, "MOST_COUNTED", counted)

    pages = walked(client, LIST, "next")
    assert [one for page in pages for one in page] == in_order()
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 3]

    last = in_order()[-1]
    back = walked(client, f"{LIST}&newer_than={Place(Entry.objects.get(pk=last).booking_date, last)}", "prev")
    assert list(dict.fromkeys(one for page in reversed(back) for one in page)) == in_order()[:-1]
    assert back[-1] == in_order()[:4], "the first page is a whole one"


def test_leaves_out_and_doubles_nothing_when_entries_come_in_meanwhile(
    client: Client, took_in: Callable[[date, int], None]
) -> None:
    before = in_order()
    first: Any = client.get(LIST)
    older = first.context["found"].older
    took_in(ON + timedelta(days=1), 6)

    seen = [row.pk for row in first.context["rows"]]
    seen += [one for page in walked(client, f"{LIST}&older_than={older}", "next") for one in page]

    assert seen == before


def test_keeps_what_is_looked_for_from_page_to_page(client: Client) -> None:
    pages = walked(client, f"{LIST}&state=waits&least=3&most=9&q=niemand", "next")

    amounts = Entry.objects.filter(amount__range=(3, 9)).order_by("-booking_date", "-pk").values_list("pk", flat=True)
    assert [one for page in pages for one in page] == list(amounts)
    assert len(pages) == 2


def test_says_honestly_that_there_are_more_than_it_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "23 boekingen</h1>" in client.get(LIST).content.decode()

    monkeypatch.setattr(entries, "MOST_COUNTED", 22)

    assert "Meer dan 22 boekingen</h1>" in client.get(LIST).content.decode()


@pytest.mark.parametrize("place", ["2026-11-02", "2026-13-01.4", "2026-11-02." + "9" * 30])
def test_begins_at_the_latest_when_a_place_says_nothing(client: Client, place: str) -> None:
    answer: Any = client.get(f"{LIST}&older_than={place}")

    assert [row.pk for row in answer.context["rows"]] == in_order()[:4]


def test_reads_no_more_of_the_past_than_it_counts(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever counts everything again asks of days that lie far behind what is shown."""
    monkeypatch.setattr(entries, "MOST_COUNTED", 6)
    monkeypatch.setattr(entry_places, "FIRST", timedelta(days=10))

    with CaptureQueriesContext(connection) as asked:
        client.get(LIST)

    walks = [
        one["sql"] for one in asked.captured_queries if '"waiting_entry"' in one["sql"] and "BETWEEN" in one["sql"]
    ]
    assert len(walks) == 1, walks
    assert f"BETWEEN '{ON - timedelta(days=1)}'::date AND '{ON}'::date" in walks[0]
    assert not any("COUNT(" in one["sql"] and '"entry"' in one["sql"] for one in asked.captured_queries)
