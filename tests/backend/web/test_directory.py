"""The directory at the desk: find an organisation, see who uses it, add to it, merge two and undo that."""

import pytest
from django.test import Client

from budgeting.models import Counterparty, CounterpartyMerge, Resident, Role
from tests import factories
from tests.backend.web.desk import signed_in
from tests.budgeting.actions.test_directory import identifier, landlord
from tests.factories import House

OTHER = factories.made_up_iban(702)


@pytest.fixture
def client(home: House) -> Client:
    return signed_in(home.case_worker)


@pytest.fixture
def used(home: House) -> tuple[Counterparty, Resident]:
    """A landlord and the resident who pays it."""
    who = factories.resident(home)
    return factories.charge(home, who).counterparty, who


def test_finds_an_organisation_by_name_account_and_number(
    client: Client, home: House, used: tuple[Counterparty, Resident]
) -> None:
    row, _ = used
    landlord(home, "Iemand Anders", OTHER)

    for sought in (row.name[:9], row.accounts.get().iban):
        page = client.get("/tegenpartijen/", {"q": sought}).content.decode()
        assert row.name in page
        assert "Iemand Anders" not in page


def test_shows_who_uses_it_as_far_as_one_may_see(client: Client, used: tuple[Counterparty, Resident]) -> None:
    row, who = used
    assert str(who) in client.get(f"/tegenpartijen/{row.pk}/").content.decode()

    page = signed_in(factories.user(Role.CASE_WORKER)).get(f"/tegenpartijen/{row.pk}/").content.decode()

    assert str(who) not in page
    assert "1 afspraak van een inwoner van een collega." in page


def test_adds_a_department_and_a_creditor_id(client: Client, used: tuple[Counterparty, Resident]) -> None:
    address = f"/tegenpartijen/{used[0].pk}/"

    client.post(f"{address}department/", {"name": "Incasso", "street": "Plein 1", "town": "Voorbeeldstad"})
    page = client.post(f"{address}creditor/", {"value": identifier("12345678")}, follow=True).content.decode()

    assert "Incasso" in page
    assert identifier("12345678") in page
    assert "12345678" in page


@pytest.mark.parametrize(
    ("what", "given", "told"),
    [
        ("department", {"name": "Incasso"}, "Vul een adres of een telefoonnummer in."),
        ("creditor", {"value": "NL12ZZZ123456780000"}, "Er zit een typfout in dit incassant-id."),
        ("creditor", {"value": "zomaar"}, "Dit is geen incassant-id."),
    ],
)
def test_names_what_is_wrong(
    client: Client, used: tuple[Counterparty, Resident], what: str, given: dict[str, str], told: str
) -> None:
    answer = client.post(f"/tegenpartijen/{used[0].pk}/{what}/", given)

    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_offers_organisations_like_it_shows_both_merges_and_undoes(
    client: Client, home: House, used: tuple[Counterparty, Resident]
) -> None:
    row, who = used
    kept = landlord(home, f"{row.name} en meer", OTHER)
    address = f"/tegenpartijen/{kept.pk}/met/{row.pk}/"
    assert address in client.get(f"/tegenpartijen/{kept.pk}/").content.decode()
    assert str(who) in client.get(address).content.decode()

    page = client.post(address, follow=True).content.decode()
    assert "Samengevoegd. U kunt dit terugdraaien." in page
    assert str(who) in page
    assert row.name not in client.get("/tegenpartijen/").content.decode().replace(kept.name, "")
    merged = CounterpartyMerge.objects.get()
    page = client.post(f"/tegenpartijen/samen/{merged.pk}/terug/", follow=True).content.decode()

    assert "Het zijn er weer twee." in page
    assert str(who) in page


def test_refuses_one_account_under_two_names_in_words(client: Client, home: House) -> None:
    one, two = landlord(home, "Een", OTHER), landlord(home, "Twee", OTHER)

    answer = client.post(f"/tegenpartijen/{one.pk}/met/{two.pk}/")

    assert answer.status_code == 422
    assert "Zoek eerst uit van wie die is." in answer.content.decode()


def test_lets_an_approver_look_but_not_merge(home: House, used: tuple[Counterparty, Resident]) -> None:
    approver = signed_in(home.approver)

    assert approver.get(f"/tegenpartijen/{used[0].pk}/").status_code == 200
    assert approver.post(f"/tegenpartijen/{used[0].pk}/met/1/").status_code == 403


def test_offers_the_first_organisation_as_any_other(client: Client, home: House) -> None:
    first = landlord(home, "Woonstichting Voorbeeld", OTHER)
    assert first.pk == min(Counterparty.objects.values_list("pk", flat=True))
    double = landlord(home, "Woonstichting Voorbeeld BV", factories.made_up_iban(703))

    assert f"/met/{first.pk}/" in client.get(f"/tegenpartijen/{double.pk}/").content.decode()
    assert f"/met/{double.pk}/" in client.get(f"/tegenpartijen/{first.pk}/").content.decode()
