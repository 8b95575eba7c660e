"""At the counter with a second screen, and by a code on paper: two people and their screens at once, in browsers."""

import pytest

from budgeting.models import Resident, Town
from tests.access.test_helping import payout
from tests.access.test_two_windows import PASSWORD, Scene, photograph, scene
from tests.access.windows import Window
from tests.backend.web.desk import code, secret

__all__ = ["scene"]

pytestmark = pytest.mark.browser


def at_desk(scene: Scene) -> Window:
    """The case worker's own computer, logged in with both steps."""
    worker = scene.home.case_worker
    worker.set_password(PASSWORD)
    worker.save()
    worker.totpdevice_set.create(name="app", key=secret(worker))
    desk = scene.window(width=1280, height=800)
    desk.open("/inloggen/medewerker/")
    desk.send("Verder", username=worker.username, password=PASSWORD)
    desk.send("Verder", token=code(worker))
    return desk


def test_helps_at_the_counter_with_a_screen_of_the_residents_own(scene: Scene) -> None:
    Resident.objects.filter(pk=scene.resident.pk).update(language="pl")
    desk = at_desk(scene)
    screen = desk.page.context.new_page()
    screen.goto("/balie/scherm/")
    assert payout(scene.resident) not in screen.inner_text("body").replace("\u00a0", " ")

    desk.open(f"/inwoners/{scene.resident.pk}/balie/")
    desk.page.get_by_label("een identiteitsbewijs").check()
    desk.tap("Welkom")
    screen.goto("/balie/scherm/")
    shown = screen.inner_text("body").replace("\u00a0", " ")
    assert payout(scene.resident) in shown
    assert screen.locator("html").get_attribute("lang") == "pl", "the resident reads their own language"
    photograph(desk, "counter-desk")

    desk.tap("De inwoner gaat weg")
    screen.get_by_text("Welkom").first.wait_for(timeout=15_000)
    assert payout(scene.resident) not in screen.inner_text("body").replace("\u00a0", " ")


def test_reads_a_code_on_paper_beside_a_volunteer_once(scene: Scene) -> None:
    Town.objects.update(paper_codes=True)
    Resident.objects.filter(pk=scene.resident.pk).update(birth_date="1980-05-05")
    desk, theirs = at_desk(scene), scene.window(width=800)
    desk.open(f"/inwoners/{scene.resident.pk}/meekijken/")
    desk.tap("Een nieuwe code")
    on_paper = desk.page.locator(".hhb-figure").inner_text()

    theirs.open("/inloggen/medewerker/")
    theirs.send("Verder", username=scene.helper.username, password=PASSWORD)
    theirs.send("Verder", token=code(scene.helper))
    theirs.open("/helpen/papier/")
    theirs.send("Kijk mee met de bezoeker", code=on_paper, year="1980")
    assert theirs.actions <= 6, "a volunteer reads a paper within six actions"
    assert payout(scene.resident) in theirs.text
    assert "212,40" not in theirs.text, "of what is paid only whether"
    photograph(theirs, "paper-story")
    theirs.open("/helpen/papier/")
    theirs.send("Kijk mee met de bezoeker", code=on_paper, year="1980")
    assert payout(scene.resident) not in theirs.text, "a code works once"
