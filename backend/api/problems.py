"""Every refusal as `application/problem+json` (RFC 9457), in Dutch or English, naming the field where there is one."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from rest_framework import exceptions
from rest_framework.request import Request

from backend.operate.away import SECONDS_AWAY, is_away
from budgeting.access import NotAllowed
from budgeting.actions.accounts import AccountNotInUse, IbanIsAColleagues

_log = logging.getLogger(__name__)
TYPE = "application/problem+json"
TYPES = "urn:huishoudboekje:problem:"

# Code, status and sentence of every problem. Values in braces are given with every problem of that code.
PROBLEMS: dict[str, tuple[int, str]] = {
    "not_readable": (400, _("The body of the request is not readable: {why}.")),
    "invalid": (400, _("The request is not right. See the fields.")),
    "idempotency_key_missing": (400, _("This request changes something. Give it an Idempotency-Key of its own.")),
    "idempotency_key_invalid": (400, _("An Idempotency-Key has 8 to 128 letters, digits, hyphens or underscores.")),
    "purpose_missing": (400, _("Say what you need it for, in the header X-Doelbinding.")),
    "not_known": (401, _("Give a valid key: Authorization: Bearer.")),
    "purpose_not_allowed": (403, _("Your key is not for this purpose.")),
    "scope_missing": (403, _("Your key may not do this. It needs the scope {scope}.")),
    "not_allowed": (403, _("You may not do this.")),
    "not_found": (404, _("This is not here.")),
    "method_not_allowed": (405, _("This cannot be done here.")),
    "not_acceptable": (406, _("We cannot answer in the form that was asked.")),
    "key_used_otherwise": (409, _("This Idempotency-Key was used for another request.")),
    "known_already": (409, _("This is there already.")),
    "decided_already": (409, _("This was decided before. It stands at: {state}.")),
    "money_used": (409, _("There is too little money for this, also with the advance.")),
    "nothing_to_pay": (409, _("There is nothing to pay now.")),
    "nothing_to_take_back": (409, _("There is nothing to take back.")),
    "changed_meanwhile": (412, _("It changed since you read it. Read it again.")),
    "too_large": (413, _("The body is larger than {limit} bytes.")),
    "media_type": (415, _("We do not read this kind of body here.")),
    "statement_refused": (422, _("The bank file was refused. Nothing of it was kept.")),
    "if_match_missing": (428, _("Say which version you change, in the header If-Match.")),
    "too_many": (429, _("Too many requests. Wait {seconds} seconds.")),
    "broken": (500, _("Something went wrong with us. Nothing was changed.")),
    "away": (503, _("We cannot reach our records now. Send it again with the same Idempotency-Key.")),
}

COLLEAGUES_IBAN = _("This is the account number of somebody who works here.")

_OF_FRAMEWORK: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NotAuthenticated, "not_known"),
    (exceptions.AuthenticationFailed, "not_known"),
    (exceptions.PermissionDenied, "not_allowed"),
    (PermissionDenied, "not_allowed"),
    (NotAllowed, "not_allowed"),
    (exceptions.NotFound, "not_found"),
    (Http404, "not_found"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (AccountNotInUse, "changed_meanwhile"),
    (exceptions.UnsupportedMediaType, "media_type"),
)


class Refused(Exception):
    """One of `PROBLEMS`; `field` is the field, header or parameter that it is about."""

    def __init__(self, code: str, *, field: str = "", more: Mapping[str, Any] | None = None, **values: object) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values
        self.more = dict(more or {})


def problem(refused: Refused, request: Request | None, **headers: str) -> HttpResponse:
    """The answer that says so."""
    status, sentence = PROBLEMS[refused.code]
    told = gettext(sentence).format_map(refused.values)
    body = {"type": f"{TYPES}{refused.code}", "title": told, "status": status, "code": refused.code}
    if request is not None:
        body["instance"] = request.path
    if refused.field:
        body["invalidParams"] = [{"name": refused.field, "code": refused.code, "reason": told}]
    return JsonResponse(body | refused.more, status=status, content_type=TYPE, headers=headers)


def as_problem(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """The framework's exception handler: whatever was raised becomes a problem; what nobody foresaw is logged."""
    request = context["request"]
    headers = _headers(error)
    if isinstance(error, Refused):
        return problem(error, request, **headers)
    if isinstance(error, exceptions.ValidationError):
        return problem(Refused("invalid", more={"invalidParams": list(_fields(error.detail))}), request)
    if isinstance(error, IbanIsAColleagues):
        told = {"name": "iban", "code": "colleagues_iban", "reason": gettext(COLLEAGUES_IBAN)}
        return problem(Refused("invalid", more={"invalidParams": [told]}), request)
    if isinstance(error, exceptions.Throttled):
        return problem(Refused("too_many", seconds=_seconds(error)), request, **headers)
    if isinstance(error, exceptions.ParseError | RequestDataTooBig):
        return problem(Refused("not_readable", why=str(error)), request)
    for kind, code in _OF_FRAMEWORK:
        if isinstance(error, kind):
            return problem(Refused(code), request, **headers)
    if is_away(error):
        _log.error("the database is away: %s", type(error).__name__)
        return problem(Refused("away"), request, **{"Retry-After": str(SECONDS_AWAY)})
    _log.exception("a request of the API broke off", exc_info=error)
    got_request_exception.send(sender=as_problem, request=request)
    return problem(Refused("broken"), request)


def _headers(error: Exception) -> dict[str, str]:
    found = {}
    if header := getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = str(header)
    if isinstance(error, exceptions.Throttled):
        found["Retry-After"] = str(_seconds(error))
    if allowed := getattr(error, "allowed", None):
        found["Allow"] = ", ".join(allowed)
    return found


def _seconds(error: exceptions.Throttled) -> int:
    """How long to wait; the framework keeps it on the error."""
    return int(getattr(error, "wait", None) or 1)


def _fields(detail: Any, above: str = "") -> Iterator[dict[str, str]]:
    """Each field that is wrong, by its path in the body, with a code for machines and a sentence for people."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _fields(inner, ".".join(part for part in (above, own) if part))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _fields(inner, f"{above}.{number}".lstrip(".") if nested else above)
    else:
        yield {"name": above, "code": str(getattr(detail, "code", "invalid")), "reason": str(detail)}
