"""Account numbers that wait for a second person: whose, who typed them, and what speaks against them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from budgeting.actions.accounts import Objection, judged
from budgeting.models import Account, AccountConfirmation, Agreement
from budgeting.models.among import among
from payments.models import PaymentOrder

MOST = 100


@dataclass(frozen=True, slots=True)
class AccountTold:
    """One account; `problem` is why nothing is paid to it ("" when it may be), `objections` what speaks against it."""

    account: Account
    problem: str
    objections: list[Objection]

    @property
    def owner(self) -> str:
        """Whose it is, as we know them."""
        return str(self.account.counterparty or self.account.resident)


def waiting_accounts(*, on: date) -> list[AccountTold]:
    """The accounts that money should go to and may not yet, those longest known first."""
    # The few that may have a problem are asked for first: at once, the database goes through every agreement there is.
    doubted = _doubted()
    pays = Agreement.objects.going_out().filter(among("account", doubted)).exclude(valid_until__lte=on)
    needed = Q(pk__in=pays.order_by().values("account")) | Q(resident__isnull=False)
    rows = Account.objects.filter(among("pk", doubted), needed, until=None)
    return [told for told in _told(rows.order_by("since", "pk")[:MOST], on=on) if told.problem]


def _doubted() -> list[int]:
    """Accounts for which nobody vouched, that a bank says are of another, or of which an order was held back."""
    vouched = AccountConfirmation.objects.filter(account=OuterRef("pk")).filter(
        Q(how="second_person") | Q(how="earlier") | Q(outcome="match")
    )
    used = Account.objects.filter(until=None).order_by()
    stopped = PaymentOrder.objects.filter(state="held", reason__in=_STOPPED, account__isnull=False).order_by()
    found = used.filter(~Exists(vouched) | Q(name_check=Account.NameCheck.NO_MATCH)).values_list("pk", flat=True)
    return list(found.union(stopped.values_list("account", flat=True)))


def account_told(number: int, *, on: date) -> AccountTold | None:
    """One account in use; None when there is none."""
    found = _told(Account.objects.filter(pk=number, until=None), on=on)
    return found[0] if found else None


_STOPPED = ("account_not_confirmed", "iban_under_two_names", "iban_is_a_colleagues", "name_does_not_match")


def _told(rows: QuerySet[Account], *, on: date) -> list[AccountTold]:
    accounts = list(rows.select_related("counterparty", "resident__user", "added_by"))
    problems, against = judged(accounts, on=on)
    return [AccountTold(one, problems.get(one.pk, ""), against[one.pk]) for one in accounts]
