"""Inwoners: found, registered, changed; what is wrong is told at the field and what was typed is kept."""

from datetime import timedelta
from typing import Any

import pytest

from budgeting.actions.people import redeem_letter_code
from budgeting.models import Account, Alert, Resident, Role
from payments.actions.day import run_day
from payments.models import PaymentOrder, ShortageProposal
from tests import factories
from tests.backend.web.desk import MORNING, ON, signed_in
from tests.factories import House

GIVEN = {
    "first_names": "Mirjam", "last_name": "Voorbeeld", "birth_date": "1980-03-01", "language": "tr", "phone": "",
    "street": "Lindelaan 3", "postcode": "0000 AA", "town": "Voorbeeldstad", "iban": factories.made_up_iban(321),
    "every": "1", "unit": "week", "starts_on": "2026-11-06",
}  # fmt: skip


def text_of(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_registers_a_resident_who_is_looked_after_by_who_registers(home: House) -> None:
    answer = signed_in(home.case_worker).post("/inwoners/nieuw/", GIVEN, follow=True)

    who = Resident.objects.get()
    assert "Mirjam Voorbeeld" in text_of(answer)
    assert who.assignments.get().case_worker == home.case_worker
    assert who.pay_rhythm == {"unit": "week", "every": 1, "starts_on": "2026-11-06"}


def test_registers_somebody_in_the_household_of_another(home: House) -> None:
    partner = factories.resident(home)

    signed_in(home.case_worker).post("/inwoners/nieuw/", GIVEN | {"member_of": partner.number.lower()})

    assert Resident.objects.latest("pk").household == partner.household


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"iban": "NL00TEST0000000321"}, "iban", "Er zit een typefout in dit rekeningnummer."),
        ({"iban": factories.made_up_iban(321)[:-1]}, "iban", "Er ontbreekt een cijfer of letter"),
        ({"iban": "mijn rekening"}, "iban", "Dit is geen rekeningnummer."),
        ({"iban": factories.made_up_iban(1)}, "iban", "Dit is het rekeningnummer van de gemeente."),
        ({"birth_date": "31-02-1980"}, "birth_date", "Vul een dag in zoals 31-12-2026."),
        ({"birth_date": "01-03-80"}, "birth_date", "Vul een dag in zoals 31-12-2026."),
        ({"birth_date": "2026-11-03"}, "birth_date", "Deze dag moet nog komen."),
        ({"member_of": "R999999"}, "member_of", "Er is geen inwoner met dit nummer die u mag zien."),
        ({"last_name": ""}, "last_name", "Vul dit in."),
        ({"every": ""}, "every", "Vul dit in."),
        ({"language": "xx"}, "language", "Kies er een uit de lijst."),
    ],
)
def test_tells_at_the_field_what_is_wrong_and_keeps_what_was_typed(
    home: House, wrong: dict[str, str], field: str, told: str
) -> None:
    answer = signed_in(home.case_worker).post("/inwoners/nieuw/", GIVEN | wrong)

    page = text_of(answer)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in page
    assert f'id="id_{field}_error"' in page
    assert page.count(told) >= 2
    assert 'value="Mirjam"' in page
    assert Resident.objects.count() == 0


def test_does_not_register_the_same_person_twice(home: House) -> None:
    client = signed_in(home.case_worker)
    client.post("/inwoners/nieuw/", GIVEN)

    answer = client.post("/inwoners/nieuw/", GIVEN | {"first_names": "mirjam"})

    assert "Iemand met deze naam en geboortedatum is al ingeschreven." in text_of(answer)
    assert Resident.objects.count() == 1


def test_opens_the_file_when_the_box_finds_one(home: House) -> None:
    who, _ = factories.resident(home, last_name="Öztürk"), factories.resident(home)
    client = signed_in(home.case_worker)

    assert client.get("/inwoners/?q=ozturk").headers["Location"] == f"/inwoners/{who.pk}/"
    assert str(who.last_name) in text_of(client.get("/inwoners/"))


def test_shows_what_comes_what_is_paid_and_who_looked(home: House) -> None:
    who = factories.resident(home, money="900.00")
    factories.charge(home, who, amount="612.40")
    factories.income(home, who, amount="1200.00")
    run_day(on=ON, first=ON)

    page = text_of(signed_in(home.case_worker).get(f"/inwoners/{who.pk}/"))

    assert "€ 900,00" in page
    assert "elke maand op dag 5" in page
    assert "volgende: donderdag 5 november" in page
    assert "24 november, Uitkering" in page
    assert "Heeft de inwoner ingeschreven" in page
    assert "Heeft in het dossier gekeken" in page


