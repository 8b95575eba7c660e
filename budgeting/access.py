"""Who may see and do what, for whom. `check_may` raises, `may` answers; whatever is not listed is refused.

Permission (may this person?) is apart from policy (may this thing, now?), which `payments.core.lifecycle` keeps.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple, cast

from django.db.models import BigIntegerField, DateField, DateTimeField, Exists, OuterRef, QuerySet

from budgeting.models import Assignment, BreakGlass, LetIn, PrivacyRequest, Resident, Role, RoleGrant, User
from budgeting.models.helping import LetInQuerySet
from budgeting.models.people import ResidentQuerySet
from budgeting.models.prepared import Later, Question

# What each role may do at all; rows are narrowed by `visible_residents`.
ABILITIES: dict[str, frozenset[str]] = {
    Role.RESIDENT: frozenset({"see_own_story"}),
    Role.CASE_WORKER: frozenset(
        {
            "use_desk",
            "see_residents",
            "change_residents",
            "change_agreements",
            "import_statements",
            "decide_entries",
            "see_payments",
            "assemble_batch",
            "decide_shortage",
            "propose_write_off",
            "ask_reopening",
            "confirm_account",
            "propose_limit",
            "break_glass",
            "welcome_at_counter",
            "answer_for_resident",
        }
    ),
    Role.FRONT_DESK: frozenset({"use_desk", "see_residents", "welcome_at_counter", "take_paper_code"}),
    Role.APPROVER: frozenset(
        {
            "use_desk",
            "see_payments",
            "approve_batch",
            "release_batch",
            "approve_write_off",
            "ask_reopening",
            "close_month",
            "confirm_account",
            "propose_limit",
            "confirm_limit",
        }
    ),
    Role.APPLICATION_MANAGER: frozenset(
        {
            "use_desk",
            "change_settings",
            "import_statements",
            "propose_limit",
            "confirm_limit",
            "see_access",
            "give_roles",
            "review_glass",
        }
    ),
    Role.AUDITOR: frozenset({"use_desk", "see_payments", "verify_books", "see_access"}),
    Role.VOLUNTEER: frozenset({"look_along", "take_paper_code"}),
    Role.TRUSTED_PERSON: frozenset({"see_who_trusts"}),
    Role.LEGAL_REPRESENTATIVE: frozenset({"see_who_trusts"}),
    # Another system of the town: its keys narrow this further. Approving and releasing stay with people.
    Role.SYSTEM: frozenset(
        {
            "see_residents",
            "change_residents",
            "change_agreements",
            "import_statements",
            "decide_entries",
            "see_payments",
            "assemble_batch",
            "verify_books",
        }
    ),
}

STAFF = frozenset({Role.CASE_WORKER, Role.FRONT_DESK, Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR})
SEES_ALL = frozenset({Role.FRONT_DESK, Role.SYSTEM})


# Whoever sees money of more people than themselves shows two things to come in: what they know and what they have.
TWO_FACTORS = STAFF | {Role.VOLUNTEER}


class OwnFile(NamedTuple):
    """Somebody's own file, and whether somebody looks with them just now or asks to (`LetInQuerySet.told`)."""

    resident: Resident
    in_company: bool


class NotAllowed(Exception):
    """This person may not do this."""

    def __init__(self, ability: str) -> None:
        super().__init__(f"not allowed: {ability}")
        self.ability = ability


def roles_of(user: User, *, on: date) -> frozenset[str]:
    """The roles a user holds on the day; none when the account is switched off."""
    if not user.is_active or user.pk is None:
        return frozenset()
    return frozenset(RoleGrant.objects.in_force(on).filter(user=user).values_list("role", flat=True))


def may(user: User, ability: str, *, on: date) -> bool:
    """Whether one of the user's roles carries the ability."""
    return any(ability in ABILITIES[role] for role in roles_of(user, on=on))


def check_may(user: User, ability: str, *, on: date) -> None:
    """Raises `NotAllowed` unless one of the user's roles carries the ability."""
    if not may(user, ability, on=on):
        raise NotAllowed(ability)


def is_staff(user: User, *, on: date) -> bool:
    """Whether the user works for the municipality."""
    return bool(roles_of(user, on=on) & STAFF)


def staff(*, on: date) -> QuerySet[RoleGrant, int]:
    """The numbers of the users who work for the municipality on the day."""
    return RoleGrant.objects.in_force(on).filter(role__in=STAFF).values_list("user", flat=True)


def needs_second_factor(user: User, *, on: date) -> bool:
    """Whether the user must show a second factor: everybody but residents and those whom one resident trusts."""
    return bool(roles_of(user, on=on) & TWO_FACTORS)


def visible_residents(user: User, *, on: date, roles: Collection[str] | None = None) -> ResidentQuerySet:
    """The residents whose file this user may open: their own, those assigned; all for the front desk and systems.

    `roles` are those of `roles_of`, of who asked for them already.
    """
    roles = frozenset(roles_of(user, on=on) if roles is None else roles)
    if roles & SEES_ALL:
        return Resident.objects.exclude(pk__in=_restricted())
    own = Resident.objects.filter(user=user) if Role.RESIDENT in roles else Resident.objects.none()
    if Role.CASE_WORKER not in roles:
        return own
    assigned = Assignment.objects.in_force(on).filter(case_worker=user).values("resident")
    glass = BreakGlass.objects.filter(by=user, opened_at__date=on).exclude(resident__in=_restricted())
    # One set and not three joined by "or": of those the database expects most of the town, and plans for that.
    seen = [assigned, glass.values("resident"), *([own.values("pk")] if Role.RESIDENT in roles else [])]
    return Resident.objects.filter(pk__in=seen[0].union(*seen[1:]))


def let_in_of(user: User, *, now: datetime) -> LetInQuerySet:
    """Those who let this user look with them now, with the resident."""
    return LetIn.objects.standing(now).filter(helper=user).select_related("resident")


def own_file(user: User, *, on: date, now: datetime) -> OwnFile | None:
    """The file of who may see their own story on the day; role, file and company are asked at once."""
    if not user.is_active:
        return None
    found = _OWN_FILE.find(user=user.pk, on=on, now=now)
    return OwnFile(found[0], found[0].in_company) if found else None


def own_files() -> ResidentQuerySet:
    """The rows behind `own_file`, with `in_company`; `user`, `on` and `now` are left open, for a prepared question."""
    able = [role for role, abilities in ABILITIES.items() if "see_own_story" in abilities]
    on, now = cast(date, Later("on", DateField())), cast(datetime, Later("now", DateTimeField()))
    granted = RoleGrant.objects.in_force(on).filter(user=OuterRef("user"), role__in=able)
    company = LetIn.objects.told(now).filter(resident=OuterRef("pk"))
    rows = Resident.objects.filter(Exists(granted), user=Later("user", BigIntegerField()))
    return rows.annotate(in_company=Exists(company)).order_by("pk")[:1]


def may_see(user: User, resident: Resident, *, on: date) -> bool:
    """Whether this user may open this resident's file."""
    return visible_residents(user, on=on).filter(pk=resident.pk).exists()


def _restricted() -> QuerySet[PrivacyRequest, int]:
    """Residents who asked that their file be restricted, and did not lift that: for their own case worker only."""
    later = PrivacyRequest.objects.filter(resident=OuterRef("resident"), kind="lift", pk__gt=OuterRef("pk"))
    asked = PrivacyRequest.objects.filter(~Exists(later), kind="restrict")
    return asked.values_list("resident", flat=True)


_OWN_FILE = Question(own_files)
