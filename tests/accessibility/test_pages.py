"""The resident's pages and the doors to them, as a browser meets them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accessibility import styles
from accessibility.languages import LANGUAGES
from accessibility.scripts import stay
from budgeting.actions.people import issue_letter_code
from budgeting.models import Resident, Role, User
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.models import PaymentOrder
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PASSWORD = "een lang wachtwoord 12"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def home() -> factories.House:
    return factories.house()


@pytest.fixture
def resident(home: factories.House) -> Resident:
    who = factories.resident(home, money="900.00", language="ar")
    factories.charge(home, who)
    factories.income(home, who)
    plan_orders(on=factories.ON, first=factories.ON)
    plan_remainders(on=factories.ON, first=factories.ON)
    return who


@pytest.fixture
def inside(home: factories.House, resident: Resident) -> Client:
    """The resident's browser, logged in with the code of a letter, in Dutch."""
    client = Client()
    client.cookies["language"] = "nl"
    come_in(client, home, resident)
    return client


def come_in(client: Client, home: factories.House, resident: Resident) -> Any:
    code = issue_letter_code(resident=resident, now=NOW, by=home.case_worker)
    return client.post(reverse("login"), {"code": code}, follow=True)


def colleague(role: str) -> User:
    made = factories.user(role)
    made.set_password(PASSWORD)
    made.save()
    return made


def log_in(client: Client, who: User) -> Any:
    return client.post(reverse("staff_login"), {"username": who.username, "password": PASSWORD}, follow=True)


def digits(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key, t0=0, drift=0):06d}"


def test_brings_a_resident_from_the_letter_to_their_own_money(home: factories.House, resident: Resident) -> None:
    client = Client()
    shown = come_in(client, home, resident)
    assert shown.redirect_chain[-1][0] == reverse("resident_home")
    assert '<html lang="ar" dir="rtl">' in client.get(reverse("resident_home")).content.decode()


@pytest.mark.parametrize("code", ["", "0000000000", "x" * 500, "A B-C"])
def test_gives_one_answer_to_every_code_that_does_not_work(code: str) -> None:
    answer = Client(headers={"Accept-Language": "nl"}).post(reverse("login"), {"code": code})
    assert answer.status_code == 422
    assert "Deze code werkt niet" in answer.content.decode()
    assert code not in answer.content.decode() or not code


def test_lets_a_code_in_once(home: factories.House, resident: Resident) -> None:
    code = issue_letter_code(resident=resident, now=NOW, by=home.case_worker)
    assert Client().post(reverse("login"), {"code": code.lower().replace(" ", "")}).status_code == 302
    assert Client().post(reverse("login"), {"code": code}).status_code == 422


def test_answers_when_do_i_get_money_on_the_first_page(inside: Client) -> None:
    page = inside.get(reverse("resident_home")).content.decode()
    assert "U krijgt op vrijdag" in page
    assert "Moet u iets doen?" in page
    assert page.index("U krijgt") < page.index("Moet u iets doen?") < page.index("Wij betalen voor u")


