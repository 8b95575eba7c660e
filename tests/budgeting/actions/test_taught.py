"""A decision becomes a rule by a person's yes: shown first, then used, off again, its labels taken back."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError

from budgeting import access
from budgeting.actions.entries import Part, decide_entry, take_back
from budgeting.actions.entry_facts import fact_of
from budgeting.actions.ledger import resident_balances
from budgeting.actions.statements import import_statement
from budgeting.actions.taught import (
    RuleIsOff,
    RuleIsThere,
    apply_to_past,
    change_rule,
    keep_rule,
    labelled_by,
    preview,
    running_recogniser,
    switch_off,
    undo_past,
)
from budgeting.core.taught import NothingToGoBy, Taught
from budgeting.models import Allocation, AuditEvent, Entry, LearntRule, Role
from payments.actions import books
from tests import factories
from tests.factories import ON
from tests.faults.bank import Bank, came_in

DAY = date(2026, 11, 3)
GRANDMA = factories.made_up_iban(4242)
RULE = Taught(0, 0, "in", "gifts_donations", iban=GRANDMA)


class Town:
    """Five lines of one grandmother: three decided as gifts, one as other income, one that waits."""

    def __init__(self):
        self.home = factories.house()
        self.by = self.home.case_worker
        self.who = factories.resident(self.home)
        line = came_in("25.00", DAY, name="T. Ruiter", iban=GRANDMA, remittance="van oma")
        taken = import_statement(data=Bank(self.home.account.iban).day(DAY, *[line] * 5), name="a.xml", by=None, on=DAY)
        self.entries = list(Entry.objects.filter(pk__in=taken.entry_ids).order_by("n"))
        for entry, category in zip(self.entries, ["gifts_donations"] * 3 + ["other_income"], strict=False):
            decide_entry(entry=entry, parts=[Part(Decimal("25.00"), self.who, category=category)], on=ON, by=self.by)

    def keep(self, rule=RULE):
        return keep_rule(rule=rule, made_from=self.entries[0], on=ON, by=self.by)

    def wrong(self):
        return [one.allocation.pk for one in preview(RULE).wrong]

    def categories(self):
        return sorted(Allocation.objects.standing().values_list("category", flat=True))

    def said(self):
        return running_recogniser().recognise([fact_of(self.entries[4])])[0]


@pytest.fixture
def town(db):
    return Town()


def test_shows_what_a_rule_would_have_done(town):
    seen = preview(RULE)

    assert (len(seen.right), len(seen.wrong), seen.changes, seen.waiting) == (3, 1, 4, 1)
    assert [one.decided for one in seen.wrong] == ["other_income"]
    assert LearntRule.objects.count() == 0


def test_uses_a_rule_once_a_person_kept_it(town):
    assert town.said().category == "other_income"

    row = town.keep()

    assert (row.series, row.version, row.owner, row.right, row.wrong) == (1, 1, town.by, 3, 1)
    assert town.said().category == "gifts_donations"
    assert town.said().confidence == pytest.approx(4 / 6)
    assert AuditEvent.objects.filter(action="rule.kept", actor=town.by.username).count() == 1


def test_speaks_no_more_once_it_is_off_and_says_who_did_that(town):
    row = town.keep()

    switch_off(row=row, reason="oma is verhuisd", on=ON, by=town.by)

    assert town.said().category == "other_income"
    row.refresh_from_db()
    assert (row.off_by, row.off_because) == (town.by, "oma is verhuisd")
    with pytest.raises(RuleIsOff):
        switch_off(row=row, reason="nog eens", on=ON, by=town.by)


def test_changes_a_rule_by_a_new_version(town):
    first = town.keep()

    second = change_rule(row=first, rule=Taught(0, 0, "in", "alimony_received", iban=GRANDMA), on=ON, by=town.by)

    assert (second.series, second.version) == (first.series, 2)
    assert town.said().category == "alimony_received"
    with pytest.raises(RuleIsOff):
        change_rule(row=first, rule=RULE, on=ON, by=town.by)
    assert LearntRule.objects.on().get() == second


def test_has_one_rule_for_one_thing(town):
    town.keep()

    with pytest.raises(RuleIsThere):
        town.keep(Taught(0, 0, "in", "wages", iban=GRANDMA))


def test_refuses_a_rule_that_would_fit_everyone(town):
    with pytest.raises(NothingToGoBy):
        town.keep(Taught(0, 0, "in", "wages", name="belastingdienst"))


def test_changes_earlier_entries_only_where_they_are_ticked_and_moves_no_money(town):
    row, before = town.keep(), resident_balances([town.who.pk])

    assert apply_to_past(row=row, ticked=[], on=ON, by=town.by) == 0
    assert apply_to_past(row=row, ticked=town.wrong(), on=ON, by=town.by) == 1

    assert town.categories() == ["gifts_donations"] * 4
    assert (labelled_by(row), resident_balances([town.who.pk])) == (1, before)
    assert apply_to_past(row=row, ticked=town.wrong(), on=ON, by=town.by) == 0


def test_gives_back_exactly_what_a_rule_changed(town):
    row = town.keep()
    apply_to_past(row=row, ticked=town.wrong(), on=ON, by=town.by)

    assert undo_past(row=row, on=ON, by=town.by) == 1

    assert town.categories() == ["gifts_donations"] * 3 + ["other_income"]
    assert Allocation.objects.standing().get(category="other_income").decided_by == town.by
    assert undo_past(row=row, on=ON, by=town.by) == 0
    assert [(f.id, f.first_violation) for f in books.verify() if not f.ok] == []


def test_lets_a_changed_entry_be_taken_back_as_any_other(town):
    row = town.keep()
    apply_to_past(row=row, ticked=town.wrong(), on=ON, by=town.by)

    take_back(entry=town.entries[3], reason="niet van haar", on=ON, by=town.by)

    assert labelled_by(row) == 0
    assert undo_past(row=row, on=ON, by=town.by) == 0
    assert [(f.id, f.first_violation) for f in books.verify() if not f.ok] == []


def test_leaves_residents_of_colleagues_alone(town):
    row, other = town.keep(), factories.user(Role.CASE_WORKER)

    assert apply_to_past(row=row, ticked=town.wrong(), on=ON, by=other) == 0


def test_lets_only_case_workers_teach(town):
    with pytest.raises(access.NotAllowed):
        keep_rule(rule=RULE, made_from=town.entries[0], on=ON, by=town.home.approver)


@pytest.mark.parametrize("change", ["category = 'wages'", "owner_id = owner_id + 1", "wrong = 0"])
def test_never_rewrites_what_a_rule_said(town, change):
    town.keep()

    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE learnt_rule SET {change}")


def test_never_deletes_a_rule(town):
    town.keep()

    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        LearntRule.objects.all().delete()


def test_keeps_one_rule_when_two_colleagues_say_yes_at_once(own_database):
    town = Town()
    ready, kept = Barrier(4), []

    def yes():
        ready.wait()
        try:
            kept.append(town.keep().pk)
        except RuleIsThere:
            kept.append(None)
        finally:
            connection.close()

    threads = [Thread(target=yes) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one for one in kept if one] == [LearntRule.objects.on().get().pk]
    assert kept.count(None) == 3


def test_relabels_an_entry_once_when_two_do_so_at_once(own_database):
    town = Town()
    row, ticked = town.keep(), town.wrong()
    ready, counts = Barrier(4), []

    def relabel():
        ready.wait()
        try:
            counts.append(apply_to_past(row=row, ticked=ticked, on=ON, by=town.by))
        finally:
            connection.close()

    threads = [Thread(target=relabel) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == [0, 0, 0, 1]
    assert Allocation.objects.standing().filter(entry=town.entries[3]).count() == 1
    assert [(f.id, f.first_violation) for f in books.verify() if not f.ok] == []
