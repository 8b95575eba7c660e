"""The settings of the town: validated, kept with who and why, never written over what a colleague just changed."""

import html
import json
import re

import pytest
from django.test import Client

from budgeting.models import AuditEvent, Role, Town
from tests import factories
from tests.accessibility.browser import browser
from tests.backend.web.desk import signed_in
from tests.backend.web.test_in_a_browser import SMALL, DeskShowing
from tests.factories import House

NEW = {
    "phone": "14 031", "address": "Marktplein 2", "cut_off": "12:30", "first_weekday": "0", "last_weekday": "4",
    "opens": "9", "closes": "17", "reason": "Verhuisd",
}  # fmt: skip


@pytest.fixture
def manager(home: House) -> Client:
    return signed_in(factories.user(Role.APPLICATION_MANAGER))


def page_of(client: Client) -> str:
    return client.get("/gemeente/").content.decode()


def seen(page: str) -> str:
    (found,) = re.findall(r'name="seen" value="([^"]+)"', page)
    return html.unescape(found)


def test_changes_what_people_see_and_says_who_changed_what(manager: Client) -> None:
    shown = manager.post("/gemeente/", NEW | {"seen": seen(page_of(manager))}, follow=True).content.decode()

    town = Town.objects.get()
    assert (town.phone, town.address, f"{town.cut_off:%H:%M}") == ("14 031", "Marktplein 2", "12:30")
    assert town.opening_hours == {"first_weekday": 0, "last_weekday": 4, "opens": 9, "closes": 17}
    assert "Veranderde de gegevens van de gemeente: Verhuisd" in shown
    assert "<s>14 030</s>" in shown
    assert "<strong>vrijdag</strong>" in shown
    told = json.loads(AuditEvent.objects.get(action="town.facts_changed").body)
    assert told["before"]["phone"] == "14 030"
    manager.post("/gemeente/", NEW | {"seen": seen(page_of(manager))})
    assert AuditEvent.objects.filter(action="town.facts_changed").count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"phone": "bel ons"}, "Dit is geen telefoonnummer."),
        ({"cut_off": "één uur"}, "Typ een tijd zoals 13:00."),
        ({"closes": "8"}, "Sluiten gaat na openen"),
        ({"closes": ""}, "Vul alle vier de openingstijden in"),
        ({"first_weekday": "5", "last_weekday": "1"}, "Vul alle vier de openingstijden in"),
        ({"reason": "  "}, "Vul dit in."),
        ({"seen": "{}"}, "Een collega veranderde dit intussen"),
        ({"seen": "[1]"}, "Een collega veranderde dit intussen"),
    ],
)
def test_names_what_is_wrong_and_keeps_what_was_typed(manager: Client, wrong: dict, told: str) -> None:
    answer = manager.post("/gemeente/", NEW | {"seen": seen(page_of(manager))} | wrong)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "Marktplein 2" in answer.content.decode()
    assert Town.objects.get().phone == "14 030"
    assert not AuditEvent.objects.filter(action="town.facts_changed").exists()


def test_tells_what_a_colleague_changed_meanwhile_and_then_lets_it_be_saved(manager: Client) -> None:
    opened = seen(page_of(manager))
    Town.objects.update(phone="14 099")

    first = manager.post("/gemeente/", NEW | {"seen": opened})
    second = manager.post("/gemeente/", NEW | {"seen": seen(first.content.decode())})

    assert "intussen: Telefoon." in first.content.decode()
    assert second.status_code == 302
    assert Town.objects.get().phone == "14 031"


def test_decides_about_a_language_with_a_name_and_a_reason(manager: Client) -> None:
    given = {"language": "pl", "status": "checked", "reason": "Nagelezen"}

    nobody = manager.post("/gemeente/taal/", given)
    done = manager.post("/gemeente/taal/", given | {"reader": "Een lezer uit Polen"}, follow=True)

    assert "Zeg wie het nakeek." in nobody.content.decode()
    assert "Een lezer uit Polen" in done.content.decode()
    assert "Besliste over een taal: Nagelezen" in done.content.decode()


def test_is_for_the_application_manager_only(home: House) -> None:
    assert signed_in(home.case_worker).get("/gemeente/").status_code == 403
    assert signed_in(home.approver).post("/gemeente/taal/").status_code == 403


@pytest.mark.browser
def test_fits_every_screen_and_passes_every_rule(manager: Client) -> None:
    manager.post("/gemeente/", NEW | {"seen": seen(page_of(manager))})
    pages = [page_of(manager), manager.post("/gemeente/", NEW | {"phone": "x"}).content.decode()]

    with browser() as chromium:
        wide, narrow = DeskShowing(chromium, width=1280), DeskShowing(chromium, width=768)
        for html_of_page in pages:
            page = narrow.show(html_of_page)
            assert (narrow.fit()["sideways"], page.evaluate(SMALL)) == (0, [])
            page = wide.show(html_of_page)
            assert not wide.findings()
