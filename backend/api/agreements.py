"""Agreements: what comes in and goes out. Each change adds a row, and says upon which version it was made."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from backend.api.fields import Amount, Choice, Day, Iban, Rhythm, Text, Texts, Whole
from backend.api.once import once
from backend.api.problems import Refused
from backend.api.shapes import PageQuestion, Shape
from backend.api.told import changes, lists, shows
from backend.api.view import ApiView, found_or_404
from backend.desk.categories import KEYS
from backend.desk.counterparties import known_account
from budgeting import access
from budgeting.actions.agreements import (
    AgreementTerms,
    EndsBeforeItStarts,
    change_amount,
    end_agreement,
    make_agreement,
    pause_agreement,
    skip_due_date,
)
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.actions.people import register_counterparty
from budgeting.models import Account, Agreement, Direction
from budgeting.models.agreements import AgreementQuerySet

_CATEGORIES = sorted(KEYS)
_DIRECTIONS = [str(value) for value in Direction.values]


class AmountShape(Shape):
    """The amount agreed from a day on."""

    valid_from = Day()
    amount = Amount()


class PauseShape(Shape):
    """Nothing falls due from a day on, up to another (not counted) or without end."""

    valid_from = Day()
    valid_until = Day(allow_null=True, required=False)
    reason = Text(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The end lies after the begin."""
        return _in_order(attrs)


class ExceptionShape(Shape):
    """One due date that does not count."""

    due_on = Day()
    reason = Text(max_length=200)


class EndShape(Shape):
    """Nothing falls due from this day on."""

    valid_until = Day()


class AgreementShape(Shape):
    """One regular income or charge of a resident, with its history."""

    id = Whole()
    resident = Whole(source="resident_id")
    counterparty = Text(source="counterparty.name")
    iban = Text(source="account.iban", allow_null=True, default=None)
    direction = Choice(choices=_DIRECTIONS)
    category = Text()
    description = Text()
    recurrence = Rhythm()
    words = Texts()
    marks = Texts()
    reference = Text()
    amount_low = Amount(allow_null=True)
    amount_high = Amount(allow_null=True)
    window_days = Whole()
    valid_from = Day()
    valid_until = Day(allow_null=True)
    amounts = AmountShape(many=True)
    pauses = PauseShape(many=True)
    exceptions = ExceptionShape(many=True)


