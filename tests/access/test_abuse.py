"""Stories of abuse: what somebody tries who should not, and that it is refused, without telling more than it must."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from budgeting.actions.people import NotAValidCode, issue_letter_code, redeem_letter_code
from budgeting.models import Resident, Role, RoleGrant, User
from tests import databases, factories
from tests.backend.web.desk import ON, batch_of, code, signed_in
from tests.factories import House

PASSWORD = "een lang wachtwoord 12"


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


@pytest.fixture
def resident(home: House) -> Resident:
    return factories.resident(home)


def inside(user: User) -> Client:
    client = Client(headers={"Accept-Language": "nl"})
    client.force_login(user)
    return client


def colleague(*roles: str) -> User:
    user = factories.user(*roles)
    user.set_password(PASSWORD)
    user.save()
    return user


def test_leaves_nothing_open_for_a_stolen_cookie_after_stopping(resident: Resident) -> None:
    mine = inside(resident.user)
    mine.get("/mijn-geld/")
    stolen = Client()
    stolen.cookies = mine.cookies.copy()
    mine.post("/stoppen/")
    assert stolen.get("/mijn-geld/").status_code == 302


def test_gives_another_session_at_the_door_than_the_one_that_was_planted(home: House, resident: Resident) -> None:
    planted = Client()
    planted.get("/inloggen/")
    session = planted.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    letter = issue_letter_code(resident=resident, now=timezone.now(), by=home.case_worker)
    planted.cookies["session"] = before
    planted.post("/inloggen/", {"code": letter})
    assert planted.session.session_key != before


def test_shuts_out_an_account_that_is_switched_off_while_logged_in(home: House) -> None:
    worker = signed_in(home.case_worker)
    assert worker.get("/vandaag/").status_code == 200
    User.objects.filter(pk=home.case_worker.pk).update(is_active=False)
    assert worker.get("/vandaag/").status_code in {302, 403}


def test_shuts_out_who_had_a_role_until_yesterday(home: House) -> None:
    worker = signed_in(home.case_worker)
    RoleGrant.objects.filter(user=home.case_worker).update(valid_until=ON)
    assert worker.get("/vandaag/").status_code == 403


def test_lets_a_case_worker_see_nobody_any_more_from_the_day_the_assignment_ends(
    home: House, resident: Resident
) -> None:
    worker = signed_in(home.case_worker)
    assert worker.get(f"/inwoners/{resident.pk}/").status_code == 200
    resident.assignments.update(valid_until=ON)
    assert worker.get(f"/inwoners/{resident.pk}/").status_code == 404


@pytest.mark.parametrize(
    "away",
    [
        "https://kwaad.example/",
        "//kwaad.example/",
        "///kwaad.example",
        "/\\kwaad.example",
        "javascript:alert(1)",
        "http:kwaad.example",
        "\thttps://kwaad.example",
        "https://testserver@kwaad.example/",
    ],
)
def test_sends_nobody_to_another_house_after_logging_in(home: House, resident: Resident, away: str) -> None:
    letter = issue_letter_code(resident=resident, now=timezone.now(), by=home.case_worker)
    answer = Client().post("/inloggen/", {"code": letter, "next": away})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    "host", ["kwaad.example", "testserver.kwaad.example", "testserver:80@kwaad.example", "tests erver"]
)
def test_answers_no_forged_host(db: None, host: str) -> None:
    assert Client(HTTP_HOST=host).get("/inloggen/").status_code == 400


def test_believes_no_forwarded_host(home: House) -> None:
    answer = Client(HTTP_X_FORWARDED_HOST="kwaad.example").get("/.well-known/security.txt")
    assert b"kwaad" not in answer.content
    assert b"Contact: " in answer.content


def test_takes_no_form_without_its_own_token(home: House, resident: Resident) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(resident.user)
    for page in ("begin_together", "help_code", "stop_helper", "choices", "stop"):
        assert strict.post(reverse(page)).status_code == 403, page


def test_takes_no_form_with_the_token_of_somebody_else(home: House, resident: Resident) -> None:
    strict, other = Client(enforce_csrf_checks=True), Client()
    strict.force_login(resident.user)
    strict.get("/mijn-geld/")
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', other.get("/inloggen/").content.decode())
    assert token
    assert strict.post("/mijn-geld/hulp/samen/", {"csrfmiddlewaretoken": token[1]}).status_code == 403


def test_takes_no_body_that_is_too_big(home: House) -> None:
    big = {"code": "A" * (3 * 1024 * 1024)}
    assert Client().post("/inloggen/", big, content_type="application/x-www-form-urlencoded").status_code in {400, 413}
    assert Client().post("/inloggen/", {f"f{number}": "x" for number in range(5000)}).status_code in {400, 413}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
def test_takes_no_method_that_a_page_does_not_have(resident: Resident, method: str) -> None:
    answer = inside(resident.user).generic(method, "/mijn-geld/", HTTP_X_HTTP_METHOD_OVERRIDE="GET")
    assert answer.status_code == 405


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "1'--", "../1", "%00", "1%0d%0aSet-Cookie:x"])
def test_finds_nothing_under_an_odd_number(home: House, number: str) -> None:
    answer = signed_in(home.case_worker).get(f"/inwoners/{number}/")
    assert answer.status_code in {302, 404}
    assert "Set-Cookie:x" not in str(answer.headers)


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "{{ 7|add:7 }}", "%s%s%n", "' OR 1=1 --", "\u202egnp.exe"]
)
def test_shows_what_was_typed_as_words_only(home: House, typed: str) -> None:
    page = signed_in(home.case_worker).get("/inwoners/", {"q": typed}).content.decode()
    assert "<script>alert(1)" not in page
    assert ">14<" not in page


def test_gives_a_colleague_no_desk_by_a_password_alone(home: House) -> None:
    user = colleague(Role.CASE_WORKER)
    client = Client()
    client.post("/inloggen/medewerker/", {"username": user.username, "password": PASSWORD})
    assert client.get("/inwoners/").status_code == 302


def test_gives_a_volunteer_nothing_by_a_password_alone(home: House) -> None:
    user = colleague(Role.VOLUNTEER)
    client = Client()
    client.post("/inloggen/medewerker/", {"username": user.username, "password": PASSWORD})
    assert client.get("/helpen/").headers["Location"].startswith("/inloggen/tweede-stap/")


def test_takes_a_code_of_an_app_once(home: House) -> None:
    user = colleague(Role.CASE_WORKER)
    signed_in(user)
    digits = code(user)
    first, again = (Client() for _ in range(2))
    answers = []
    for client in (first, again):
        client.post("/inloggen/medewerker/", {"username": user.username, "password": PASSWORD})
        answers.append(client.post("/inloggen/tweede-stap/", {"token": digits}).status_code)
    assert answers == [302, 422]


def test_replaces_no_app_by_another_from_the_desk_of_who_is_logged_in(home: House) -> None:
    user = colleague(Role.CASE_WORKER)
    worker = signed_in(user)
    before = TOTPDevice.objects.get(user=user).key
    worker.get("/inloggen/app/")
    worker.post("/inloggen/app/", {"token": "000000"})
    assert TOTPDevice.objects.get(user=user, confirmed=True).key == before


def test_lets_exactly_one_of_sixteen_in_with_one_letter(own_database: databases.OwnDatabase) -> None:
    home = factories.house()
    who = factories.resident(home)
    letter = issue_letter_code(resident=who, now=timezone.now(), by=home.case_worker)

    def come_in(_: int) -> bool:
        try:
            redeem_letter_code(code=letter, now=timezone.now())
        except NotAValidCode:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(come_in, range(16))) == 1


def test_takes_the_digits_of_an_app_once_of_sixteen_at_once(own_database: databases.OwnDatabase) -> None:
    user = colleague(Role.CASE_WORKER)
    signed_in(user)
    digits = code(user)
    clients = [Client() for _ in range(16)]
    for client in clients:
        client.force_login(user)

    def show(client: Client) -> int:
        try:
            return client.post("/inloggen/tweede-stap/", {"token": digits}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(show, clients)).count(302) == 1


def test_lets_nobody_release_or_approve_by_the_address_alone(home: House) -> None:
    factories.charge(home, factories.resident(home, money="700.00"), amount="612.40")
    batch = batch_of(home)
    maker = signed_in(home.case_worker, fresh=True)
    for step in ("goedkeuren", "versturen"):
        assert maker.post(f"/betalen/bestand/{batch.pk}/{step}/", {"digest": batch.digest}).status_code == 403
    batch.refresh_from_db()
    assert batch.state == "draft"


def test_keeps_who_waits_for_a_yes_from_seeing_anything_by_the_address(home: House, resident: Resident) -> None:
    helper = signed_in(factories.user(Role.VOLUNTEER))
    for page in ("/mijn-geld/", "/inwoners/", f"/inwoners/{resident.pk}/", "/vandaag/", "/betalen/", "/toegang/"):
        assert helper.get(page).status_code == 403, page


def test_ends_the_stay_of_a_volunteer_after_five_idle_minutes(
    home: House, monday_morning: time_machine.Traveller
) -> None:
    helper = signed_in(factories.user(Role.VOLUNTEER))
    assert helper.get("/helpen/").status_code == 200
    monday_morning.shift(timedelta(minutes=5, seconds=1))
    assert helper.get("/helpen/").status_code == 302


def test_tells_the_same_of_a_resident_who_is_not_yours_and_one_who_is_nobody(home: House, resident: Resident) -> None:
    worker = signed_in(factories.user(Role.CASE_WORKER))
    for place in ("", "gegevens/", "meekijken/", "balie/", "rekening/"):
        theirs, nobodys = (worker.get(f"/inwoners/{number}/{place}") for number in (resident.pk, 987654))
        assert theirs.status_code == nobodys.status_code == 404, place


def test_writes_down_no_code_password_or_number_in_what_is_kept_for_ever(home: House, resident: Resident) -> None:
    letter = issue_letter_code(resident=resident, now=timezone.now(), by=home.case_worker)
    Client().post("/inloggen/", {"code": letter})
    Client().post("/inloggen/medewerker/", {"username": "x", "password": PASSWORD})
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(concat_ws(' ', actor, action, subject, body), ' ') FROM audit_event")
        kept = cursor.fetchone()[0]
    assert letter.replace(" ", "") not in kept.replace(" ", "")
    assert PASSWORD not in kept


def test_shows_no_trace_of_itself_when_something_breaks(resident: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr("backend.web.resident.own_facts", broken)
    client = Client(raise_request_exception=False)
    client.force_login(resident.user)
    answer = client.get("/mijn-geld/")
    assert answer.status_code == 500
    assert "geheim" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
