"""Residents: who takes part, registering somebody, another account, and all that is kept of one resident."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accessibility.languages import LANGUAGES
from backend.api.fields import Amount, Choice, Day, Iban, Rhythm, SignedAmount, Text, Whole, Yes
from backend.api.once import once
from backend.api.problems import Refused
from backend.api.shapes import PageQuestion, Shape
from backend.api.told import changes, file_of, lists, shows
from backend.api.view import ApiView, found_or_404
from backend.desk.first_sheet import make_first_sheet
from backend.own_data import own_data
from budgeting import access
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.actions.people import ResidentDetails, change_account, register_resident
from budgeting.models import Account, BankAccount, Household, Resident, User


class AccountShape(Shape):
    """The account that money to live on goes to, and since when we know it."""

    iban = Iban()
    name = Text(max_length=70)
    since = Day(read_only=True)


# Making a shape copies its fields: once is enough.
_ACCOUNT = AccountShape()


class ResidentShape(Shape):
    """A resident. `number` is what people call the file by."""

    id = Whole()
    number = Text()
    household = Whole(source="household_id")
    first_names = Text()
    last_name = Text()
    birth_date = Day(allow_null=True)
    language = Text()
    interpreter_needed = Yes()
    phone = Text()
    street = Text()
    postcode = Text()
    town = Text()
    pay_rhythm = Rhythm()
    fixed_payout = Amount(allow_null=True)
    buffer = SignedAmount()
    advance_limit = SignedAmount()
    starts_on = Day()
    ends_on = Day(allow_null=True)
    account = serializers.SerializerMethodField()

    @extend_schema(responses=AccountShape(allow_null=True))
    def get_account(self, row: Resident) -> dict[str, Any] | None:
        """The account in use."""
        held = next(iter(row.accounts.all()), None)
        return None if held is None else _ACCOUNT.to_representation(held)


class NewResident(Shape):
    """What must be known of a resident at the start; `member_of` is the number of somebody of the same household."""

    first_names = Text(max_length=200)
    last_name = Text(max_length=200)
    birth_date = Day()
    language = Choice(choices=sorted(LANGUAGES), required=False)
    interpreter_needed = Yes(required=False)
    phone = Text(max_length=20, required=False)
    street = Text(max_length=200)
    postcode = Text(max_length=10)
    town = Text(max_length=100)
    pay_rhythm = Rhythm()
    iban = Iban()
    case_worker = Text(max_length=150, help_text="User name of who looks after this resident.")
    member_of = Text(max_length=20, required=False)


class NewAccount(Shape):
    """Another account number, and the name on it."""

    iban = Iban()
    name = Text(max_length=70)


class ResidentQuestion(PageQuestion):
    """Which residents."""

    number = Text(required=False, max_length=20)
    takes_part = serializers.BooleanField(required=False)


@lists("residents", ResidentShape, ResidentQuestion)
@changes("post", "resident", NewResident, ResidentShape)
class Residents(ApiView):
    """Residents, and a new one."""

    scopes = {"GET": "residents:read", "POST": "residents:write"}
    question = ResidentQuestion

    def get(self, request: Request) -> HttpResponseBase:
        """Those who are asked for; that their names were shown is written down."""
        rows = residents(access.visible_residents(self.system, on=self.on))
        if number := self.asked.get("number"):
            rows = rows.filter(number=number)
        if "takes_part" in self.asked:
            inside = Resident.objects.taking_part(self.on).values("pk")
            rows = rows.filter(pk__in=inside) if self.asked["takes_part"] else rows.exclude(pk__in=inside)
        shown, answer = self.page(rows, ResidentShape)
        look_at_residents(residents=[row.pk for row in shown], page="residents", by=self.system)
        return answer

    @once
    def post(self, request: Request) -> HttpResponseBase:
        """Registers somebody, as the desk does."""
        given = self.given(NewResident, request)
        row = self._register(given)
        shown = found_or_404(residents(Resident.objects.all()), row.pk)
        return self.one(shown, ResidentShape, status=201, location=f"{request.path}/{row.pk}")

    def _register(self, given: dict[str, Any]) -> Resident:
        refuse_our_own(given["iban"])
        worker = User.objects.filter(username=given.pop("case_worker")).first()
        if worker is None or not access.may(worker, "change_residents", on=self.on):
            raise serializers.ValidationError({"case_worker": [_("This is no case worker.")]}, code="unknown")
        same = {f"{name}__iexact": given[name] for name in ("first_names", "last_name")}
        if Resident.objects.filter(**same, birth_date=given["birth_date"]).exists():
            raise Refused("known_already")
        household, iban = self._household(given), given.pop("iban")
        details = ResidentDetails(**given)
        made = register_resident(
            household=household, details=details, iban=iban, case_worker=worker, on=self.on, by=self.system
        )
        make_first_sheet(resident=made, now=self.now, by=self.system)
        return made

    def _household(self, given: dict[str, Any]) -> Household:
        number = given.pop("member_of", "")
        if not number:
            return Household.objects.create(name=given["last_name"])
        member = Resident.objects.select_related("household").filter(number=number).first()
        if member is None:
            raise serializers.ValidationError({"member_of": [_("There is no resident with this number.")]}, "unknown")
        return member.household


@shows("resident", ResidentShape)
class OneResident(ApiView):
    """One resident."""

    scopes = {"GET": "residents:read"}

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """The file's first page; that it was opened is written down."""
        row = resident_of(self, number)
        look_at_resident(resident=row.pk, page="resident", by=self.system)
        return self.one(row, ResidentShape)


