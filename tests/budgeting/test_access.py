"""Who may do what, for whom, on which day: the whole table, and every edge of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from budgeting import access
from budgeting.access import (
    ABILITIES,
    NotAllowed,
    OwnFile,
    check_may,
    is_staff,
    let_in_of,
    may,
    may_see,
    needs_second_factor,
    own_file,
    own_files,
    roles_of,
    visible_residents,
)
from budgeting.models import Assignment, BreakGlass, LetIn, PrivacyRequest, Role, RoleGrant, User
from budgeting.models.prepared import Question
from tests import factories
from tests.factories import ON

NOW, HOUR = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam")), timedelta(hours=1)
YESTERDAY, TOMORROW = ON - timedelta(days=1), ON + timedelta(days=1)
# Written once more, by hand: a right that is given or taken by mistake must be noticed.
TABLE = {
    "use_desk": {"case_worker", "front_desk", "approver", "application_manager", "auditor"},
    "see_own_story": {"resident"},
    "see_residents": {"case_worker", "front_desk", "system"},
    "change_residents": {"case_worker", "system"},
    "change_agreements": {"case_worker", "system"},
    "import_statements": {"case_worker", "application_manager", "system"},
    "decide_entries": {"case_worker", "system"},
    "see_payments": {"case_worker", "approver", "auditor", "system"},
    "assemble_batch": {"case_worker", "system"},
    "approve_batch": {"approver"},
    "release_batch": {"approver"},
    "decide_shortage": {"case_worker"},
    "propose_write_off": {"case_worker"},
    "approve_write_off": {"approver"},
    "confirm_account": {"case_worker", "approver"},
    "propose_limit": {"case_worker", "approver", "application_manager"},
    "confirm_limit": {"approver", "application_manager"},
    "ask_reopening": {"case_worker", "approver"},
    "close_month": {"approver"},
    "change_settings": {"application_manager"},
    "verify_books": {"auditor", "system"},
    "break_glass": {"case_worker"},
    "review_glass": {"application_manager"},
    "answer_for_resident": {"case_worker"},
    "welcome_at_counter": {"case_worker", "front_desk"},
    "take_paper_code": {"front_desk", "volunteer"},
    "look_along": {"volunteer"},
    "see_who_trusts": {"legal_representative", "trusted_person"},
    "see_access": {"application_manager", "auditor"},
    "give_roles": {"application_manager"},
}


@pytest.fixture
def home(db):
    return factories.house()


@pytest.mark.parametrize("ability", TABLE)
def test_gives_each_ability_to_exactly_these_roles(ability):
    assert {str(role) for role, abilities in ABILITIES.items() if ability in abilities} == TABLE[ability]


def test_lists_every_ability_there_is():
    assert frozenset().union(*ABILITIES.values()) == set(TABLE)


def test_gives_no_role_a_way_to_money_alone():
    for abilities in ABILITIES.values():
        assert not {"assemble_batch", "approve_batch"} <= abilities
        assert not {"propose_write_off", "approve_write_off"} <= abilities


def test_knows_every_role_and_lets_helpers_do_nothing_at_the_desk():
    assert set(ABILITIES) == set(Role)
    for role in (Role.VOLUNTEER, Role.TRUSTED_PERSON, Role.LEGAL_REPRESENTATIVE):
        assert "use_desk" not in ABILITIES[role]


@pytest.mark.parametrize("role", Role)
def test_lets_a_role_do_what_the_table_says_and_names_what_it_refuses(home, role):
    user = factories.user(role)

    for ability, roles in TABLE.items():
        allowed = str(role) in roles
        assert may(user, ability, on=ON) is allowed
        if allowed:
            check_may(user, ability, on=ON)
        else:
            with pytest.raises(NotAllowed) as refusal:
                check_may(user, ability, on=ON)
            assert refusal.value.ability == ability
            assert str(refusal.value) == f"not allowed: {ability}"


@pytest.mark.parametrize("role", Role)
def test_counts_five_roles_as_staff(home, role):
    working_here = {"case_worker", "front_desk", "approver", "application_manager", "auditor"}

    user = factories.user(role)

    assert is_staff(user, on=ON) is (str(role) in working_here)
    assert (user.pk in access.staff(on=ON)) is (str(role) in working_here)


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (ON, None, True),
        (TOMORROW, None, False),
        (YESTERDAY, ON, False),
        (YESTERDAY, TOMORROW, True),
        (date(2020, 1, 1), YESTERDAY, False),
    ],
)
def test_lets_a_role_hold_from_its_first_day_until_before_its_last(home, since, until, holds):
    user = factories.user()
    RoleGrant.objects.create(user=user, role=Role.APPROVER, valid_from=since, valid_until=until)

    assert may(user, "approve_batch", on=ON) is holds
    assert is_staff(user, on=ON) is holds
    assert roles_of(user, on=ON) == ({"approver"} if holds else frozenset())


def test_adds_up_what_several_roles_let_a_person_do(home):
    user = factories.user(Role.APPROVER, Role.AUDITOR)

    assert roles_of(user, on=ON) == {"approver", "auditor"}
    assert may(user, "approve_batch", on=ON)
    assert may(user, "verify_books", on=ON)
    assert not may(user, "assemble_batch", on=ON)


def test_lets_nobody_in_who_is_switched_off_unknown_or_without_a_role(home):
    away = factories.user(Role.FRONT_DESK, is_active=False)
    stranger = User(username="nobody")
    for user in (away, stranger, factories.user()):
        assert roles_of(user, on=ON) == frozenset()
        assert not may(user, "use_desk", on=ON)
        assert not is_staff(user, on=ON)
    for user in (away, factories.user()):
        assert not may_see(user, factories.resident(home), on=ON)


def test_refuses_what_nobody_has_heard_of(home):
    for role in Role:
        assert not may(factories.user(role), "do_anything", on=ON)


def test_shows_a_resident_their_own_file_only(home):
    one, other = (factories.resident(home) for _ in range(2))

    assert list(visible_residents(one.user, on=ON)) == [one]
    assert may_see(one.user, one, on=ON)
    assert not may_see(one.user, other, on=ON)


def test_shows_no_own_file_to_who_is_no_resident_any_more(home):
    one = factories.resident(home)
    RoleGrant.objects.filter(user=one.user).update(valid_until=ON)

    assert may_see(one.user, one, on=YESTERDAY)
    assert not may_see(one.user, one, on=ON)


@pytest.mark.parametrize(
    ("since", "until", "seen"),
    [(ON, None, True), (TOMORROW, None, False), (YESTERDAY, ON, False), (YESTERDAY, TOMORROW, True)],
)
def test_shows_a_case_worker_whom_they_look_after_that_day(home, since, until, seen):
    who, other = (factories.resident(home) for _ in range(2))
    worker = factories.user(Role.CASE_WORKER)
    Assignment.objects.create(case_worker=worker, resident=who, valid_from=since, valid_until=until)

    assert list(visible_residents(worker, on=ON)) == ([who] if seen else [])
    assert may_see(worker, who, on=ON) is seen
    assert not may_see(worker, other, on=ON)


def test_shows_a_case_worker_who_is_a_resident_both(home):
    own, other = (factories.resident(home) for _ in range(2))
    RoleGrant.objects.create(user=own.user, role=Role.CASE_WORKER, valid_from=ON)
    Assignment.objects.create(case_worker=own.user, resident=other, valid_from=ON)

    assert set(visible_residents(own.user, on=ON)) == {own, other}


def test_shows_a_case_worker_who_was_a_resident_no_own_file(home):
    own, other = (factories.resident(home) for _ in range(2))
    RoleGrant.objects.filter(user=own.user).update(valid_until=ON)
    RoleGrant.objects.create(user=own.user, role=Role.CASE_WORKER, valid_from=ON)
    Assignment.objects.create(case_worker=own.user, resident=other, valid_from=ON)

    assert list(visible_residents(own.user, on=ON)) == [other]


def test_goes_by_the_roles_of_who_asked_for_them_already(home, django_assert_num_queries):
    who = factories.resident(home)
    user = factories.user(Role.FRONT_DESK)

    assert list(visible_residents(user, on=ON, roles=[])) == []
    with django_assert_num_queries(1):
        assert list(visible_residents(user, on=ON, roles=[Role.FRONT_DESK])) == [who]


@pytest.fixture
def asked_anew(monkeypatch):
    """The question is written once a process; here by the rules as they are now."""
    monkeypatch.setattr(access, "_OWN_FILE", Question(own_files))


@pytest.mark.usefixtures("asked_anew")
def test_finds_the_own_file_of_a_resident_at_once(home, django_assert_num_queries):
    one, _ = (factories.resident(home) for _ in range(2))
    user = one.user

    with django_assert_num_queries(1):
        assert own_file(user, on=ON, now=NOW) == OwnFile(one, in_company=False)


@pytest.mark.usefixtures("asked_anew")
def test_finds_no_own_file_of_who_has_none_or_is_switched_off(home):
    who, colleague = factories.resident(home), factories.user(Role.CASE_WORKER)
    RoleGrant.objects.create(user=colleague, role=Role.RESIDENT, valid_from=ON)

    assert own_file(colleague, on=ON, now=NOW) is None
    who.user.is_active = False
    assert own_file(who.user, on=ON, now=NOW) is None


@pytest.mark.usefixtures("asked_anew")
@pytest.mark.parametrize(
    ("since", "until", "seen"),
    [(ON, None, True), (TOMORROW, None, False), (YESTERDAY, ON, False), (YESTERDAY, TOMORROW, True)],
)
def test_finds_an_own_file_as_long_as_one_is_a_resident(home, since, until, seen):
    who, _ = (factories.resident(home) for _ in range(2))
    RoleGrant.objects.filter(user=who.user).update(valid_from=since, valid_until=until)

    assert (own_file(who.user, on=ON, now=NOW) is not None) is seen


@pytest.mark.usefixtures("asked_anew")
@pytest.mark.parametrize("role", [role for role in Role if role != Role.RESIDENT])
def test_finds_no_own_file_of_who_has_another_role_instead(home, role):
    who = factories.resident(home)
    RoleGrant.objects.filter(user=who.user).update(role=role)

    assert own_file(who.user, on=ON, now=NOW) is None


@pytest.mark.usefixtures("asked_anew")
def test_says_whether_somebody_looks_along_or_asks_to(home):
    who, other = (factories.resident(home) for _ in range(2))
    let_in = LetIn.objects.create(resident=who, mode="together", asked_at=NOW, until=NOW + HOUR)

    def in_company(resident, now):
        return own_file(resident.user, on=ON, now=now).in_company

    assert in_company(who, NOW) is True
    assert in_company(who, NOW + HOUR) is False
    assert in_company(other, NOW) is False
    LetIn.objects.filter(pk=let_in.pk).update(ended_at=NOW)
    assert in_company(who, NOW) is False


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.APPLICATION_MANAGER, Role.VOLUNTEER])
def test_shows_no_file_to_a_role_without_residents_even_when_assigned(home, role):
    who = factories.resident(home)
    user = factories.user(role)
    Assignment.objects.create(case_worker=user, resident=who, valid_from=ON)

    assert list(visible_residents(user, on=ON)) == []


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.SYSTEM])
def test_shows_the_front_desk_and_a_system_everyone(home, role):
    everyone = {factories.resident(home) for _ in range(3)}

    assert set(visible_residents(factories.user(role), on=ON)) == everyone


@pytest.mark.parametrize("role", Role)
def test_asks_a_second_factor_of_everybody_but_residents_and_whom_they_trust(home, role):
    one = {"resident", "trusted_person", "legal_representative", "system"}

    assert needs_second_factor(factories.user(role), on=ON) is (str(role) not in one)


def test_shows_a_file_opened_behind_glass_to_who_broke_it_that_day(home):
    who, other = (factories.resident(home) for _ in range(2))
    worker, colleague, approver = (factories.user(role) for role in (Role.CASE_WORKER, Role.CASE_WORKER, Role.APPROVER))
    for user in (worker, approver):
        BreakGlass.objects.create(resident=who, by=user, reason="spoed", opened_at=NOW, until=NOW + HOUR)

    assert list(visible_residents(worker, on=ON)) == [who]
    assert not may_see(worker, other, on=ON)
    assert not may_see(worker, who, on=TOMORROW)
    assert not may_see(colleague, who, on=ON)
    assert not may_see(approver, who, on=ON)


def test_keeps_a_restricted_file_for_its_own_case_worker_until_that_is_lifted(home):
    who, other = (factories.resident(home) for _ in range(2))
    colleague = factories.user(Role.CASE_WORKER)
    BreakGlass.objects.create(resident=who, by=colleague, reason="spoed", opened_at=NOW, until=NOW + HOUR)
    desk = factories.user(Role.FRONT_DESK)

    PrivacyRequest.objects.create(resident=who, kind="restrict", asked_on=ON, by=home.case_worker)

    assert list(visible_residents(desk, on=ON)) == [other]
    assert not may_see(colleague, who, on=ON)
    assert may_see(home.case_worker, who, on=ON)
    assert may_see(who.user, who, on=ON)

    PrivacyRequest.objects.create(resident=who, kind="copy", asked_on=ON, by=home.case_worker)
    PrivacyRequest.objects.create(resident=other, kind="lift", asked_on=ON, by=home.case_worker)
    assert list(visible_residents(desk, on=ON)) == [other]
    PrivacyRequest.objects.create(resident=who, kind="lift", asked_on=ON, by=home.case_worker)
    assert set(visible_residents(desk, on=ON)) == {who, other}
    PrivacyRequest.objects.create(resident=who, kind="restrict", asked_on=ON, by=home.case_worker)
    assert not may_see(desk, who, on=ON)


def test_tells_who_lets_a_helper_look_now(home, django_assert_num_queries):
    who, other = (factories.resident(home) for _ in range(2))
    helper, stranger = (factories.user(Role.VOLUNTEER) for _ in range(2))
    facts = {"mode": "together", "asked_at": NOW, "until": NOW + HOUR}
    let_in = LetIn.objects.create(resident=who, helper=helper, begun_at=NOW, **facts)
    LetIn.objects.create(resident=other, helper=helper, **facts)

    with django_assert_num_queries(1):
        (standing,) = let_in_of(helper, now=NOW)
        assert (standing, standing.resident) == (let_in, who)
    assert not let_in_of(stranger, now=NOW)
    assert not let_in_of(helper, now=NOW + HOUR)
    LetIn.objects.filter(pk=let_in.pk).update(ended_at=NOW)
    assert not let_in_of(helper, now=NOW)
