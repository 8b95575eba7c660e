"""Bank: choose statements, see what became of each, and which came in before."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from backend.desk.bank import bundle_of, held_files, imports, underway
from backend.desk.counted import counted, one
from backend.desk.morning import tie_out
from backend.tasks import take_in_uploads
from backend.uploads import AT_ONCE, LARGEST_FILE, LARGEST_TOGETHER, ChosenFile, receive, take_in_bundle
from backend.web.desk.held import held_statement
from backend.web.desk.page import desk
from backend.web.forms import FilesField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.ledger import BalanceTooLow
from budgeting.actions.undo import CannotUndo, undo_import
from budgeting.models import StatementImport


class StatementsForm(PlainForm):
    """The files to take in."""

    chosen = FilesField(
        largest=LARGEST_FILE,
        together=LARGEST_TOGETHER,
        label=_("Bank statements"),
        help_text=_(
            "You can choose several files at once, or drop them here: camt.053, MT940, OFX or an export of the bank."
        ),
        error_messages={"required": _("Choose at least one file.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("import_statements")
def bank(request: DeskRequest) -> HttpResponse:
    """The upload form above the statements that came in; what was chosen is taken in or waits for the worker."""
    form = StatementsForm(request.POST, request.FILES) if request.method == "POST" else StatementsForm()
    if request.method == "POST" and form.is_valid():
        return _receive(request, form)
    shown, told = imports(page=request.GET.get("page"))
    return desk(
        request,
        "case_worker/bank/bank.html",
        at="bank",
        status=400 if form.errors else 200,
        form=form,
        page=shown,
        imports=told,
        tie_out=tie_out(),
        waiting=one(counted(abilities=(), on=request.on), "waiting"),
        underway=underway(by=request.user),
        held=held_files(),
        latest=next((one.attempt.pk for one in told if one.can_be_undone), None) if shown.number == 1 else None,
    )


def _receive(request: DeskRequest, form: StatementsForm) -> HttpResponseRedirect:
    files = [ChosenFile(file.name or "", file.read()) for file in form.cleaned_data["chosen"]]
    with transaction.atomic():
        bundle = receive(files, by=request.user)
        take_in_uploads.enqueue(str(bundle))  # always: if this process dies, the worker does the rest
    if sum(len(file.data) for file in files) <= AT_ONCE:
        take_in_bundle(bundle)
    return redirect("upload", bundle=bundle)


@require_safe
@desk_page("import_statements")
def upload(request: DeskRequest, bundle: UUID) -> HttpResponse:
    """What became of the files chosen together; asks again by itself while they are on their way."""
    found = bundle_of(bundle, by=request.user)
    if found is None:
        raise Http404
    response = desk(request, "case_worker/bank/upload.html", at="bank", bundle=found)
    if not found.is_done:
        response["Refresh"] = f"3; url={reverse('upload', args=[bundle])}"
    return response


class UndoForm(PlainForm):
    """Why an import is undone."""

    reason = forms.CharField(label=_("Why?"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("import_statements")
def undo_statement(request: DeskRequest, number: int) -> HttpResponse:
    """Takes back every entry of an import, as long as nothing was paid from it."""
    attempt = StatementImport.objects.select_related("file").defer("file__content").filter(pk=number).first()
    if attempt is None:
        raise Http404
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _undo(request, attempt, form):
        return redirect("bank")
    status = 422 if form.errors else 200
    return desk(request, "case_worker/bank/undo.html", at="bank", status=status, form=form, attempt=attempt)


def _undo(request: DeskRequest, attempt: StatementImport, form: UndoForm) -> bool:
    """Whether it was undone; if not, the form says why."""
    reason = form.cleaned_data["reason"]
    try:
        count = undo_import(attempt=attempt, reason=reason, on=request.on, by=request.user)
    except CannotUndo as refused:
        form.add_error(None, CANNOT_UNDO[refused.reason])
    except BalanceTooLow:
        form.add_error(None, _("Money of it was paid out already. It cannot be undone."))
    else:
        told = ngettext("{n} entry was undone.", "{n} entries were undone.", count).format(n=count)
        messages.add_message(request, messages.SUCCESS, told, extra_tags="paid")
    return not form.errors


CANNOT_UNDO = {
    "nothing_imported": _("Nothing came in with this file."),
    "month_is_closed": _("These days lie in a month that is closed."),
    "already_undone": _("This import was undone before."),
    "not_the_latest": _("Later days came in after it. Undo those first."),
    "settled_payments": _("It carries payments of our own. They stay as they are."),
}

urlpatterns = [
    path("bank/", bank, name="bank"),
    path("bank/ongedaan/<int:number>/", undo_statement, name="undo_statement"),
    path("bank/bestanden/<uuid:bundle>/", upload, name="upload"),
    path("bank/vastgehouden/<int:number>/", held_statement, name="held_statement"),
]
