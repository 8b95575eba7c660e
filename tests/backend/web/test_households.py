"""Who lives with whom: a resident moves to another household or to one of their own; agreements and money go along."""

from typing import Any

from django.test import Client

from budgeting.models import AuditEvent, Resident, Role
from tests import factories
from tests.backend.web.desk import signed_in
from tests.factories import House


def said(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_moves_a_resident_and_says_who_pays_what_of_the_home(home: House) -> None:
    sam, noor = factories.resident(home), factories.resident(home)
    rent = factories.charge(home, noor, amount="612.40")
    client, old = signed_in(home.case_worker), sam.household_id

    page = said(
        client.post(f"/inwoners/{sam.pk}/huishouden/", {"member_of": noor.number, "reason": "Trouwt"}, follow=True)
    )

    sam.refresh_from_db()
    assert sam.household_id == noor.household_id != old
    assert "Verplaatst." in page
    assert f"/afspraken/{rent.pk}/" in page
    assert "€ 612,40" in page
    assert rent.resident_id == noor.pk
    event = AuditEvent.objects.get(action="household.moved")
    assert f'"before":{old}' in event.body
    assert "Zette de inwoner in een ander huishouden: Trouwt" in said(client.get(f"/inwoners/{sam.pk}/"))


def test_gives_somebody_a_household_of_their_own(home: House) -> None:
    sam, noor = factories.resident(home), factories.resident(home)
    Resident.objects.filter(pk=sam.pk).update(household=noor.household)
    client, page = signed_in(home.case_worker), f"/inwoners/{sam.pk}/huishouden/"

    client.post(page, {"member_of": "", "reason": "Woont nu alleen"})
    again = client.post(page, {"member_of": "", "reason": "Nog eens"})

    sam.refresh_from_db()
    assert sam.household_id != noor.household_id
    assert again.status_code == 422
    assert "woont daar al" in said(again)


def test_says_what_is_wrong_and_keeps_what_was_typed(home: House) -> None:
    sam, hidden = (
        factories.resident(home),
        factories.resident(House(home.town, home.account, factories.user(Role.CASE_WORKER), home.approver)),
    )
    client, page = signed_in(home.case_worker), f"/inwoners/{sam.pk}/huishouden/"

    for number in (hidden.number, "R999999", "x"):
        answer = client.post(page, {"member_of": number, "reason": ""})
        assert answer.status_code == 422
        assert "Er is geen inwoner met dit nummer die u mag zien" in said(answer)
        assert "Vul dit in" in said(answer)
        assert number in said(answer)
    assert client.post(page, {"member_of": sam.number, "reason": "Zo"}).status_code == 422
    assert not AuditEvent.objects.filter(action="household.moved").exists()


def test_shows_no_member_whose_file_is_somebody_elses(home: House) -> None:
    sam, hidden = (
        factories.resident(home),
        factories.resident(
            House(home.town, home.account, factories.user(Role.CASE_WORKER), home.approver), first_names="Verborgen"
        ),
    )
    Resident.objects.filter(pk=hidden.pk).update(household=sam.household)

    page = said(signed_in(home.case_worker).get(f"/inwoners/{sam.pk}/huishouden/"))

    assert "Verborgen" not in page
    assert "En nog 1 persoon" in page
    assert signed_in(home.case_worker).get(f"/inwoners/{hidden.pk}/huishouden/").status_code == 404
    assert Client().get(f"/inwoners/{sam.pk}/huishouden/").status_code == 302


def test_asks_few_questions(home: House, django_assert_max_num_queries: Any) -> None:
    sam = factories.resident(home)
    for _ in range(4):
        factories.charge(home, sam)
    client = signed_in(home.case_worker)
    with django_assert_max_num_queries(15):
        client.get(f"/inwoners/{sam.pk}/huishouden/")
