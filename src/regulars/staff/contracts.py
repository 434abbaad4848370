"""What other rooms may know of operators and keys."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from regulars.kit.problems import NotFound, Problem


class Scope(StrEnum):
    """What an API key may be allowed to do."""

    EVENTS_WRITE = "events:write"
    EVENTS_READ = "events:read"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    LEDGER_READ = "ledger:read"
    LEDGER_SPEND = "ledger:spend"
    LEDGER_WRITE = "ledger:write"
    BENEFITS_USE = "benefits:use"
    BENEFITS_WRITE = "benefits:write"
    LEVELS_WRITE = "levels:write"
    PLANS_WRITE = "plans:write"
    PLANS_DECIDE = "plans:decide"
    AUDIENCES_READ = "audiences:read"
    AUDIENCES_WRITE = "audiences:write"
    MESSAGES_READ = "messages:read"
    PROGRAMME_READ = "programme:read"
    PROGRAMME_WRITE = "programme:write"
    REPORTS_READ = "reports:read"
    METRICS_READ = "metrics:read"
    ALL = "*"


class Permission(StrEnum):
    """What an operator may do by their role, beyond looking."""

    VALUE_ADJUST = "value.adjust"
    """Change what members hold, up to the asset's limit alone, above it with a second person."""
    VALUE_APPROVE = "value.approve"
    """Be the second person."""
    MEMBERS_MERGE = "members.merge"
    """Make two records of a person one, and take them apart again."""
    PLANS_DECIDE = "plans.decide"
    """Approve and refuse applications for paid plans."""
    PROGRAMME_EDIT = "programme.edit"
    """Write drafts, and ask for one to be published."""
    PROGRAMME_PUBLISH = "programme.publish"
    """Publish, and decide on what others ask to have published."""


PERMISSIONS: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "operator": frozenset(
        {
            Permission.VALUE_ADJUST,
            Permission.MEMBERS_MERGE,
            Permission.PROGRAMME_EDIT,
            Permission.PLANS_DECIDE,
        }
    ),
    "reader": frozenset(),
}
"""Role → what it may do."""


def role_may(role: str, permission: Permission) -> bool:
    """Whether somebody of this role may do it."""
    return permission in PERMISSIONS.get(role, frozenset())


class StaffProblem(Problem):
    """An operator or a key can't be made or changed as asked."""

    status = 422
    code = "invalid"


class NoSuchOperator(NotFound):
    """There is no operator of that number."""

    code = "operator_unknown"

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "没有这位运营人员。",
                "zh-hant": "沒有這位營運人員。",
                "en": "There is no such operator.",
            }
        )


@dataclass(frozen=True, slots=True)
class OperatorInfo:
    """An operator as the console lists them. `two_step` says that signing in asks for a code or a passkey."""

    id: int
    email: str
    name: str
    role: str
    active: bool
    joined_at: datetime
    last_login_at: datetime | None
    two_step: bool
    passkeys: int
    recovery_codes: int


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Another system that showed a valid key. `made_by`: who made the key, an operator's address or the command
    line."""

    name: str
    scopes: frozenset[str]
    made_by: str = ""

    def may(self, scope: Scope) -> bool:
        """Whether its key allows `scope`."""
        return scope in self.scopes or Scope.ALL in self.scopes


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key as the console lists it: everything but the key itself."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
