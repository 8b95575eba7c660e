"""The OpenAPI document at its fixed place: open to everybody, it shows nothing but what can be asked."""

import json
from functools import cache

import yaml
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from backend.api.view import VERSION


@require_safe
@login_not_required
def openapi(_request: HttpRequest) -> HttpResponse:
    """`docs/openapi.yaml` as JSON; pages of other sites may read it, as the Dutch API Design Rules ask."""
    headers = {"API-Version": VERSION, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(_document(), content_type="application/json", headers=headers)


@cache
def _document() -> bytes:
    text = (settings.BASE_DIR / "docs" / "openapi.yaml").read_text()
    return json.dumps(yaml.safe_load(text)).encode()


urlpatterns = [path("openapi.json", openapi, name="api_openapi")]
