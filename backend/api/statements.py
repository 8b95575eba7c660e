"""Bank files: one is given as its bytes, and the answer says what became of it; the last import can be taken back."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from accessibility.problems import in_words, problem_of
from backend.api.bodies import FileBody, TextBody, XmlBody
from backend.api.fields import Choice, Text, Whole
from backend.api.once import once
from backend.api.problems import Refused
from backend.api.shapes import PageQuestion, Shape
from backend.api.told import changes, lists, shows
from backend.api.view import ApiView, found_or_404
from budgeting.actions.ledger import BalanceTooLow
from budgeting.actions.statements import REFUSED
from budgeting.actions.undo import CannotUndo, undo_import
from budgeting.core.statement import Problem
from budgeting.models import StatementImport
from payments.actions.settle import take_in_statement

_STATUSES = [str(value) for value in StatementImport.Status.values]
_BYTES = dict.fromkeys(("application/xml", "application/octet-stream", "text/plain"), OpenApiTypes.BINARY)
_FILE_NAME = OpenApiParameter("X-File-Name", str, OpenApiParameter.HEADER, description="For people, later.")


class ProblemShape(Shape):
    """What is wrong with a file: a code, where in the file, and in words."""

    code = Text()
    where = Text()
    message = Text()


class ImportShape(Shape):
    """One bank file that was taken in, held, or known already. Of a held file nothing is booked."""

    id = Whole()
    status = Choice(choices=_STATUSES)
    format = Text()
    version = Text()
    file_name = Text(source="file.name")
    sha256 = Text(source="file.sha256")
    entries = Whole()
    new = Whole()
    known = Whole()
    problems = serializers.SerializerMethodField()
    undone = serializers.SerializerMethodField()

    @extend_schema(responses=ProblemShape(many=True))
    def get_problems(self, row: StatementImport) -> list[dict[str, str]]:
        """Each problem with its sentence."""
        return [_told(problem_of(stored)) for stored in row.problems]

    def get_undone(self, row: StatementImport) -> bool:
        """Whether the import was taken back."""
        return hasattr(row, "undone")


class Reason(Shape):
    """Why."""

    reason = Text(max_length=200)


class ImportQuestion(PageQuestion):
    """Which imports."""

    status = Choice(choices=_STATUSES, required=False)
    sha256 = Text(required=False, max_length=64)


@lists("statements", ImportShape, ImportQuestion)
@changes("post", "statement", _BYTES, ImportShape, also=(200,), parameters=(_FILE_NAME,))
class Statements(ApiView):
    """Imports, and a new one."""

    scopes = {"GET": "statements:read", "POST": "statements:write"}
    question = ImportQuestion
    parser_classes = [XmlBody, FileBody, TextBody]

    def get(self, request: Request) -> HttpResponseBase:
        """Imports, the oldest first."""
        rows = imports()
        if status := self.asked.get("status"):
            rows = rows.filter(status=status)
        if digest := self.asked.get("sha256"):
            rows = rows.filter(file__sha256=digest)
        return self.page(rows, ImportShape)[1]

    @once
    def post(self, request: Request) -> HttpResponseBase:
        """Imports and settles, as the desk does: 201 for something new or held, 200 for what was known."""
        name = request.headers.get("X-File-Name", "statement")[:255]
        if not name.isprintable():
            raise Refused("invalid", field="X-File-Name")
        taken = take_in_statement(data=_content(request), name=name, by=self.system, on=self.on)
        result = taken.result
        if result.status == REFUSED:
            told = [_told(problem) for problem in result.problems]
            raise Refused("statement_refused", more={"problems": told})
        row = found_or_404(imports(), result.attempt_id or 0)
        status = 200 if result.status == "already_imported" else 201
        return self.one(row, ImportShape, status=status, location=f"{request.path}/{row.pk}")


@shows("statement", ImportShape)
class OneStatement(ApiView):
    """One import."""

    scopes = {"GET": "statements:read"}

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """What became of one file."""
        return self.one(found_or_404(imports(), number), ImportShape)


@changes("post", "statementReversal", Reason, ImportShape)
class Reversals(ApiView):
    """Taking an import back."""

    scopes = {"POST": "statements:write"}
    http_method_names = ["post"]

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """Reverses every entry of the latest import, as long as nothing was paid from it."""
        given = self.given(Reason, request)
        row = found_or_404(imports(), number)
        try:
            undo_import(attempt=row, reason=given["reason"], on=self.on, by=self.system)
        except CannotUndo as refused:
            raise Refused("decided_already", state=refused.reason) from None
        except BalanceTooLow:
            raise Refused("money_used") from None
        changed = found_or_404(imports(), number)
        return self.one(changed, ImportShape, status=201, location=f"/api/v1/statements/{number}")


def imports() -> QuerySet[StatementImport]:
    """Every attempt, without the bytes."""
    return StatementImport.objects.select_related("file", "undone").defer("file__content")


def _content(request: Request) -> bytes:
    data: Any = request.data
    content = data.get("content") if isinstance(data, dict) else None
    return bytes(content or b"")


def _told(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "where": problem.where, "message": in_words(problem, file="").what}


urlpatterns = [
    path("statements", Statements.as_view(), name="api_statements"),
    path("statements/<int:number>", OneStatement.as_view(), name="api_statement"),
    path("statements/<int:number>/reversals", Reversals.as_view(), name="api_statement_reversals"),
]
