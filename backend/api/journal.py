"""The journal of a period, for the town's financial system: CSV or XAF 3.2, as `Accept` asks."""

import base64
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from backend.api.batches import XmlFile
from backend.api.fields import Day
from backend.api.shapes import Question
from backend.api.told import PURPOSE, READS, refusals
from backend.api.view import ApiView
from backend.journal import Period, as_csv, as_xaf, digest
from budgeting.actions.audit import record


class CsvFile(BaseRenderer):
    """The bytes as they are."""

    media_type = "text/csv"
    format = "csv"


class JournalQuestion(Question):
    """Which days (`until` is not counted itself), up to which journal entry (all there are now)."""

    since = Day()
    until = Day()
    up_to = serializers.IntegerField(required=False, min_value=0, max_value=2**63 - 1, default=0)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """At most two years, and the end behind the begin."""
        if not 0 < (attrs["until"] - attrs["since"]).days <= 731:
            raise serializers.ValidationError({"until": [_("The last day has to be after the first.")]}, "order")
        return attrs


_FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The same bytes for the same question with `up_to`.")


@extend_schema_view(
    get=extend_schema(
        operation_id="journal",
        parameters=[JournalQuestion, PURPOSE],
        responses={(200, "text/csv"): _FILE, (200, "application/xml"): _FILE, **refusals(READS)},
    )
)
class Journal(ApiView):
    """Every posting of a period."""

    scopes = {"GET": "books:read"}
    question = JournalQuestion
    renderer_classes = [CsvFile, XmlFile]

    def get(self, request: Request) -> HttpResponseBase:
        """The file, its checksum (`Repr-Digest`), and `up_to` with which it can be had again."""
        period = Period(self.asked["since"], self.asked["until"], self.asked["up_to"]).fixed()
        renderer = request.accepted_renderer
        assert renderer is not None
        data = as_xaf(period) if isinstance(renderer, XmlFile) else as_csv(period)
        subject = f"journal:{period.since}"
        record(action="journal.exported", subject=subject, by=self.system, until=period.until, sha256=digest(data))
        sha = base64.b64encode(bytes.fromhex(digest(data))).decode()
        headers = {"Repr-Digest": f"sha-256=:{sha}:", "ETag": f'"{digest(data)}"', "Journal-Up-To": str(period.up_to)}
        return HttpResponse(data, content_type=renderer.media_type, headers=headers)


urlpatterns = [path("journal", Journal.as_view(), name="api_journal")]