@changes("post", "residentAccount", NewAccount, ResidentShape, versioned=True)
class Accounts(ApiView):
    """The resident's own account."""

    scopes = {"POST": "residents:write"}
    http_method_names = ["post"]

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """Another one: the old stays known, and nothing goes to the new one before it has waited."""
        given = self.given(NewAccount, request)
        refuse_our_own(given["iban"])
        list(Resident.objects.select_for_update(no_key=True).filter(pk=number).values("pk"))
        row = resident_of(self, number)
        self.check_version(row, ResidentShape)
        old = Account.objects.filter(resident=row, until=None).first()
        if old is None:
            raise Refused("not_found")
        if old.iban == given["iban"]:
            raise Refused("known_already", field="iban")
        change_account(old=old, on=self.on, by=self.system, **given)
        return self.one(resident_of(self, number), ResidentShape, status=201, location=f"/api/v1/residents/{number}")


@file_of("ownData", "application/json", "All that is kept of one resident.")
class OwnData(ApiView):
    """What the law lets a resident ask for (GDPR 15 and 20): everything, in an open form."""

    scopes = {"GET": "residents:read"}

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """Everything of one resident, as one JSON object."""
        row = resident_of(self, number)
        with transaction.atomic():
            look_at_resident(resident=row.pk, page="own_data", by=self.system)
            return Response(own_data(row))


def residents(rows: QuerySet[Resident]) -> QuerySet[Resident]:
    """With the account in use, for the shape."""
    return rows.prefetch_related(Prefetch("accounts", queryset=Account.objects.filter(until=None).order_by("pk")))


def resident_of(view: ApiView, number: int) -> Resident:
    """The resident, when the system may see them; else 404."""
    row: Resident = found_or_404(residents(access.visible_residents(view.system, on=view.on)), number)
    return row


def refuse_our_own(iban: str) -> None:
    """Money to live on never goes to an account of the municipality itself."""
    if BankAccount.objects.filter(iban=iban).exists():
        raise serializers.ValidationError({"iban": [_("This is the account number of the municipality.")]}, "ours")


urlpatterns = [
    path("residents", Residents.as_view(), name="api_residents"),
    path("residents/<int:number>", OneResident.as_view(), name="api_resident"),
    path("residents/<int:number>/accounts", Accounts.as_view(), name="api_accounts"),
    path("residents/<int:number>/own-data", OwnData.as_view(), name="api_own_data"),
]
