"""Whether the books hold, and whether the house stands."""

from django.db import connection
from django.http import HttpResponseBase
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.fields import Day, SignedAmount, Text, Whole, Yes
from backend.api.shapes import Shape
from backend.api.told import open_to_all_keys, shows
from backend.api.view import VERSION, ApiView
from budgeting.actions.audit import record
from budgeting.models import Town
from payments.actions.books import verify


class FindingShape(Shape):
    """One rule that must always hold, how much was looked at, and the first thing that breaks it."""

    id = Text()
    name = Text()
    ok = Yes()
    checked = Whole()
    difference = SignedAmount()
    first_violation = Text(allow_null=True)


class BooksShape(Shape):
    """Every rule that live data can show."""

    ok = Yes()
    on = Day()
    invariants = FindingShape(many=True)


class HealthShape(Shape):
    """Whether we answer, and from which town."""

    status = Text()
    version = Text()
    town = Text()


@shows("books", BooksShape)
class Books(ApiView):
    """The books against every rule."""

    scopes = {"GET": "books:read"}

    def get(self, request: Request) -> HttpResponseBase:
        """Every rule with what was found; that it was asked is written down."""
        findings = verify()
        broken = [finding.id for finding in findings if not finding.ok]
        record(action="books.verified", subject=f"day:{self.on}", by=self.system, broken=broken)
        return self.one({"ok": not broken, "on": self.on, "invariants": findings}, BooksShape)


@open_to_all_keys("health", HealthShape)
class Health(ApiView):
    """Whether we answer."""

    scopes = {"GET": ""}

    def get(self, request: Request) -> HttpResponseBase:
        """Asks the database for one row."""
        connection.ensure_connection()
        town = Town.objects.values_list("name", flat=True).first()
        return Response({"status": "ok" if town else "not set up", "version": VERSION, "town": town or ""})


urlpatterns = [
    path("books", Books.as_view(), name="api_books"),
    path("health", Health.as_view(), name="api_health"),
]
