"""Who calls: an API key, shown as a bearer token or in X-API-Key, with the scope that the operation asks for."""

from django.http import HttpRequest
from ninja.security import APIKeyHeader, HttpBearer

from regulars.api import texts
from regulars.api.problems import ApiProblem
from regulars.staff.contracts import KeyHolder, Scope
from regulars.staff.service import authenticate_key


def holder(plain: str, scope: Scope) -> KeyHolder:
    """The holder of a key that may do `scope`. Refuses an unknown key (401) and one without it (403)."""
    holder = authenticate_key(plain.strip())
    if holder is None:
        raise ApiProblem(
            401, "bad_key", texts.BAD_KEY,
            headers={"WWW-Authenticate": 'Bearer realm="regulars", error="invalid_token"'},
        )  # fmt: skip
    if not holder.may(scope):
        raise ApiProblem(403, "no_scope", texts.NO_SCOPE, scope=scope.value)
    return holder


class ApiKeyBearer(HttpBearer):
    """`Authorization: Bearer rk_…`"""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> KeyHolder:  # noqa: ARG002
        return holder(token, self.scope)


class ApiKeyInHeader(APIKeyHeader):
    """`X-API-Key: rk_…`"""

    param_name = "X-API-Key"

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, key: str | None) -> KeyHolder | None:  # noqa: ARG002
        return holder(key, self.scope) if key else None


def key(scope: Scope) -> list[ApiKeyBearer | ApiKeyInHeader]:
    """What an operation that needs `scope` accepts."""
    return [ApiKeyBearer(scope), ApiKeyInHeader(scope)]


def holder_of(request: HttpRequest) -> KeyHolder:
    """Who calls, once the operation's key was accepted."""
    holder: KeyHolder = request.auth  # type: ignore[attr-defined]
    return holder
