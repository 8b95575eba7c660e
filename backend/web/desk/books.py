"""The books, held against every rule that live data can show."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from backend.desk.books_checked import ask_check, last_check
from backend.tasks import check_the_books
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page

LOOKS_AGAIN = 5  # seconds, while a check is underway


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("verify_books")
def books(request: DeskRequest) -> HttpResponse:
    """What was found when the books were checked last; a new check is done beside the pages, for it takes long."""
    if request.method == "POST":
        return _ask(request)
    checked = last_check(now=request.now)
    answer = desk(request, "case_worker/books.html", at="books", checked=checked)
    if checked.underway:
        answer["Refresh"] = str(LOOKS_AGAIN)
    return answer


def _ask(request: DeskRequest) -> HttpResponseRedirect:
    with transaction.atomic():  # asked for and on its way, or neither
        if ask_check(now=request.now, by=request.user):
            check_the_books.enqueue()
    return redirect("books")


urlpatterns = [path("boeken/", books, name="books")]
