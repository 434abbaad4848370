"""Reading keys and the audit trail."""

from regulars.staff.contracts import KeyInfo
from regulars.staff.models import ApiKey, AuditEntry

PAGE = 200


def api_keys() -> list[KeyInfo]:
    """Every key, the newest first; the revoked ones too, because somebody will ask."""
    return [
        KeyInfo(
            id=key.pk,
            name=key.name,
            prefix=key.prefix,
            scopes=tuple(key.scopes),
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )
        for key in ApiKey.objects.order_by("-pk")
    ]


def audit_trail(limit: int = PAGE) -> list[AuditEntry]:
    """The latest deeds."""
    return list(AuditEntry.objects.order_by("-pk")[: min(limit, PAGE)])
