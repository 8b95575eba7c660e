"""The ways through the desk: no link is refused to whom it is shown, and every page of a resident leads back."""

import re
from collections import deque

import pytest
from django.test import Client
from django.urls import get_resolver

from budgeting.models import Alert, Resident, Role
from payments.actions.day import run_day
from tests import factories
from tests.backend.web.busy_morning import busy_morning
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

LINK = re.compile(r'href="(/[^"#]*)"')
# Pages of one kind that are opened: the first may be the only one without a link.
OF_EACH_KIND = 2
FIRST = "/vandaag/"
NUMBER = "<int:number>"


@pytest.fixture
def busy(home: House) -> House:
    busy_morning(home)
    for who in Resident.objects.all():
        wage = factories.income(home, who)
        facts = {"amount": "1200.00", "days": 5, "before": "90.00"}
        Alert.objects.create(resident=who, agreement=wage, kind="income_missing", facts=facts, period=ON, opened_on=ON)
    return home


@pytest.mark.parametrize(
    "role", [Role.CASE_WORKER, Role.FRONT_DESK, Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR]
)
def test_shows_nobody_a_link_that_is_refused(busy: House, role: str) -> None:
    known = {Role.CASE_WORKER: busy.case_worker, Role.APPROVER: busy.approver}

    opened = followed(signed_in(known.get(role) or factories.user(role)))

    assert len(opened) > 5
    assert not {address: told for address, told in opened.items() if told[0] >= 400}


def followed(client: Client) -> dict[str, tuple[int, str]]:
    """Every kind of page that links lead to, with its answer and the page the link stood on."""
    ways, kinds, opened = deque([(FIRST, "")]), dict[str, int](), dict[str, tuple[int, str]]()
    while ways:
        address, on_page = ways.popleft()
        kind = re.sub(r"\d+", "N", address.split("?")[0])
        kinds[kind] = kinds.get(kind, 0) + 1
        if address in opened or kinds[kind] > OF_EACH_KIND:
            continue
        answer = client.get(address)
        opened[address] = answer.status_code, on_page
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            ways += [(found.replace("&amp;", "&"), address) for found in LINK.findall(answer.content.decode())]
    return opened


def test_leads_back_from_every_page_of_a_resident(home: House) -> None:
    who = factories.resident(home, money="100.00")
    run_day(on=ON, first=ON)
    client = signed_in(home.case_worker)
    patterns = [str(one.pattern) for one in get_resolver().url_patterns]
    under = {one.replace(NUMBER, str(who.pk)) for one in patterns if one.startswith(f"inwoners/{NUMBER}/")}

    shown = {one: client.get(f"/{one}") for one in under if "<" not in one}
    pages = {one: answer.content.decode() for one, answer in shown.items() if answer.status_code == 200}

    assert len(pages) > 15
    back = f'href="/inwoners/{who.pk}/"'
    home_page = f"inwoners/{who.pk}/"
    assert not {one for one, html in pages.items() if one != home_page and back not in html}
