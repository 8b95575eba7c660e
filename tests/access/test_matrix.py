"""Every address, method and role is tried: whoever may comes in, nobody else does, and nothing leaks on the way."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import path

from backend import access_matrix
from backend.access_matrix import NOBODY, Row
from backend.web.guards import UnguardedPage, guard_of
from budgeting.models import Role
from tests.access.town import NUMBERS, Walk

# On these pages a colleague pays, books and searches for everybody: names and accounts of all are their work.
FOR_EVERYBODY = re.compile(r"^/(betalen|bank|boeken|inwoners/$|vandaag)")
KNOWS_THEIR_OWN = {Role.CASE_WORKER, Role.RESIDENT, Role.LEGAL_REPRESENTATIVE}
CALLS_BY_FIRST_NAME = {Role.VOLUNTEER, Role.TRUSTED_PERSON}
SEES_PAYMENTS = {Role.CASE_WORKER, Role.APPROVER, Role.AUDITOR}
VALUE = re.compile(r"<(?:(\w+):)?(\w+)>")
# Allowed, but not there: an app that is set up already, another's upload, the file of a batch that is not released,
# the door of an identity provider that is not configured, figures for a watch that has no token.
NOT_THERE = "987654"  # of what tests/access/town.py has no sample: allowed, and not found
NO_PROVIDER = {"town_account", "town_account_back", "digid", "digid_back"}
MAY_BE_EMPTY = {"enrol_picture", "upload", "batch_file", "health_figures", *NO_PROVIDER}


def test_lists_every_address_method_and_role_as_one_object() -> None:
    told = StringIO()
    call_command("access_matrix", "--json", stdout=told)
    rows = json.loads(told.getvalue())["rows"]

    assert set(rows[0]) == {"url_name", "pattern", "method", "role", "expect"}
    assert {row["role"] for row in rows} == {NOBODY, *Role}
    pages = {(row["url_name"], row["pattern"]) for row in rows}
    assert len(rows) == len(pages) * len(access_matrix.METHODS) * (len(Role) + 1)
    assert {row["expect"] for row in rows} == {"allowed", "forbidden", "log_in", "not_a_method"}


def test_refuses_to_list_a_page_that_does_not_say_whom_it_lets_in(settings: Any, monkeypatch: Any) -> None:
    def page(request: Any) -> None:
        """Says nothing."""

    listed = [*access_matrix.pages()]
    forgotten = access_matrix.Page("forgotten", "/vergeten/", path("vergeten/", page).callback)
    monkeypatch.setattr(access_matrix, "pages", lambda: iter([*listed, forgotten]))

    with pytest.raises(UnguardedPage):
        guard_of(page)
    with pytest.raises(CommandError, match="does not say whom it lets in"):
        call_command("access_matrix", stdout=StringIO())


def test_answers_every_row_as_the_matrix_expects(walk: Walk) -> None:
    unexpected = []
    for row in access_matrix.rows():
        for_machines = row.expect == "log_in" and row.role != NOBODY
        if for_machines or row.expect == "not_a_method" or (row.expect == "forbidden" and row.role != Role.VOLUNTEER):
            answer = walk.ask_the_view(row.role, row.method, address(row, walk))
        else:
            answer = walk.ask(row.role, row.method, address(row, walk))
        if problem := _unexpected(row, answer) or _leak(row, answer, walk):
            unexpected.append(f"{row.role}: {row.method} {row.pattern} ({row.expect}): {problem}")

    assert not unexpected, "\n".join(unexpected)


def test_asks_every_colleague_for_a_second_factor_first(walk: Walk) -> None:
    for role, user in walk.people.items():
        walk.browsers[role] = Client()
        walk.browsers[role].force_login(user)
    let_in = []
    for page in access_matrix.pages():
        if guard_of(page.callback).second_factor:
            row = next(row for row in access_matrix.rows() if row.pattern == page.pattern and row.expect == "allowed")
            answer = walk.ask(row.role, row.method, address(row, walk))
            if answer.status_code != 302 or not answer.headers["Location"].startswith("/inloggen/tweede-stap/"):
                let_in.append((row, answer.status_code))

    assert not let_in


def test_finds_nothing_of_another_resident(walk: Walk) -> None:
    """The same pages, with the number of what belongs to the other resident in place of one's own."""
    swap_owners(walk)
    found = []
    for row in access_matrix.rows():
        about_one = re.search(
            r"^/(inwoners/<|afspraken/|mijn-geld/betaling|betalen/opdracht/<int:number>/opnieuw)", row.pattern
        )
        if about_one and row.expect == "allowed" and row.role in {Role.CASE_WORKER, Role.RESIDENT}:
            answer = walk.ask(row.role, row.method, address(row, walk))
            if answer.status_code != 404 or walk.canaries[walk.own.pk].seen_in(answer.content):
                found.append(f"{row.role}: {row.method} {row.pattern} answered {answer.status_code}")

    assert not found


def swap_owners(walk: Walk) -> None:
    """From now on the one who was assigned and logged in is so for the other resident."""
    own, other = walk.own, walk.other
    theirs = other.assignments.get()
    own.assignments.update(case_worker=theirs.case_worker)
    other.assignments.update(case_worker=walk.home.case_worker)
    walk.people[Role.RESIDENT] = other.user


def address(row: Row, walk: Walk) -> str:
    """The address of a row with a sample in place of every value."""

    def sample(value: re.Match[str]) -> str:
        samples = walk.samples.get(value[2], {})
        place = next((place for place in samples if _fits(place, row)), None)
        if place is None:
            return f"00000000-0000-4000-8000-000000{NOT_THERE}" if value[1] == "uuid" else NOT_THERE
        return str(samples[place])

    return VALUE.sub(sample, row.pattern)


def _fits(place: str, row: Row) -> bool:
    """Whether a sample is for this pattern; one with a role is for that role only."""
    start, _, role = place.partition("@")
    return row.pattern.startswith(f"/{start}") and role in {"", row.role}


def _may_be_empty(row: Row, answer: Any) -> bool:
    return row.url_name in MAY_BE_EMPTY or NOT_THERE in answer.request["PATH_INFO"]


def _unexpected(row: Row, answer: Any) -> str:
    status = answer.status_code
    if status >= 500:
        return f"answered {status}"
    to_login = status in {401, 403} or (status == 302 and answer.headers["Location"].startswith("/inloggen/"))
    met = {
        "log_in": to_login,
        "forbidden": status == 403,
        "not_a_method": status == 405,
        "allowed": status not in {401, 403, 405}
        and not (status == 404 and row.method == "GET" and not _may_be_empty(row, answer)),
    }
    return "" if met[row.expect] else f"answered {status}"


def _leak(row: Row, answer: Any, walk: Walk) -> str:
    """The words of a resident in an answer to somebody they are not for."""
    content = b"".join(answer) if answer.streaming else answer.content
    if any(number.encode() in content for number in NUMBERS):
        return "shows a BSN"
    seen = {number: words for number, canary in walk.canaries.items() if (words := canary.seen_in(content))}
    works_for_all = row.expect == "allowed" and row.role in SEES_PAYMENTS and FOR_EVERYBODY.search(row.pattern)
    if works_for_all or (row.expect == "allowed" and row.role == Role.FRONT_DESK):
        return ""
    if row.expect == "allowed" and row.role in KNOWS_THEIR_OWN:
        seen.pop(walk.own.pk, None)
    if row.expect == "allowed" and row.role in CALLS_BY_FIRST_NAME and seen.get(walk.own.pk) == [walk.own.first_names]:
        seen.pop(walk.own.pk)
    return f"shows {seen}" if seen else ""
