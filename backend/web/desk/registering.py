"""Register a resident, change the own account, print the letter with a code."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accessibility.languages import LANGUAGES
from backend.web.desk.accounts import is_a_colleagues
from backend.web.desk.page import desk
from backend.web.desk.participation import first_sheet
from backend.web.desk.rhythms import RhythmForm
from backend.web.desk.usual_days import usual_rhythm
from backend.web.forms import DayField, IbanField, PlainForm, not_to_come, resident_of_number
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.people import CODE_VALID, ResidentDetails, change_account, issue_letter_code, register_resident
from budgeting.models import Account, BankAccount, Household, Resident
from budgeting.models.people import ResidentQuerySet

READ_OR_WRITE = ["GET", "HEAD", "POST"]
DETAILS = (
    "first_names", "last_name", "birth_date", "language", "interpreter_needed", "phone", "street", "postcode", "town",
)  # fmt: skip


class OwnIbanField(IbanField):
    """An account number that is not one of the municipality's own."""

    def clean(self, value: Any) -> str:
        """The account number in its normal form."""
        plain = super().clean(value)
        if plain and BankAccount.objects.filter(iban=plain).exists():
            raise ValidationError(_("This is the account number of the municipality."), code="ours")
        return plain


class RegisterForm(RhythmForm):
    """What must be known of a resident at the start."""

    first_names = forms.CharField(label=_("First names"), max_length=200)
    last_name = forms.CharField(label=_("Last name"), max_length=200)
    birth_date = DayField(label=_("Date of birth"))
    language = forms.ChoiceField(label=_("Language"))
    interpreter_needed = forms.BooleanField(label=_("An interpreter is needed"), required=False)
    phone = forms.CharField(label=_("Phone number"), max_length=20, required=False)
    street = forms.CharField(label=_("Street and number"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=10)
    town = forms.CharField(label=_("Town"), max_length=100)
    iban = OwnIbanField(label=_("Own account number"), help_text=_("Where the money to live on goes."))
    member_of = forms.CharField(
        label=_("Lives with"),
        help_text=_("Number of somebody of the same household, for example R000012. Leave empty for a new household."),
        max_length=20,
        required=False,
    )

    def __init__(self, *args: Any, visible: ResidentQuerySet, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.visible, self.on = visible, on
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(one.code, one.dutch_name) for one in LANGUAGES.values()]
        self.fields["starts_on"].label = _("First money to live on")
        self.fields["every"].label = _("Money to live on every")
        self.order_fields([*DETAILS, "iban", "member_of"])

    def clean_birth_date(self) -> date | None:
        """Nobody is born after today."""
        return not_to_come(self.cleaned_data["birth_date"], on=self.on)

    def clean_member_of(self) -> Household | None:
        """The household of the resident with this number."""
        member = resident_of_number(self.visible, self.cleaned_data["member_of"])
        return member.household if member else None

    def clean(self) -> dict[str, Any]:
        """Somebody with the same name and date of birth was registered before."""
        cleaned = super().clean()
        same = {f"{name}__iexact": cleaned.get(name) for name in ("first_names", "last_name")}
        if all(same.values()) and Resident.objects.filter(**same, birth_date=cleaned.get("birth_date")).exists():
            self.add_error(None, _("Somebody with this name and date of birth is registered already."))
        return cleaned


class AccountForm(PlainForm):
    """Another account number of a resident."""

    iban = OwnIbanField(label=_("New account number"))
    name = forms.CharField(label=_("Name on the account"), max_length=70)


@require_http_methods(READ_OR_WRITE)
@desk_page("change_residents")
def register(request: DeskRequest) -> HttpResponse:
    """A new resident, looked after by who registers."""
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    usual = {"unit": "week", "language": "nl"} | usual_rhythm(on=request.on)
    form = RegisterForm(request.POST or None, visible=visible, on=request.on, initial=usual)
    if request.method == "POST" and form.is_valid() and not is_a_colleagues(request, form):
        return redirect("resident", _register(request, form.cleaned_data).pk)
    return desk(
        request, "case_worker/residents/register.html", at="residents", status=422 if form.errors else 200, form=form
    )


@transaction.atomic
def _register(request: DeskRequest, given: dict[str, Any]) -> Resident:
    details = ResidentDetails(pay_rhythm=given["recurrence"], **{name: given[name] for name in DETAILS})
    household = given["member_of"] or Household.objects.create(name=details.last_name)
    made = register_resident(
        household=household,
        details=details,
        iban=given["iban"],
        case_worker=request.user,
        on=request.on,
        by=request.user,
    )
    first_sheet(request, made)
    return made


@require_http_methods(READ_OR_WRITE)
@desk_page("change_residents")
def change_own_account(request: DeskRequest, number: int) -> HttpResponse:
    """The old number stays known; nothing goes to the new one before it has waited."""
    found = resident_or_404(request, number)
    old = Account.objects.filter(resident=found, until=None).first()
    if old is None:
        raise Http404
    form = AccountForm(request.POST or None, initial={"name": old.name})
    if request.method == "POST" and form.is_valid() and not is_a_colleagues(request, form, resident=found):
        if form.cleaned_data["iban"] != old.iban:
            change_account(old=old, by=request.user, on=request.on, **form.cleaned_data)
            told = gettext("The account number is changed. It waits a few days, and somebody else has to confirm it.")
            messages.add_message(request, messages.INFO, told, extra_tags="paid")
            return redirect("resident", number)
        form.add_error("iban", gettext("This is the account number we have already."))
    status = 422 if form.errors else 200
    return desk(
        request, "case_worker/residents/account.html", at="residents", status=status, form=form, resident=found, old=old
    )


@require_POST
@desk_page("change_residents")
def letter_code(request: DeskRequest, number: int) -> HttpResponse:
    """A letter to print; the code is on this page once and nowhere else."""
    found = resident_or_404(request, number)
    code = issue_letter_code(resident=found, now=request.now, by=request.user)
    until = (request.now + CODE_VALID).date()
    return desk(request, "case_worker/residents/letter.html", at="residents", resident=found, code=code, until=until)


urlpatterns = [
    path("inwoners/nieuw/", register, name="register"),
    path("inwoners/<int:number>/rekening/", change_own_account, name="change_own_account"),
    path("inwoners/<int:number>/brief/", letter_code, name="letter_code"),
]
