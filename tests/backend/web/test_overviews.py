"""A household month by month and the figures of the town; nobody can be told from what leaves the desk."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from backend.desk.overviews import overview_of
from backend.desk.town_figures import town_figures
from backend.sheets import as_csv, as_xlsx
from budgeting.actions.ledger import resident_balances
from budgeting.models import AuditEvent, Resident, Role
from payments.actions.day import run_day
from tests import factories
from tests.backend.web.desk import ON, signed_in
from tests.faults.bank import came_in
from tests.payments.actions.test_leaving import FRIDAY, TUESDAY, Town

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def played(db: None) -> tuple[Town, Resident]:
    """A resident whose benefit came, whose rent was paid on time, and who was lent nothing."""
    town = Town()
    who = factories.resident(town.home, money="100.00")
    factories.charge(town.home, who, amount="600.00", day=3)
    benefit = factories.income(town.home, who, day=2)
    payer = benefit.counterparty.accounts.get()
    town.hear(ON, came_in("1200.00", ON, name=payer.name, iban=payer.iban, remittance="Uitkering november"))
    run_day(on=ON, first=TUESDAY)
    town.pay(on=ON, first=TUESDAY)
    return town, who


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_tells_a_household_month_by_month_as_the_books_do(played: tuple) -> None:
    town, who = played

    overview = overview_of([who], on=FRIDAY)

    came_in_, paid, given = overview.parts
    assert overview.months[-1] == NOVEMBER
    assert len(overview.months) == 12
    assert [(line.category, line.total) for line in paid.lines] == [("rent", Decimal("600.00"))]
    assert ("benefit", Decimal("1200.00")) in [(line.category, line.total) for line in came_in_.lines]
    assert overview.held[-1] == resident_balances([who.pk])[who.pk]
    assert overview.held[-1] == came_in_.total - paid.total - given.total
    shown = signed_in(town.home.case_worker).get(f"/inwoners/{who.pk}/overzicht/").content.decode()
    assert 'lang="nl"' in shown
    assert "<svg" in shown
    assert "1.200" in shown


def test_adds_up_a_household_of_those_a_colleague_may_see(played: tuple, django_assert_max_num_queries) -> None:
    town, who = played
    partner, stranger = (factories.resident(town.home, money="50.00") for _ in range(2))
    Resident.objects.filter(pk__in=[partner.pk, stranger.pk]).update(household=who.household)
    stranger.assignments.all().delete()
    client = signed_in(town.home.case_worker)

    with django_assert_max_num_queries(15):
        shown = client.get(f"/inwoners/{who.pk}/overzicht/", {"samen": "1"}).content.decode()

    assert str(partner) in shown
    assert str(stranger) not in shown
    assert AuditEvent.objects.filter(action="looked", body__contains=str(partner.pk)).exists()
    assert client.get(f"/inwoners/{stranger.pk}/overzicht/").status_code == 404


def test_writes_the_overview_to_the_cent_and_writes_down_that_it_left(played: tuple) -> None:
    town, who = played
    client, address = signed_in(town.home.case_worker), f"/inwoners/{who.pk}/overzicht/bestand/"

    rows = rows_of(client.post(f"{address}csv/").content)
    book = openpyxl.load_workbook(io.BytesIO(client.post(f"{address}xlsx/").content))

    assert "600,00" in next(row for row in rows if row[1] == "Huur")
    assert Decimal(str(next(row for row in book.active.values if row[1] == "Huur")[-1])) == 600
    assert AuditEvent.objects.filter(action="overview.exported", resident_id=who.pk).count() == 2
    assert client.get(f"{address}csv/").status_code == 405
    assert client.post(f"{address}doc/").status_code == 404


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_lets_no_spreadsheet_take_a_text_for_a_formula(start: str) -> None:
    text = f"{start}1+1"

    (_, (written, *_)) = rows_of(as_csv([["naam"], [text]]))
    cell = openpyxl.load_workbook(io.BytesIO(as_xlsx([["naam"], [text]], title="x"))).active["A2"]

    assert written.startswith("'")
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")


def test_counts_the_town_and_shows_it_to_colleagues_who_answer_for_it(
    played: tuple, django_assert_max_num_queries
) -> None:
    assert played
    auditor = signed_in(factories.user(Role.AUDITOR))

    found = {one.key: one.figures[-1] for one in town_figures(on=FRIDAY).measures}
    with django_assert_max_num_queries(15):
        shown = auditor.get("/cijfers/").content.decode()

    assert (found["residents"].value, found["on_time"].value, found["late"].value) == (1, 1, 0)
    assert (found["money_in"].value, found["charges_paid"].value) == (Decimal("1200.00"), Decimal("600.00"))
    assert "Cijfers van de gemeente" in shown
    assert signed_in(factories.user(Role.FRONT_DESK)).get("/cijfers/").status_code == 403
    assert Client().get("/cijfers/").status_code == 302


def test_lets_no_small_number_leave_the_desk(played: tuple) -> None:
    town, _ = played
    client = signed_in(town.home.approver)

    few = rows_of(client.post("/cijfers/bestand/csv/").content)
    assert {cell for row in few[1:] for cell in row[2:] if cell} == {"verborgen: minder dan 10"}

    many = [factories.resident(town.home, money="0.00") for _ in range(11)]
    residents = rows_of(client.post("/cijfers/bestand/csv/").content)[1]
    assert len(many) == 11
    assert residents[-1] == "10"
    assert AuditEvent.objects.filter(action="figures.exported").count() == 2
