"""Overviews: a household month by month, and the figures of the town; on the page, and as a file for a spreadsheet."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST, require_safe

from accessibility import plain
from accessibility.languages import language_for
from backend.desk.kept_figures import DESK, shown_figures
from backend.desk.overviews import Overview, overview_of
from backend.desk.pictures import picture
from backend.desk.town_figures import Measure, TownFigures
from backend.sheets import TYPES, Cell, as_file
from backend.templatetags.desk import category_or_name
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.looks import look_at_residents
from budgeting.core.money import ZERO
from budgeting.core.small_numbers import FEWEST, amount_to_tell, number_to_tell
from budgeting.models import Resident

PLACES = {"came_in": _("Came in"), "paid": _("Paid for the resident"), "given": _("To the resident")}
MEASURES = {
    "residents": _("Residents at the end of the month"),
    "joined": _("Began"),
    "stopped": _("Stopped"),
    "money_in": _("Money that came in"),
    "charges_paid": _("Charges paid"),
    "living_money": _("Money to live on"),
    "on_time": _("Charges paid on time"),
    "late": _("Charges paid late"),
    "lent": _("Advances lent"),
    "repaid": _("Advances paid back"),
    "alerts_opened": _("New alerts"),
    "alerts_solved": _("Alerts solved"),
    "entries_by_hand": _("Entries assigned by hand"),
}
WAITS = {"alerts": _("An alert until it is solved"), "entries": _("An entry until somebody assigns it")}


@require_safe
@desk_page("see_residents")
def household(request: DeskRequest, number: int) -> HttpResponse:
    """One resident month by month, or everybody of the household whom this colleague may see."""
    resident, members = _members(request, number)
    look_at_residents(residents=[one.pk for one in members], page="overview", by=request.user)
    overview = overview_of(members, on=request.on)
    parts = [(gettext(PLACES[part.place]), part) for part in overview.parts]
    return desk(
        request, "case_worker/overviews/household.html", at="residents", resident=resident, members=members,
        overview=overview, parts=parts, together=_together(request),
    )  # fmt: skip


@require_POST
@desk_page("see_residents")
def household_file(request: DeskRequest, number: int, form: str) -> HttpResponse:
    """The same as a file; that it was made is written down for each of them."""
    resident, members = _members(request, number)
    if form not in TYPES:
        raise Http404
    overview = overview_of(members, on=request.on)
    for one in members:
        facts = {"form": form, "months": len(overview.months)}
        record(action="overview.exported", subject=f"resident:{one.pk}", by=request.user, resident_id=one.pk, **facts)
    title = gettext("Month by month")
    return as_file(_household_rows(overview), form=form, name=f"{resident.number}-{request.on}", title=title)


@require_safe
@desk_page("see_payments", "verify_books", "change_settings")
def figures(request: DeskRequest) -> HttpResponse:
    """The figures of the town as they are: for colleagues only."""
    found = shown_figures(DESK, on=request.on)
    euro = {one.key: [figure.value for figure in one.figures] for one in found.measures}
    outgoing = [sum(pair, ZERO) for pair in zip(euro["charges_paid"], euro["living_money"], strict=True)]
    return desk(
        request, "case_worker/overviews/town.html", at="figures", months=found.months, fewest=FEWEST,
        measures=[(gettext(MEASURES[one.key]), one) for one in found.measures],
        categories=[(gettext("Came in"), found.incomes), (gettext("Paid"), found.costs)],
        waits=[(gettext(WAITS[wait.key]), wait) for wait in found.waits],
        drawn=picture(found.months, euro["money_in"], outgoing), as_of=found.as_of,
    )  # fmt: skip


@require_POST
@desk_page("see_payments", "verify_books", "change_settings")
def figures_file(request: DeskRequest, form: str) -> HttpResponse:
    """The figures of the town with small numbers hidden: what may leave the desk."""
    if form not in TYPES:
        raise Http404
    record(action="figures.exported", subject=f"day:{request.on}", by=request.user, form=form)
    rows = _town_rows(shown_figures(DESK, on=request.on))
    return as_file(rows, form=form, name=f"cijfers-{request.on:%Y-%m}", title=gettext("Figures of the town"))


def _members(request: DeskRequest, number: int) -> tuple[Resident, list[Resident]]:
    resident = resident_or_404(request, number)
    if not _together(request):
        return resident, [resident]
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    return resident, list(visible.filter(household=resident.household_id).order_by("pk"))


def _together(request: DeskRequest) -> bool:
    return request.GET.get("samen") == "1"


def _household_rows(overview: Overview) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[gettext("What"), gettext("Category"), *_months(overview.months), gettext("Together")]]
    for part in overview.parts:
        name = gettext(PLACES[part.place])
        rows += [[name, category_or_name(line.category), *line.amounts, line.total] for line in part.lines]
        rows.append([name, gettext("Together"), *part.sums, part.total])
    return [*rows, [gettext("Left at the end of the month"), "", *overview.held, None]]


def _town_rows(found: TownFigures) -> list[list[Cell]]:
    hidden = gettext("hidden: fewer than {fewest}").format(fewest=FEWEST)
    rows: list[list[Cell]] = [[gettext("What"), gettext("Category"), *_months(found.months)]]
    rows += [[gettext(MEASURES[one.key]), "", *_told(one, hidden)] for one in found.measures]
    for name, measures in ((gettext("Came in"), found.incomes), (gettext("Paid"), found.costs)):
        rows += [[name, category_or_name(one.key), *_told(one, hidden)] for one in measures]
    for wait in found.waits:
        days = wait.days if wait.people >= FEWEST else hidden
        rows.append([gettext(WAITS[wait.key]), gettext("half of them, at most so many days"), days])
    width = len(rows[0])
    told = gettext("Numbers are rounded to tens. Amounts are rounded so that nobody can be told from them.")
    rows.append([told])
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _told(measure: Measure, hidden: str) -> Iterable[Cell]:
    tell = amount_to_tell if measure.is_money else number_to_tell
    return [hidden if (shown := tell(figure)) is None else shown for figure in measure.figures]


def _months(months: Sequence[date]) -> list[str]:
    return [f"{plain.month_text(month, language_for(get_language()))}" for month in months]


urlpatterns = [
    path("inwoners/<int:number>/overzicht/", household, name="overview"),
    path("inwoners/<int:number>/overzicht/bestand/<str:form>/", household_file, name="overview_file"),
    path("cijfers/", figures, name="figures"),
    path("cijfers/bestand/<str:form>/", figures_file, name="figures_file"),
]