def test_shows_every_page_of_the_resident(inside: Client) -> None:
    order = PaymentOrder.objects.filter(kind="charge").earliest("execute_on")
    pages = [
        reverse("resident_home"),
        reverse("months"),
        reverse("month", args=["2026-11"]),
        reverse("payment", args=[order.pk]),
        reverse("why"),
    ]
    assert {address: inside.get(address).status_code for address in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("address", ["2026-13", "2026-12", "1999-01", "nu", "2026-1"])
def test_does_not_find_a_month_without_a_story(inside: Client, address: str) -> None:
    assert inside.get(reverse("month", args=[address])).status_code == 404


def test_does_not_find_the_payment_of_another(home: factories.House, inside: Client) -> None:
    other = factories.resident(home)
    factories.charge(home, other)
    plan_orders(on=factories.ON, first=factories.ON)
    order = PaymentOrder.objects.filter(resident=other).earliest("execute_on")
    assert inside.get(reverse("payment", args=[order.pk])).status_code == 404


def test_shows_a_resident_no_page_of_a_colleague_and_a_colleague_none_of_a_resident(home: factories.House) -> None:
    client = Client()
    client.force_login(home.case_worker)
    assert client.get(reverse("resident_home")).status_code == 403


def test_keeps_nothing_of_a_page_in_the_browser(inside: Client) -> None:
    answer = inside.get(reverse("resident_home"))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    page = answer.content.decode().replace(f"<script>{stay()}</script>", "")
    assert not re.search(r"<script|style=|onclick|https?://", page)


def test_reads_home_with_three_questions_to_the_database(inside: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        inside.get(reverse("resident_home"))
    assert len(asked) == 3


def test_sends_a_light_page(inside: Client) -> None:
    page = inside.get(reverse("resident_home")).content
    sheets = re.findall(rb'href="(/stijl/[^"]+)"', page)
    assert len(sheets) == 1
    assert not re.search(rb"<img|src=", page)
    css = inside.get(sheets[0].decode(), headers={"Accept-Encoding": "gzip"})
    assert css.headers["Content-Encoding"] == "gzip"
    assert len(page) <= 8 * 1024
    assert len(page) + len(css.content) <= 14 * 1024


def test_lets_a_browser_keep_the_stylesheet_until_it_changes() -> None:
    sheet = styles.sheet("resident")
    kept = Client().get(reverse("stylesheet", args=["resident", sheet.digest]))
    assert kept.content == sheet.plain
    assert "immutable" in kept.headers["Cache-Control"]
    assert Client().get(reverse("stylesheet", args=["resident", "0123456789ab"])).status_code == 404
    assert Client().get(reverse("stylesheet", args=["unknown", sheet.digest])).status_code == 404


def test_forgets_everything_when_one_stops(inside: Client) -> None:
    stopped = inside.post(reverse("stop"))
    assert "U bent gestopt" in stopped.content.decode()
    assert '"storage"' in stopped.headers["Clear-Site-Data"]
    assert inside.get(reverse("resident_home")).status_code == 302


@pytest.mark.parametrize(("away", "stays"), [(timedelta(minutes=14), True), (timedelta(minutes=16), False)])
def test_ends_a_stay_in_which_nothing_happens(inside: Client, clock: Any, away: timedelta, stays: bool) -> None:
    clock.move_to(NOW + away)
    assert (inside.get(reverse("resident_home")).status_code == 200) == stays


def test_ends_every_stay_after_two_hours(inside: Client, clock: Any) -> None:
    for quarter in range(1, 12):
        clock.move_to(NOW + timedelta(minutes=10 * quarter))
        last = inside.get(reverse("resident_home"))
    assert last.status_code == 200
    clock.move_to(NOW + timedelta(minutes=121))
    assert inside.get(reverse("resident_home")).status_code == 302


def test_changes_language_without_logging_in() -> None:
    client = Client()
    client.post(reverse("language"), {"language": "ar", "next": reverse("login")})
    assert '<html lang="ar" dir="rtl">' in client.get(reverse("login")).content.decode()


@pytest.mark.parametrize("language", ["xx", "", "../../nl", "x" * 1000])
def test_keeps_the_language_when_another_is_not_known(language: str) -> None:
    client = Client()
    answer = client.post(reverse("language"), {"language": language, "next": "//elders.example/"})
    assert "language" not in answer.cookies
    assert answer.headers["Location"] == reverse("home")


def test_lists_languages_by_their_own_names() -> None:
    page = Client(headers={"Accept-Language": "nl"}).get(reverse("language")).content.decode()
    assert 'lang="ar" dir="rtl">العربية</button>' in page


def test_says_that_a_translation_is_a_draft(home: factories.House) -> None:
    arabic = Client(headers={"Accept-Language": "ar"}).get(reverse("login")).content.decode()
    dutch = Client(headers={"Accept-Language": "nl"}).get(reverse("login")).content.decode()
    assert 'class="hhb-draft"' in arabic
    assert 'class="hhb-draft"' not in dutch


def test_puts_dutch_beside_the_own_language_until_told_otherwise(inside: Client) -> None:
    inside.cookies["language"] = "ar"
    assert "hhb-dutch" not in inside.get(reverse("resident_home")).content.decode()
    inside.post(reverse("dutch_too"), {"dutch": "1"})
    assert "hhb-dutch" in inside.get(reverse("resident_home")).content.decode()
    inside.post(reverse("dutch_too"), {"dutch": "0"})
    assert "hhb-dutch" not in inside.get(reverse("resident_home")).content.decode()


def test_asks_a_colleague_for_a_second_step_and_sets_up_the_app_first(home: factories.House) -> None:
    client, who = Client(), colleague(Role.CASE_WORKER)
    assert log_in(client, who).redirect_chain[-1][0] == reverse("enrol")
    device = TOTPDevice.objects.get(user=who)
    assert client.get(reverse("enrol_picture")).headers["Content-Type"] == "image/svg+xml"
    assert client.post(reverse("enrol"), {"token": "000000"}).status_code == 422
    device.throttle_reset()
    answer = client.post(reverse("enrol"), {"token": digits(device)})
    assert answer.headers["Location"] == reverse("home")
    assert client.get(reverse("enrol_picture")).status_code == 404


def test_asks_for_the_digits_at_every_log_in_after(home: factories.House, clock: Any) -> None:
    client, who = Client(), colleague(Role.APPROVER)
    device = TOTPDevice.objects.create(user=who, confirmed=True)
    assert log_in(client, who).redirect_chain[-1][0] == reverse("second_factor")
    right = {"token": digits(device), "next": "/vandaag/"}
    assert client.post(reverse("second_factor"), right).headers["Location"] == "/vandaag/"
    assert client.post(reverse("second_factor"), right).status_code == 422, "digits work once"
    assert client.get(reverse("enrol")).headers["Location"] == reverse("second_factor")


def test_sends_a_colleague_to_the_desk(home: factories.House) -> None:
    client = Client()
    client.force_login(home.case_worker)
    assert client.get(reverse("home")).headers["Location"] == reverse("today")


@pytest.mark.parametrize("password", ["", "fout", "x" * 10_000])
def test_says_only_that_name_or_password_is_wrong(home: factories.House, password: str) -> None:
    who = colleague(Role.CASE_WORKER)
    known = Client().post(reverse("staff_login"), {"username": who.username, "password": password})
    unknown = Client().post(reverse("staff_login"), {"username": who.username, "password": password})
    assert known.status_code == unknown.status_code == 422
    assert "_auth_user_id" not in known.wsgi_request.session


def test_asks_a_resident_of_the_example_for_no_second_step(resident: Resident) -> None:
    assert resident.user is not None
    resident.user.set_password(PASSWORD)
    resident.user.save()
    assert log_in(Client(), resident.user).redirect_chain[-1][0] == reverse("resident_home")


def test_lets_no_resident_set_up_the_app_of_a_colleague(inside: Client) -> None:
    assert inside.get(reverse("enrol")).status_code == 404


@pytest.mark.parametrize("elsewhere", ["https://elders.example/", "//elders.example", "javascript:alert(1)"])
def test_sends_nobody_to_another_house(home: factories.House, resident: Resident, elsewhere: str) -> None:
    code = issue_letter_code(resident=resident, now=NOW, by=home.case_worker)
    answer = Client().post(reverse("login"), {"code": code, "next": elsewhere})
    assert answer.headers["Location"] == reverse("home")


def test_welcomes_people_before_the_town_is_set_up() -> None:
    assert Client().get(reverse("login")).status_code == 200


def test_draws_pictograms_itself_and_hides_them_from_screen_readers(inside: Client) -> None:
    page = inside.get(reverse("resident_home")).content.decode()
    assert page.count("<svg") == page.count('<svg viewBox="0 0 32 32" aria-hidden="true"') == 1
    drawings = Path("templates/components/pictograms")
    assert all("<text" not in drawing.read_text() for drawing in drawings.glob("*.svg"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_speaks_every_language_that_a_town_switches_on(language: str, settings: Any) -> None:
    settings.LANGUAGES = [(one.code, one.own_name) for one in LANGUAGES.values()]
    client = Client()
    client.post(reverse("language"), {"language": language})
    page = client.get(reverse("login")).content.decode()
    assert f'<html lang="{language}" dir="{LANGUAGES[language].direction}">' in page
    assert page.count('name="language"') == len(LANGUAGES)
    assert 'lang="nl" dir="ltr">Ga' not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_serves_the_resident_in_every_language(inside: Client, language: str, settings: Any) -> None:
    settings.LANGUAGES = [(one.code, one.own_name) for one in LANGUAGES.values()]
    inside.cookies["language"] = language
    for name in ("resident_home", "months", "why"):
        page = inside.get(reverse(name)).content.decode()
        assert f'<html lang="{language}"' in page
        assert '<span lang="nl"' not in page
