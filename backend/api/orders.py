"""Payment orders: what goes out, to whom, where it stands and why, and paying once more what came back."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request

from backend.api.fields import Amount, Choice, Day, Text, Whole
from backend.api.once import once
from backend.api.problems import Refused
from backend.api.shapes import PageQuestion, Shape
from backend.api.told import changes, lists, shows
from backend.api.view import ApiView, found_or_404
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.models import Town
from payments.actions.again import NotToBePaidAgain, pay_again
from payments.actions.orders import hold_payments
from payments.core.banking_days import first_execution_day
from payments.models import PaymentOrder

_STATES = [str(value) for value in PaymentOrder.State.values]
_KINDS = [str(value) for value in PaymentOrder.Kind.values]


class OrderShape(Shape):
    """One dated instruction. `reason` is a code; `end_to_end_id` is how the bank's statement names it."""

    id = Whole()
    kind = Choice(choices=_KINDS)
    resident = Whole(source="resident_id")
    agreement = Whole(source="agreement_id", allow_null=True)
    batch = Whole(source="batch_id", allow_null=True)
    category = Text()
    due_on = Day()
    execute_on = Day()
    booked_on = Day(allow_null=True)
    amount = Amount()
    name = Text()
    iban = Text()
    remittance = Text()
    structured_reference = Text()
    attempt = Whole()
    end_to_end_id = Text()
    state = Choice(choices=_STATES)
    reason = Text()


class Nothing(Shape):
    """An empty object: all that is needed stands in the address."""


class OrderQuestion(PageQuestion):
    """Which orders."""

    state = Choice(choices=_STATES, required=False)
    kind = Choice(choices=_KINDS, required=False)
    resident = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    batch = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    execute_on = Day(required=False)


@lists("orders", OrderShape, OrderQuestion)
class Orders(ApiView):
    """Orders."""

    scopes = {"GET": "payments:read"}
    question = OrderQuestion

    def get(self, request: Request) -> HttpResponseBase:
        """Those who are asked for; whose they are is written down as looked at."""
        names = ("state", "kind", "resident", "batch", "execute_on")
        rows = PaymentOrder.objects.filter(**{name: self.asked[name] for name in names if name in self.asked})
        shown, answer = self.page(rows, OrderShape)
        look_at_residents(residents=[row.resident_id for row in shown], page="orders", by=self.system)
        return answer


@shows("order", OrderShape)
class OneOrder(ApiView):
    """One order."""

    scopes = {"GET": "payments:read"}

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """The order as it stands."""
        row = found_or_404(orders(), number)
        look_at_resident(resident=row.resident_id, page=f"order:{number}", by=self.system)
        return self.one(row, OrderShape)


@changes("post", "orderAttempt", Nothing, OrderShape, versioned=True)
class Attempts(ApiView):
    """Paying once more."""

    scopes = {"POST": "payments:write"}
    http_method_names = ["post"]

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """Plans the next attempt of what came back or was refused, to the account that holds now."""
        self.given(Nothing, request)
        hold_payments()
        row = found_or_404(orders(), number)
        self.check_version(row, OrderShape)
        try:
            again = pay_again(order=row, on=self.on, first=first_day(self.on, self.now), by=self.system)
        except NotToBePaidAgain as error:
            raise Refused("decided_already", state=error.state) from None
        return self.one(again, OrderShape, status=201, location=f"/api/v1/orders/{again.pk}")


def orders() -> QuerySet[PaymentOrder]:
    """Every order."""
    return PaymentOrder.objects.select_related("agreement__account")


def first_day(on: date, now: datetime) -> date:
    """The first day the bank can execute what is sent now."""
    cut_off = Town.objects.values_list("cut_off", flat=True).get()
    return first_execution_day(on, now.time(), cut_off)


urlpatterns = [
    path("orders", Orders.as_view(), name="api_orders"),
    path("orders/<int:number>", OneOrder.as_view(), name="api_order"),
    path("orders/<int:number>/attempts", Attempts.as_view(), name="api_order_attempts"),
]
