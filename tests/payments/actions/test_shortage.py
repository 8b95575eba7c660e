"""When money is short a person decides, once; what was decided is what happens, and nobody is skipped silently."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from budgeting import access
from budgeting.models import AuditEvent, Role, Town
from payments.actions import books
from payments.actions.batches import approve_batch, release_batch
from payments.actions.checks import reconsider
from payments.actions.day import run_day
from payments.actions.plan import plan_orders
from payments.actions.shortage import (
    NotAChoice,
    NotOpen,
    Proposed,
    ShortageChanged,
    decide_shortage,
    let_go,
    look_again,
    propose_when_short,
)
from payments.models import AdvanceAllowance, AdvanceLent, PaymentOrder, ShortageProposal
from tests import factories
from tests.factories import ON
from tests.faults.races import Job, race
from tests.one_file import assemble_batch
from tests.payments.actions.test_advances_and_remainders import DUE, NOW

UNTIL = date(2026, 12, 1)


@pytest.fixture
def home(db):
    return factories.house()


def short_resident(home, *, money="300.00", limit="400.00", **details):
    """Rent 600 and energy 150 fall due; 700 can be paid at most."""
    who = factories.resident(home, money=money, limit=limit, **details)
    factories.charge(home, who, amount="150.00", category="energy", valid_until=UNTIL)
    factories.charge(home, who, amount="600.00", category="rent", valid_until=UNTIL)
    return who


def proposed(on=ON):
    plan_orders(on=on, first=DUE)
    reconsider(on=on, first=DUE)
    propose_when_short(on=on, first=DUE)
    return ShortageProposal.objects.get(state="open")


def decided(home, proposal, choice, **more):
    facts = {"reason": "besproken aan de balie", "by": home.case_worker, "on": ON}
    return decide_shortage(proposal=proposal, choice=choice, **(facts | more))


def states():
    return dict(PaymentOrder.objects.filter(kind="charge").values_list("category", "state"))


def events(action):
    return AuditEvent.objects.filter(action=action).count()


def released(home):
    batch = assemble_batch(bank_account=home.account, on=ON, first=DUE, by=home.case_worker)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    return release_batch(batch=batch, now=NOW, by=home.approver)


def test_pays_everything_and_asks_nobody_within_the_limit(home):
    short_resident(home, limit="450.00")

    assert run_day(on=ON, first=DUE)["propose_when_short"] == {"held": {}, "proposed": 0, "changed": 0, "solved": 0}


def test_proposes_once_with_every_choice_and_every_charge_named(home):
    who = short_resident(home)

    first = run_day(on=ON, first=DUE)["propose_when_short"]
    again = propose_when_short(on=ON, first=DUE)
    proposal = ShortageProposal.objects.get()

    assert first == {"held": {"short": 1}, "proposed": 1, "changed": 0, "solved": 0}
    assert again == Proposed(0, 0, 0)
    assert (proposal.resident, proposal.missing, proposal.opened_on) == (who, Decimal("50.00"), ON)
    assert [choice["code"] for choice in proposal.facts["choices"]] == ["in_order", "over_the_limit"]
    for choice in proposal.facts["choices"]:
        assert sorted(line["category"] for line in choice["lines"]) == ["energy", "rent"]
    waits = proposal.facts["choices"][0]["lines"][1]
    assert (waits["category"], waits["missing"], waits["consequence"]) == ("energy", "50.00", "reminders_then_cut_off")
    assert events("shortage.proposed") == 1


def test_pays_in_the_order_of_the_town(home):
    Town.objects.update(order_of_need=[["energy"], ["rent"]])
    short_resident(home)

    proposal = proposed()

    assert states() == {"energy": "planned", "rent": "held"}
    assert [line["category"] for line in proposal.facts["choices"][0]["lines"]] == ["energy", "rent"]


def test_closes_by_itself_when_money_comes_in(home):
    who = short_resident(home)
    proposal = proposed()
    factories.give(home, who, "50.00")

    reconsider(on=ON, first=DUE)
    assert propose_when_short(on=ON, first=DUE) == Proposed(0, 0, 1)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.closed_on, states()) == ("solved", ON, {"rent": "planned", "energy": "planned"})
    assert events("shortage.solved") == 1


def test_says_what_changed_and_takes_no_decision_about_what_was(home):
    who = short_resident(home)
    proposal = proposed()
    factories.give(home, who, "10.00")

    with pytest.raises(ShortageChanged):
        decided(home, proposal, "in_order")
    fresh = look_again(proposal=proposal, on=ON)
    with pytest.raises(ShortageChanged):
        decided(home, proposal, "in_order")

    assert fresh.missing == Decimal("40.00")
    assert decided(home, fresh, "in_order").state == "decided"


def test_lends_over_the_limit_only_for_a_while_and_with_a_name(home):
    who = short_resident(home)
    proposal = proposed()

    with pytest.raises(NotAChoice, match="until"):
        decided(home, proposal, "over_the_limit")
    decided(home, proposal, "over_the_limit", until=UNTIL)
    allowance = AdvanceAllowance.objects.get()
    released(home)

    assert (allowance.amount, allowance.allowed_by, allowance.valid_until) == (
        Decimal("50.00"),
        home.case_worker,
        UNTIL,
    )
    assert set(states().values()) == {"released"}
    assert sum(note.amount for note in AdvanceLent.objects.filter(resident=who)) == Decimal("450.00")
    assert all(finding.ok for finding in books.verify())


def test_lends_no_longer_over_the_limit_than_was_allowed(home):
    short_resident(home)
    decided(home, proposed(), "over_the_limit", until=date(2026, 11, 3))

    assert reconsider(on=date(2026, 11, 3), first=DUE) == {"short": 1}


def test_lets_a_charge_wait_until_a_person_lets_it_go(home):
    who = short_resident(home)
    decided(home, proposed(), "wait")
    energy = PaymentOrder.objects.get(category="energy")
    assert (energy.state, energy.reason) == ("held", "by_hand")
    assert propose_when_short(on=ON, first=DUE) == Proposed(0, 0, 0)

    factories.give(home, who, "50.00")
    reconsider(on=ON, first=DUE)
    assert states() == {"rent": "planned", "energy": "held"}
    let_go(order=energy, reason="er is genoeg", on=ON, by=home.case_worker)
    reconsider(on=ON, first=DUE)

    assert states() == {"rent": "planned", "energy": "planned"}
    assert events("order.let_go") == 1


def test_cancels_only_charges_of_the_proposal_and_says_why(home):
    short_resident(home)
    proposal = proposed()
    rent = PaymentOrder.objects.get(category="rent")
    with pytest.raises(NotAChoice, match="orders"):
        decided(home, proposal, "cancel", orders=[rent.pk + 1000])

    decided(home, proposal, "cancel", orders=[rent.pk])
    plan_orders(on=ON, first=DUE)
    reconsider(on=ON, first=DUE)

    rent.refresh_from_db()
    assert (rent.state, rent.reason) == ("cancelled", "cancelled_when_short")
    assert PaymentOrder.objects.filter(category="rent").count() == 1
    assert states()["energy"] == "planned"
    assert ShortageProposal.objects.get().reason == "besproken aan de balie"


def test_pays_the_money_to_live_on_that_was_kept_apart_before_anything_else(home):
    Town.objects.update(protected_living_money=Decimal("60.00"))
    who = short_resident(home, money="100.00", limit="600.00")
    proposal = proposed()
    assert set(states().values()) == {"held"}  # nothing may go before a person has decided

    choice = proposal.facts["choices"][0]
    assert (choice["code"], choice["living_money"]) == ("in_order", "60.00")
    decided(home, proposal, "in_order")
    run_day(on=ON, first=DUE)
    released(home)

    paid = PaymentOrder.objects.get(kind="remainder")
    assert (paid.resident, paid.amount, paid.state) == (who, Decimal("60.00"), "released")
    assert states() == {"rent": "released", "energy": "held"}
    assert AdvanceLent.objects.get().amount == Decimal("560.00")
    assert all(finding.ok for finding in books.verify())


def test_refuses_who_may_not_decide_and_what_has_no_reason(home):
    short_resident(home)
    proposal = proposed()
    for by in (home.approver, factories.user(Role.CASE_WORKER)):
        with pytest.raises(access.NotAllowed):
            decided(home, proposal, "in_order", by=by)
    for wrong in ({"reason": "  "}, {"choice": "all"}, {"orders": [1]}):
        with pytest.raises(NotAChoice):
            decided(home, proposal, **({"choice": "in_order"} | wrong))
    assert ShortageProposal.objects.get().state == "open"


def test_keeps_a_decision_as_it_was(home):
    short_resident(home)
    proposal = decided(home, proposed(), "in_order")

    with pytest.raises(NotOpen):
        decided(home, proposal, "over_the_limit", until=UNTIL)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShortageProposal.objects.filter(pk=proposal.pk).update(reason="anders")
    with pytest.raises(IntegrityError), transaction.atomic():
        ShortageProposal.objects.create(
            resident=proposal.resident, opened_on=ON, missing="1.00", facts={}, digest="x", state="decided"
        )


def test_takes_one_decision_when_many_decide_at_once(own_database):
    home = factories.house()
    short_resident(home)
    proposal = proposed()
    choices = ("over_the_limit", "in_order", "wait", "cancel")

    def decide(number):
        choice = choices[number % len(choices)]
        return decided(home, proposal, choice, until=UNTIL if choice == "over_the_limit" else None)

    assert race(Job("decide", decide, (NotOpen, ShortageChanged)), 8) == []

    assert events("shortage.decided") == 1
    assert ShortageProposal.objects.get().state == "decided"
    assert AdvanceAllowance.objects.count() + events("order.held") - 1 + events("order.cancelled") == 1


def test_proposes_once_when_many_run_the_day_at_once(own_database):
    home = factories.house()
    short_resident(home)

    assert race(Job("day", lambda _: run_day(on=ON, first=DUE), effects=4), 4) == []

    assert (ShortageProposal.objects.count(), events("shortage.proposed")) == (1, 1)
