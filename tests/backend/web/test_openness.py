"""What everybody may read: open without logging in, true of what runs, and telling of nobody."""

import io
import json
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import resolve
from hypothesis import given
from hypothesis import strategies as st

from accessibility import register_history
from accessibility.register import ALGORITHMS
from backend.desk.town_figures import Measure, TownFigures
from backend.open_figures import Line, published
from budgeting.core.small_numbers import FEWEST, Figure, grain
from payments.actions.plan import plan_orders
from tests import factories
from tests.accessibility.browser import Showing, browser
from tests.accessibility.reading import reading_of
from tests.backend.web.desk import ON
from tests.factories import House

PAGES = ("/open/", "/open/waarden/", "/open/algoritmes/", "/open/cijfers/")
MONTHS = (date(2026, 9, 1), date(2026, 10, 1))
share_of_one = st.integers(1, 500_000).map(lambda cents: Decimal(cents) / 100)
shares = st.lists(share_of_one, max_size=25)


@pytest.mark.parametrize("address", PAGES)
def test_opens_for_everybody_in_dutch(home: House, settings, address: str) -> None:
    settings.OPEN_FIGURES = True
    answer = Client().get(address, headers={"Accept-Language": "ar"})

    assert (answer.status_code, answer.headers["Content-Language"]) == (200, "nl")
    assert '<html lang="nl" dir="ltr">' in answer.content.decode()
    assert Client().post(address).status_code == 405


def test_names_six_values_each_with_a_place_where_it_can_be_seen(home: House, settings) -> None:
    settings.OPEN_FIGURES = True
    parts = Client().get("/open/waarden/").content.decode().split("<section")[1:]

    assert len(parts) == 6
    for part in parts:
        shown = re.findall(r'href="(/[^"]+)"', part)
        assert shown
        assert all(Client().get(address).status_code in {200, 302} for address in shown)
        assert all(resolve(address).url_name for address in shown)


def test_tells_the_algorithms_that_run_and_when_they_changed(home: House, tmp_path, monkeypatch) -> None:
    kept = tmp_path / "history.json"
    kept.write_text(register_history.KEPT.read_text())
    monkeypatch.setattr(register_history, "KEPT", kept)
    first = Client().get("/open/algoritmes/").content.decode()
    assert first.count("Voor het eerst beschreven.") == len(ALGORITHMS)
    assert not register_history.keep_now(on=ON)

    earlier = json.loads(kept.read_text())
    earlier[0]["entries"]["huishoudboekje-matching"]["risks"] = "Hier stond iets anders."
    kept.write_text(json.dumps(earlier))
    assert register_history.keep_now(on=ON)

    (change,) = [one for one in register_history.changes() if one.fields]
    assert (change.since, change.fields[0][:2]) == (ON, ("risks", "Hier stond iets anders."))
    assert "Hier stond iets anders." in Client().get("/open/algoritmes/").content.decode()


def test_has_kept_the_algorithms_that_run() -> None:
    assert register_history.is_kept(), "the rules changed: run manage.py algorithm_register --keep"


def test_keeps_the_figures_closed_unless_the_town_opens_them(home: House, settings) -> None:
    settings.OPEN_FIGURES = False

    answers = [Client().get(address).status_code for address in ("/open/cijfers/", "/open/cijfers.csv")]
    assert answers == [404, 404]
    assert "/open/cijfers/" not in Client().get("/open/").content.decode()


def test_gives_the_same_figures_on_the_page_as_files_and_by_command(home: House, settings) -> None:
    settings.OPEN_FIGURES = True
    for _ in range(11):
        factories.resident(home)
    table = Client().get("/open/cijfers.csv").content.decode("utf-8-sig").splitlines()
    told = Client().get("/open/cijfers.json").json()
    by_command = io.StringIO()
    call_command("open_figures", "--json", "--on", ON.isoformat(), stdout=by_command)

    assert json.loads(by_command.getvalue()) == told
    assert told["months"][-1] == "2026-10", "a month that is not over is not told"
    residents = next(one for one in told["measures"] if one["key"] == "residents")
    assert (residents["values"][-1], table[1].split(";")[-1]) == (10, "10")
    assert all(value is None for one in told["measures"][1:] for value in one["values"] if one["key"] != "joined")
    assert Client().get("/open/cijfers.exe").status_code == 404


