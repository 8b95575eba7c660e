"""Roles with a second person, files opened for a reason, the counter, the BSN, and what a resident may ask of us."""

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from budgeting.actions import numbers
from budgeting.actions.glass import NotYours, review_glass
from budgeting.actions.helping import welcome
from budgeting.actions.numbers import NoNumber, NumberIsKnown, keep_number, number_of, resident_with
from budgeting.actions.retention import destroy_what_is_due, overdue
from budgeting.actions.rights import NotErasedYet, erase, restrict
from budgeting.actions.roles import NeedsAnother, decide_role, give_role
from budgeting.core.bsn import NotABsn, bsn
from budgeting.models import (
    AuditEvent,
    BreakGlass,
    PersonalNumber,
    Resident,
    ResidentKey,
    Role,
    RoleGrant,
    RoleProposal,
    User,
)
from budgeting.models.encryption import CannotUnseal
from tests import databases, factories
from tests.backend.web.desk import ON, signed_in
from tests.factories import House

BSN = "111222333"  # of the numbers that are never given to anybody
NOW = timezone.now


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


@pytest.fixture
def manager(home: House) -> User:
    return factories.user(Role.APPLICATION_MANAGER)


def text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_gives_a_volunteer_at_once_and_an_approver_with_a_second_person(home: House, manager: User) -> None:
    someone, second = factories.user(), factories.user(Role.APPLICATION_MANAGER)
    mine, theirs = signed_in(manager), signed_in(second)
    mine.post("/toegang/", {"username": someone.username, "role": "volunteer"})
    mine.post("/toegang/", {"username": someone.username, "role": "approver"})
    assert set(RoleGrant.objects.filter(user=someone).values_list("role", flat=True)) == {"volunteer"}
    proposal = RoleProposal.objects.get()
    assert "Iemand anders moet" in text(mine.post(f"/toegang/voorstel/{proposal.pk}/", {"agree": "yes"}, follow=True))
    theirs.post(f"/toegang/voorstel/{proposal.pk}/", {"agree": "yes"})
    assert RoleGrant.objects.filter(user=someone, role="approver").exists()


def test_refuses_the_same_human_being_as_second_person_for_a_role(home: House) -> None:
    first = factories.user(Role.APPLICATION_MANAGER, person="P-one")
    again = factories.user(Role.APPLICATION_MANAGER, person="P-one")
    proposal = give_role(user=factories.user(), role="approver", now=NOW(), on=ON, by=first)
    with pytest.raises(NeedsAnother):
        decide_role(proposal=proposal, agreed=True, now=NOW(), on=ON, by=again)
    with pytest.raises(NeedsAnother):
        give_role(user=again, role="auditor", now=NOW(), on=ON, by=first)


def test_gives_a_role_once_however_many_agree_at_once(own_database: databases.OwnDatabase) -> None:
    managers = [factories.user(Role.APPLICATION_MANAGER) for _ in range(17)]
    proposal = give_role(user=factories.user(), role="approver", now=NOW(), on=ON, by=managers.pop())

    def agree(by: User) -> bool:
        try:
            return decide_role(proposal=proposal, agreed=True, now=NOW(), on=ON, by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(agree, managers)) == 1
    assert RoleGrant.objects.filter(role="approver").count() == 1


def test_shuts_every_door_on_who_is_logged_in_when_a_role_ends(home: House, manager: User) -> None:
    worker = signed_in(home.case_worker)
    assert worker.get("/inwoners/").status_code == 200
    signed_in(manager).post(f"/toegang/rol/{RoleGrant.objects.get(user=home.case_worker).pk}/einde/")
    assert worker.get("/inwoners/").status_code == 403


def test_lets_an_auditor_see_roles_and_give_none(home: House) -> None:
    auditor = signed_in(factories.user(Role.AUDITOR))
    assert "Wie heeft welke rol" in text(auditor.get("/toegang/"))
    assert auditor.post("/toegang/", {"username": home.approver.username, "role": "auditor"}).status_code == 404
    assert not RoleProposal.objects.exists()


def test_opens_a_file_for_a_reason_that_the_resident_reads_and_another_judges(home: House, manager: User) -> None:
    who, other = factories.resident(home), factories.user(Role.CASE_WORKER)
    worker = signed_in(other)
    assert worker.get(f"/inwoners/{who.pk}/").status_code == 404
    assert worker.post("/inwoners/openen/", {"number": who.number, "reason": "ziek"}).status_code == 422
    worker.post("/inwoners/openen/", {"number": who.number, "reason": "Vervangt een zieke collega"})
    assert worker.get(f"/inwoners/{who.pk}/").status_code == 200
    mine = Client(headers={"Accept-Language": "nl"})
    mine.force_login(who.user)
    assert "De reden: " in text(mine.get("/mijn-geld/gekeken/"))
    assert "Vervangt een zieke collega" in text(mine.get("/mijn-geld/gekeken/"))

    page = text(signed_in(manager).get("/toegang/geopend/"))
    assert who.number in page
    assert who.last_name not in page, "whoever judges needs no name"
    row = BreakGlass.objects.get()
    with pytest.raises(NotYours):
        review_glass(row=row, was_right=True, remark="", now=NOW(), by=other)
    signed_in(manager).post(f"/toegang/geopend/{row.pk}/", {"right": "no"})
    assert BreakGlass.objects.get().was_right is False


