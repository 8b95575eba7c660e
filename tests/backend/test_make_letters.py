"""`manage.py make_letters`: a file for each resident, the same facts as on the page, quick and safe to repeat."""

import csv
import json
import stat
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accessibility.choosing import choose_channels
from accessibility.gather import facts_of
from accessibility.letters.bundle import bundle
from accessibility.letters.check import faults_of_letter
from accessibility.letters.gather import looked_in, residents_of
from accessibility.letters.letter import To
from accessibility.letters.press import NotAFileName, print_letters
from accessibility.offered import decide_language
from budgeting.actions.agreements import change_amount
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.models import AuditEvent, Resident
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from tests import factories
from tests.accessibility.households import facts
from tests.accessibility.papers import amounts, letter, plain

pytestmark = pytest.mark.django_db
ON = factories.ON
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def home() -> factories.House:
    return factories.house()


def moved_in(home: factories.House, *, language: str = "nl", postcode: str = "1234 AB", **more: Any) -> Resident:
    """A resident with an address, money, rent and a planned remainder."""
    who = factories.resident(home, money="900.00", language=language)
    Resident.objects.filter(pk=who.pk).update(street="Lindelaan 4", postcode=postcode, town="Voorbeeldstad", **more)
    who.refresh_from_db()
    factories.charge(home, who, amount="600.00")
    factories.income(home, who)
    plan_orders(on=ON, first=ON)
    plan_remainders(on=ON, first=ON)
    return who


def make(out: Path, *more: str, month: str = "2026-11", on: date = ON) -> dict[str, Any]:
    said = StringIO()
    call_command(
        "make_letters", "--month", month, "--out", str(out), "--on", str(on), "--json", *more,
        stdout=said, stderr=StringIO(),
    )  # fmt: skip
    return dict(json.loads(said.getvalue()))


def text(file: str | Path) -> str:
    return plain(" ".join(page.extract_text() for page in pypdf.PdfReader(file).pages))


def test_makes_a_letter_for_each_resident_in_their_own_language(home: factories.House, tmp_path: Path) -> None:
    dutch, arabic = moved_in(home), moved_in(home, language="ar")

    answer = make(tmp_path / "letters")

    assert answer["letters"] == 2
    assert answer["files"] == [str(tmp_path / "letters" / f"2026-11-{who.number}.pdf") for who in (dutch, arabic)]
    assert "U krijgt op vrijdag" in text(answer["files"][0])
    assert [len(pypdf.PdfReader(file).pages) for file in answer["files"]] == [1, 2]
    assert all(faults_of_letter(Path(file).read_bytes()) == [] for file in answer["files"])


def test_tells_the_amounts_of_the_books(home: factories.House, tmp_path: Path) -> None:
    who = moved_in(home)
    told = facts_of(who, on=ON)

    letter = text(make(tmp_path, "--resident", who.number)["files"][0])

    assert told.payout is not None
    assert {told.payout.amount, Decimal("600.00"), told.held} <= {_euro(amount) for amount in amounts(letter)}


def _euro(told: str) -> Decimal:
    return Decimal(told.removeprefix("€").replace(".", "").replace(",", "."))


def test_finds_one_resident_by_number_and_by_key(home: factories.House, tmp_path: Path) -> None:
    who, _ = moved_in(home), moved_in(home)

    assert make(tmp_path, "--resident", who.number)["files"] == make(tmp_path, "--resident", str(who.pk))["files"]


def test_replaces_a_letter_that_is_there_and_leaves_nothing_else(home: factories.House, tmp_path: Path) -> None:
    moved_in(home)
    first = make(tmp_path)["files"]

    assert make(tmp_path)["files"] == first
    assert [str(file) for file in tmp_path.iterdir()] == first


def test_lets_nobody_else_on_the_computer_read_a_letter(home: factories.House, tmp_path: Path) -> None:
    moved_in(home)
    file = Path(make(tmp_path / "letters")["files"][0])

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_asks_the_database_the_same_however_many_letters(home: factories.House, tmp_path: Path) -> None:
    moved_in(home)
    with CaptureQueriesContext(connection) as for_one:
        make(tmp_path)
    for _ in range(4):
        moved_in(home)
    with CaptureQueriesContext(connection) as for_five:
        make(tmp_path)

    assert len(for_one) == len(for_five)


