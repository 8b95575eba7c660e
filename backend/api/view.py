"""What every view of the API does: who asks and what for, which version answers, one page of rows, one row's ETag."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.authentication import KeyAuthentication, KeyThrottle, MayAsk, system_of
from backend.api.bodies import JsonBody
from backend.api.problems import Refused, as_problem
from backend.api.shapes import Question, only
from backend.web.guards import Guard
from budgeting.models import User

VERSION = "1.0.0"
# What may follow one behind the other on a page of a list.
_SEPARATOR = ","


class ApiView(APIView):
    """A door for machines. `scopes` says per method what a key needs; a method that is not in it is closed.

    An empty scope is open to every key and needs no purpose: it shows nothing of residents.
    """

    scopes: dict[str, str] = {}
    guard = Guard(machines=True)
    question: type[Question] | None = None
    authentication_classes = [KeyAuthentication]
    permission_classes = [MayAsk]
    throttle_classes = [KeyThrottle]
    parser_classes: list[type[BaseParser]] = [JsonBody]
    renderer_classes = [JSONRenderer]
    metadata_class = None
    http_method_names = ["get", "post", "head"]
    raw: bytes = b""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Chooses the language of refusals, then lets in or refuses."""
        translation.activate("en" if (translation.get_language() or "").startswith("en") else "nl")
        super().initial(request, *args, **kwargs)
        self.now = timezone.localtime()
        self.on: date = self.now.date()
        if request.method in {"GET", "HEAD"}:
            self.asked = self._asked(request)

    def get_exception_handler(self) -> Any:
        """Every refusal is a problem."""
        return as_problem

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Every answer names the version of the API."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers["API-Version"] = VERSION
        return answer

    @property
    def system(self) -> User:
        """Who asks, with the purpose."""
        return system_of(self.request)

    def given(self, shape: type[serializers.Serializer[Any]], request: Request) -> Any:
        """The body, exact; what is wrong is told by field."""
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data

    def page(self, rows: QuerySet[Any], shape: type[serializers.Serializer[Any]]) -> tuple[list[Any], Response]:
        """The rows after `after`, and the answer with them: as quick for the last page as for the first."""
        after, limit = self.asked["after"], self.asked["limit"]
        found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
        shown = found[:limit]
        following = self._following(shown[-1].pk) if len(found) > limit else None
        made = only(shape, self._names())
        answer = Response({"items": [made.to_representation(row) for row in shown], "next": following})
        if following:
            answer.headers["Link"] = f'<{following}>; rel="next"'
        return shown, answer

    def one(
        self, row: Any, shape: type[serializers.Serializer[Any]], *, status: int = 200, location: str = ""
    ) -> HttpResponseBase:
        """One row with its ETag; 304 for who has this version already."""
        whole = shape().to_representation(row)
        tag = tag_of(whole)
        headers = {"ETag": tag} | ({"Location": location} if location else {})
        if self.request.method != "POST" and tag in _tags(self.request.headers.get("If-None-Match", "")):
            return HttpResponse(status=304, headers=headers)
        names = self._names() if self.request.method != "POST" else []
        shown = only(shape, names).to_representation(row) if names else whole
        return Response(shown, status=status, headers=headers)

    def check_version(self, row: Any, shape: type[serializers.Serializer[Any]]) -> None:
        """Refuses a change that was made upon another version than the one that stands; the row is locked."""
        wanted = self.request.headers.get("If-Match", "")
        if not wanted:
            raise Refused("if_match_missing", field="If-Match")
        if wanted.strip() != "*" and tag_of(shape().to_representation(row)) not in _tags(wanted):
            raise Refused("changed_meanwhile", field="If-Match")

    def _asked(self, request: Request) -> dict[str, Any]:
        shape = self.question or Question
        if twice := [name for name, values in request.query_params.lists() if len(values) > 1]:
            raise serializers.ValidationError({twice[0]: ["?"]}, code="twice")
        question = shape(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        return dict(question.validated_data)

    def _names(self) -> list[str]:
        asked = self.asked.get("fields") if hasattr(self, "asked") else None
        return [name.strip() for name in asked.split(_SEPARATOR)] if asked else []

    def _following(self, last: int) -> str:
        asked = self.request.query_params.dict() | {"after": str(last)}
        return f"{self.request.path}?{urlencode(asked)}"


class NotHere(ApiView):
    """Every address of the API that there is not."""

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    scopes = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), "")

    def get(self, _request: Request, **_: str) -> Response:
        """Nothing."""
        raise Refused("not_found")

    post = put = patch = delete = get


def found_or_404(rows: QuerySet[Any], number: int) -> Any:
    """The row, when it is there and may be seen; else the same answer as for one that does not exist."""
    row: Model | None = rows.filter(pk=number).first()
    if row is None:
        raise Refused("not_found")
    return row


def tag_of(shown: Mapping[str, Any]) -> str:
    """A strong ETag: of the same facts the same, of any other another."""
    text = json.dumps(shown, sort_keys=True, separators=(",", ":"), default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _tags(header: str) -> list[str]:
    return [part.strip().removeprefix("W/") for part in header.split(",")]
