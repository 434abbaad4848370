"""The API's addresses: /api/v1/…, its OpenAPI page, and a JSON answer for anything else below /api/."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from ninja import NinjaAPI, Swagger
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

import regulars
from regulars.api import (
    approvals,
    audiences,
    benefits,
    budgets,
    bulk,
    conditions,
    drafts,
    events,
    experiments,
    forecasts,
    levels,
    members,
    plans,
    programme,
    publishing,
    reports,
    scores,
    statements,
    tags,
    value,
)
from regulars.api.auth import ApiKeyBearer
from regulars.api.guard import guarded, no_route
from regulars.api.problems import CONTENT_TYPE, from_exception
from regulars.api.reading import KEY_HEADER, StrictParser
from regulars.api.schemas import ProblemOut
from regulars.api.sending import Refusal
from regulars.staff.contracts import Scope

DESCRIPTION = """
Regulars (回头客) runs a brand's membership: **events happen, rules decide, effects apply, the ledger remembers**.

1. Make an API key: `regulars apikey create --name pos --scope events:write --scope members:read`, or in the
   console under Settings.
2. Send what happens to `POST /api/v1/events`. The answer holds the new balance, the new level and the reason.
3. Read members under any identity: `GET /api/v1/members/phone:%2B8613800000000/balances`.

- **Keys** go into `Authorization: Bearer rk_…` or `X-API-Key: rk_…`; each operation asks for one scope.
- **Errors** are problem details (RFC 9457) in the language of `Accept-Language` (zh-hans, zh-hant, en): `type` and
  `errors[].code` are stable, `errors[].field` is the place in what was sent.
- **Lists** answer `{"items": [...], "next": cursor}`; pass `next` back as `cursor`.
- **Writes** can be repeated safely: an event's `id`, or the header `Idempotency-Key`, names them for ever.
- **Value** is moved by commands below a member: spend, hold and capture, reverse, adjust, give. They answer with
  `operation_id`; `?preview=true` tells what would happen.
- **Money** is decimal text in the programme's currency; **times** are ISO 8601 with an offset, answered in UTC.
"""


class Renderer(JSONRenderer):
    """JSON with Chinese as it is written."""

    json_dumps_params = {"ensure_ascii": False, "separators": (",", ":")}  # noqa: RUF012  as ninja declares it


WRITES = frozenset({"post", "patch", "put"})


class Api(NinjaAPI):
    """The API, whose OpenAPI tells every operation's problems and the key of every write."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"].update(problem.pop("$defs"), ProblemOut=problem)
        scopes = self._scopes()
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                _complete(method, operation, scopes[operation["operationId"]])
        return schema

    def _scopes(self) -> dict[str, Scope]:
        """Operation → the scope that its key must have."""
        return {
            str(operation.operation_id): asked.scope
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for operation in view.operations
            for asked in operation.auth_callbacks
            if isinstance(asked, ApiKeyBearer)
        }

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        if isinstance(exc, Refusal):
            return exc.response
        return from_exception(request, exc)


def _complete(method: str, operation: dict[str, Any], scope: Scope) -> None:
    """What every operation has in common, said once."""
    operation["description"] = f"{operation.get('description', '')}\n\nScope: `{scope.value}`.".strip()
    problem = {
        "description": "A problem, with its place and the way out.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
    operation["responses"].setdefault("4XX", problem)
    if method in WRITES and not any(each["name"] == KEY_HEADER for each in operation.get("parameters", ())):
        operation.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": KEY_HEADER,
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                "description": "Your name for this write: sent again with the same body it changes nothing and "
                "answers with the first result.",
            }
        )


api = Api(
    title="Regulars API",
    version=regulars.__version__,
    description=DESCRIPTION,
    urls_namespace="api",
    parser=StrictParser(),
    renderer=Renderer(),
    docs=Swagger(settings={"persistAuthorization": True, "tryItOutEnabled": True}),
)
for router in (
    events.router, value.router, benefits.router, plans.router, levels.router, forecasts.router, scores.router,
    experiments.router, statements.router, tags.router, members.router,
    approvals.router, audiences.router, budgets.router, programme.router, conditions.router, drafts.router,
    publishing.router, reports.router, bulk.router,
):  # fmt: skip
    api.add_router("", router)

_patterns, _app, _namespace = api.urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include((guarded(_patterns), _app), namespace=_namespace)),
    re_path(r"^api(?:/|\Z)", no_route),
]
