"""Who has which role: given and ended by an application manager, with a second person for what is weighty."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from backend.web.helping.representing import KINDS
from budgeting.actions.roles import GIVEN_HERE, NEEDS_TWO, NeedsAnother, NotGivenHere, decide_role, end_role, give_role
from budgeting.actions.trusting import switch_paper_codes
from budgeting.models import Representation, RoleGrant, RoleProposal, Town, User

ROLES = {
    "case_worker": _("Case worker"),
    "front_desk": _("Front desk"),
    "approver": _("Approves payments"),
    "application_manager": _("Application manager"),
    "auditor": _("Auditor"),
    "volunteer": _("Volunteer"),
}


class GiveRoleForm(PlainForm):
    """A colleague by user name, and a role."""

    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=[(role, ROLES[role]) for role in GIVEN_HERE])

    def clean_username(self) -> User:
        """The user of this name."""
        user = User.objects.filter(username=self.cleaned_data["username"].strip(), resident=None).first()
        if user is None:
            raise forms.ValidationError(_("There is no colleague with this user name."), code="unknown")
        return user


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("see_access")
def roles(request: DeskRequest) -> HttpResponse:
    """Everybody with a role of the house; who may give them finds the form as well."""
    may_give = "give_roles" in request.abilities
    form = GiveRoleForm(request.POST or None) if may_give else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and _gave(request, form):
            return redirect("roles")
    rows = RoleGrant.objects.in_force(request.on).filter(role__in=GIVEN_HERE).select_related("user")
    listed = [(row, ROLES[row.role]) for row in rows.order_by("user__full_name", "role")]
    waiting = RoleProposal.objects.filter(decided_by=None).select_related("user", "proposed_by").order_by("pk")
    proposals = [(row, ROLES.get(row.role, row.role)) for row in waiting]
    return desk(
        request,
        "case_worker/access/roles.html",
        at="roles",
        status=422 if form and form.errors else 200,
        form=form,
        listed=listed,
        proposals=proposals,
        appointments=[(row, KINDS[row.kind]) for row in _appointments()],
        town=Town.objects.first(),
    )


@require_POST
@desk_page("give_roles")
def decide(request: DeskRequest, number: int) -> HttpResponse:
    """The second person agrees to a role, or not."""
    row = RoleProposal.objects.filter(pk=number).select_related("user", "proposed_by").first()
    if row is None:
        raise Http404
    agreed = request.POST.get("agree") == "yes"
    try:
        decide_role(proposal=row, agreed=agreed, now=request.now, on=request.on, by=request.user)
    except NeedsAnother:
        _say(request, gettext("Somebody else has to decide about this."))
    return redirect("roles")


@require_POST
@desk_page("give_roles")
def end(request: DeskRequest, number: int) -> HttpResponse:
    """Ends a role at once: whoever is logged in with it finds every door shut."""
    row = RoleGrant.objects.filter(pk=number, role__in=GIVEN_HERE).select_related("user").first()
    if row is None:
        raise Http404
    try:
        end_role(grant=row, on=request.on, by=request.user)
    except NeedsAnother:
        _say(request, gettext("Nobody ends a role of their own."))
    return redirect("roles")


@require_POST
@desk_page("change_settings")
def paper_codes(request: DeskRequest) -> HttpResponse:
    """Switches codes on paper on or off, by who does so."""
    switch_paper_codes(on=request.POST.get("on") == "1", by=request.user)
    return redirect("roles")


def _appointments() -> QuerySet[Representation]:
    """What courts decided and one colleague wrote down: by the resident's number, never by name."""
    rows = Representation.objects.filter(decided_by=None).select_related("resident", "proposed_by")
    return rows.order_by("pk")


def _gave(request: DeskRequest, form: GiveRoleForm) -> bool:
    given = form.cleaned_data
    try:
        give_role(user=given["username"], role=given["role"], now=request.now, on=request.on, by=request.user)
    except NeedsAnother:
        form.add_error(None, gettext("Nobody gives a role to themselves."))
        return False
    except NotGivenHere:
        form.add_error("role", gettext("This person has this role already."))
        return False
    if given["role"] in NEEDS_TWO:
        _say(request, gettext("A second person has to agree first."))
    return True


def _say(request: DeskRequest, words: str) -> None:
    messages.add_message(request, messages.INFO, words, extra_tags="attention")


urlpatterns = [
    path("toegang/", roles, name="roles"),
    path("toegang/voorstel/<int:number>/", decide, name="decide_role"),
    path("toegang/papiercodes/", paper_codes, name="paper_codes"),
    path("toegang/rol/<int:number>/einde/", end, name="end_role"),
]
