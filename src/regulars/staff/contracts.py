"""What other rooms may know of operators and keys."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from regulars.kit.problems import Problem


class Scope(StrEnum):
    """What an API key may be allowed to do."""

    EVENTS_WRITE = "events:write"
    EVENTS_READ = "events:read"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    LEDGER_READ = "ledger:read"
    MESSAGES_READ = "messages:read"
    PROGRAMME_READ = "programme:read"
    PROGRAMME_WRITE = "programme:write"
    METRICS_READ = "metrics:read"
    ALL = "*"


class StaffProblem(Problem):
    """An operator or a key can't be made as asked."""

    status = 422
    code = "invalid"


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Another system that showed a valid key."""

    name: str
    scopes: frozenset[str]

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
