"""Reading alerts and checks."""

from dataclasses import fields

from django.db.models import Count, F

from regulars.alerts.contracts import AlertRow, CheckRow
from regulars.alerts.models import Alert, Check

MOST = 200
_ALERT = [each.name for each in fields(AlertRow)]
_CHECK = [each.name for each in fields(CheckRow)]


def calling() -> int:
    """How many alerts nobody has acknowledged."""
    return Alert.objects.filter(resolved_at=None, acknowledged_at=None).count()


def counted() -> dict[str, int]:
    """How many alerts of each code are not resolved, known to somebody or not."""
    found = Alert.objects.filter(resolved_at=None).values_list("code").annotate(Count("pk")).order_by("code")
    return dict(found)


def there() -> list[AlertRow]:
    """Alerts that are not resolved: those nobody has acknowledged first, errors before warnings, then the latest."""
    found = Alert.objects.filter(resolved_at=None).order_by(
        F("acknowledged_at").asc(nulls_first=True), "severity", "-first_seen", "pk"
    )
    return [AlertRow(**row) for row in found.values(*_ALERT)[:MOST]]


def over(limit: int = 50) -> list[AlertRow]:
    """The latest that are resolved."""
    found = Alert.objects.exclude(resolved_at=None).order_by("-resolved_at", "-pk")
    return [AlertRow(**row) for row in found.values(*_ALERT)[: min(limit, MOST)]]


def check(name: str) -> CheckRow | None:
    """The latest run of a check; None: it has not run."""
    row = Check.objects.filter(name=name).values(*_CHECK).first()
    return CheckRow(**row) if row else None
