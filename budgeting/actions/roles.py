"""Who has which role: given and ended by an application manager; what moves money needs a second person."""

from datetime import date, datetime

from django.db import transaction

from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.actions.people import grant_role
from budgeting.models import Role, RoleGrant, RoleProposal, User

# Who approves money, who gives roles and who watches both: nobody gives these alone.
NEEDS_TWO = frozenset({Role.APPROVER, Role.APPLICATION_MANAGER, Role.AUDITOR})
# Residents and their representatives come in by another way than this page.
GIVEN_HERE = (
    Role.CASE_WORKER,
    Role.FRONT_DESK,
    Role.APPROVER,
    Role.APPLICATION_MANAGER,
    Role.AUDITOR,
    Role.VOLUNTEER,
)


class NotGivenHere(ValueError):
    """A role that is given in another way, or that this person has already."""


class NeedsAnother(PermissionError):
    """Nobody gives or ends a role of their own, and nobody is the second person to their own proposal."""


@transaction.atomic
def give_role(*, user: User, role: str, now: datetime, on: date, by: User) -> RoleGrant | RoleProposal:
    """A role from today, or a proposal for a second person. Raises `NotGivenHere` or `NeedsAnother`."""
    if role not in GIVEN_HERE:
        raise NotGivenHere(role)
    if user.person == by.person:
        raise NeedsAnother
    hold("roles", user.pk)
    if RoleGrant.objects.in_force(on).filter(user=user, role=role).exists():
        raise NotGivenHere(role)
    if role not in NEEDS_TWO:
        return grant_role(user=user, role=role, on=on, by=by)
    found, made = RoleProposal.objects.get_or_create(
        user=user, role=role, decided_by=None, defaults={"proposed_by": by, "proposed_at": now}
    )
    if made:
        record(action="role.proposed", subject=f"user:{user.pk}", by=by, role=role)
    return found


@transaction.atomic
def decide_role(*, proposal: RoleProposal, agreed: bool, now: datetime, on: date, by: User) -> bool:
    """The second person agrees or not; says whether this decided it. Raises `NeedsAnother`."""
    people = {proposal.proposed_by.person, proposal.user.person}
    if by.person in people:
        raise NeedsAnother
    hold("roles", proposal.user_id)
    decided = {"decided_by": by, "decided_at": now, "agreed": agreed}
    if RoleProposal.objects.filter(pk=proposal.pk, decided_by=None).update(**decided) != 1:
        return False
    if agreed:
        grant_role(user=proposal.user, role=proposal.role, on=on, by=by)
    else:
        record(action="role.refused", subject=f"user:{proposal.user_id}", by=by, role=proposal.role)
    return True


@transaction.atomic
def end_role(*, grant: RoleGrant, on: date, by: User) -> bool:
    """Ends a role at once; says whether it still stood. Raises `NeedsAnother`."""
    if grant.user.person == by.person:
        raise NeedsAnother
    hold("roles", grant.user_id)
    standing = RoleGrant.objects.in_force(on).filter(pk=grant.pk)
    # A role that began today never was: a period ends after it starts.
    gone = standing.filter(valid_from=on).delete()[0] or standing.update(valid_until=on)
    if gone:
        record(action="role.ended", subject=f"user:{grant.user_id}", by=by, role=grant.role)
    return bool(gone)