def test_closes_an_opened_file_at_midnight(home: House, monday_morning: time_machine.Traveller) -> None:
    who, other = factories.resident(home), factories.user(Role.CASE_WORKER)
    signed_in(other).post("/inwoners/openen/", {"number": who.number, "reason": "Vervangt een zieke collega"})
    monday_morning.shift(timedelta(hours=14, minutes=1))
    assert signed_in(other).get(f"/inwoners/{who.pk}/").status_code == 404


def test_shows_the_resident_their_own_page_on_the_second_screen_and_hides_it(
    home: House, monday_morning: time_machine.Traveller
) -> None:
    who = factories.resident(home, money="300.00", language="tr")
    desk = signed_in(home.case_worker)
    assert "Welkom" in text(desk.get("/balie/scherm/"))
    assert desk.post(f"/inwoners/{who.pk}/balie/", {"reason": "question"}).status_code == 422, "who is it?"
    desk.post(f"/inwoners/{who.pk}/balie/", {"reason": "question", "seen": "on"})
    screen = desk.get("/balie/scherm/")
    assert 'lang="tr"' in text(screen)
    assert "300,00" in text(screen)
    monday_morning.shift(timedelta(minutes=2))
    desk.get("/balie/scherm/")
    monday_morning.shift(timedelta(minutes=1, seconds=5))
    assert "300,00" not in text(desk.get("/balie/scherm/")), "the screen itself is no work at the desk"
    desk.get(f"/inwoners/{who.pk}/")
    assert "300,00" in text(desk.get("/balie/scherm/"))
    desk.post("/balie/klaar/")
    assert "300,00" not in text(desk.get("/balie/scherm/"))


def test_clears_the_screen_for_the_next_resident(home: House) -> None:
    first, second = factories.resident(home, money="300.00"), factories.resident(home, money="77.00")
    for who in (first, second):
        welcome(resident=who, reason="question", interpreter=False, now=NOW(), by=home.case_worker)
    desk = signed_in(home.case_worker)
    desk.post(f"/inwoners/{second.pk}/balie/", {"reason": "question", "seen": "on"})
    page = text(desk.get("/balie/scherm/"))
    assert "300,00" not in page
    assert "77,00" in page


@pytest.mark.parametrize("wrong", ["", "12345678", "111222334", "000000000", "11122233a", "١١١٢٢٢٣٣٣", "1112223330"])
def test_takes_no_number_that_is_no_bsn(wrong: str) -> None:
    with pytest.raises(NotABsn) as refused:
        bsn(wrong)
    assert not wrong or wrong not in str(refused.value)


def test_keeps_a_leading_zero_of_a_bsn() -> None:
    assert bsn("0 1234 5672") == "012345672"


def test_keeps_a_bsn_sealed_and_finds_it_without_opening_any(home: House) -> None:
    who = factories.resident(home)
    keep_number(resident=who, number="111 222 333", basis="Participatiewet", now=NOW(), by=home.case_worker)
    assert number_of(who) == BSN
    assert resident_with(BSN) == who
    kept = b"".join(bytes(row.sealed) + row.index.encode() for row in PersonalNumber.objects.all())
    assert BSN.encode() not in kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(body, '') FROM audit_event")
        assert BSN not in cursor.fetchone()[0]


def test_tells_nobody_that_another_resident_has_a_bsn(home: House) -> None:
    who, other = factories.resident(home), factories.resident(home)
    keep_number(resident=who, number=BSN, basis="Participatiewet", now=NOW(), by=home.case_worker)
    with pytest.raises(NumberIsKnown):
        keep_number(resident=other, number=BSN, basis="Participatiewet", now=NOW(), by=home.case_worker)
    desk = signed_in(home.case_worker)
    known, wrong = (
        text(desk.post(f"/inwoners/{other.pk}/gegevens/bsn/", {"number": typed, "basis": "x"}))
        for typed in (BSN, "123456789")
    )
    assert "Dit BSN klopt niet." in known
    assert "Dit BSN klopt niet." in wrong
    assert BSN not in known


