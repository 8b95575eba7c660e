"""Every address of the house; each of them is closed until its view says otherwise."""

from itertools import chain

from django.urls import URLPattern, URLResolver

from backend.api import urls as api
from backend.web import (
    account,
    choices,
    explained,
    health,
    keys,
    listen,
    objecting,
    openness,
    refusals,
    resident,
    second_step,
    security,
    sign_in,
    style,
)
from backend.web.desk import (
    accounts,
    advances,
    agreements,
    alerts,
    answers,
    asking_back,
    bank,
    batches,
    books,
    directory,
    ending,
    entries,
    happenings,
    households,
    intake,
    ledger_codes,
    limits,
    month_letters,
    months,
    moved,
    moving_over,
    objections,
    overviews,
    participation,
    payments,
    payouts,
    registering,
    residents,
    shortages,
    taught,
    today,
    town,
    usual_days,
    waiting,
    what_if,
)
from backend.web.helping.doors import DOORS as HELPING

DESK = (
    today,
    residents,
    registering,
    agreements,
    bank,
    waiting,
    payments,
    batches,
    accounts,
    limits,
    answers,
    books,
    months,
    objections,
    shortages,
    alerts,
    taught,
    what_if,
    payouts,
    intake,
    ending,
    advances,
    directory,
    asking_back,
    moved,
    moving_over,
    participation,
    overviews,
    households,
    town,
    ledger_codes,
    usual_days,
    month_letters,
    entries,
    happenings,
)
DOORS = (
    account,
    second_step,
    keys,
    health,
    resident,
    listen,
    choices,
    explained,
    openness,
    objecting,
    style,
    security,
    sign_in,
    *HELPING,
    *DESK,
    api,
)

urlpatterns: list[URLPattern | URLResolver] = list(chain.from_iterable(door.urlpatterns for door in DOORS))

handler400 = refusals.not_understood
handler403 = refusals.not_allowed
handler404 = refusals.not_found
handler500 = refusals.broken
