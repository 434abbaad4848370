"""Tags over the API: put on members and taken off them by hand, and which there are."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from regulars.api import value_examples as examples
from regulars.api.auth import key
from regulars.api.commands import COMMANDS
from regulars.api.endpoints import Endpoint, add
from regulars.api.problems import language_of
from regulars.api.reading import parameters
from regulars.language.text import say
from regulars.members.queries import tags
from regulars.programme.service import current
from regulars.staff.contracts import Scope

router = Router(tags=["members"])


class TagOut(Schema):
    """A tag, how many members bear it, and the group it is in (null: none). Of an `exclusive` group a member bears one
    tag at a time."""

    tag: str
    members: int
    group: str | None = Field(description="The group's id.")
    group_name: str | None
    exclusive: bool


@router.get(
    "/tags",
    response=list[TagOut],
    auth=key(Scope.MEMBERS_READ),
    summary="List tags",
    operation_id="listTags",
)
@parameters("limit")
def listed(request: HttpRequest, limit: Annotated[int, Query(100, ge=1, le=1000)]) -> Any:
    """The most used first, then those of the programme's groups that nobody bears yet."""
    language = language_of(request)
    groups = {tag: group for group in current().tag_groups.values() for tag in group.tags}
    used = dict(tags(limit))
    found = [*used.items(), *((tag, 0) for tag in groups if tag not in used)][:limit]
    return [
        TagOut(
            tag=tag,
            members=members,
            group=groups[tag].id if tag in groups else None,
            group_name=say(groups[tag].name, language) if tag in groups else None,
            exclusive=tag in groups and groups[tag].exclusive,
        )
        for tag, members in found
    ]


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "tags",
        "Put tags on a member, take tags off",
        "tagMember",
        "By hand of another system: the event `member.tagged`, which audiences and rules follow. What changed is in"
        " `effects` (`kind` `tag`): a tag of an exclusive group takes the place of the others, which the effect names."
        " Tags have 1 to 60 printable characters.",
    ),
)

add(router, ENDPOINTS, COMMANDS, examples.of)