def test_writes_that_letters_were_made(home: factories.House, tmp_path: Path) -> None:
    moved_in(home)
    make(tmp_path)

    event = AuditEvent.objects.get(action="letters.made")
    assert (event.subject, json.loads(event.body)["letters"]) == ("month:2026-11", 1)


def test_tells_an_earlier_month_as_what_moved_in_it(home: factories.House, tmp_path: Path) -> None:
    who = factories.resident(home, money="10.00", on=date(2026, 9, 15))

    told = text(make(tmp_path, "--resident", who.number, month="2026-09")["files"][0])

    assert "Dit kwam binnen" in told
    assert "€ 10,00" in told


def test_gives_no_letter_of_a_month_in_which_nothing_was(home: factories.House, tmp_path: Path) -> None:
    who = moved_in(home)

    assert make(tmp_path, month="2026-08")["letters"] == 0
    with pytest.raises(CommandError, match="has no letter") as refused:
        make(tmp_path, "--resident", who.number, month="2026-08")
    assert refused.value.returncode == 1


@pytest.mark.parametrize("month", ["2026-12", "2027-01"])
def test_refuses_a_month_that_has_not_begun(home: factories.House, tmp_path: Path, month: str) -> None:
    moved_in(home)

    with pytest.raises(CommandError, match="has not begun") as refused:
        make(tmp_path, month=month)
    assert refused.value.returncode == 2


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-1", "2026-11-05", ""])
def test_refuses_what_is_no_month(home: factories.House, tmp_path: Path, month: str) -> None:
    with pytest.raises(CommandError):
        make(tmp_path, month=month)


@pytest.mark.parametrize("resident", ["R999999", "0", "-1", "9" * 30, "١٢", ""])
def test_says_that_there_is_no_such_resident(home: factories.House, tmp_path: Path, resident: str) -> None:
    moved_in(home)

    with pytest.raises(CommandError, match="there is no resident") as refused:
        make(tmp_path, f"--resident={resident}")
    assert refused.value.returncode == 1


def test_refuses_a_folder_that_is_a_file(home: factories.House, tmp_path: Path) -> None:
    moved_in(home)
    (tmp_path / "letters").write_text("")

    with pytest.raises(CommandError, match="cannot be a folder"):
        make(tmp_path / "letters")


@pytest.mark.parametrize("page", ["http://voorbeeldstad.nl", "javascript:alert(1)", "https://" + "x" * 200])
def test_prints_no_square_that_leads_elsewhere(home: factories.House, tmp_path: Path, page: str) -> None:
    with pytest.raises(CommandError, match="https://"):
        make(tmp_path, "--page", page)