def test_does_not_tell_of_one_person_by_asking_twice(home: House, settings) -> None:
    settings.OPEN_FIGURES = True
    people = [factories.resident(home, money="700.00") for _ in range(12)]
    before = Client().get("/open/cijfers.json").content
    factories.charge(home, people[0], amount="613.37", day=5)
    plan_orders(on=ON, first=ON, by=None)

    assert Client().get("/open/cijfers.json").content == before


def figure(amounts: list[Decimal]) -> Figure:
    return Figure(sum(amounts, Decimal("0.00")), len(amounts), max(amounts, default=Decimal("0.00")))


def lines(*kinds: list[list[Decimal]]) -> dict[str, Line]:
    """Each kind is its months, each month what each person has; `money_in` is all kinds together."""
    months = range(len(MONTHS))
    together = tuple(figure([share for kind in kinds for share in kind[month]]) for month in months)
    incomes = tuple(Measure(f"k{n}", tuple(figure(month) for month in kind)) for n, kind in enumerate(kinds))
    found = published(TownFigures(MONTHS, (Measure("money_in", together),), incomes, (), ()))
    return {line.key: line for line in found.lines}


@given(shares, share_of_one)
def test_shows_nobodys_share_as_the_difference_of_two_months(others: list, share: Decimal) -> None:
    before, after = lines([others, [*others, share]])["money_in"].values

    if before is not None and after is not None:
        apart = abs(Decimal(after) - Decimal(before))
        unsure = grain(max(others)) + grain(max([*others, share]))
        assert unsure >= 2 * share, "what they may have had spans more than they had"
        assert abs(apart - share) <= unsure / 2
        assert apart % grain(Decimal("0.00")) == 0


@given(shares, shares, st.lists(share_of_one, min_size=1, max_size=FEWEST - 1))
def test_hides_a_few_from_whoever_takes_the_categories_from_the_whole(one: list, two: list, few: list) -> None:
    told = lines([one, one], [two, two], [few, few])
    assert told["k2"].values == (None, None)

    values = [told[key].values[0] for key in ("money_in", "k0", "k1")]
    if None not in values:
        whole, *shown = map(Decimal, values)
        unsure = sum((grain(max(group)) for group in ([*one, *two, *few], one, two)), Decimal(0)) / 2
        assert abs(whole - sum(shown) - sum(few)) <= unsure, "all that can be said of the few"
        assert unsure >= max(few)


@pytest.mark.browser
def test_fits_every_screen_without_a_finding(home: House, settings) -> None:
    settings.OPEN_FIGURES = True
    for _ in range(11):
        factories.resident(home)
    pages = {address: Client().get(address).content.decode() for address in PAGES}
    found = {}
    with browser() as chromium:
        narrow, wide = Showing(chromium, width=360), Showing(chromium, width=1280)
        for address, html in pages.items():
            narrow.show(html)
            fit = narrow.fit()
            found[address] = [*narrow.findings(), *fit["small"], *(["too wide"] if fit["sideways"] > 0 else [])]
            wide.show(html)
            found[address] += ["too wide"] if wide.fit()["sideways"] > 0 else []

    assert not {place: wrong for place, wrong in found.items() if wrong}


@pytest.mark.parametrize("address", ["/open/", "/open/waarden/", "/open/cijfers/"])
def test_is_easy_to_read(home: House, settings, address: str) -> None:
    settings.OPEN_FIGURES = True
    reading = reading_of(Client().get(address).content.decode())

    assert reading.longest <= 16
    assert reading.mean <= 9
    assert reading.flesch_douma >= 60
