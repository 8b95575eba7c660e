"""Every address of the house; each of them is closed until its view says otherwise."""

from itertools import chain

from django.urls import URLPattern, URLResolver

from backend.web import account, choices, explained, listen, refusals, resident, style
from backend.web.desk import agreements, answers, bank, batches, books, payments, registering, residents, today, waiting

DESK = (today, residents, registering, agreements, bank, waiting, payments, batches, answers, books)
DOORS = (account, resident, listen, choices, explained, style, *DESK)

urlpatterns: list[URLPattern | URLResolver] = list(chain.from_iterable(door.urlpatterns for door in DOORS))

handler400 = refusals.not_understood
handler403 = refusals.not_allowed
handler404 = refusals.not_found
handler500 = refusals.broken
