"""What was agreed at the counter, and the change-over list: from the agreements to the first money seen."""

from datetime import date

import pytest
from django.test import Client

from accessibility.letters.check import faults_of_letter
from budgeting.actions.agreed import MOST_TOLD
from budgeting.models import Agreed, AuditEvent, MoveOver, Resident
from tests import factories
from tests.accessibility.browser import browser
from tests.backend.web.desk import ON, signed_in
from tests.backend.web.test_in_a_browser import SMALL, DeskShowing
from tests.faults.bank import came_in
from tests.payments.actions.test_leaving import Town


@pytest.fixture
def known(db: None) -> tuple[Town, Client, Resident]:
    """A resident with a rent and a benefit, and the case worker's browser."""
    town = Town()
    who = factories.resident(town.home, money="900.00")
    Resident.objects.filter(pk=who.pk).update(user=factories.user("resident"))
    who.refresh_from_db()
    factories.charge(town.home, who, amount="600.00", day=3)
    benefit = factories.income(town.home, who, day=2)
    payer = benefit.counterparty.accounts.get()
    town.hear(ON, came_in("1200.00", ON, name=payer.name, iban=payer.iban, remittance="Uitkering november"))
    return town, signed_in(town.home.case_worker), who


def said(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_writes_down_what_was_agreed_and_tells_the_resident(known: tuple) -> None:
    _, client, who = known
    page = f"/inwoners/{who.pk}/afgesproken/"
    given = {"words": "Wij bellen de <b>woningbouw</b>", "who": "town", "by_day": "09-11-2026"}

    wrong = client.post(page, given | {"words": " ", "by_day": "gisteren"})
    kept = said(client.post(page, given, follow=True))

    assert wrong.status_code == 422
    assert "Vul dit in" in said(wrong)
    assert "gisteren" in said(wrong)
    assert "De inwoner ziet het" in kept
    assert "&lt;b&gt;woningbouw" in kept
    own = signed_in(who.user, second_factor=False).get("/mijn-geld/", headers={"accept-language": "pl"})
    assert '<span lang="nl" dir="ltr">Wij bellen' in said(own)
    assert "Schreef op wat is afgesproken" in said(client.get(f"/inwoners/{who.pk}/"))


def test_ticks_off_once_and_only_for_who_may_see_the_resident(known: tuple) -> None:
    town, client, who = known
    page = f"/inwoners/{who.pk}/afgesproken/"
    for number in range(MOST_TOLD + 1):
        answer = client.post(page, {"words": f"Ding {number}", "who": "both"})
    row = Agreed.objects.earliest("pk")

    assert "Vink eerst iets af" in said(answer)
    assert "Afgevinkt" in said(client.post(f"/inwoners/afgesproken/{row.pk}/klaar/", follow=True))
    assert "Een collega was" in said(client.post(f"/inwoners/afgesproken/{row.pk}/klaar/", follow=True))
    other = signed_in(factories.user("case_worker"))
    assert other.post(f"/inwoners/afgesproken/{row.pk}/klaar/").status_code == 404
    assert other.get(page).status_code == 404
    assert signed_in(town.home.approver).get(page).status_code == 403


def test_makes_the_list_from_the_agreements_once(known: tuple) -> None:
    _, client, who = known
    address = f"/inwoners/{who.pk}/doorgeven/"

    made = said(client.post(f"{address}start/", follow=True))
    again = said(client.post(f"{address}start/", follow=True))

    assert "Erbij op de lijst: 2" in made
    assert "Iedereen staat al op de lijst" in again
    assert MoveOver.objects.count() == 2
    assert "Werkt: er is geld gezien" in made
    assert "Nog doorgeven" in made
    assert client.post(f"{address}midden/").status_code == 404


def test_takes_a_line_from_letter_to_answer_in_that_order(known: tuple) -> None:
    _, client, who = known
    client.post(f"/inwoners/{who.pk}/doorgeven/start/")
    line = MoveOver.objects.get(agreement__direction="out")
    step = f"/inwoners/doorgeven/{line.pk}/"

    letter = client.post(f"{step}brief/")
    early = said(client.post(f"{step}antwoord/", {"words": "Klaar"}, follow=True))
    told = said(client.post(f"{step}verteld/", follow=True))
    silent = said(client.post(f"{step}antwoord/", {"words": " "}, follow=True))
    answered = said(client.post(f"{step}antwoord/", {"words": "Aangepast, brief van 3 november"}, follow=True))
    late = said(client.post(f"{step}niet-nodig/", {"words": "Toch niet"}, follow=True))

    assert letter["Content-Type"] == "application/pdf"
    assert faults_of_letter(letter.content) == []
    assert "Een collega was" in early
    assert "wacht op antwoord" in told
    assert "Zeg het in woorden" in silent
    assert "Aangepast, brief van 3 november" in answered
    assert "Een collega was" in late
    actions = AuditEvent.objects.filter(action__startswith="move_over.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["move_over.listed", "move_over.letter", "move_over.told", "move_over.answered"]


def test_tells_at_the_end_the_residents_own_account_and_sees_what_still_comes(known: tuple) -> None:
    town, client, who = known
    town.end(who, ends_on=date(2026, 11, 6))
    client.post(f"/inwoners/{who.pk}/doorgeven/end/")
    line = MoveOver.objects.get(agreement__direction="in", when="end")
    client.post(f"/inwoners/doorgeven/{line.pk}/verteld/")
    MoveOver.objects.filter(pk=line.pk).update(told_on=date(2026, 10, 20))

    assert "Gaat nog via ons" in said(client.get(f"/inwoners/{who.pk}/doorgeven/"))
    assert client.post(f"/inwoners/doorgeven/{line.pk}/brief/")["Content-Type"] == "application/pdf"
    stranger = signed_in(factories.user("case_worker"))
    assert stranger.post(f"/inwoners/doorgeven/{line.pk}/brief/").status_code == 404


def test_needs_no_more_questions_for_a_longer_list(known: tuple, django_assert_max_num_queries) -> None:
    town, client, who = known
    for _ in range(5):
        factories.charge(town.home, who, amount="10.00")
    client.post(f"/inwoners/{who.pk}/doorgeven/start/")

    with django_assert_max_num_queries(15):
        client.get(f"/inwoners/{who.pk}/doorgeven/")


@pytest.mark.browser
def test_fits_every_screen_and_passes_every_rule(known: tuple) -> None:
    _, client, who = known
    client.post(f"/inwoners/{who.pk}/doorgeven/start/")
    client.post(f"/inwoners/{who.pk}/afgesproken/", {"words": "Sam brengt de brief", "who": "resident"})
    pages = {
        "agreed": said(client.post(f"/inwoners/{who.pk}/afgesproken/", {})),
        "move over": said(client.get(f"/inwoners/{who.pk}/doorgeven/")),
    }

    with browser() as chromium:
        wide, narrow = DeskShowing(chromium, width=1280), DeskShowing(chromium, width=768)
        for name, html in pages.items():
            page = narrow.show(html)
            assert (narrow.fit()["sideways"], page.evaluate(SMALL)) == (0, []), name
            page = wide.show(html)
            assert not wide.findings(), name
