"""Payment files: put together by a machine if need be, approved and released by people, fetched for the bank."""

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from backend.api.fields import Amount, Choice, Day, Iban, Text, Whole
from backend.api.once import once
from backend.api.orders import first_day
from backend.api.problems import Refused, problem
from backend.api.shapes import PageQuestion, Shape
from backend.api.statements import Reason
from backend.api.told import changes, file_of, lists, shows
from backend.api.view import ApiView, found_or_404
from budgeting.actions.audit import record
from budgeting.models import BankAccount
from payments.actions.batches import AlreadyDecided, NothingToPay, assemble_batches, cancel_batch
from payments.actions.orders import hold_payments
from payments.models import PaymentBatch

_STATES = [str(value) for value in PaymentBatch.State.values]


class BatchShape(Shape):
    """One payment file; its orders are `/orders?batch=`. `sha256` is of the bytes made at the release."""

    id = Whole()
    message_id = Text()
    iban = Text(source="bank_account.iban")
    execute_on = Day()
    state = Choice(choices=_STATES)
    reason = Text()
    count = Whole()
    total = Amount()
    digest = Text()
    sha256 = Text(source="content_sha256")
    assembled_by = Text(source="assembled_by.username")
    approved_by = Text(source="approval.approved_by.username", default=None, allow_null=True)
    released_by = Text(source="released_by.username", default=None, allow_null=True)


class NewBatch(Shape):
    """From which of our accounts all that is ready is paid."""

    iban = Iban()


class BatchQuestion(PageQuestion):
    """Which files."""

    state = Choice(choices=_STATES, required=False)


class XmlFile(BaseRenderer):
    """The bytes as they are."""

    media_type = "application/xml"
    format = "xml"


@lists("batches", BatchShape, BatchQuestion)
@changes("post", "batch", NewBatch, BatchShape)
class Batches(ApiView):
    """Payment files, and a new one."""

    scopes = {"GET": "payments:read", "POST": "payments:write"}
    question = BatchQuestion

    def get(self, request: Request) -> HttpResponseBase:
        """Files, the oldest first."""
        rows = batches()
        return self.page(rows.filter(state=self.asked["state"]) if "state" in self.asked else rows, BatchShape)[1]

    @once
    def post(self, request: Request) -> HttpResponseBase:
        """Puts all that is ready in a draft; what fails a check is held, also when nothing is left to pay.

        More than 10,000 payments become several drafts, of which this answers the first; ask for `?state=draft` to see
        them all.
        """
        given = self.given(NewBatch, request)
        account = BankAccount.objects.filter(iban=given["iban"]).first()
        if account is None:
            raise serializers.ValidationError({"iban": [_("This is not an account of the municipality.")]}, "unknown")
        first = first_day(self.on, self.now)
        try:
            made = assemble_batches(bank_account=account, on=self.on, first=first, by=self.system)
        except NothingToPay:
            # Answered, not raised: what was held stays held.
            return problem(Refused("nothing_to_pay"), request)
        row = found_or_404(batches(), made[0].pk)
        return self.one(row, BatchShape, status=201, location=f"{request.path}/{row.pk}")


@shows("batch", BatchShape)
class OneBatch(ApiView):
    """One payment file."""

    scopes = {"GET": "payments:read"}

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """How the file stands."""
        return self.one(found_or_404(batches(), number), BatchShape)


@changes("post", "batchCancellation", Reason, BatchShape, versioned=True)
class Cancellations(ApiView):
    """Letting a draft go."""

    scopes = {"POST": "payments:write"}
    http_method_names = ["post"]

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """Its orders are planned again. What a person approved, a person cancels."""
        given = self.given(Reason, request)
        hold_payments()
        row = found_or_404(batches(), number)
        self.check_version(row, BatchShape)
        try:
            cancel_batch(batch=row, reason=given["reason"], on=self.on, by=self.system)
        except AlreadyDecided as error:
            raise Refused("decided_already", state=error.state) from None
        return self.one(found_or_404(batches(), number), BatchShape, status=201, location=f"/api/v1/batches/{number}")


@file_of("batchFile", "application/xml", "The pain.001 file, the same bytes every time.")
class File(ApiView):
    """The released file."""

    scopes = {"GET": "payments:file"}
    renderer_classes = [XmlFile]

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """The bytes for the bank; that they were fetched is written down."""
        row = PaymentBatch.objects.filter(pk=number, content__isnull=False).first()
        if row is None or row.content is None:
            raise Refused("not_found")
        record(action="batch.downloaded", subject=f"batch:{number}", by=self.system, sha256=row.content_sha256)
        answer = HttpResponse(bytes(row.content), content_type="application/xml")
        answer["Content-Disposition"] = f'attachment; filename="{row.message_id}.xml"'
        answer["ETag"] = f'"{row.content_sha256}"'
        return answer


def batches() -> QuerySet[PaymentBatch]:
    """Every file, without its bytes."""
    related = ("bank_account", "assembled_by", "approval__approved_by", "released_by")
    return PaymentBatch.objects.select_related(*related).defer("content")


urlpatterns = [
    path("batches", Batches.as_view(), name="api_batches"),
    path("batches/<int:number>", OneBatch.as_view(), name="api_batch"),
    path("batches/<int:number>/cancellations", Cancellations.as_view(), name="api_batch_cancellations"),
    path("batches/<int:number>/file", File.as_view(), name="api_batch_file"),
]
