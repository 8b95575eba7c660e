"""The bank's answer to a payment file (pain.002): recorded, never waited for."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accessibility.problems import ProblemInWords, in_words
from backend.uploads import LARGEST_FILE
from backend.web.desk.page import desk
from backend.web.forms import FilesField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from payments.actions.answers import Answered, NotAnAnswer, take_in_answer


class AnswerForm(PlainForm):
    """The file of the bank."""

    file = FilesField(
        largest=LARGEST_FILE,
        label=_("Answer of the bank"),
        help_text=_("The pain.002 file that the bank gave for a payment file."),
        error_messages={"required": _("Choose the file of the bank.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("release_batch", "import_statements")
def answer(request: DeskRequest) -> HttpResponse:
    """Takes in one answer; what is wrong with the file is told at the field."""
    form = AnswerForm(request.POST or None, request.FILES or None)
    problems: list[ProblemInWords] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"][0]
        try:
            heard = take_in_answer(data=file.read(), on=request.on, by=request.user)
        except NotAnAnswer as refused:
            problems = [in_words(problem, file=file.name or "") for problem in refused.problems]
        else:
            messages.add_message(request, messages.INFO, _told(heard), extra_tags="stop" if heard.rejected else "paid")
            return redirect("batch", heard.batch.pk)
    status = 422 if form.errors or problems else 200
    return desk(request, "case_worker/payments/answer.html", at="payments", status=status, form=form, problems=problems)


def _told(heard: Answered) -> str:
    if heard.rejected:
        refused = ngettext("The bank refuses {n} payment.", "The bank refuses {n} payments.", heard.rejected)
        return refused.format(n=heard.rejected)
    return gettext("Recorded. The bank refuses nothing.")


urlpatterns = [path("betalen/antwoord/", answer, name="answer")]
