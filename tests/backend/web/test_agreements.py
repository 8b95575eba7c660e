"""Afspraken: made by hand, changed from a day, paused, skipped, ended; history is added to."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backend.desk.categories import KEYS, choices
from budgeting.core.schedule import UNITS
from budgeting.models import Agreement, Counterparty, Resident, Role
from tests import factories
from tests.backend.web.desk import signed_in
from tests.factories import House

GIVEN = {
    "direction": "out", "category": "rent", "name": "Woonstichting De Linde", "iban": factories.made_up_iban(654),
    "description": "Huur Lindelaan 3", "amount": "612,40", "every": "1", "unit": "month", "starts_on": "2026-12-01",
    "words": "huur, 12345, huur", "reference": "", "ends_on": "",
}  # fmt: skip


@pytest.fixture
def who(home: House) -> Resident:
    return factories.resident(home)


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_makes_an_agreement_and_shows_its_next_dates(home: House, who: Resident) -> None:
    answer = signed_in(home.case_worker).post(f"/inwoners/{who.pk}/afspraak/", GIVEN, follow=True)

    page = text_of(answer)
    made = Agreement.objects.get()
    assert "Wij betalen het: elke maand op dag 1." in page
    assert all(day in page for day in ("1 december", "1 januari 2027", "1 april 2027"))
    assert made.words == ["huur", "12345"]
    assert made.amounts.get().amount == Decimal("612.40")
    assert made.account is not None


def test_knows_a_counterparty_by_its_name_or_account(home: House, who: Resident) -> None:
    client = signed_in(home.case_worker)
    for change in ({}, {"iban": ""}, {"name": "De Linde"}):
        client.post(f"/inwoners/{who.pk}/afspraak/", GIVEN | {"beside": "on"} | change)

    assert Counterparty.objects.count() == 1
    assert Agreement.objects.count() == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "612.4.0"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1.234"}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"name": "Onbekend", "iban": ""}, "iban"),
        ({"ends_on": "2026-12-01"}, "ends_on"),
        ({"starts_on": "1 december"}, "starts_on"),
        ({"category": "taart"}, "category"),
        ({"every": "100"}, "every"),
        ({"words": ",".join("abcdefghijk")}, "words"),
    ],
)
def test_tells_at_the_field_what_is_wrong_with_an_agreement(
    home: House, who: Resident, wrong: dict[str, str], field: str
) -> None:
    answer = signed_in(home.case_worker).post(f"/inwoners/{who.pk}/afspraak/", GIVEN | wrong)

    assert answer.status_code == 422
    assert f'href="#id_{field}"' in text_of(answer)
    assert 'value="Huur Lindelaan 3"' in text_of(answer)
    assert Agreement.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "amount"), [("612,40", "612.40"), ("€ 1.234,5", "1234.50"), ("1234", "1234.00"), ("12.50", "12.50")]
)
def test_understands_amounts_as_people_type_them(home: House, who: Resident, typed: str, amount: str) -> None:
    signed_in(home.case_worker).post(f"/inwoners/{who.pk}/afspraak/", GIVEN | {"amount": typed})

    assert Agreement.objects.get().amounts.get().amount == Decimal(amount)


def change(home: House, agreement: Agreement, what: str, **given: str) -> Any:
    data = {f"{what}-{name}": value for name, value in given.items()}
    return signed_in(home.case_worker).post(f"/afspraken/{agreement.pk}/{what}/", data, follow=True)


def test_changes_an_amount_from_a_day_and_keeps_the_old_one(home: House, who: Resident) -> None:
    rent = factories.charge(home, who, amount="600.00")

    page = text_of(change(home, rent, "amount", amount="640,00", valid_from="2027-01-01"))

    assert "€ 640,00" in page
    assert list(rent.amounts.order_by("valid_from").values_list("amount", flat=True)) == [
        Decimal("600.00"),
        Decimal("640.00"),
    ]


def test_does_not_change_the_amount_of_a_day_twice(home: House, who: Resident) -> None:
    rent = factories.charge(home, who)
    change(home, rent, "amount", amount="640,00", valid_from="2027-01-01")

    answer = change(home, rent, "amount", amount="650,00", valid_from="2027-01-01")

    assert answer.status_code == 422
    assert "Voor deze dagen was dit al afgesproken." in text_of(answer)
    assert 'value="650,00"' in text_of(answer)


def test_pauses_and_refuses_a_pause_within_a_pause(home: House, who: Resident) -> None:
    rent = factories.charge(home, who)
    page = text_of(
        change(home, rent, "pause", valid_from="2026-11-01", valid_until="2027-01-01", reason="Kwijtgescholden")
    )
    again = change(home, rent, "pause", valid_from="2026-12-01", valid_until="", reason="Dubbel")

    assert "Stilgezet" in page
    assert "<li>dinsdag 5 januari 2027</li>" in page
    assert "5 november" not in page
    assert again.status_code == 422


def test_skips_one_date_and_no_date_that_is_none(home: House, who: Resident) -> None:
    rent = factories.charge(home, who)

    change(home, rent, "skip", due_on="2026-12-05", reason="Verhuizing")

    assert rent.exceptions.get().due_on == date(2026, 12, 5)
    assert change(home, rent, "skip", due_on="2026-12-06", reason="Verhuizing").status_code == 422


def test_ends_an_agreement_after_it_began(home: House, who: Resident) -> None:
    rent = factories.charge(home, who)

    assert change(home, rent, "end", valid_until="2026-10-01").status_code == 422
    assert "Eindigt op 1 maart 2027." in text_of(change(home, rent, "end", valid_until="2027-03-01"))


def test_finds_no_other_way_to_change_an_agreement(home: House, who: Resident) -> None:
    rent = factories.charge(home, who)

    assert change(home, rent, "verwijderen").status_code == 404


def test_hides_agreements_of_a_colleagues_residents(home: House, who: Resident) -> None:
    rent = factories.charge(home, who)
    client = signed_in(factories.user(Role.CASE_WORKER))

    assert client.get(f"/afspraken/{rent.pk}/").status_code == 404
    assert client.post(f"/afspraken/{rent.pk}/end/", {"end-valid_until": "2027-03-01"}).status_code == 404


def test_asks_few_questions_of_the_database(home: House, who: Resident, django_assert_max_num_queries: Any) -> None:
    rent = factories.charge(home, who)
    client = signed_in(home.case_worker)

    for page in (f"/afspraken/{rent.pk}/", f"/inwoners/{who.pk}/afspraak/", "/inwoners/nieuw/"):
        with django_assert_max_num_queries(12):
            assert client.get(page).status_code == 200


def test_offers_an_agreement_like_it_with_everything_that_stands_in_it(home: House, who: Resident) -> None:
    rent = factories.charge(home, who, amount="612.40", words=("huur", "12345"), reference="")
    client = signed_in(home.case_worker)

    form = client.get(f"/inwoners/{who.pk}/afspraak/?van={rent.pk}").context["form"]
    given = {name: form[name].value() or "" for name in form.fields} | {"beside": "on"}
    client.post(f"/inwoners/{who.pk}/afspraak/", given)

    one, two = Agreement.objects.order_by("pk")
    assert f"?van={rent.pk}" in text_of(client.get(f"/afspraken/{rent.pk}/"))
    assert (two.counterparty, two.category, two.words) == (one.counterparty, one.category, one.words)
    assert two.description == one.description
    assert two.amounts.get().amount == Decimal("612.40")
    assert two.valid_from == date(2026, 11, 5), "the next due day"


def test_follows_up_an_agreement_from_the_day_it_ends(home: House, who: Resident) -> None:
    rent = factories.charge(home, who)
    page = text_of(change(home, rent, "end", valid_until="2027-01-01"))

    form = signed_in(home.case_worker).get(f"/inwoners/{who.pk}/afspraak/?van={rent.pk}").context["form"]

    assert "Maak de afspraak die hierop volgt" in page
    assert form["starts_on"].value() == date(2027, 1, 5)


@pytest.mark.parametrize("odd", ["0", "x", "9" * 30, "-1"])
def test_copies_nothing_of_an_agreement_that_is_not_there(home: House, who: Resident, odd: str) -> None:
    theirs = factories.charge(home, factories.resident(home))
    theirs.resident.assignments.update(case_worker=factories.user(Role.CASE_WORKER))
    client = signed_in(home.case_worker)

    assert client.get(f"/inwoners/{who.pk}/afspraak/?van={theirs.pk}").status_code == 404
    assert client.get(f"/inwoners/{who.pk}/afspraak/?van={odd}").status_code in {200, 404}


def test_names_an_agreement_without_description_by_what_it_is_for(home: House, who: Resident) -> None:
    signed_in(home.case_worker).post(f"/inwoners/{who.pk}/afspraak/", GIVEN | {"description": ""})

    assert Agreement.objects.get().description == "Huur"


@pytest.mark.parametrize(
    ("unit", "told"),
    [("once", "één keer"), ("week", "elke week"), ("month", "elke maand"), ("year", "elk jaar")],
)
def test_offers_every_rhythm_of_the_schedule(home: House, who: Resident, unit: str, told: str) -> None:
    client = signed_in(home.case_worker)
    offered = [
        value for value, _name in client.get(f"/inwoners/{who.pk}/afspraak/").context["form"].fields["unit"].choices
    ]

    page = text_of(client.post(f"/inwoners/{who.pk}/afspraak/", GIVEN | {"unit": unit}, follow=True))

    assert sorted(offered) == sorted(UNITS)
    assert told in page.lower(), page


@pytest.mark.parametrize(("way", "first"), [("in", "wages"), ("out", "rent")])
def test_offers_the_likely_categories_first(home: House, way: str, first: str) -> None:
    groups = [[key for key, _name in named] for _heading, named in choices(way)]

    assert first in groups[0]
    assert {key for group in groups for key in group} == KEYS, "and every other below: a refund is money in too"


def test_shows_the_amount_of_what_is_still_to_begin(home: House, who: Resident) -> None:
    client = signed_in(home.case_worker)
    client.post(f"/inwoners/{who.pk}/afspraak/", GIVEN | {"starts_on": "2027-02-01"})
    made = Agreement.objects.get()

    assert "€ 612,40" in text_of(client.get(f"/inwoners/{who.pk}/"))
    assert "Huur, € 612,40" in re.sub("<[^>]+>", "", text_of(client.get(f"/afspraken/{made.pk}/")))


def test_asks_whether_both_are_right_when_the_same_is_agreed_already(home: House) -> None:
    who, client = factories.resident(home), signed_in(home.case_worker)
    address, given = f"/inwoners/{who.pk}/afspraak/", GIVEN | {"iban": factories.made_up_iban(55)}
    first = client.post(address, given)
    empty = text_of(client.get(address))

    again = client.post(address, given)
    other = client.post(address, given | {"amount": "abc"})
    both = client.post(address, given | {"beside": "on"})

    assert (first.status_code, again.status_code, other.status_code, both.status_code) == (302, 422, 422, 302)
    assert 'name="beside"' not in empty
    assert "is al afgesproken, vanaf" in text_of(again)
    assert 'href="#id_beside"' in text_of(again)
    assert 'value="612,40"' in text_of(again)
    assert who.agreements.count() == 2


def test_asks_nothing_of_what_follows_an_agreement_that_ends(home: House) -> None:
    who, client = factories.resident(home), signed_in(home.case_worker)
    address, given = f"/inwoners/{who.pk}/afspraak/", GIVEN | {"iban": factories.made_up_iban(55)}
    client.post(address, given | {"ends_on": "2027-01-01"})

    assert client.post(address, given | {"starts_on": "2026-12-01"}).status_code == 422
    assert client.post(address, given | {"starts_on": "2027-01-01"}).status_code == 302