def test_changes_the_account_and_keeps_the_old_one_known(home: House) -> None:
    who = factories.resident(home)
    given = {"iban": factories.made_up_iban(555), "name": "M. Voorbeeld"}

    answer = signed_in(home.case_worker).post(f"/inwoners/{who.pk}/rekening/", given, follow=True)

    assert "Het wacht een paar dagen, en iemand anders moet het bevestigen." in text_of(answer)
    assert Account.objects.filter(resident=who).count() == 2
    assert Account.objects.get(resident=who, until=None).iban == given["iban"]


def test_refuses_the_account_it_has_already(home: House) -> None:
    who = factories.resident(home)
    given = {"iban": who.accounts.get().iban, "name": "M. Voorbeeld"}

    answer = signed_in(home.case_worker).post(f"/inwoners/{who.pk}/rekening/", given)

    assert answer.status_code == 422
    assert Account.objects.filter(resident=who).count() == 1


def test_prints_a_letter_whose_code_lets_the_resident_in(home: House) -> None:
    who = factories.resident(home)

    page = text_of(signed_in(home.case_worker).post(f"/inwoners/{who.pk}/brief/"))

    shown = page[page.index('translate="no">', page.index("hhb-figure")) + len('translate="no">') :]
    assert redeem_letter_code(code=shown[: shown.index("<")], now=MORNING + timedelta(days=1)) == who.user
    assert "tot en met maandag 16 november" in page


@pytest.mark.parametrize("place", ["", "rekening/", "afspraak/"])
def test_hides_residents_of_a_colleague(home: House, place: str) -> None:
    who = factories.resident(home)

    assert signed_in(factories.user(Role.CASE_WORKER)).get(f"/inwoners/{who.pk}/{place}").status_code == 404


def test_lets_the_front_desk_look_and_change_nothing(home: House) -> None:
    who = factories.resident(home)
    client = signed_in(factories.user(Role.FRONT_DESK))

    page = text_of(client.get(f"/inwoners/{who.pk}/"))

    assert "Wat wilt u doen?" not in page
    assert client.post(f"/inwoners/{who.pk}/brief/").status_code == 403


@pytest.mark.parametrize("agreements", [1, 10])
def test_asks_few_questions_of_the_database(home: House, agreements: int, django_assert_max_num_queries: Any) -> None:
    who = factories.resident(home, money="900.00")
    for _ in range(agreements):
        factories.charge(home, who, amount="20.00")
        factories.income(home, who)
    run_day(on=ON, first=ON)
    client = signed_in(home.case_worker)

    for page in ("/inwoners/", f"/inwoners/{who.pk}/"):
        with django_assert_max_num_queries(15):
            assert client.get(page).status_code in {200, 302}


def test_says_on_the_file_all_that_needs_a_person_and_leads_to_the_decision(home: House) -> None:
    who = factories.resident(home, money="10.00")
    factories.charge(home, who, amount="300.00")
    run_day(on=ON, first=ON + timedelta(days=3))
    proposal = ShortageProposal.objects.get()
    alert = Alert.objects.create(resident=who, kind="income_missing", agreement=factories.income(home, who),
                                 facts={"amount": "1200.00", "days": 5}, period=ON, opened_on=ON)  # fmt: skip
    order = PaymentOrder.objects.get(state="held")
    worker, front_desk = signed_in(home.case_worker), signed_in(factories.user(Role.FRONT_DESK))

    file, waiting = text_of(worker.get(f"/inwoners/{who.pk}/")), text_of(worker.get(f"/betalen/opdracht/{order.pk}/"))
    looked = text_of(front_desk.get(f"/inwoners/{who.pk}/"))

    for told in (f"/signalen/{alert.pk}/", f"/betalen/opdracht/{order.pk}/", f"/inwoners/tekort/{proposal.pk}/"):
        assert told in file
        assert told not in looked
    assert "Inkomen niet binnen" in looked
    assert f"/inwoners/tekort/{proposal.pk}/" in waiting
    assert f"/inwoners/tekort/{proposal.pk}/" in text_of(worker.get(f"/signalen/{alert.pk}/"))


def test_tells_who_looked_again_in_one_line_so_that_it_hides_nothing(home: House) -> None:
    who = factories.resident(home, money="10.00")
    client = signed_in(home.case_worker)
    for _ in range(20):
        page = text_of(client.get(f"/inwoners/{who.pk}/"))

    timeline = page[page.index('id="timeline"') :]
    assert timeline.count("Heeft in het dossier gekeken") == 1
    assert "Heeft in het dossier gekeken, 20 keer" in timeline


def test_says_of_what_nobody_did_that_it_went_by_itself(home: House) -> None:
    who = factories.resident(home)
    factories.charge(home, who)
    run_day(on=ON, first=ON + timedelta(days=3))

    timeline = text_of(signed_in(home.case_worker).get(f"/inwoners/{who.pk}/")).partition('id="timeline"')[2]

    assert "vanzelf" in timeline
    assert "system" not in timeline
