"""Whether this process lives and can answer, for a load balancer, and figures for a watch that has a token.

Open to all, and nothing in them is about anybody; the figures are closed without a token, not there when none is set.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from backend.operate import health

METRICS = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers; asks nothing of the database, so that its absence restarts nobody."""
    return JsonResponse({"alive": True})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether pages can be answered here: 200 or 503."""
    found = health.look(now=timezone.localtime())
    told = {"ready": found.ready, "database": found.database, "migrated": found.migrated, "look_at": found.worries()}
    told |= {
        "days_since_tie_out": found.days_since_tie_out,
        "oldest_task_seconds": found.oldest_task_seconds,
        "chain_head_seconds": found.chain_head_seconds,
    }
    return JsonResponse(told, status=200 if found.ready else 503)


@login_not_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Figures in the Prometheus text format, for who has the token (`METRICS_TOKEN`); for others there is no page."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, wanted):
        raise Http404
    lines = health.as_metrics(health.look(now=timezone.localtime()))
    return HttpResponse("\n".join(lines) + "\n", content_type=METRICS)


urlpatterns = [
    path("gezond/leeft/", alive, name="health_alive"),
    path("gezond/klaar/", ready, name="health_ready"),
    path("gezond/cijfers/", figures, name="health_figures"),
]