def test_opens_no_bsn_that_was_moved_to_another_resident(home: House) -> None:
    who, other = factories.resident(home), factories.resident(home)
    keep_number(resident=who, number=BSN, basis="x", now=NOW(), by=home.case_worker)
    keep_number(resident=other, number="012345672", basis="x", now=NOW(), by=home.case_worker)
    sealed = PersonalNumber.objects.get(resident=who).sealed
    PersonalNumber.objects.filter(resident=other).update(sealed=sealed)
    with pytest.raises(CannotUnseal):
        number_of(other)


def test_reads_every_bsn_after_the_towns_key_was_renewed(home: House, settings: Any) -> None:
    who = factories.resident(home)
    keep_number(resident=who, number=BSN, basis="x", now=NOW(), by=home.case_worker)
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = (b"n" * 32, *old)
    told = StringIO()
    call_command("rotate_keys", "--json", stdout=told)
    assert json.loads(told.getvalue()) == {"wrapped": 1}
    settings.FIELD_KEYS = (b"n" * 32,)
    assert number_of(who) == BSN


def test_shows_a_bsn_only_after_the_look_is_written(home: House, caplog: pytest.LogCaptureFixture) -> None:
    who = factories.resident(home)
    keep_number(resident=who, number=BSN, basis="x", now=NOW(), by=home.case_worker)
    desk = signed_in(home.case_worker)
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        assert BSN not in text(desk.get(f"/inwoners/{who.pk}/gegevens/"))
        assert BSN in text(desk.post(f"/inwoners/{who.pk}/gegevens/bsn/", {"show": "1"}))
    assert AuditEvent.objects.filter(action="looked", body__contains='"page":"number"').exists()
    assert BSN not in caplog.text
    for role in (Role.FRONT_DESK, Role.APPROVER, Role.AUDITOR, Role.APPLICATION_MANAGER, Role.VOLUNTEER):
        other = signed_in(factories.user(role))
        assert other.post(f"/inwoners/{who.pk}/gegevens/bsn/", {"show": "1"}).status_code == 403


def test_gives_a_copy_of_everything_without_codes_or_keys(home: House) -> None:
    who = factories.resident(home, money="20.00")
    keep_number(resident=who, number=BSN, basis="x", now=NOW(), by=home.case_worker)
    desk = signed_in(home.case_worker)
    answer = desk.post(f"/inwoners/{who.pk}/gegevens/kopie/", {"as": "file"})
    copied = json.loads(answer.content)
    assert copied["resident"]["last_name"] == who.last_name
    assert copied["posting"]
    assert BSN not in text(answer)
    assert "wrapped" not in text(answer)
    assert who.last_name in text(desk.post(f"/inwoners/{who.pk}/gegevens/kopie/", {"as": "paper"}))
    assert AuditEvent.objects.filter(action="looked", body__contains='"page":"copy"').count() == 2


def test_corrects_a_person_and_writes_down_only_which_fields(home: House) -> None:
    who = factories.resident(home, phone="0612345678")
    details = {"first_names": "Noor", "last_name": who.last_name, "phone": "0698765432"}
    desk = signed_in(home.case_worker)
    desk.post(f"/inwoners/{who.pk}/gegevens/", details)
    who.refresh_from_db()
    assert (who.first_names, who.phone) == ("Noor", "0698765432")
    event = AuditEvent.objects.filter(action="privacy.correct").get()
    assert "0698765432" not in event.body
    assert desk.post(f"/inwoners/{who.pk}/gegevens/", details).status_code == 422, "nothing to correct any more"


def test_writes_nothing_over_what_a_colleague_corrected_in_another_window(home: House) -> None:
    who = factories.resident(home, phone="0612345678", street="Lindelaan 1", birth_date=date(1980, 5, 5))
    desk, address = signed_in(home.case_worker), f"/inwoners/{who.pk}/gegevens/"
    form = desk.get(address).context["form"]
    was = {name: form[name].value() or "" for name in form.fields}
    page = was | {f"initial-{name}": value for name, value in was.items()}
    assert desk.post(address, page | {"phone": "0698765432"}).status_code == 302

    assert desk.post(address, page | {"street": "Kade 2"}).status_code == 302
    who.refresh_from_db()
    assert (who.phone, who.street) == ("0698765432", "Kade 2"), "the other field stays as the colleague left it"

    refused = desk.post(address, page | {"phone": "0611111111"})
    told = text(refused)
    assert refused.status_code == 422
    assert "Een collega veranderde dit intussen: Telefoonnummer: 0698765432." in told
    assert 'value="0611111111"' in told
    again = {f"initial-{name}": value for name, value in was.items()} | {"initial-phone": "0698765432"}
    assert desk.post(address, was | again | {"phone": "0611111111", "street": "Kade 2"}).status_code == 302
    who.refresh_from_db()
    assert who.phone == "0611111111"
    assert desk.post(address, page | {"initial-birth_date": "x", "birth_date": "1981-05-05"}).status_code == 422


