"""Account numbers of colleagues: a large town's list in pages, with a search, and everybody can still be chosen."""

from typing import Any

import pytest

from backend.web.desk import accounts
from budgeting.models import ColleagueAccount, Role
from tests import factories
from tests.backend.web.desk import signed_in
from tests.factories import House

PAGE = "/betalen/rekeningen/collegas/"


@pytest.fixture
def many(home: House, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Nine colleagues, five on a page; the last one is the manager."""
    monkeypatch.setattr(accounts, "PER_PAGE", 5)
    rest = [factories.user(Role.CASE_WORKER) for _ in range(6)]
    return [home.case_worker, home.approver, *rest, factories.user(Role.APPLICATION_MANAGER)]


def test_shows_each_colleague_once_and_offers_those_that_are_shown(many: list[Any]) -> None:
    client = signed_in(many[-1])
    pages: list[Any] = [client.get(f"{PAGE}?page={number}") for number in (1, 2)]

    shown = [one.pk for page in pages for one in page.context["page"]]
    assert sorted(shown) == sorted(one.pk for one in many)
    for page in pages:
        offered = [value for value, _ in page.context["form"].fields["colleague"].choices]
        assert offered == ["", *(one.pk for one in page.context["page"])]
    assert "Staat iemand er niet bij?" in pages[0].content.decode()


def test_finds_a_colleague_by_a_part_of_the_name(many: list[Any]) -> None:
    page: Any = signed_in(many[-1]).get(PAGE, {"q": many[3].full_name[3:]})

    assert many[3] in list(page.context["page"])
    assert 'type="search"' in page.content.decode()
    assert "Niets in de lijst lijkt hierop." in signed_in(many[-1]).get(PAGE, {"q": "zzz"}).content.decode()


def test_takes_whoever_is_not_on_this_page_and_keeps_the_choice_when_the_number_is_wrong(many: list[Any]) -> None:
    client = signed_in(many[-1])
    second: Any = client.get(f"{PAGE}?page=2")
    hidden = second.context["page"][-1]

    wrong: Any = client.post(PAGE, {"colleague": hidden.pk, "iban": "NL00"})
    assert wrong.status_code == 422
    assert f'<option value="{hidden.pk}" selected' in wrong.content.decode()

    client.post(PAGE, {"colleague": hidden.pk, "iban": factories.made_up_iban(88)})
    assert ColleagueAccount.objects.get().user_id == hidden.pk


def test_asks_a_small_town_nothing_more(home: House) -> None:
    page = signed_in(factories.user(Role.APPLICATION_MANAGER)).get(PAGE).content.decode()

    assert 'type="search" id="sought"' not in page
    assert "Staat iemand er niet bij?" not in page
