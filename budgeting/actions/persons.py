"""Which ways in belong to one human being, so that two pairs of eyes are never one.

The database's function `same_person` holds the same rule for whoever goes around this.
"""

from collections import defaultdict
from collections.abc import Iterable

from django_otp.plugins.otp_totp.models import TOTPDevice

from budgeting.models import User

Marks = frozenset[tuple[str, str]]


class SamePerson(Exception):
    """Who did the first part is, under whatever name, not the second person."""


def is_one_of(user: User, others: Iterable[User | None]) -> bool:
    """Whether the human being behind `user` is behind any of the others."""
    known = {other.pk: other for other in others if other is not None}
    marks = _marks([user, *known.values()])
    return any(marks[user.pk] & marks[number] for number in known)


def check_is_another(user: User, *others: User | None) -> None:
    """Raises `SamePerson` when the human being behind `user` is behind one of the others."""
    if is_one_of(user, others):
        raise SamePerson


def _marks(users: Iterable[User]) -> dict[int, Marks]:
    """What tells human beings apart: number of an employee, e-mail address, secret of the phone; else the way in."""
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for user in users:
        found[user.pk].add(("user", str(user.pk)))
        if user.person_number:
            found[user.pk].add(("number", user.person_number))
        if user.email:
            found[user.pk].add(("email", user.email.lower()))
    for number, key in TOTPDevice.objects.filter(user__in=found).values_list("user_id", "key"):
        found[number].add(("phone", key))
    return {number: frozenset(marks) for number, marks in found.items()}
