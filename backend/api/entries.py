"""Entries of statements: what the bank wrote, what waits and why, whose a person or system says it is."""

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from backend.api.fields import Choice, Day, SignedAmount, Text, Whole
from backend.api.once import once
from backend.api.problems import Refused
from backend.api.shapes import PageQuestion, Shape
from backend.api.statements import Reason
from backend.api.told import changes, lists, shows
from backend.api.view import ApiView, found_or_404
from backend.desk.categories import KEYS
from budgeting import access
from budgeting.actions.entries import (
    AgreementOfAnother,
    NothingToTakeBack,
    NotWaiting,
    Part,
    PartsDoNotAddUp,
    decide_entry,
    take_back,
)
from budgeting.actions.ledger import BalanceTooLow
from budgeting.actions.looks import look_at_residents
from budgeting.models import Agreement, Allocation, Entry, Resident


class PartShape(Shape):
    """A signed part of an entry: a resident's, for an agreement or a category; without a resident the town's own."""

    amount = SignedAmount()
    resident = Whole(source="resident_id", allow_null=True)
    agreement = Whole(source="agreement_id", allow_null=True)
    category = Text()


# Making a shape copies its fields: once is enough.
_PART = PartShape()


class Suggestion(Shape):
    """An agreement that the entry may belong to, with the codes of what speaks for and against it."""

    agreement = Whole()
    reasons = serializers.ListField(child=serializers.DictField())


class EntryShape(Shape):
    """One entry as the bank wrote it, where its money lies now, and what is suggested while it waits."""

    id = Whole()
    statement = Whole(source="statement_id")
    booking_date = Day()
    value_date = Day(allow_null=True)
    amount = SignedAmount()
    counterparty_name = Text()
    counterparty_iban = Text()
    remittance = Text()
    structured_reference = Text()
    end_to_end_id = Text()
    mandate_id = Text()
    creditor_id = Text()
    return_reason = Text()
    waits = serializers.SerializerMethodField()
    suggestions = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()

    def get_waits(self, row: Entry) -> bool:
        """Whether nobody has said yet whose it is."""
        waiting = getattr(row, "waiting", None)
        return waiting is not None and waiting.closed_at is None

    @extend_schema(responses=Suggestion(many=True))
    def get_suggestions(self, row: Entry) -> list[dict[str, Any]]:
        """The best first."""
        stored = row.waiting.suggestions if self.get_waits(row) else []
        return [{"agreement": int(one["agreement"]), "reasons": one["reasons"]} for one in stored if "agreement" in one]

    @extend_schema(responses=PartShape(many=True))
    def get_parts(self, row: Entry) -> list[dict[str, Any]]:
        """What stands of what was decided."""
        return [_PART.to_representation(one) for one in getattr(row, "standing", [])]


