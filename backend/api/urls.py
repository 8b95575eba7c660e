"""Every address of the API; what there is not is answered as a problem as well."""

from itertools import chain

from django.urls import URLPattern, URLResolver, include, path

from backend.api import (
    agreements,
    alerts,
    batches,
    books,
    entries,
    journal,
    orders,
    published,
    residents,
    statements,
    telling,
)
from backend.api.view import NotHere

RESOURCES = (
    residents,
    telling,
    agreements,
    statements,
    entries,
    journal,
    orders,
    batches,
    alerts,
    books,
    published,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include([*chain.from_iterable(resource.urlpatterns for resource in RESOURCES)])),
    path("api/<path:rest>", NotHere.as_view(), name="api_not_here"),
]
