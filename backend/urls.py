"""Every address of the house; each of them is closed until its view says otherwise."""

from itertools import chain

from django.urls import URLPattern, URLResolver

from backend.api import urls as api
from backend.web import account, choices, explained, listen, objecting, refusals, resident, style
from backend.web.desk import (
    agreements,
    alerts,
    answers,
    bank,
    batches,
    books,
    months,
    objections,
    payments,
    registering,
    residents,
    shortages,
    taught,
    today,
    waiting,
)

DESK = (
    today,
    residents,
    registering,
    agreements,
    bank,
    waiting,
    payments,
    batches,
    answers,
    books,
    months,
    objections,
    shortages,
    alerts,
    taught,
)
DOORS = (account, resident, listen, choices, explained, objecting, style, *DESK, api)

urlpatterns: list[URLPattern | URLResolver] = list(chain.from_iterable(door.urlpatterns for door in DOORS))

handler400 = refusals.not_understood
handler403 = refusals.not_allowed
handler404 = refusals.not_found
handler500 = refusals.broken
