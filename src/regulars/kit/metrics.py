"""What Regulars measures of itself. With `PROMETHEUS_MULTIPROC_DIR` set, all processes add up in `/metrics`."""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0)

REQUESTS = Counter("regulars_http_requests", "Requests answered.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "regulars_http_request_seconds", "Time to answer a request.", ["route"], buckets=_SECONDS
)
BATCH_EVENTS = Histogram(
    "regulars_batch_events", "Events in one transaction.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
)
BATCH_SECONDS = Histogram(
    "regulars_batch_seconds", "Time of one batch, by its part of the way.", ["part"], buckets=_SECONDS
)
LOOP_DONE = Counter("regulars_loop_done", "Things done by a worker's loop.", ["loop"])
LOOP_FAILURES = Counter("regulars_loop_failures", "Rounds of a worker's loop that failed.", ["loop"])


def observe_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request. `route` is a pattern, never a path, so that there are few."""
    REQUESTS.labels(route, method, f"{status // 100}xx").inc()
    REQUEST_SECONDS.labels(route).observe(seconds)


def observe_batch(events: int, seconds_by_part: dict[str, float]) -> None:
    """Count one committed batch of the engine: how many events, and how long each part took."""
    BATCH_EVENTS.observe(events)
    for part, seconds in seconds_by_part.items():
        BATCH_SECONDS.labels(part).observe(seconds)


def exposition(further: CollectorRegistry) -> bytes:
    """Everything measured, over all processes, and what `further` adds, in Prometheus' text format."""
    measured = REGISTRY
    if os.environ.get(MULTIPROCESS):
        measured = CollectorRegistry()
        MultiProcessCollector(measured)  # type: ignore[no-untyped-call]
    return generate_latest(measured) + generate_latest(further)
