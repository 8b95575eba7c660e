"""A held file is taken in by a person who typed what was missing or answers for it, or refused for good; once."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from backend.engine.rights import as_owner
from budgeting.access import NotAllowed
from budgeting.actions import closing, held
from budgeting.actions.held import NotHeld, ReasonMissing, StillHeld
from budgeting.actions.ledger import bank_balance
from budgeting.actions.statements import import_statement
from budgeting.actions.undo import undo_import
from budgeting.core.held import MAY_BE_ANSWERED_FOR, MAY_GO, ways_out
from budgeting.models import AuditEvent, Entry, HeldDecision, Role, StatementFile, StatementImport
from payments.actions import books
from payments.actions.settle import take_up_statement
from tests import factories
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import DAY, Fact
from tests.faults.bank import Bank, came_in
from tests.faults.races import Job, race

ON = DAY + timedelta(days=1)
FACTS = [Fact(Decimal("-100.00")), Fact(Decimal("50.25"))]
RIGHT = Decimal("1000.00"), Decimal("950.25")
MONDAY = date(2026, 11, 2)


@pytest.fixture
def home(db):
    return a_town()


def a_town():
    made = factories.house()
    made.account.iban = writing.OWN
    made.account.save(update_fields=["iban"])
    return made


def held_file(home, data: bytes | None = None, on: date = ON) -> StatementImport:
    """By default an export of Triodos, which has no balances."""
    result = import_statement(data=data or writing.triodos(FACTS), name="export.csv", by=home.case_worker, on=on)
    assert result.status == "held", result
    return StatementImport.objects.get(pk=result.attempt_id)


def take_up(home, attempt, reason="Gezien op papier", on=ON, **facts):
    result = take_up_statement(attempt=attempt, reason=reason, on=on, by=home.case_worker, **facts).result
    assert [(f.id, f.first_violation) for f in books.verify() if not f.ok] == []
    return result


def events(action: str) -> list[dict]:
    return [json.loads(body) for body in AuditEvent.objects.filter(action=action).values_list("body", flat=True)]


def test_books_a_file_without_balances_once_a_person_typed_the_right_ones(home):
    attempt = held_file(home)

    result = take_up(home, attempt, balances=RIGHT)

    assert (result.status, result.new, bank_balance(home.account.pk)) == ("imported", 2, Decimal("950.25"))
    decision = HeldDecision.objects.get()
    assert (decision.attempt_id, decision.became_id, decision.decided_by) == (
        attempt.pk, result.attempt_id, home.case_worker,
    )  # fmt: skip
    assert (decision.opening, decision.closing, decision.reason) == (*RIGHT, "Gezien op papier")
    (event,) = events("statement.taken_up")
    assert (event["reason"], event["opening"], event["despite"]) == ("Gezien op papier", "1000.00", ["balance_missing"])
    assert (StatementFile.objects.count(), StatementImport.objects.count()) == (1, 2)


def test_stays_held_by_a_cent_and_names_the_difference(home):
    attempt = held_file(home)

    with pytest.raises(StillHeld) as refused:
        take_up(home, attempt, balances=(RIGHT[0], RIGHT[1] + Decimal("0.01")))

    (problem,) = refused.value.problems
    assert problem.code == "does_not_balance"
    assert dict(problem.values) == {"expected": "950.25", "said": "950.26", "difference": "0.01"}
    assert (Entry.objects.count(), HeldDecision.objects.count(), StatementImport.objects.count()) == (0, 0, 1)
    assert take_up(home, attempt, balances=RIGHT).status == "imported"


def test_stays_held_without_the_balances(home):
    with pytest.raises(StillHeld, match="balance_missing"):
        take_up(home, held_file(home))


def test_holds_a_typed_balance_to_the_one_the_bank_gives(home):
    attempt = held_file(home, writing.ofx(FACTS))
    both_wrong = RIGHT[0] + 7, RIGHT[1] + 7

    with pytest.raises(StillHeld) as refused:
        take_up(home, attempt, balances=both_wrong)

    assert [problem.code for problem in refused.value.problems] == ["typed_balance_differs"]
    assert take_up(home, attempt, balances=RIGHT).status == "imported"


def test_joins_typed_balances_to_the_days_before(home):
    take_up(home, held_file(home), balances=RIGHT)
    later = [Fact(Decimal("3.00"), day=DAY + timedelta(days=1))]
    attempt = held_file(home, writing.triodos(later))

    with pytest.raises(StillHeld, match="gap"):
        take_up(home, attempt, balances=(Decimal("900.00"), Decimal("903.00")))

    assert take_up(home, attempt, balances=(RIGHT[1], RIGHT[1] + 3)).new == 1


def test_takes_in_what_a_person_answers_for(home):
    data = Bank(writing.OWN, Decimal("1000.00")).day(MONDAY, came_in("20.00", MONDAY))
    odd = re.sub(rb"(<ValDt>\s*<Dt>)2026", rb"\g<1>2050", data)
    assert odd != data
    attempt = held_file(home, odd, on=MONDAY)
    assert [problem["code"] for problem in attempt.problems] == ["improbable_value_date"]

    result = take_up(home, attempt, on=MONDAY)

    assert (result.status, result.new) == ("imported", 1)
    assert [(p.code, p.severity) for p in result.problems] == [("improbable_value_date", "note")]


def test_takes_in_a_file_after_the_gap_before_it_was_filled(home):
    bank = Bank(writing.OWN, Decimal("1000.00"))
    days = [MONDAY + timedelta(days=n) for n in range(3)]
    files = [bank.day(day, came_in("20.00", day)) for day in days]
    import_statement(data=files[0], name="1.xml", by=home.case_worker, on=days[2])
    attempt = held_file(home, files[2], on=days[2])
    with pytest.raises(StillHeld, match="gap"):
        take_up_statement(attempt=attempt, reason="x", on=days[2], by=home.case_worker)
    import_statement(data=files[1], name="2.xml", by=home.case_worker, on=days[2])

    result = take_up_statement(attempt=attempt, reason="x", on=days[2], by=home.case_worker).result

    assert (result.status, bank_balance(home.account.pk)) == ("imported", Decimal("1060.00"))


def test_never_books_what_does_not_add_up_whoever_wants_it(home):
    data = Bank(writing.OWN, Decimal("1000.00")).day(MONDAY, came_in("20.00", MONDAY))
    attempt = held_file(home, data.replace(b">1020.00<", b">1021.00<"), on=MONDAY)

    with pytest.raises(StillHeld, match="does_not_balance"):
        take_up(home, attempt, balances=(Decimal("1001.00"), Decimal("1021.00")))

    assert Entry.objects.count() == 0


def test_refuses_a_file_for_good(home):
    attempt = held_file(home)

    held.refuse(attempt=attempt, reason="Verkeerd bestand", on=ON, by=home.case_worker)

    assert HeldDecision.objects.get().verdict == "refused"
    assert events("statement.refused")[0]["reason"] == "Verkeerd bestand"
    with pytest.raises(NotHeld, match=home.case_worker.full_name):
        take_up(home, attempt, balances=RIGHT)
    with pytest.raises(NotHeld):
        held.refuse(attempt=attempt, reason="Nog eens", on=ON, by=home.case_worker)
    assert StatementFile.objects.get().content == writing.triodos(FACTS)


def test_asks_for_a_reason_and_for_who_may(home):
    attempt = held_file(home)

    with pytest.raises(ReasonMissing):
        held.refuse(attempt=attempt, reason="  ", on=ON, by=home.case_worker)
    with pytest.raises(NotAllowed):
        held.refuse(attempt=attempt, reason="x", on=ON, by=factories.user(Role.AUDITOR))
    with pytest.raises(NotAllowed):
        take_up_statement(attempt=attempt, reason="x", on=ON, by=home.approver, balances=RIGHT)


def test_decides_about_no_file_that_came_in(home):
    data = Bank(writing.OWN, Decimal("1000.00")).day(MONDAY, came_in("20.00", MONDAY))
    result = import_statement(data=data, name="a.xml", by=home.case_worker, on=MONDAY)

    with pytest.raises(NotHeld):
        held.refuse(attempt=StatementImport.objects.get(pk=result.attempt_id), reason="x", on=ON, by=home.case_worker)


def test_undoes_what_was_taken_in_after_all(home):
    result = take_up(home, held_file(home), balances=RIGHT)

    undo_import(
        attempt=StatementImport.objects.get(pk=result.attempt_id), reason="Toch niet", on=ON, by=home.case_worker
    )

    assert bank_balance(home.account.pk) == Decimal("1000.00")


def test_says_which_files_a_person_can_help() -> None:
    assert ways_out(["balance_missing"]) == (ways_out(["balance_missing", "id_missing"]))
    assert ways_out(["balance_missing"]).needs_balances
    assert ways_out(["gap"]).may_be_taken_up
    for never in ("does_not_balance", "lines_lost", "other_currency", "rows_do_not_chain", "amount_out_of_bounds"):
        assert not ways_out([never, "control_total"]).may_be_taken_up
    assert not ways_out([]).may_be_taken_up
    assert not MAY_BE_ANSWERED_FOR & MAY_GO


@pytest.mark.faults
def test_has_one_effect_of_eight_who_decide_at_once(own_database):
    home = a_town()
    attempt = held_file(home)
    by = home.case_worker

    def decide(number: int) -> object:
        if number % 2:
            return held.refuse(attempt=attempt, reason="x", on=ON, by=by)
        return take_up_statement(attempt=attempt, reason="x", on=ON, by=by, balances=RIGHT)

    assert race(Job("decide", decide, (NotHeld,)), processes=8) == []
    assert HeldDecision.objects.count() == 1
    assert Entry.objects.count() == (2 if HeldDecision.objects.get().became_id else 0)
    for attack in ("UPDATE held_decision SET reason = 'y'", "DELETE FROM held_decision"):
        with as_owner(connection, settings.DATABASE_OWNER), pytest.raises(IntegrityError, match="append-only"):
            connection.cursor().execute(attack)


def test_no_longer_stands_in_the_way_of_closing_a_month_once_refused(home):
    attempt = held_file(home)
    assert list(closing._held()) == ["export.csv"]

    held.refuse(attempt=attempt, reason="x", on=ON, by=home.case_worker)

    assert list(closing._held()) == []
