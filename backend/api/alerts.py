"""Alerts: what is amiss and since when; a system may put one off or away, with a reason, for who it acts for."""

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from backend.api.fields import Day, Text, Whole
from backend.api.once import once
from backend.api.problems import Refused
from backend.api.shapes import PageQuestion, Shape
from backend.api.statements import Reason
from backend.api.told import changes, lists, shows
from backend.api.view import ApiView, found_or_404
from budgeting import access
from budgeting.actions.alerts import NoReason, NotStanding, put_away_alert, snooze_alert
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.models import Alert


class AlertShape(Shape):
    """One thing that is amiss: its kind, the due day it is about, the facts, and how it stands."""

    id = Whole()
    resident = Whole(source="resident_id")
    agreement = Whole(source="agreement_id", allow_null=True)
    kind = Text()
    period = Day(allow_null=True)
    facts = serializers.DictField()
    opened_on = Day()
    snoozed_until = Day(allow_null=True)
    reason = Text()
    closed_on = Day(allow_null=True)
    closed_because = Text()


class Snooze(Shape):
    """Not before this day again, and why."""

    until = Day()
    reason = Text(max_length=200)


class AlertQuestion(PageQuestion):
    """Which alerts."""

    resident = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    kind = Text(required=False, max_length=30)
    standing = serializers.BooleanField(required=False)


@lists("alerts", AlertShape, AlertQuestion)
class Alerts(ApiView):
    """Alerts."""

    scopes = {"GET": "alerts:read"}
    question = AlertQuestion

    def get(self, request: Request) -> HttpResponseBase:
        """Those who are asked for; that they were shown is written down."""
        names = ("resident", "kind")
        rows = alerts(self).filter(**{name: self.asked[name] for name in names if name in self.asked})
        if "standing" in self.asked:
            rows = rows.filter(closed_on__isnull=self.asked["standing"])
        shown, answer = self.page(rows, AlertShape)
        look_at_residents(residents=[row.resident_id for row in shown], page="alerts", by=self.system)
        return answer


@shows("alert", AlertShape)
class OneAlert(ApiView):
    """One alert."""

    scopes = {"GET": "alerts:read"}

    def get(self, request: Request, number: int) -> HttpResponseBase:
        """The alert as it stands."""
        row = found_or_404(alerts(self), number)
        look_at_resident(resident=row.resident_id, page=f"alert:{number}", by=self.system)
        return self.one(row, AlertShape)


class _Change(ApiView):
    scopes = {"POST": "alerts:write"}
    http_method_names = ["post"]

    def locked(self, number: int) -> Alert:
        """The alert, held until the end, in the version the change was made upon."""
        list(Alert.objects.select_for_update(no_key=True).filter(pk=number).values("pk"))
        row: Alert = found_or_404(alerts(self), number)
        self.check_version(row, AlertShape)
        return row

    def changed(self, number: int) -> HttpResponseBase:
        """How it stands now."""
        row = found_or_404(alerts(self), number)
        return self.one(row, AlertShape, status=201, location=f"/api/v1/alerts/{number}")


@changes("post", "alertSnooze", Snooze, AlertShape, versioned=True)
class Snoozes(_Change):
    """Putting an alert off."""

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """It does not come up before that day."""
        given = self.given(Snooze, request)
        row = self.locked(number)
        try:
            snooze_alert(alert=row, on=self.on, by=self.system, **given)
        except NoReason:
            told = _("Choose a day that is still to come.")
            raise serializers.ValidationError({"until": [told]}, "order") from None
        except NotStanding:
            raise Refused("decided_already", state="closed") from None
        return self.changed(number)


@changes("post", "alertClosing", Reason, AlertShape, versioned=True)
class Closings(_Change):
    """Putting an alert away."""

    @once
    def post(self, request: Request, number: int) -> HttpResponseBase:
        """It was looked at and is well; it does not come back."""
        given = self.given(Reason, request)
        row = self.locked(number)
        try:
            put_away_alert(alert=row, on=self.on, by=self.system, **given)
        except NotStanding:
            raise Refused("decided_already", state="closed") from None
        return self.changed(number)


def alerts(view: ApiView) -> QuerySet[Alert]:
    """Those of residents this system may see."""
    visible = access.visible_residents(view.system, on=view.on)
    return Alert.objects.filter(resident__in=visible).select_related("resident")


urlpatterns = [
    path("alerts", Alerts.as_view(), name="api_alerts"),
    path("alerts/<int:number>", OneAlert.as_view(), name="api_alert"),
    path("alerts/<int:number>/snoozes", Snoozes.as_view(), name="api_alert_snoozes"),
    path("alerts/<int:number>/closings", Closings.as_view(), name="api_alert_closings"),
]
