"""Makes and changes agreements: amounts from a day on, pauses, exceptions, an end. History is added to, not edited."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from budgeting.actions.audit import record
from budgeting.core.money import amount as exact
from budgeting.core.schedule import Recurrence
from budgeting.models import (
    Account,
    Agreement,
    AgreementAmount,
    AgreementException,
    AgreementPause,
    Counterparty,
    Resident,
    User,
)


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """What is agreed. `amount` is euro, more than zero; `low`/`high` bound what is recognised without a person."""

    direction: str
    category: str
    description: str
    amount: Decimal
    recurrence: Recurrence
    valid_from: date
    valid_until: date | None = None
    words: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    reference: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    window_days: int = field(default=5)


class EndsBeforeItStarts(ValueError):
    """The last day lies before the first."""


@transaction.atomic
def make_agreement(
    *, resident: Resident, counterparty: Counterparty, account: Account | None, terms: AgreementTerms, by: User | None
) -> Agreement:
    """A new agreement with its first amount; `account` is where a charge is paid to."""
    agreement = Agreement.objects.create(
        resident=resident,
        counterparty=counterparty,
        account=account,
        direction=terms.direction,
        category=terms.category,
        description=terms.description,
        recurrence=terms.recurrence.to_dict(),
        words=list(terms.words),
        marks=list(terms.marks),
        reference=terms.reference,
        amount_low=terms.low,
        amount_high=terms.high,
        window_days=terms.window_days,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        made_by=by,
    )
    amount = exact(terms.amount)
    AgreementAmount.objects.create(agreement=agreement, valid_from=terms.valid_from, amount=amount, made_by=by)
    _tell("agreement.made", agreement, by, amount=amount)
    return agreement


@transaction.atomic
def change_amount(*, agreement: Agreement, amount: Decimal, valid_from: date, by: User) -> AgreementAmount:
    """Another amount from a day on. Raises `IntegrityError` when that day has an amount already."""
    term = AgreementAmount.objects.create(agreement=agreement, valid_from=valid_from, amount=exact(amount), made_by=by)
    _tell("agreement.amount_changed", agreement, by, amount=term.amount, valid_from=valid_from)
    return term


@transaction.atomic
def end_agreement(*, agreement: Agreement, valid_until: date, by: User) -> Agreement:
    """Nothing falls due any more from `valid_until` on."""
    if valid_until <= agreement.valid_from:
        raise EndsBeforeItStarts
    agreement.valid_until = valid_until
    agreement.save(update_fields=["valid_until"])
    _tell("agreement.ended", agreement, by, valid_until=valid_until)
    return agreement


@transaction.atomic
def pause_agreement(
    *, agreement: Agreement, valid_from: date, valid_until: date | None, reason: str, by: User
) -> AgreementPause:
    """Nothing falls due in this half-open period."""
    pause = AgreementPause.objects.create(
        agreement=agreement, valid_from=valid_from, valid_until=valid_until, reason=reason
    )
    _tell("agreement.paused", agreement, by, valid_from=valid_from, reason=reason)
    return pause


@transaction.atomic
def skip_due_date(*, agreement: Agreement, due_on: date, reason: str, by: User) -> AgreementException:
    """This one due date does not count."""
    skipped = AgreementException.objects.create(agreement=agreement, due_on=due_on, reason=reason)
    _tell("agreement.skipped", agreement, by, due_on=due_on, reason=reason)
    return skipped


def _tell(action: str, agreement: Agreement, by: User | None, **facts: object) -> None:
    record(action=action, subject=f"agreement:{agreement.pk}", by=by, resident_id=agreement.resident_id, facts=facts)
