"""Work too long for a request, done by the worker beside the server; its progress is in the rows it works on.

A worker may be killed, and its task is then taken up again: every task here may be run twice, also by two at once.
"""

import uuid

from django.utils import timezone
from django_tasks import task

from backend.desk.books_checked import check_books
from backend.uploads import take_in_bundle


@task()
def take_in_uploads(bundle: str) -> int:
    """Takes in the files of a bundle; returns how many it did."""
    return take_in_bundle(uuid.UUID(bundle))


@task()
def check_the_books() -> int:
    """Holds the books against every rule, for the colleague who asked; returns how many rules are broken."""
    return sum(not one.ok for one in check_books(now=timezone.localtime()))