def test_shows_a_restricted_file_to_the_own_case_worker_only(home: House) -> None:
    who = factories.resident(home)
    front = signed_in(factories.user(Role.FRONT_DESK))
    assert front.get(f"/inwoners/{who.pk}/").status_code == 200
    restrict(resident=who, reason="", on=ON, by=home.case_worker)
    assert front.get(f"/inwoners/{who.pk}/").status_code == 404
    assert signed_in(home.case_worker).get(f"/inwoners/{who.pk}/").status_code == 200
    signed_in(home.case_worker).post(f"/inwoners/{who.pk}/gegevens/verzoek/", {"what": "lift"})
    assert front.get(f"/inwoners/{who.pk}/").status_code == 200


def test_erases_nothing_of_who_takes_part_and_within_the_law_after(home: House) -> None:
    who = factories.resident(home, phone="0612345678", street="Zwaluwlaan 7")
    keep_number(resident=who, number=BSN, basis="x", now=NOW(), by=home.case_worker)
    with pytest.raises(NotErasedYet):
        erase(resident=who, reason="", now=NOW(), on=ON, by=home.case_worker)
    Resident.objects.filter(pk=who.pk).update(ends_on=ON)
    who.refresh_from_db()
    answer = erase(resident=who, reason="wil niet meer", now=NOW(), on=ON, by=home.case_worker)
    assert answer["books"] == "2034-01-01"
    who.refresh_from_db()
    assert (who.phone, who.street) == ("", "")
    assert not ResidentKey.objects.exists()
    with pytest.raises(NoNumber):
        number_of(who)
    assert resident_with(BSN) is None


def test_opens_no_kept_number_once_the_key_is_destroyed(home: House) -> None:
    """Also not from a copy of the sealed number that was made before."""
    who = factories.resident(home)
    keep_number(resident=who, number=BSN, basis="x", now=NOW(), by=home.case_worker)
    row = PersonalNumber.objects.get()
    copied = {
        "sealed": bytes(row.sealed),
        "index": row.index,
        "basis": "x",
        "added_by": row.added_by,
        "added_at": NOW(),
    }
    numbers.destroy_key(resident=who, because="erased", by=None)
    PersonalNumber.objects.create(resident=who, **copied)
    with pytest.raises(NoNumber):
        number_of(who)


@pytest.mark.parametrize(("on", "due"), [(date(2033, 12, 31), 0), (date(2034, 1, 2), 1)])
def test_makes_names_nameless_seven_years_after_the_year_and_not_a_day_before(home: House, on: date, due: int) -> None:
    who = factories.resident(home)
    Resident.objects.filter(pk=who.pk).update(ends_on=date(2026, 5, 1))
    assert overdue(on=on)["names"] == due
    done = {one.id: one for one in destroy_what_is_due(on=on, by=None)}
    assert (done["names"].destroyed, done["names"].left) == (due, 0)
    who.refresh_from_db()
    assert (who.last_name == "-") is bool(due)


def test_destroys_once_and_proves_it(home: House) -> None:
    who = factories.resident(home, phone="0612345678")
    keep_number(resident=who, number=BSN, basis="x", now=NOW(), by=home.case_worker)
    Resident.objects.filter(pk=who.pk).update(ends_on=date(2024, 5, 1), starts_on=date(2024, 1, 1))
    told = StringIO()
    call_command("retention", "--apply", "--json", stdout=told)
    rules = {rule["id"]: rule for rule in json.loads(told.getvalue())["rules"]}
    assert {name: rules[name]["destroyed"] for name in ("contact", "number")} == {"contact": 1, "number": 1}
    assert not any(rule["left"] for rule in rules.values())
    event = AuditEvent.objects.get(action="retention.destroyed")
    assert rules["contact"]["digest"] in event.body
    assert not any(one.destroyed for one in destroy_what_is_due(on=ON, by=None)), "a second run has nothing to do"


def test_switches_codes_on_paper_on_by_the_manager_only(home: House, manager: User) -> None:
    who = factories.resident(home, birth_date=date(1980, 5, 5))
    worker = signed_in(home.case_worker)
    assert worker.post(f"/inwoners/{who.pk}/papiercode/").status_code == 404
    assert worker.post("/toegang/papiercodes/", {"on": "1"}).status_code == 403
    signed_in(manager).post("/toegang/papiercodes/", {"on": "1"})
    assert re.search(r"\b[0-9A-Z]{5} [0-9A-Z]{5}\b", text(worker.post(f"/inwoners/{who.pk}/papiercode/")))
    assert AuditEvent.objects.filter(action="paper_codes.switched", actor=manager.username).exists()
