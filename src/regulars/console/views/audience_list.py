"""A list filled from the console: phones, e-mail addresses, cards or ids, one a line, put on it or taken off."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.audiences import queries
from regulars.audiences.contracts import Kind, NotAList
from regulars.console import audience_words as told
from regulars.console import formats
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page
from regulars.engine import audiences as work
from regulars.members.queries import ids_like, names

LINE_MOST = 300
TEXT_MOST = LINE_MOST * work.LIST_MOST


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that names no one member, and why."""

    number: int
    text: str
    said: str


@page(roles=ANSWERING)
def put(request: HttpRequest, audience: str) -> HttpResponse:
    """The form, then what was found (nothing is done yet), then it is done: only when somebody has seen which lines
    name nobody."""
    found = queries.get(audience)
    if found.kind is not Kind.LIST or found.archived:
        raise NotAList(audience)
    text = request.POST.get("members", "")[:TEXT_MOST].replace("\0", "")
    on = request.POST.get("on", "1") == "1"
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    too_many = len(lines) > work.LIST_MOST
    members, faults = _resolved(lines) if lines and not too_many else ([], [])
    if members and request.POST.get("sure"):
        key = f"listing:{request.POST.get('once', '')[:60] or uuid4()}"
        done = work.put(audience, members, on, key, "console", operator_of(request).email)
        said = (
            _("%(members)s members were put on the list.")
            if on
            else _("%(members)s members were taken off the list.")
        )
        messages.success(request, said % {"members": formats.number(done)})
        return redirect("console:audience", audience=audience)
    already = queries.among(audience, members) if members else set()
    context = {
        "part": "members",
        "section": "audiences",
        "shown": told.shown(found),
        "text": text,
        "on": on,
        "once": uuid4(),
        "looked": bool(lines) and not too_many,
        "too_many": too_many,
        "most": work.LIST_MOST,
        "moving": sum((one in already) is not on for one in members),
        "same": sum((one in already) is on for one in members),
        "faults": faults,
    }
    return render(request, "console/audience_list.html", context)


def _resolved(lines: list[tuple[int, str]]) -> tuple[list[UUID], list[Fault]]:
    """The members that the lines name, each once; and the lines that name nobody, or several."""
    members: dict[UUID, None] = {}
    faults = []
    for number, line in lines:
        hits = list(names(ids_like(line[:LINE_MOST])))
        if len(hits) == 1:
            members[hits[0]] = None
        else:
            said = _("Several members are known by this.") if hits else _("No member is known by this.")
            faults.append(Fault(number, line[:60], said))
    return list(members), faults
