"""The addresses of commands: each is a row of a table, and all of them one frame around `commands.run`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from regulars.api import value_schemas as schemas
from regulars.api.auth import key
from regulars.api.commands import Command, run
from regulars.api.members import REFERENCE
from regulars.api.reading import parameters

Preview = Annotated[
    bool,
    Query(False, description="Tell what would happen, and do nothing. Then no Idempotency-Key is needed."),
]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One command's address: `name` is the command, and where it is below a member. `on`: the address also names
    what the command is about, before its last word, and the body may be left out. `waits`: it may wait for a second
    person."""

    name: str
    summary: str
    operation: str
    description: str
    on: str = ""
    waits: bool = False
    tags: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The address, as a route."""
        if not self.on:
            return f"/members/{{path:ref}}/{self.name}"
        before, _, last = self.name.rpartition("/")
        return f"/members/{{path:ref}}/{before}/{{{self.on}}}/{last}"


Extra = Callable[[str], dict[str, Any]]
"""A command's name → what OpenAPI is told beside the rest, such as an example."""


def add(router: Router, endpoints: Iterable[Endpoint], among: Mapping[str, Command], extra: Extra) -> None:
    """Give every endpoint its address; the commands are `among` these."""
    for one in endpoints:
        answers: dict[int, Any] = {200: schemas.OperationOut}
        if one.waits:
            answers[202] = schemas.WaitingOut
        route = router.post(
            one.path,
            response=answers,
            auth=key(among[one.name].scope),
            summary=one.summary,
            operation_id=one.operation,
            description=f"{one.description} {REFERENCE}",
            openapi_extra=extra(one.name),
            tags=list(one.tags) or None,
        )
        route(parameters("preview")(_view(one, among)))


def _view(one: Endpoint, among: Mapping[str, Command]) -> Callable[..., HttpResponse]:
    """The view, with the parameters that the command's body and address ask for."""

    def view(request: HttpRequest, ref: str, body: Any, preview: bool, **named: UUID) -> HttpResponse:
        return run(request, one.name, ref, body, named.get(one.on), preview, among)

    body = among[one.name].body
    asked: list[tuple[str, Any, Any]] = [
        ("request", HttpRequest, Parameter.empty),
        ("ref", str, Parameter.empty),
    ]
    if one.on:
        asked.append((one.on, UUID, Parameter.empty))
    asked += [("preview", Preview, Parameter.empty), ("body", body, body() if one.on else Parameter.empty)]
    view.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=kind, default=default)
            for name, kind, default in asked
        ]
    )
    view.__name__ = one.operation
    return view
