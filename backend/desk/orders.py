"""Orders that a person has to look at."""

from django.db.models import Exists, OuterRef, Q

from payments.models import OrderQuerySet, PaymentOrder


def needing_a_person() -> OrderQuerySet:
    """Orders held back, and orders that came back or were refused and were not tried again."""
    same = Q(agreement=OuterRef("agreement")) | Q(agreement=None, resident=OuterRef("resident"), kind=OuterRef("kind"))
    again = PaymentOrder.objects.filter(same, due_on=OuterRef("due_on"), attempt__gt=OuterRef("attempt"))
    failed = Q(state__in=["returned", "rejected"]) & ~Exists(again)
    # The three states once more, so that the few orders that are in one of them are found in their own index.
    rows = PaymentOrder.objects.filter(Q(state="held") | failed, state__in=["held", "returned", "rejected"])
    return rows.select_related("resident", "agreement__counterparty", "account")
