"""The product's matching knows the example's money for what it is, and leaves the troubles to a person."""

from datetime import date, timedelta

from backend.example.counterparties import COUNTERPARTIES
from backend.example.events import Credit
from backend.example.record import ExampleAgreement
from backend.example.script import example_script
from backend.example.town import EXAMPLE_TOWN
from budgeting.core.matching import AgreementFacts, Index, match
from budgeting.core.schedule import due_dates
from budgeting.core.statement import Entry

START, UNTIL = date(2026, 8, 1), date(2026, 12, 1)
AROUND = timedelta(days=45)
CREDITS = example_script(START, UNTIL).credits
NAMES = {one.key: one.last_name for one in EXAMPLE_TOWN.residents}


def _facts(agreement: ExampleAgreement) -> AgreementFacts:
    rhythm = agreement.rhythm.since(START)
    low = agreement.amount - agreement.spread
    return AgreementFacts(
        id=agreement.key,
        resident=agreement.resident,
        direction="in" if agreement.direction == "in" else "out",
        amount=agreement.amount,
        amount_low=low,
        amount_high=agreement.amount + agreement.spread,
        ibans=frozenset({COUNTERPARTIES[agreement.counterparty].iban}),
        words=agreement.words,
        marks=(agreement.mark,) if agreement.mark else (),
        name_words=tuple(NAMES[agreement.resident].split()),
        reference=agreement.reference,
        expected=due_dates(rhythm, since=START - AROUND, until=UNTIL + AROUND, valid_from=START),
        window=agreement.window,
        category=agreement.category,
        counterparty_name=COUNTERPARTIES[agreement.counterparty].name,
        valid_from=START,
    )


INDEX = Index(_facts(agreement) for agreement in EXAMPLE_TOWN.agreements.values())


def _entry(credit: Credit) -> Entry:
    return Entry(
        credit.amount,
        credit.on,
        counterparty_name=credit.payer,
        counterparty_iban=credit.iban,
        remittance=credit.remittance,
    )


def test_is_certain_of_all_money_that_comes_as_agreed() -> None:
    usual = [one for one in CREDITS if not one.trouble]
    wrong = [(one, match(INDEX, _entry(one))) for one in usual]
    assert len(usual) > 400
    assert [pair for pair in wrong if pair[1].outcome != "certain"] == []
    assert all(found.candidates[0].agreement_id == one.agreement for one, found in wrong)


def test_books_no_trouble_on_anyone_else() -> None:
    for one in CREDITS:
        found = match(INDEX, _entry(one))
        if one.trouble and found.outcome == "certain":
            assert found.candidates[0].agreement_id == one.agreement


def test_leaves_strangers_and_late_or_changed_money_to_a_person() -> None:
    for one in CREDITS:
        if one.trouble in {"unknown_payer", "late_income", "changed_income"}:
            assert match(INDEX, _entry(one)).outcome != "certain", one
