"""Tags: which there are and on how many members, and put on or taken off one member by hand."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.engine import tagging
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.members.contracts import TagGroup
from regulars.members.queries import profile, tags
from regulars.programme.contracts import Programme

LISTED = 500


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag, how many members bear it, and the group it is in."""

    tag: str
    members: int
    group: str
    exclusive: bool


@page()
def index(request: HttpRequest) -> HttpResponse:
    """The tags in use, the most used first, then those of groups that nobody bears yet."""
    context = {"part": "members", "section": "tags", "lines": _lines(programme_of(request))}
    return render(request, "console/tags.html", context)


@page(roles=ANSWERING)
@require_POST
def put(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """A tag put on a member or taken off. What an exclusive group drives out is said."""
    before = profile(member_id)
    if before is None or before.merged_into is not None:
        raise Http404
    add, remove = request.POST.get("add", "").strip(), request.POST.get("remove", "").strip()
    if add or remove:
        try:
            _tag(request, [member_id], add, remove)
        except Problem as problem:
            messages.error(request, problem.say(get_language() or "en"))
            return redirect("console:member", member_id=member_id)
        after = profile(member_id)
        gone = set(before.tags) - set(after.tags if after else ()) - {remove}
        if gone:
            said = _(
                "“%(tag)s” took the place of “%(gone)s”: both are of a group of which a member bears one."
            )
            messages.info(request, said % {"tag": add, "gone": _(", ").join(sorted(gone))})
    return redirect("console:member", member_id=member_id)


def _tag(request: HttpRequest, whom: list[UUID], add: str, remove: str) -> int:
    return tagging.tag(
        whom,
        [add] if add else [],
        [remove] if remove else [],
        key=f"tag:{request.POST.get('once', '')[:60] or uuid4()}",
        source="console",
        by=operator_of(request).email,
    )


def _lines(programme: Programme) -> list[TagLine]:
    groups = {tag: group for group in programme.tag_groups.values() for tag in group.tags}
    used = dict(tags(LISTED))
    found = [_line(tag, members, groups.get(tag)) for tag, members in used.items()]
    return found + [_line(tag, 0, group) for tag, group in groups.items() if tag not in used]


def _line(tag: str, members: int, group: TagGroup | None) -> TagLine:
    name = (say(dict(group.name), get_language() or "en") or group.id) if group else ""
    return TagLine(tag, members, name, group is not None and group.exclusive)
