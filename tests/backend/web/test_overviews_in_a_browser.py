"""Overviews in a browser: no finding of axe, nothing beyond the screen at the desk or on a tablet."""

import pytest

from tests.accessibility.browser import browser
from tests.backend.web.desk import signed_in
from tests.backend.web.test_in_a_browser import SMALL, DeskShowing
from tests.backend.web.test_overviews import played

pytestmark = pytest.mark.browser
__all__ = ["played"]


def test_fits_every_screen_and_passes_every_rule(played: tuple) -> None:
    town, who = played
    worker, manager = signed_in(town.home.case_worker), signed_in(town.home.approver)
    pages = {
        "one": worker.get(f"/inwoners/{who.pk}/overzicht/"),
        "household": worker.get(f"/inwoners/{who.pk}/overzicht/", {"samen": "1"}),
        "town": manager.get("/cijfers/"),
    }
    shown = {name: answer.content.decode() for name, answer in pages.items()}

    with browser() as chromium:
        wide, narrow = DeskShowing(chromium, width=1280), DeskShowing(chromium, width=768)
        for name, html in shown.items():
            page = narrow.show(html)
            assert (narrow.fit()["sideways"], page.evaluate(SMALL)) == (0, []), name
            wide.show(html)
            assert not wide.findings(), name
