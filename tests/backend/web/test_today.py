"""Vandaag: what needs a person, with the figures, and how many questions the page asks of the database."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from budgeting.actions.audit import record
from budgeting.models import Alert, Role, StatementImport
from payments.actions.checks import reconsider
from payments.actions.day import run_day
from payments.actions.settle import take_in_statement
from tests import factories
from tests.backend.web.desk import ON, batch_of, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in

MOST_QUERIES = 15


def page_of(client: Any, address: str = "/vandaag/") -> str:
    return client.get(address).content.decode().replace("\u00a0", " ")


def test_tells_a_new_town_that_nothing_waits(home: House) -> None:
    assert "Vandaag: er wacht niets op u" in page_of(signed_in(home.case_worker))


def test_says_what_cannot_be_paid_how_much_is_missing_and_when_money_comes(home: House) -> None:
    who = factories.resident(home, money="100.00", limit="50.00")
    factories.charge(home, who, amount="612.40")
    factories.income(home, who, amount="1200.00", day=24)
    run_day(on=ON, first=ON + timedelta(days=3))

    page = page_of(signed_in(home.case_worker))

    assert "1 inwoner heeft u nodig" in page
    assert "Kan niet betaald worden: Huur" in page
    assert "€ 612,40</bdi> op donderdag 5 november" in page
    assert "€ 462,40</bdi>" in page, "612,40 - 100,00 - 50,00 is missing"
    assert "komt naar verwachting op dinsdag 24 november" in page


def test_puts_everything_a_resident_lacks_in_one_row(home: House) -> None:
    who = factories.resident(home)
    for amount in ("300.00", "40.00"):
        factories.charge(home, who, amount=amount)
    run_day(on=ON, first=ON + timedelta(days=3))

    page = page_of(signed_in(home.case_worker))

    assert page.count("Kan niet betaald worden") == 1
    assert "€ 340,00</bdi> op donderdag 5 november" in page


def test_shows_nobody_elses_residents(home: House) -> None:
    other = factories.user(Role.CASE_WORKER)
    who = factories.resident(House(home.town, home.account, other, home.approver))
    factories.charge(home, who)
    run_day(on=ON, first=ON + timedelta(days=3))

    assert str(who) not in page_of(signed_in(home.case_worker))
    assert str(who) in page_of(signed_in(other))


def test_tells_of_income_that_stayed_away(home: House) -> None:
    who = factories.resident(home)
    benefit = factories.income(home, who, description="Bijstand")
    Alert.objects.create(
        resident=who,
        agreement=benefit,
        kind="income_missing",
        period=ON - timedelta(days=5),
        facts={"amount": "1200.00", "days": 5},
        opened_on=ON,
    )

    page = page_of(signed_in(home.case_worker))

    assert "Inkomen niet binnen" in page
    assert "Bijstand € 1.200,00, verwacht op 28 oktober. Dagen te laat: 5." in page


def test_asks_the_approver_and_not_the_maker_to_approve(home: House) -> None:
    factories.charge(home, factories.resident(home, money="700.00"))
    batch_of(home)

    assert "Controleer en keur goed" in page_of(signed_in(home.approver))
    assert "Controleer en keur goed" not in page_of(signed_in(home.case_worker))


def test_tells_what_the_bank_brought_and_that_the_books_agree(home: House) -> None:
    stranger = came_in("20.00", ON, name="Niemand", iban=factories.made_up_iban(77))
    statement = Bank(home.account.iban, Decimal("1000.00")).day(ON, stranger)
    taken = take_in_statement(data=statement, name="maandag.xml", by=home.case_worker, on=ON)

    page = page_of(signed_in(home.case_worker))

    assert taken.result.suspense == 1
    assert "1 boeking." in page
    assert "Boeken en bank zijn gelijk tot en met 2 november" in page
    assert "1 boeking bekijken" in page


@pytest.mark.parametrize("residents", [1, 12])
def test_asks_few_questions_of_the_database_however_many_need_someone(
    home: House, residents: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(residents):
        who = factories.resident(home)
        factories.charge(home, who)
        factories.income(home, who)
    run_day(on=ON, first=ON + timedelta(days=3))
    reconsider(on=ON, first=ON + timedelta(days=3))
    client = signed_in(home.case_worker)

    with django_assert_max_num_queries(MOST_QUERIES):
        page = page_of(client)

    assert page.count("Kan niet betaald worden") == residents


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR, "all"])
def test_asks_few_questions_for_every_role(home: House, role: str, django_assert_max_num_queries: Any) -> None:
    roles = [Role.CASE_WORKER, Role.FRONT_DESK, Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR]
    factories.charge(home, factories.resident(home))
    run_day(on=ON, first=ON + timedelta(days=3))
    client = signed_in(factories.user(*(roles if role == "all" else [role])))

    with django_assert_max_num_queries(MOST_QUERIES):
        page_of(client)


def test_says_once_that_there_is_too_little_money(home: House) -> None:
    who = factories.resident(home, money="10.00")
    factories.charge(home, who, amount="300.00", day=5)
    run_day(on=ON, first=ON + timedelta(days=3))
    assert Alert.objects.filter(resident=who, kind="balance_going_negative").exists()

    page = page_of(signed_in(home.case_worker))

    assert page.count("Kan niet betaald worden") == 1
    assert "Het geld raakt op" not in page


def test_says_that_a_bank_file_waits_for_a_decision_and_leads_to_it(home: House) -> None:
    data = Bank(home.account.iban, Decimal("100.00")).day(ON, came_in("1.00", ON))
    take_in_statement(data=data, name="a.xml", by=home.case_worker, on=ON)
    gap = Bank(home.account.iban, Decimal("900.00")).day(ON + timedelta(days=1), came_in("1.00", ON))
    take_in_statement(data=gap, name="gat.xml", by=home.case_worker, on=ON)
    tried = StatementImport.objects.latest("pk")
    client = signed_in(home.case_worker)

    page = page_of(client)

    assert tried.status == "held"
    assert "1 bestand wacht tot iemand beslist" in page
    assert f"/bank/vastgehouden/{tried.pk}/" in page
    assert "wacht tot iemand beslist" not in page_of(signed_in(home.approver))


def test_says_until_they_are_made_for_everybody_that_letters_were_not_printed(home: House) -> None:
    who = factories.resident(home)
    manager = signed_in(factories.user(Role.APPLICATION_MANAGER))
    told = "De brieven van deze maand zijn niet geprint"

    def made(**facts: object) -> str:
        record(action="letters.made", subject="month:2026-11", by=None, letters=1, **facts)
        return page_of(manager)

    assert told in page_of(manager)
    assert told not in page_of(signed_in(home.case_worker))
    assert told in made(kind="month", everybody=False)
    assert told in made(kind="calendar", everybody=True)
    assert told not in made(kind="month", everybody=True)
    assert who.starts_on < ON


def test_puts_all_that_a_resident_needs_in_one_row_with_four_reasons_at_most(home: House) -> None:
    who, wage = factories.resident(home), factories.income(home, other := factories.resident(home))
    factories.charge(home, who)
    run_day(on=ON, first=ON + timedelta(days=3))
    facts = {"amount": "1200.00", "days": 5}
    for days in range(1, 6):
        day = ON - timedelta(days=days)
        Alert.objects.create(resident=who, agreement=wage, kind="double", facts=facts, period=day, opened_on=day)
    Alert.objects.create(resident=other, agreement=wage, kind="double", facts=facts, period=ON, opened_on=ON)

    page = page_of(signed_in(home.case_worker))

    rows = page[page.index("<tbody>") : page.index("</tbody>")].split("<tr>")
    (row,) = (one for one in rows if f"/inwoners/{who.pk}/" in one)
    assert "2 inwoners hebben u nodig" in page
    assert row.index("Kan niet betaald worden") < row.index("Misschien dubbel betaald")
    assert row.count("/signalen/") == 3
    assert "En nog 2." in row
