"""From which account of the town a batch is paid, when there are several: the money has to be there."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from budgeting.core.money import ZERO
from budgeting.models import BankAccount, Posting
from payments.models import PaymentOrder


class MoneyIsElsewhere(Exception):
    """The account holds `free` euro, less than the batch `needs`; the rest of the town's money is in another one."""

    def __init__(self, free: Decimal, needs: Decimal) -> None:
        super().__init__(f"{free} of {needs}")
        self.free = free
        self.needs = needs


def free_on_each() -> dict[int, Decimal]:
    """By account of ours: what the books say is on it, less what other files already take from it. Two queries."""
    booked = Posting.objects.filter(account__bank_account__isnull=False).values_list("account__bank_account")
    taken = PaymentOrder.objects.filter(batch__isnull=False, state__in=["batched", "released"])
    free: dict[int, Decimal] = defaultdict(lambda: ZERO, booked.annotate(total=Sum("amount")))
    for number, total in taken.values_list("batch__bank_account").annotate(total=Sum("amount")):
        free[number] -= total
    return free


def check_money_was_there(account: BankAccount, taken: Decimal) -> None:
    """After batches took this from an account: raises `MoneyIsElsewhere` when it was not there.

    A town with one account has its money nowhere else.
    """
    if BankAccount.objects.count() > 1 and (left := free_on_each()[account.pk]) < ZERO:
        raise MoneyIsElsewhere(left + taken, taken)
