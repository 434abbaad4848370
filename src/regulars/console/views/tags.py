"""Tags: which there are and on how many members; put on or taken off one by hand; renamed, merged, deleted."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.tag_words import use_lines
from regulars.console.views.bulk import start
from regulars.engine import tag_catalogue as catalogue
from regulars.engine import tagging
from regulars.insight.bulk import queries as bulk
from regulars.insight.bulk import service
from regulars.insight.bulk.contracts import Deed
from regulars.kit.problems import Problem
from regulars.language.sql_text import Sql
from regulars.language.text import say
from regulars.members.contracts import TagGroup
from regulars.members.queries import profile, tags
from regulars.programme import tag_uses
from regulars.programme.contracts import Programme

LISTED = 500


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag, how many members bear it, the group it is in, and how many things name it."""

    tag: str
    members: int
    group: str
    exclusive: bool
    uses: int


@page()
def index(request: HttpRequest) -> HttpResponse:
    """The tags in use, the most used first, then those of groups that nobody bears yet."""
    context = {
        "part": "members",
        "section": "tags",
        "lines": _lines(programme_of(request)),
        "may_edit": operator_of(request).role in ANSWERING,
    }
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


@page(roles=ANSWERING)
def change(request: HttpRequest) -> HttpResponse:
    """Rename a tag, merge it into another, or delete it: what names it and whom it touches first, then it is done."""
    asked = request.POST if request.method == "POST" else request.GET
    tag, into = (asked.get(name, "").replace("\0", "").strip() for name in ("tag", "into"))
    if not tag:
        raise Http404
    deletes = asked.get("do") == "delete"
    into = "" if deletes else into
    sure, fault, standing, measure = bool(asked.get("sure")), "", catalogue.look(tag), None
    whom = Sql("SELECT id FROM members_member WHERE tags @> ARRAY[%s]::varchar[]", (tag,))
    deed = Deed(add=(into,) if into else (), remove=(tag,))
    if into or deletes:
        try:
            standing = catalogue.look(tag, into)
            if request.method == "POST" and sure:
                return _change(request, tag, into, deed, whom)
            measure = bulk.measure(deed, whom)
        except Problem as problem:
            fault = problem.say(get_language() or "en")
    known = (
        bulk.measure(Deed(add=(into,)), Sql("SELECT id FROM members_member")) if into and not fault else None
    )
    context = {
        "part": "members",
        "section": "tags",
        "tag": tag,
        "into": into,
        "deletes": deletes,
        "fault": fault,
        "measure": measure,
        "members": bulk.measure(Deed(remove=(tag,)), whom).members,
        "bear_into": known.same if known else 0,
        "group": next((one for one in programme_of(request).tag_groups.values() if into in one.tags), None),
        "uses": use_lines(standing.uses, standing),
        "hindering": bool(standing.hindering),
        "along": [one.use for one in standing.along],
        "once": asked.get("once") or uuid4(),
        "tags": tags(50),
    }
    return render(request, "console/tag.html", context)


def _change(request: HttpRequest, tag: str, into: str, deed: Deed, whom: Sql) -> HttpResponse:
    by = operator_of(request).email
    catalogue.clear(tag, into, by)
    reason = _("Tag “%(tag)s” renamed") % {"tag": tag} if into else _("Tag “%(tag)s” deleted") % {"tag": tag}
    once = f"console:{request.POST.get('once', '')[:60] or uuid4()}"
    found = service.ask(deed, whom, once=once, by=by, reason=reason, back=reverse("console:tags"))
    start(found)
    return redirect("console:bulk_job", found)


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
    uses = Counter(tag for one in tag_uses.every() for tag in one.tags)
    groups = {tag: group for group in programme.tag_groups.values() for tag in group.tags}
    used = dict(tags(LISTED))
    found = [_line(tag, members, groups.get(tag), uses[tag]) for tag, members in used.items()]
    return found + [_line(tag, 0, group, uses[tag]) for tag, group in groups.items() if tag not in used]


def _line(tag: str, members: int, group: TagGroup | None, uses: int) -> TagLine:
    name = (say(dict(group.name), get_language() or "en") or group.id) if group else ""
    return TagLine(tag, members, name, group is not None and group.exclusive, uses)