class NewPart(Shape):
    """A part that is decided: of an agreement, of a resident for a category, or of the town itself."""

    amount = SignedAmount()
    resident = Whole(required=False, min_value=1, max_value=2**63 - 1)
    agreement = Whole(required=False, min_value=1, max_value=2**63 - 1)
    category = Choice(choices=sorted(KEYS), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A part for a resident says what it is for."""
        if "resident" in attrs and not {"category", "agreement"} & attrs.keys():
            raise serializers.ValidationError({"category": [_("Choose what it is for.")]}, "required")
        return attrs


class Decision(Shape):
    """Whose money an entry is: one part, or up to ten that add up to it."""

    parts = serializers.ListField(child=NewPart(), min_length=1, max_length=10)


class EntryQuestion(PageQuestion):
    """Which entries."""

    waits = serializers.BooleanField(required=False)
    statement = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    booked_from = Day(required=False)
    booked_until = Day(required=False, help_text="Not counted itself.")
    counterparty_iban = Text(required=False, max_length=34)


@lists("entries", EntryShape, EntryQuestion)
class Entries(ApiView):
    """Entries of every statement that came in."""

    scopes = {"GET": "entries:read"}
    question = EntryQuestion

    def get(self, request: Request) -> HttpResponseBase:
        """Those who are asked for; of residents who are named in them it is written down."""
        rows = entries()
        if "waits" in self.asked:
            waits = {"waiting__isnull": False, "waiting__closed_at": None}
            rows = rows.filter(**waits) if self.asked["waits"] else rows.exclude(**waits)
        narrower = {
            "statement": "statement__imported_by", "booked_from": "booking_date__gte",
            "booked_until": "booking_date__lt", "counterparty_iban": "counterparty_iban",
        }  # fmt: skip
        rows = rows.filter(**{name: self.asked[asked] for asked, name in narrower.items() if asked in self.asked})
        shown, answer = self.page(rows, EntryShape)
        look_at_residents(residents=_named(shown), page="entries", by=self.system)
        return answer


@shows("entry", EntryShape)
class OneEntry(ApiView):
    """One entry."""

    scopes = {"GET": "entries:read"}

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """The entry, its suggestions and its parts."""
        row = found_or_404(entries(), number)
        look_at_residents(residents=_named([row]), page=f"entry:{number}", by=self.system)
        return self.one(row, EntryShape)


@changes("post", "entryDecision", Decision, EntryShape, versioned=True)
class Decisions(ApiView):
    """Deciding whose the money of an entry is."""

    scopes = {"POST": "entries:write"}
    http_method_names = ["post"]

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """Decides, as the desk does."""
        given = self.given(Decision, request)
        row = found_or_404(entries(), number)
        self.check_version(row, EntryShape)
        parts = [self._part(part, place) for place, part in enumerate(given["parts"])]
        try:
            decide_entry(entry=row, parts=parts, on=self.on, by=self.system)
        except PartsDoNotAddUp:
            raise serializers.ValidationError({"parts": [_("The parts are not the whole amount.")]}, "sum") from None
        except AgreementOfAnother:
            told = _("The agreement is of another resident.")
            raise serializers.ValidationError({"parts": [told]}, "agreement") from None
        except BalanceTooLow:
            raise Refused("money_used") from None
        except NotWaiting as error:
            raise Refused("decided_already", state=error.who or "rule") from None
        return self.one(found_or_404(entries(), number), EntryShape, status=201, location=f"/api/v1/entries/{number}")

    def _part(self, given: dict[str, Any], place: int) -> Part:
        visible = access.visible_residents(self.system, on=self.on)
        amount: Decimal = given["amount"]
        resident: Resident | None = None
        agreement: Agreement | None = None
        if "agreement" in given:
            rows = Agreement.objects.filter(resident__in=visible).select_related("resident")
            agreement = rows.filter(pk=given["agreement"]).first()
            if agreement is None:
                raise _unknown(place, "agreement")
            resident = agreement.resident
        if "resident" in given:
            resident = visible.filter(pk=given["resident"]).first()
            if resident is None:
                raise _unknown(place, "resident")
        category = given.get("category", "") if resident is not None and agreement is None else ""
        return Part(amount, resident, agreement, category)


@changes("post", "entryWithdrawal", Reason, EntryShape, versioned=True)
class Withdrawals(ApiView):
    """Taking a decision back."""

    scopes = {"POST": "entries:write"}
    http_method_names = ["post"]

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """The money lies in suspense again and the entry waits."""
        given = self.given(Reason, request)
        row = found_or_404(entries(), number)
        self.check_version(row, EntryShape)
        try:
            take_back(entry=row, reason=given["reason"], on=self.on, by=self.system)
        except NothingToTakeBack:
            raise Refused("nothing_to_take_back") from None
        except BalanceTooLow:
            raise Refused("money_used") from None
        return self.one(found_or_404(entries(), number), EntryShape, status=201, location=f"/api/v1/entries/{number}")


def entries() -> QuerySet[Entry]:
    """Every entry, with what waits and what stands of decisions."""
    standing = Prefetch("allocations", queryset=Allocation.objects.standing().order_by("pk"), to_attr="standing")
    return Entry.objects.select_related("waiting").prefetch_related(standing)


def _named(rows: list[Entry]) -> set[int]:
    return {part.resident_id for row in rows for part in getattr(row, "standing", []) if part.resident_id}


def _unknown(place: int, field: str) -> serializers.ValidationError:
    return serializers.ValidationError({"parts": {str(place): {field: [_("This is not here.")]}}}, "unknown")


urlpatterns = [
    path("entries", Entries.as_view(), name="api_entries"),
    path("entries/<int:number>", OneEntry.as_view(), name="api_entry"),
    path("entries/<int:number>/decisions", Decisions.as_view(), name="api_entry_decisions"),
    path("entries/<int:number>/withdrawals", Withdrawals.as_view(), name="api_entry_withdrawals"),
]