class NewAgreement(Shape):
    """What is agreed; the other side is one we know by name, or a new one with its IBAN. It begins with the rhythm."""

    resident = Whole(min_value=1, max_value=2**63 - 1)
    direction = Choice(choices=_DIRECTIONS)
    category = Choice(choices=_CATEGORIES)
    counterparty = Text(max_length=70)
    iban = Iban(required=False)
    description = Text(max_length=140)
    amount = Amount()
    recurrence = Rhythm()
    valid_until = Day(required=False)
    reference = Text(max_length=35, required=False)
    words = Texts()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The end lies after the begin."""
        return _in_order(attrs | {"valid_from": attrs["recurrence"].starts_on})


class AgreementQuestion(PageQuestion):
    """Which agreements."""

    resident = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    direction = Choice(choices=_DIRECTIONS, required=False)
    category = Choice(choices=_CATEGORIES, required=False)
    in_force_on = Day(required=False)


@lists("agreements", AgreementShape, AgreementQuestion)
@changes("post", "agreement", NewAgreement, AgreementShape)
class Agreements(ApiView):
    """Agreements, and a new one."""

    scopes = {"GET": "agreements:read", "POST": "agreements:write"}
    question = AgreementQuestion

    def get(self, request: Request) -> HttpResponseBase:
        """Those who are asked for; that they were shown is written down."""
        rows = agreements(self)
        for name in ("resident", "direction", "category"):
            if name in self.asked:
                rows = rows.filter(**{name: self.asked[name]})
        if day := self.asked.get("in_force_on"):
            rows = rows.in_force(day)
        shown, answer = self.page(rows, AgreementShape)
        look_at_residents(residents=[row.resident_id for row in shown], page="agreements", by=self.system)
        return answer

    @once
    def post(self, request: Request) -> HttpResponseBase:
        """Makes an agreement, as the desk does; the planning picks it up."""
        given = self.given(NewAgreement, request)
        visible = access.visible_residents(self.system, on=self.on).filter(pk=given["resident"]).first()
        if visible is None:
            raise serializers.ValidationError({"resident": [_("There is no resident with this number.")]}, "unknown")
        account = self._account(given)
        assert account.counterparty is not None
        made = make_agreement(
            resident=visible,
            counterparty=account.counterparty,
            account=account if given["direction"] == "out" else None,
            terms=_terms(given),
            by=self.system,
        )
        row = found_or_404(agreements(self), made.pk)
        return self.one(row, AgreementShape, status=201, location=f"{request.path}/{made.pk}")

    def _account(self, given: dict[str, Any]) -> Account:
        name, iban = given["counterparty"], given.get("iban", "")
        if known := known_account(name=name, iban=iban):
            return known
        if not iban:
            told = _("We do not know this name yet. Give the account number as well.")
            raise serializers.ValidationError({"iban": [told]}, "required")
        made = register_counterparty(name=name, iban=iban, on=self.on, by=self.system)
        return Account.objects.select_related("counterparty").get(counterparty=made)


@shows("agreement", AgreementShape)
class OneAgreement(ApiView):
    """One agreement."""

    scopes = {"GET": "agreements:read"}

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """The agreement with its history; that it was opened is written down."""
        row = found_or_404(agreements(self), number)
        look_at_resident(resident=row.resident_id, page=f"agreement:{number}", by=self.system)
        return self.one(row, AgreementShape)


class _Change(ApiView):
    """A change of one agreement, made upon a version of it."""

    scopes = {"POST": "agreements:write"}
    http_method_names = ["post"]
    shape: type[Shape]
    do: Callable[..., object]

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """Makes the change; what was agreed for these days already is refused."""
        given = self.given(self.shape, request)
        list(Agreement.objects.select_for_update(no_key=True).filter(pk=number).values("pk"))
        row = found_or_404(agreements(self), number)
        self.check_version(row, AgreementShape)
        try:
            with transaction.atomic():
                type(self).do(agreement=row, by=self.system, **given)
        except EndsBeforeItStarts:
            told = _("The last day has to be after the first.")
            raise serializers.ValidationError({"valid_until": [told]}, "order") from None
        except IntegrityError:
            raise Refused("known_already") from None
        changed = found_or_404(agreements(self), number)
        return self.one(changed, AgreementShape, status=201, location=f"/api/v1/agreements/{number}")


@changes("post", "agreementAmount", AmountShape, AgreementShape, versioned=True)
class Amounts(_Change):
    """Another amount from a day on."""

    shape, do = AmountShape, staticmethod(change_amount)


@changes("post", "agreementPause", PauseShape, AgreementShape, versioned=True)
class Pauses(_Change):
    """Nothing falls due for a while."""

    shape = PauseShape
    do = staticmethod(lambda **given: pause_agreement(**{"valid_until": None, **given}))


@changes("post", "agreementException", ExceptionShape, AgreementShape, versioned=True)
class Exceptions(_Change):
    """One due date does not count."""

    shape, do = ExceptionShape, staticmethod(skip_due_date)


@changes("post", "agreementEnding", EndShape, AgreementShape, versioned=True)
class Endings(_Change):
    """Nothing falls due any more."""

    shape, do = EndShape, staticmethod(end_agreement)


def agreements(view: ApiView) -> AgreementQuerySet:
    """Those this system may see, with all that the shape tells."""
    rows = Agreement.objects.filter(resident__in=access.visible_residents(view.system, on=view.on))
    return rows.select_related("counterparty", "account").prefetch_related("amounts", "pauses", "exceptions")


def _terms(given: dict[str, Any]) -> AgreementTerms:
    return AgreementTerms(
        direction=given["direction"],
        category=given["category"],
        description=given["description"],
        amount=given["amount"],
        recurrence=given["recurrence"],
        valid_from=given["recurrence"].starts_on,
        valid_until=given.get("valid_until"),
        words=tuple(given.get("words", ())),
        reference=given.get("reference", ""),
    )


def _in_order(attrs: dict[str, Any]) -> dict[str, Any]:
    until = attrs.get("valid_until")
    if until is not None and until <= attrs["valid_from"]:
        raise serializers.ValidationError({"valid_until": [_("The last day has to be after the first.")]}, "order")
    return attrs


urlpatterns = [
    path("agreements", Agreements.as_view(), name="api_agreements"),
    path("agreements/<int:number>", OneAgreement.as_view(), name="api_agreement"),
    path("agreements/<int:number>/amounts", Amounts.as_view(), name="api_agreement_amounts"),
    path("agreements/<int:number>/pauses", Pauses.as_view(), name="api_agreement_pauses"),
    path("agreements/<int:number>/exceptions", Exceptions.as_view(), name="api_agreement_exceptions"),
    path("agreements/<int:number>/endings", Endings.as_view(), name="api_agreement_endings"),
]
