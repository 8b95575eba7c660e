"""Account numbers: a second person confirms them or writes down what the bank said of name and number."""

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.desk.accounts import AccountTold, account_told, waiting_accounts
from backend.web.desk.page import desk
from backend.web.desk.signing import FreshForm
from backend.web.forms import IbanField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.accounts import (
    AccountNotInUse,
    AlreadyConfirmed,
    IbanIsAColleagues,
    NeedsAnExplanation,
    confirm_account,
    note_colleague_account,
    record_name_check,
    refuses,
)
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.actions.persons import SamePerson, is_one_of
from budgeting.models import Account, Resident, User

PER_PAGE = 50
OUTCOME_IDS = "id_outcome_%s"  # two forms on one page
OUTCOMES = [
    ("", "-"),
    (Account.NameCheck.MATCH, _("The name belongs to the number")),
    (Account.NameCheck.CLOSE, _("Nearly: the name is written otherwise")),
    (Account.NameCheck.NO_MATCH, _("The name does not belong to the number")),
    (Account.NameCheck.UNAVAILABLE, _("The bank cannot say")),
]


class ConfirmForm(FreshForm):
    """The word of a second person; what speaks against the account is explained."""

    reason = forms.CharField(
        label=_("How do you know?"),
        help_text=_("For example: compared with the letter of 3 November. Needed when something speaks against it."),
        max_length=200,
        required=False,
    )


class OutcomeForm(FreshForm):
    """What the bank's check of name and number said."""

    outcome = forms.ChoiceField(label=_("What did the bank say?"), choices=OUTCOMES)


class ColleagueForm(PlainForm):
    """Whose account number it is."""

    colleague = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none(), empty_label="-")
    iban = IbanField(label=_("Account number"))

    def __init__(self, *args: Any, staff: QuerySet[User], shown: Collection[User], **options: Any) -> None:
        """Of `staff` all may be chosen; offered are those `shown` beside it, and whoever was chosen before."""
        super().__init__(*args, **options)
        field = self.fields["colleague"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = staff
        chosen = str(self.data.get("colleague", ""))
        picked = staff.filter(pk=chosen) if chosen.isdecimal() and len(chosen) < len(str(2**63)) else staff.none()
        offered = {one.pk: str(one) for one in (*shown, *picked)}
        field.choices = [("", field.empty_label), *offered.items()]


def is_a_colleagues(request: DeskRequest, form: forms.Form, *, resident: Resident | None = None) -> bool:
    """Whether the `iban` of a valid form is a colleague's: refused at the field, and that it was tried is kept."""
    given = form.cleaned_data.get("iban")
    if not given or not refuses(given, on=request.on, by=request.user, resident=resident):
        return False
    form.add_error("iban", gettext("This is a colleague's account. No money of residents goes there."))
    return True


@require_safe
@desk_page("confirm_account")
def accounts(request: DeskRequest) -> HttpResponse:
    """What waits for a second person."""
    waiting = waiting_accounts(on=request.on)
    seen = [told.account.resident_id for told in waiting if told.account.resident_id]
    look_at_residents(residents=seen, page="accounts", by=request.user)
    return desk(request, "case_worker/payments/accounts.html", at="payments", waiting=waiting)


@require_safe
@desk_page("confirm_account")
def account(request: DeskRequest, number: int) -> HttpResponse:
    """One account with what is known of it."""
    return _page(request, _told(request, number))


@sensitive_post_parameters("code")
@require_POST
@desk_page("confirm_account")
def confirm(request: DeskRequest, number: int) -> HttpResponse:
    """A second person says that the number is right."""
    told, form = _told(request, number), ConfirmForm(request.POST, request=request)
    done = form.is_valid() and _done(
        form,
        lambda: confirm_account(
            account=told.account, reason=form.cleaned_data["reason"], on=request.on, by=request.user
        ),
    )
    return _after(request, gettext("Confirmed.")) if done else _page(request, told, confirm=form)


@sensitive_post_parameters("code")
@require_POST
@desk_page("confirm_account")
def name_check(request: DeskRequest, number: int) -> HttpResponse:
    """What the bank said is written down."""
    told, form = _told(request, number), OutcomeForm(request.POST, request=request, auto_id=OUTCOME_IDS)
    done = form.is_valid() and _done(
        form,
        lambda: record_name_check(
            account=told.account, outcome=form.cleaned_data["outcome"], on=request.on, by=request.user
        ),
    )
    return _after(request, gettext("Written down.")) if done else _page(request, told, outcome=form)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_settings")
def colleagues(request: DeskRequest) -> HttpResponse:
    """Numbers of colleagues, to which no money of residents goes; the numbers themselves are not kept."""
    staff = User.objects.filter(pk__in=access.staff(on=request.on))
    sought = request.GET.get("q", "")[:60].strip()
    found = staff.filter(full_name__icontains=sought) if sought else staff
    rows = found.annotate(noted=Count("own_accounts")).order_by("full_name", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    form = ColleagueForm(request.POST or None, staff=staff, shown=list(page.object_list))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        note_colleague_account(user=given["colleague"], iban=given["iban"], on=request.on, by=request.user)
        messages.add_message(request, messages.SUCCESS, gettext("Written down."), extra_tags="paid")
        return redirect("colleagues")
    status = 422 if form.errors else 200
    shown = {"form": form, "page": page, "sought": sought}
    return desk(request, "case_worker/payments/colleagues.html", at="payments", status=status, **shown)


def _done(form: FreshForm, change: Callable[[], object]) -> bool:
    """Whether it was done; if not, the form says why."""
    try:
        change()
    except SamePerson:
        form.add_error(None, gettext("You typed this number yourself. Somebody else has to confirm it."))
    except NeedsAnExplanation:
        form.add_error("reason", gettext("Something speaks against this account. Write why it is right all the same."))
    except IbanIsAColleagues:
        form.add_error(None, gettext("This is a colleague's account. No money of residents goes there."))
    except (AlreadyConfirmed, AccountNotInUse):
        form.add_error(None, gettext("A colleague was first. This is how it stands now."))
    return not form.errors


def _told(request: DeskRequest, number: int) -> AccountTold:
    told = account_told(number, on=request.on)
    if told is None:
        raise Http404
    if told.account.resident_id:
        look_at_resident(resident=told.account.resident_id, page=f"account:{number}", by=request.user)
    return told


def _after(request: DeskRequest, said: str) -> HttpResponse:
    messages.add_message(request, messages.SUCCESS, said, extra_tags="paid")
    return redirect("accounts")


def _page(
    request: DeskRequest, told: AccountTold, *, confirm: ConfirmForm | None = None, outcome: OutcomeForm | None = None
) -> HttpResponse:
    wrong = confirm or outcome
    return desk(
        request,
        "case_worker/payments/account.html",
        at="payments",
        status=422 if wrong else 200,
        told=told,
        own=is_one_of(request.user, [told.account.added_by]),
        said=list(told.account.confirmations.select_related("said_by").order_by("pk")),
        form=wrong or ConfirmForm(request=request),
        confirm=confirm or ConfirmForm(request=request),
        outcome=outcome or OutcomeForm(request=request, auto_id=OUTCOME_IDS),
    )


urlpatterns = [
    path("betalen/rekeningen/", accounts, name="accounts"),
    path("betalen/rekeningen/collegas/", colleagues, name="colleagues"),
    path("betalen/rekeningen/<int:number>/", account, name="account"),
    path("betalen/rekeningen/<int:number>/bevestigen/", confirm, name="confirm_account"),
    path("betalen/rekeningen/<int:number>/naamcontrole/", name_check, name="name_check"),
]
