"""/healthz, /readyz, /metrics."""

from ipaddress import ip_address

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge

from regulars import __version__
from regulars.alerts import queries as alerts
from regulars.kit import metrics
from regulars.messaging import queries as messaging
from regulars.ops import queries
from regulars.staff import service as staff
from regulars.staff.contracts import Scope


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """This process answers."""
    return JsonResponse({"status": "ok", "version": __version__})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """This process can work: the database answers and has our tables. Whether a programme is published is no matter.

    Whoever may read the measurements is told which alerts there are, too: by code, how many. They don't keep it from
    working.
    """
    problem = queries.problem()
    if problem:
        return JsonResponse({"status": "unavailable", "detail": problem}, status=503)
    ready = {"status": "ready", "version": __version__}
    if not (_local(request) or _has_key(request)):
        return JsonResponse(ready)
    return JsonResponse({**ready, "alerts": alerts.counted()})


@require_safe
def measurements(request: HttpRequest) -> HttpResponse:
    """Everything measured, for Prometheus: to this machine, and elsewhere to a key with the scope metrics:read."""
    if not (_local(request) or _has_key(request)):
        return HttpResponse("Send an API key with the scope metrics:read as a bearer token.\n", status=401)
    registry = CollectorRegistry()
    Gauge("regulars_build", "The version that runs.", ["version"], registry=registry).labels(__version__).set(
        1
    )
    _measure_outbox(registry)
    return HttpResponse(metrics.exposition(registry), content_type=CONTENT_TYPE_LATEST)


def _local(request: HttpRequest) -> bool:
    """Whether the request comes straight from this machine, not through a proxy on it."""
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_key(request: HttpRequest) -> bool:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    holder = staff.authenticate_key(key.strip()) if kind.lower() == "bearer" else None
    return holder is not None and holder.may(Scope.METRICS_READ)


def _measure_outbox(registry: CollectorRegistry) -> None:
    depth = Gauge("regulars_outbox", "Messages and deliveries that wait.", ["kind"], registry=registry)
    try:
        for kind, count in messaging.depth().items():
            depth.labels(kind).set(count)
    except Error:
        return
