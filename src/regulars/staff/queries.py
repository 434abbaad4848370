"""Reading operators, keys and the audit trail."""

from collections import defaultdict
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db.models import F

from regulars.staff.contracts import KeyInfo, NoSuchOperator, OperatorInfo
from regulars.staff.models import ApiKey, AuditEntry, Operator

PAGE = 200
OPERATORS_MOST = 500
KEYS_MOST = 500


def operators() -> list[OperatorInfo]:
    """Everybody with an account, those who may sign in first."""
    return _informed(Operator.objects.order_by("-is_active", "email")[:OPERATORS_MOST])


def operator(operator_id: int) -> OperatorInfo:
    """One operator. Raises NoSuchOperator."""
    found = _informed(Operator.objects.filter(pk=operator_id))
    if not found:
        raise NoSuchOperator
    return found[0]


def _informed(found: Iterable[Operator]) -> list[OperatorInfo]:
    people = list(found)
    devices: dict[int, list[Authenticator]] = defaultdict(list)
    for each in Authenticator.objects.filter(user_id__in=[one.pk for one in people]):
        devices[each.user_id].append(each)
    return [_information(one, devices[one.pk]) for one in people]


def _information(one: Operator, devices: list[Authenticator]) -> OperatorInfo:
    kinds = [each.type for each in devices]
    codes = [each for each in devices if each.type == Authenticator.Type.RECOVERY_CODES]
    return OperatorInfo(
        id=one.pk,
        email=one.email,
        name=one.name,
        role=one.role,
        active=one.is_active,
        joined_at=one.date_joined,
        last_login_at=one.last_login,
        two_step=bool(kinds),
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        recovery_codes=sum(len(each.wrap().get_unused_codes()) for each in codes),
    )


def api_keys() -> list[KeyInfo]:
    """Every key, those in force first, then the newest; the revoked ones too, because somebody will ask."""
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
        for key in ApiKey.objects.order_by(F("revoked_at").asc(nulls_first=True), "-pk")[:KEYS_MOST]
    ]


def audit_trail(limit: int = PAGE) -> list[AuditEntry]:
    """The latest deeds."""
    return list(AuditEntry.objects.order_by("-pk")[: min(limit, PAGE)])
