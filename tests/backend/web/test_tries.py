"""Guessing is slow, for the one who guesses; nobody can lock out another, and no answer tells what was wrong."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backend.models import Tries
from backend.web import tries
from budgeting.actions.people import issue_letter_code
from budgeting.models import AuditEvent, Resident, Role, User
from tests import databases, factories

PASSWORD = "een lang wachtwoord 12"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def who(home: factories.House) -> User:
    made = factories.user(Role.CASE_WORKER)
    made.set_password(PASSWORD)
    made.save()
    return made


@pytest.fixture
def resident(home: factories.House) -> Resident:
    return factories.resident(home)


def log_in(name: str, password: str, *, address: str = HERE, **more: str) -> int:
    client = Client(REMOTE_ADDR=address, **more)
    return client.post(reverse("staff_login"), {"username": name, "password": password}).status_code


def type_code(code: str, *, address: str = HERE) -> Any:
    return Client(REMOTE_ADDR=address, headers={"Accept-Language": "nl"}).post(reverse("login"), {"code": code})


def test_slows_down_who_guesses_a_password(who: User, monday_morning: Any) -> None:
    assert [log_in(who.username, "fout") for _ in range(6)] == [422] * 5 + [429]
    assert log_in(who.username, PASSWORD) == 429, "also the right one waits"
    monday_morning.shift(timedelta(minutes=1, seconds=1))
    assert log_in(who.username, "fout") == 422
    assert log_in(who.username, PASSWORD) == 429, "each wrong try waits longer"
    monday_morning.shift(timedelta(minutes=2, seconds=1))
    assert log_in(who.username, PASSWORD) == 302
    assert log_in(who.username, "fout") == 422, "a right one forgives the wrong ones before it"


def test_never_waits_longer_than_a_quarter_of_an_hour(who: User, monday_morning: Any) -> None:
    for _ in range(12):
        log_in(who.username, "fout")
        monday_morning.shift(timedelta(minutes=15, seconds=1))
    assert log_in(who.username, PASSWORD) == 302


def test_locks_out_nobody_by_the_tries_of_another(who: User) -> None:
    assert log_in(who.username, PASSWORD, address=HERE) == 302
    for number in range(60):
        log_in(who.username, "fout", address=f"198.51.100.{number}")
    assert log_in(who.username, "fout", address="203.0.113.9") == 429, "an account is guessed from everywhere"
    assert log_in(who.username, PASSWORD, address=HERE) == 302, "who came in from here still does"


def test_locks_out_no_colleague_by_the_next_desk(who: User) -> None:
    assert log_in(who.username, PASSWORD) == 302
    for number in range(25):
        last = log_in(f"niemand{number}", "fout")
    assert last == 429, "one address guesses at many accounts"
    assert log_in(who.username, PASSWORD) == 302


def test_cannot_be_reset_by_coming_in_with_an_own_account(who: User) -> None:
    assert log_in(who.username, PASSWORD) == 302
    for number in range(22):
        log_in(f"niemand{number}", "fout")
        log_in(who.username, PASSWORD)
    assert log_in("niemand99", "fout") == 429


def test_slows_down_who_guesses_codes_from_one_address_only(home: factories.House, resident: Resident) -> None:
    code = issue_letter_code(resident=resident, now=timezone.now(), by=home.case_worker)
    answers = [type_code(f"AAAAA {number:05d}").status_code for number in range(21)]
    assert answers == [422] * 20 + [429]
    assert type_code(code, address=ELSEWHERE).status_code == 302


def test_tells_how_long_to_wait_and_whom_to_call(resident: Resident) -> None:
    for number in range(21):
        answer = type_code(f"AAAAA {number:05d}")
    page = answer.content.decode()
    assert "Wacht 1 minuut." in page
    assert "14 030" in page
    assert answer.headers["Retry-After"] == "60"


def test_does_not_slow_down_a_library_in_which_everyone_types_right(home: factories.House) -> None:
    for _ in range(25):
        code = issue_letter_code(resident=factories.resident(home), now=timezone.now(), by=home.case_worker)
        assert type_code(code).status_code == 302


def test_does_the_same_work_for_a_name_it_knows_and_one_it_does_not(who: User, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    hasher = hashers.get_hasher()
    encode = type(hasher).encode
    monkeypatch.setattr(type(hasher), "encode", lambda self, *args: (encoded.append("x"), encode(self, *args))[1])
    work = []
    for name in (who.username, "niemand"):
        encoded.clear()
        with CaptureQueriesContext(connection) as asked:
            answer = Client(REMOTE_ADDR=HERE).post(reverse("staff_login"), {"username": name, "password": "fout"})
        work.append((answer.status_code, len(encoded), len(asked)))
    assert work[0] == work[1]
    assert work[0][1] == 1


def test_gives_one_answer_to_unknown_used_and_old_codes(home: factories.House, resident: Resident) -> None:
    now = timezone.now()
    used = issue_letter_code(resident=resident, now=now, by=home.case_worker)
    type_code(used)
    old = issue_letter_code(resident=resident, now=now - timedelta(days=15), by=home.case_worker)
    answers = []
    for code in ("AAAAA AAAAA", used, old):
        with CaptureQueriesContext(connection) as asked:
            answer = type_code(code)
        answers.append((answer.status_code, "Deze code werkt niet" in answer.content.decode(), len(asked)))
    assert len(set(answers)) == 1
    assert answers[0][:2] == (422, True)


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [("", HERE), ("203.0.113.5", "203.0.113.5"), ("1.1.1.1, 203.0.113.5", "203.0.113.5"), ("niets", "unknown")],
)
def test_believes_only_what_its_own_proxy_saw(settings: Any, forwarded: str, seen: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=HERE)
    assert tries.address_of(request) == HERE, "without a proxy nobody can say they are someone else"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert tries.address_of(request) == seen


def test_takes_an_ipv6_network_for_one_address() -> None:
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{number}") for number in (1, 2)]
    assert tries.address_of(requests[0]) == tries.address_of(requests[1])


def test_keeps_no_name_and_no_address_of_who_tried(who: User) -> None:
    log_in(who.username, "fout")
    kept = " ".join(str(value) for row in Tries.objects.values() for value in row.values())
    assert who.username not in kept
    assert HERE not in kept


def test_writes_down_that_someone_was_slowed(who: User) -> None:
    for _ in range(6):
        log_in(who.username, "fout")
    event = AuditEvent.objects.get(action="login.slowed")
    assert (event.actor, event.resident_id) == ("system", None)


def test_forgets_tries_after_a_month(who: User, monday_morning: Any) -> None:
    log_in("niemand", "fout")
    before = Tries.objects.count()
    monday_morning.shift(timedelta(days=31))
    log_in(who.username, "fout", address=ELSEWHERE)
    assert Tries.objects.count() == before


def test_counts_sixteen_tries_at_once_as_sixteen(own_database: databases.OwnDatabase) -> None:
    name = "iedereen"

    def guess(number: int) -> int:
        try:
            request = RequestFactory().post("/", REMOTE_ADDR=HERE)
            return tries.minutes_to_wait(tries.with_password(request, name), now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(guess, range(16)))
    assert waits.count(0) == 5
    assert set(waits) == {0, 1}
