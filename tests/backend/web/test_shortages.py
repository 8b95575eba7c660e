"""When money is short: a person decides for each charge, who has to know is told, and an objection gets its answer."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdf
import pytest
import time_machine

from budgeting.models import AuditEvent, Resident, Role
from payments.actions.day import run_day
from payments.actions.objections import answer_objection, make_objection
from payments.models import AdvanceAllowance, Objection, PaymentOrder, ShortageOutcome, ShortageProposal, ShortageTold
from tests import factories
from tests.accessibility.papers import plain
from tests.accessibility.reading import reading_of
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

DUE = ON + timedelta(days=3)
ONCE = date(2026, 12, 1)


def short(home: House, *, money: str = "300.00", limit: str = "400.00") -> Resident:
    """Rent 600 and energy 150 fall due; 700 can be paid at most."""
    who = factories.resident(home, money=money, limit=limit)
    factories.charge(home, who, amount="150.00", category="energy", valid_until=ONCE)
    factories.charge(home, who, amount="600.00", category="rent", valid_until=ONCE)
    run_day(on=ON, first=DUE)
    return who


def proposal_of(who: Resident) -> ShortageProposal:
    return ShortageProposal.objects.get(resident=who)


def page_of(client: Any, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ")


def filled(proposal: ShortageProposal, *, energy: str = "waits", rent: str = "paid", **more: str) -> dict[str, str]:
    lines = {line["category"]: line["order"] for line in proposal.facts["choices"][0]["lines"]}
    given = {f"what_{lines['energy']}": energy, f"what_{lines['rent']}": rent, "digest": proposal.digest}
    return given | {"reason": "Besproken aan de telefoon"} | more


def states(who: Resident) -> dict[str, str]:
    return dict(PaymentOrder.objects.filter(resident=who, kind="charge").values_list("category", "state"))


def test_shows_every_charge_in_every_choice_and_what_waiting_means(home: House) -> None:
    who = short(home)

    page = page_of(signed_in(home.case_worker), f"/inwoners/tekort/{proposal_of(who).pk}/")

    assert "€ 50,00</bdi> ontbreekt" in page
    assert "In volgorde van nood" in page
    assert "Alles betalen, boven de grens" in page
    assert "Eerst herinneringen, later kan het worden afgesloten." in page
    assert page.count('type="radio"') == 6


def test_leads_from_today_to_the_decision(home: House) -> None:
    who = short(home)

    assert f"/inwoners/tekort/{proposal_of(who).pk}/" in page_of(signed_in(home.case_worker), "/vandaag/")


def test_does_what_was_decided_and_keeps_it_for_each_charge(home: House) -> None:
    who = short(home)
    proposal = proposal_of(who)

    answer = signed_in(home.case_worker).post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal))

    proposal.refresh_from_db()
    assert (answer.status_code, proposal.state, proposal.choice) == (302, "decided", "in_order")
    assert states(who) == {"rent": "planned", "energy": "held"}
    assert set(ShortageOutcome.objects.values_list("order__category", "what", "reason")) == {
        ("rent", "paid", "Besproken aan de telefoon"),
        ("energy", "waits", "Besproken aan de telefoon"),
    }


def test_takes_another_decision_than_was_offered_with_a_reason_for_one_charge(home: House) -> None:
    who = short(home)
    proposal = proposal_of(who)
    given = filled(proposal, energy="paid", rent="cancelled")
    rent = PaymentOrder.objects.get(category="rent")
    given[f"why_{rent.pk}"] = "De verhuurder wacht tot volgende maand"

    signed_in(home.case_worker).post(f"/inwoners/tekort/{proposal.pk}/", given)

    proposal.refresh_from_db()
    assert (proposal.choice, states(who)) == ("per_charge", {"rent": "cancelled", "energy": "planned"})
    assert ShortageOutcome.objects.get(order=rent).reason == "De verhuurder wacht tot volgende maand"


def test_lends_over_the_limit_only_until_a_day(home: House) -> None:
    who = short(home)
    proposal = proposal_of(who)
    client = signed_in(home.case_worker)

    refused = client.post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal, energy="paid"))
    page = refused.content.decode()
    client.post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal, energy="paid", until="2026-12-01"))

    assert refused.status_code == 422
    assert "meer dan de grens" in page
    assert 'value="Besproken aan de telefoon"' in page, "what was typed is kept"
    assert AdvanceAllowance.objects.get().amount == Decimal("50.00")
    assert set(states(who).values()) == {"planned"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"reason": ""}, 422), ({"reason": "x" * 201}, 422), ({"until": "gisteren"}, 422), ({"living_money": "-1"}, 422)],
)
def test_says_what_is_wrong_and_decides_nothing(home: House, changed: dict[str, str], status: int) -> None:
    who = short(home)
    proposal = proposal_of(who)

    answer = signed_in(home.case_worker).post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal) | changed)

    proposal.refresh_from_db()
    assert (answer.status_code, proposal.state) == (status, "open")


def test_decides_nothing_on_what_has_changed_since(home: House) -> None:
    who = short(home)
    proposal = proposal_of(who)
    factories.give(home, who, "10.00")

    answer = signed_in(home.case_worker).post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal), follow=True)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.missing) == ("open", Decimal("40.00"))
    assert "Kijk opnieuw voordat u beslist." in answer.content.decode()


def test_hides_a_shortage_of_a_colleagues_resident(home: House) -> None:
    other = factories.user(Role.CASE_WORKER)
    who = short(House(home.town, home.account, other, home.approver))

    client = signed_in(home.case_worker)

    assert client.get(f"/inwoners/tekort/{proposal_of(who).pk}/").status_code == 404
    assert client.post(f"/inwoners/tekort/{proposal_of(who).pk}/", {}).status_code == 404


def test_tells_resident_and_creditor_by_letter_and_asks_for_it_until_it_is_done(home: House) -> None:
    who = short(home)
    proposal = proposal_of(who)
    client = signed_in(home.case_worker)
    client.post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal))
    energy = PaymentOrder.objects.get(category="energy")
    address = f"/inwoners/tekort/{proposal.pk}/brief/"

    before = page_of(client, "/vandaag/")
    to_resident = client.post(address)
    to_creditor = client.post(address, {"order": energy.pk})
    after = page_of(client, "/vandaag/")
    again = client.post(address)

    assert "Vertel het: wat er is beslist" in before
    assert "Vertel het: wat er is beslist" not in after
    assert ShortageTold.objects.count() == 2
    assert again.status_code == 200
    assert "wacht tot er meer geld is" in _text(to_resident)
    letter = _text(to_creditor)
    assert energy.name in letter
    assert str(who) in letter
    assert "€ 150,00" in letter
    assert "300,00" not in letter, "a creditor hears nothing of the resident's money"
    assert AuditEvent.objects.filter(action="shortage.told").count() == 3


def test_makes_no_letter_about_a_charge_that_is_paid(home: House) -> None:
    who = short(home)
    proposal = proposal_of(who)
    client = signed_in(home.case_worker)
    client.post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal))
    rent = PaymentOrder.objects.get(category="rent")

    assert client.post(f"/inwoners/tekort/{proposal.pk}/brief/", {"order": rent.pk}).status_code == 404
    assert client.post(f"/inwoners/tekort/{proposal.pk}/brief/", {"order": "7e7"}).status_code == 404


def test_tracks_an_objection_from_the_residents_screen_to_its_answer(
    home: House, monday_morning: time_machine.Traveller
) -> None:
    who = short(home)
    proposal = proposal_of(who)
    desk = signed_in(home.case_worker)
    desk.post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal))
    assert who.user is not None
    own = signed_in(who.user, second_factor=False)

    own.post("/mijn-geld/klopt-niet/", {"words": "  De energie moet voor.  "})
    own.post("/mijn-geld/klopt-niet/", {"words": "De energie moet voor."})
    made = Objection.objects.get()
    today = page_of(desk, "/vandaag/")
    monday_morning.shift(timedelta(days=15))
    late = page_of(signed_in(home.case_worker), "/vandaag/")
    desk = signed_in(home.case_worker)
    desk.post(f"/inwoners/bezwaar/{made.pk}/", {"granted": "yes", "answer": "Wij betalen de energie vrijdag."})
    own = signed_in(who.user, second_factor=False)

    assert (made.words, made.proposal, made.answer_by) == ("De energie moet voor.", proposal, ON + timedelta(days=14))
    assert f"/inwoners/bezwaar/{made.pk}/" in today
    assert "Antwoord uiterlijk maandag 16 november" in today
    assert "Het antwoord is te laat" in late
    assert f"/inwoners/bezwaar/{made.pk}/" not in page_of(desk, "/vandaag/")
    page = page_of(own, "/mijn-geld/klopt-niet/")
    assert "U heeft gelijk." in page
    assert "Wij betalen de energie vrijdag." in page


def test_makes_a_letter_of_the_answer_once_there_is_one(home: House) -> None:
    who = factories.resident(home)
    assert who.user is not None
    made = make_objection(resident=who, words="Het klopt niet.", on=ON, by=who.user)
    client = signed_in(home.case_worker)
    address = f"/inwoners/bezwaar/{made.pk}/brief/"

    too_early = client.post(address)
    answer_objection(objection=made, granted=False, answer="De huur gaat voor.", on=ON, by=home.case_worker)
    letter = _text(client.post(address))

    assert too_early.status_code == 404
    assert "Wij zien dit anders. De huur gaat voor." in letter
    assert "Het klopt niet." in letter
    assert AuditEvent.objects.filter(action="objection.told").count() == 1


def test_keeps_the_words_of_a_second_objection_that_has_to_wait(home: House) -> None:
    who = factories.resident(home)
    assert who.user is not None
    own = signed_in(who.user, second_factor=False)
    own.post("/mijn-geld/klopt-niet/", {"words": "Het klopt niet."})

    answer = own.post("/mijn-geld/klopt-niet/", {"words": "En nog iets."})
    empty = own.post("/mijn-geld/klopt-niet/", {"words": "   "})

    assert answer.status_code == 422
    assert "En nog iets.</textarea>" in answer.content.decode()
    assert "Wij hebben uw bericht van 2 november." in answer.content.decode().replace("\u00a0", " ")
    assert "Schrijf eerst iets op." in empty.content.decode()
    assert Objection.objects.count() == 1


def test_takes_no_objection_about_anothers_payment(home: House) -> None:
    who, other = factories.resident(home), short(home)
    theirs = PaymentOrder.objects.filter(resident=other).first()
    assert who.user is not None
    assert theirs is not None
    own = signed_in(who.user, second_factor=False)

    for number in (str(theirs.pk), "abc", "9" * 30):
        assert own.post(f"/mijn-geld/klopt-niet/?betaling={number}", {"words": "Niet goed."}).status_code == 404
    assert not Objection.objects.exists()


def test_writes_down_an_objection_at_the_counter(home: House) -> None:
    who = short(home)
    proposal = proposal_of(who)
    client = signed_in(home.case_worker)
    client.post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal))

    client.post(f"/inwoners/{who.pk}/bezwaar/?tekort={proposal.pk}", {"words": "Ik wil eerst energie."})
    second = client.post(f"/inwoners/{who.pk}/bezwaar/?tekort={proposal.pk}", {"words": "En nog iets."})
    strange = client.get(f"/inwoners/{who.pk}/bezwaar/?tekort=99999")

    made = Objection.objects.get()
    assert (made.made_by, made.proposal) == (home.case_worker, proposal)
    assert "En nog iets.</textarea>" in second.content.decode()
    assert strange.status_code == 404


def test_tells_the_resident_one_calm_sentence_of_what_waits(home: House) -> None:
    who = short(home)
    proposal = proposal_of(who)
    signed_in(home.case_worker).post(f"/inwoners/tekort/{proposal.pk}/", filled(proposal))
    assert who.user is not None

    page = page_of(signed_in(who.user, second_factor=False), "/mijn-geld/")

    assert page.count("Dit wacht tot er meer geld is.") == 1
    assert "Wij bellen u" not in page, "a person has decided: nobody has to call"
    assert "Te weinig geld" not in page


def test_is_easy_to_read_for_who_objects(home: House) -> None:
    who = factories.resident(home)
    assert who.user is not None
    make_objection(resident=who, words="Het klopt niet.", on=ON, by=who.user)
    answered = make_objection(resident=who, words="Ook niet.", on=ON, by=who.user, order=_order(home, who))
    answer_objection(objection=answered, granted=False, answer="Nee.", on=ON, by=home.case_worker)

    reading = reading_of(signed_in(who.user, second_factor=False).get("/mijn-geld/klopt-niet/").content.decode())

    assert reading.longest <= 12
    assert reading.flesch_douma >= 85


def _order(home: House, who: Resident) -> PaymentOrder:
    factories.charge(home, who)
    run_day(on=ON, first=DUE)
    found = PaymentOrder.objects.filter(resident=who, kind="charge").first()
    assert found is not None
    return found


def _text(answer: Any) -> str:
    assert answer["Content-Type"] == "application/pdf"
    return plain(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(answer.content)).pages))
