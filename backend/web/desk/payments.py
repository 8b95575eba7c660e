"""Payments: what goes out and when, what is held and why, the files, and one order's way."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accessibility.plain import amount_text
from backend.desk.accounts import waiting_accounts
from backend.desk.asking_back import order_trouble
from backend.desk.payments import ahead, order_facts, orders_of
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.models import BankAccount, Town
from payments.actions.again import NotToBePaidAgain, pay_again
from payments.actions.batches import NothingToPay, assemble_batches
from payments.actions.from_account import MoneyIsElsewhere, free_on_each
from payments.core.banking_days import first_execution_day
from payments.models import PaymentOrder


@require_safe
@desk_page("see_payments")
def payments(request: DeskRequest) -> HttpResponse:
    """The coming days, what is held, the files and what they wait for."""
    found = ahead()
    look_at_residents(residents=[order.resident_id for order in found.held], page="payments", by=request.user)
    accounts = list(BankAccount.objects.order_by("pk"))
    free = free_on_each() if len(accounts) > 1 else {}
    return desk(
        request,
        "case_worker/payments/payments.html",
        at="payments",
        ahead=found,
        accounts=[(row, amount_text(free[row.pk]) if free else "") for row in accounts],
        waiting_accounts=len(waiting_accounts(on=request.on)),
        first=_first(request),
    )


@require_safe
@desk_page("see_payments")
def payment_day(request: DeskRequest, day: str) -> HttpResponse:
    """The orders of one execution day."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    shown = orders_of(wanted, page=request.GET.get("page"))
    look_at_residents(residents=[order.resident_id for order in shown], page="payment_day", by=request.user)
    return desk(request, "case_worker/payments/day.html", at="payments", day=wanted, page=shown)


@require_safe
@desk_page("see_payments")
def order(request: DeskRequest, number: int) -> HttpResponse:
    """One order: what, to whom, why it stands where it does, and what was tried before."""
    facts = order_facts(number)
    if facts is None:
        raise Http404
    look_at_resident(resident=facts.order.resident_id, page=f"order:{number}", by=request.user)
    may_open = access.may_see(request.user, facts.order.resident, on=request.on)
    trouble = order_trouble(facts.order)
    shown: dict[str, Any] = {"facts": facts, "may_open": may_open, "trouble": trouble}
    return desk(request, "case_worker/payments/order.html", at="payments", **shown)


@require_POST
@desk_page("assemble_batch")
def assemble(request: DeskRequest) -> HttpResponseRedirect:
    """Puts all that is ready in a file that waits for a second person, or in several when there is much."""
    number = request.POST.get("bank_account", "")
    account = BankAccount.objects.filter(pk=number).first() if number.isdecimal() else None
    if account is None:
        raise Http404
    try:
        batches = assemble_batches(bank_account=account, on=request.on, first=_first(request), by=request.user)
    except NothingToPay:
        told = gettext("There is nothing to pay now. What is held stands below with its reason.")
        messages.add_message(request, messages.INFO, told, extra_tags="attention")
        return redirect("payments")
    except MoneyIsElsewhere as short:
        told = gettext(
            "On this account is {free}, and the file needs {needs}. Choose another account, or move money first."
        )
        amounts = {"free": amount_text(short.free), "needs": amount_text(short.needs)}
        messages.add_message(request, messages.INFO, told.format(**amounts), extra_tags="attention")
        return redirect("payments")
    if len(batches) == 1:
        return redirect("batch", batches[0].pk)
    told = gettext("This was too much for one file: {count} files were made. Each waits for a second person.")
    messages.add_message(request, messages.SUCCESS, told.format(count=len(batches)), extra_tags="paid")
    return redirect("payments")


@require_POST
@desk_page("assemble_batch")
def pay_order_again(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """Plans the next attempt of what came back or was refused, to the account that holds now."""
    rows = PaymentOrder.objects.filter(
        resident__in=access.visible_residents(request.user, on=request.on, roles=request.roles)
    )
    row = rows.filter(pk=number).first()
    if row is None:
        raise Http404
    try:
        again = pay_again(order=row, on=request.on, first=_first(request), by=request.user)
    except NotToBePaidAgain:
        told = gettext("This is being paid already, or need not be paid again.")
        messages.add_message(request, messages.INFO, told, extra_tags="attention")
        return redirect("order", number)
    messages.add_message(request, messages.SUCCESS, gettext("Planned once more."), extra_tags="paid")
    return redirect("order", again.pk)


def _first(request: DeskRequest) -> date:
    """The first day the bank can execute what is sent now."""
    cut_off = Town.objects.values_list("cut_off", flat=True).get()
    return first_execution_day(request.on, request.now.time(), cut_off)


urlpatterns = [
    path("betalen/", payments, name="payments"),
    path("betalen/dag/<str:day>/", payment_day, name="payment_day"),
    path("betalen/opdracht/<int:number>/", order, name="order"),
    path("betalen/opdracht/<int:number>/opnieuw/", pay_order_again, name="pay_again"),
    path("betalen/maken/", assemble, name="assemble"),
]
