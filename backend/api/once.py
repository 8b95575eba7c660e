"""An Idempotency-Key makes a request happen once: the same one gets its answer again, another one is refused.

The answer is kept in the transaction of the change itself. Refusals are not kept: they changed nothing, and may be
tried again. Sixteen at once wait for the first.
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.authentication import system_of
from backend.api.problems import Refused
from backend.models import KeptAnswer
from budgeting.actions.locks import hold

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[A-Za-z0-9_-]{8,128}", re.ASCII)
_KEPT_HEADERS = ("ETag", "Location")

Handler = Callable[..., HttpResponseBase]


def once(handler: Handler) -> Handler:
    """Does what the view's method does, once for each key of each system, and keeps the answer in that transaction."""

    @wraps(handler)
    def done_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key, asked = _key(request), _digest(view, request)
        with transaction.atomic():
            # First of all locks: nobody who holds another one waits here.
            hold(f"once:{request.user.pk}:{key}")
            kept = KeptAnswer.objects.filter(system=request.user.pk, key=key).first()
            if kept is not None:
                return _again(kept, asked)
            answer = handler(view, request, *args, **kwargs)
            if answer.status_code < 300:
                _keep(answer, request, key, asked)
            return answer

    return done_once


def _key(request: Request) -> str:
    key = request.headers.get(HEADER, "")
    if not key:
        raise Refused("idempotency_key_missing", field=HEADER)
    if not _KEY.fullmatch(key):
        raise Refused("idempotency_key_invalid", field=HEADER)
    return key


def _digest(view: Any, request: Request) -> str:
    """Of all that decides what the request does: method, address, version it was made upon, body."""
    body: bytes = view.raw if request.data or getattr(view, "raw", None) else b""
    head = "\n".join((str(request.method), request.get_full_path(), request.headers.get("If-Match", "")))
    return hashlib.sha256(head.encode() + b"\n\n" + body).hexdigest()


def _again(kept: KeptAnswer, asked: str) -> Response:
    if kept.request != asked:
        raise Refused("key_used_otherwise", field=HEADER)
    headers = {**kept.headers, REPLAYED: "true"}
    return Response(json.loads(bytes(kept.body)), status=kept.status, headers=headers)


def _keep(answer: HttpResponseBase, request: Request, key: str, asked: str) -> None:
    assert isinstance(answer, Response)
    KeptAnswer.objects.create(
        system=system_of(request),
        key=key,
        request=asked,
        status=answer.status_code,
        headers={name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
        body=json.dumps(answer.data).encode(),
    )