def test_says_that_a_town_must_be_set_up_first(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no sender"):
        make(tmp_path)


def test_writes_a_last_letter_to_who_stopped_in_the_month_and_none_after(home: factories.House) -> None:
    stopped = moved_in(home, ends_on=date(2026, 11, 10))

    assert stopped in residents_of(NOVEMBER)
    assert stopped not in residents_of(date(2026, 12, 1))
    assert stopped not in residents_of(date(2025, 12, 1)), "before it began"


def test_tells_who_stopped_calmly(home: factories.House, tmp_path: Path) -> None:
    who = moved_in(home, ends_on=date(2026, 11, 1), stopped_because="moved")

    assert "Uw Huishoudboekje is gestopt" in text(make(tmp_path, "--resident", who.number)["files"][0])


def test_prints_for_everyone_who_did_not_choose_the_screen(home: factories.House, tmp_path: Path) -> None:
    paper, screen = moved_in(home), moved_in(home)
    assert screen.user is not None
    choose_channels(resident=screen, channels={"month": "screen"}, now=timezone.now(), by=screen.user)

    assert make(tmp_path)["files"] == [str(tmp_path / f"2026-11-{paper.number}.pdf")]
    assert make(tmp_path, "--resident", screen.number)["letters"] == 1, "asked for by name"
    assert make(tmp_path, "--kind", "calendar")["letters"] == 2, "another kind of message"


def test_writes_dutch_in_a_language_that_the_town_did_not_switch_on(home: factories.House, tmp_path: Path) -> None:
    who = moved_in(home, language="ti")
    decide_language(language="ti", status="off", reason="Nog niet", on=ON, by=home.case_worker)

    assert len(pypdf.PdfReader(make(tmp_path, "--resident", who.number)["files"][0]).pages) == 1


@pytest.mark.parametrize(("status", "says"), [("draft", True), ("checked", False)])
def test_says_on_paper_that_a_translation_is_a_draft(
    home: factories.House, tmp_path: Path, status: str, says: bool
) -> None:
    who = moved_in(home, language="en")
    decide_language(language="en", status=status, reason="Test", on=ON, by=home.case_worker, reader="Kim, uit Leeds")

    told = text(make(tmp_path, "--resident", who.number)["files"][0])

    assert ("Nobody has checked this translation yet." in told) == says


def test_counts_each_person_who_looked_once(home: factories.House) -> None:
    who, other = moved_in(home), moved_in(home)
    twin = factories.user(person=home.case_worker.person)
    for colleague in (home.case_worker, twin, home.approver):
        look_at_resident(resident=who.pk, page="file", by=colleague)
    look_at_residents(residents=[who.pk, other.pk], page="today", by=home.approver)
    month = timezone.localdate()

    assert looked_in(month, [who.pk, other.pk]) == {who.pk: 2, other.pk: 1}
    assert looked_in(month - timedelta(days=40), [who.pk]) == {}


def test_bundles_by_postcode_each_letter_on_sheets_of_its_own(home: factories.House, tmp_path: Path) -> None:
    late, early, nowhere = moved_in(home, postcode="9999 ZZ"), moved_in(home, postcode="1000 AA", language="ar"), None
    nowhere = factories.resident(home, money="1.00")

    answer = make(tmp_path, "--bundle")

    with (tmp_path / "bundle-2026-11.csv").open() as listed:
        rows = list(csv.DictReader(listed))
    assert [row["file"] for row in rows] == [f"2026-11-{who.number}.pdf" for who in (early, late, nowhere)]
    assert [row["sheet"] for row in rows] == ["1", "2", "3"]
    assert answer["bundle_sheets"] == 3
    assert answer["without_address"] == 1
    with pikepdf.open(tmp_path / "bundle-2026-11.pdf") as whole:
        assert len(whole.pages) == 6


def test_writes_the_pay_days_of_a_year(home: factories.House, tmp_path: Path) -> None:
    who = moved_in(home)

    answer = make(tmp_path, "--kind", "calendar", "--resident", who.number)

    assert answer["files"] == [str(tmp_path / f"2026-11-{who.number}-calendar.pdf")]
    assert "December 2026 vrijdag 4 11 18 donderdag 24 31" in text(answer["files"][0])


def test_writes_about_an_amount_that_changed(home: factories.House, tmp_path: Path) -> None:
    who = moved_in(home)
    change_amount(
        agreement=who.agreements.get(direction="out"),
        amount=Decimal("640.15"),
        valid_from=date(2027, 1, 1),
        by=home.case_worker,
    )
    this_month = timezone.localdate()

    answer = make(tmp_path, "--kind", "notices", month=f"{this_month:%Y-%m}", on=this_month)

    assert answer["letters"] == 1
    assert "€ 640,15. Het was € 600,00." in text(answer["files"][0])


def test_prints_on_several_processes_in_the_order_given(tmp_path: Path) -> None:
    letters = [letter(facts(), "ar", to=To(f"R{number:06d}", "Sam")) for number in range(25)]

    printed = list(print_letters(letters, tmp_path, prefix="2026-11", processes=2))

    assert [one.file.name for one in printed] == [f"2026-11-R{number:06d}.pdf" for number in range(25)]
    assert {one.file.read_bytes()[:5] for one in printed} == {b"%PDF-"}


@pytest.mark.parametrize("number", ["../../etc", "a/b", "", "x" * 21, "é"])
def test_names_no_file_outside_its_folder(tmp_path: Path, number: str) -> None:
    with pytest.raises(NotAFileName):
        list(print_letters([letter(facts(), to=To(number, "Sam"))], tmp_path, prefix="2026-11", processes=1))
    assert not list(tmp_path.iterdir())


def test_bundles_nothing_as_nothing(tmp_path: Path) -> None:
    assert bundle([], tmp_path / "bundle.pdf") == 0
