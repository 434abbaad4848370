"""Publishing: what will change, who is touched, when; agreeing to what others ask; and going back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console import foreseen, formats, simulations
from regulars.console.asked import person
from regulars.console.changed import changed
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.insight.simulating.contracts import Asked
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.programme import drafts, publications, publishing
from regulars.programme.contracts import Programme
from regulars.programme.held import Finding, StillHeld, find
from regulars.programme.loader import InvalidProgramme
from regulars.programme.publications import Author, PublicationRow, State
from regulars.programme.publishing import NOTE_MOST, TEXT_MOST, BadMoment, Wish
from regulars.programme.queries import version_source
from regulars.staff.contracts import Permission

STATES = {
    State.WAITING: gettext_lazy("waiting for a second person"),
    State.SCHEDULED: gettext_lazy("scheduled"),
    State.PUBLISHED: gettext_lazy("published"),
    State.FAILED: gettext_lazy("did not pass"),
    State.REJECTED: gettext_lazy("rejected"),
    State.WITHDRAWN: gettext_lazy("called off"),
}


@page(needs_programme=False)
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Publish a draft: everything one should know before, then the button."""
    row = drafts.get(draft_id)
    return _ask(request, row.name, row.source, draft_id)


@page()
def back(request: HttpRequest, number: int) -> HttpResponse:
    """Publish an old version again, as a new one."""
    source = version_source(number)
    if source is None or number == programme_of(request).number:
        raise Http404
    return _ask(request, _("Back to version %(number)d") % {"number": number}, source, None)


def _ask(request: HttpRequest, name: str, source: str, draft_id: UUID | None) -> HttpResponse:
    if not may(request, Permission.PROGRAMME_EDIT):
        raise PermissionDenied
    said = ""
    if request.method == "POST":
        try:
            return _done(request, publishing.ask(_author(request), _wish(request, source, draft_id)))
        except InvalidProgramme:
            pass  # the page shows what is wrong
        except Problem as problem:
            said = problem.say(get_language() or "en")
    programme = programme_of(request)
    checked = drafts.check(source)
    before = version_source(programme.number) or "" if programme else ""
    context = {
        "part": "programme",
        "tab": "drafts",
        "name": name,
        "draft_id": draft_id,
        "said": said,
        "note": request.POST.get("note", name if draft_id is None else ""),
        "chosen": set(request.POST.getlist("accepted")),
        "when": request.POST.get("when", "now"),
        "at": request.POST.get("at", ""),
        "follows": programme.number if programme else 0,
        "changed": changed(programme, checked.programme, (before, source)),
        "preview": request.path.rstrip("/").rpartition("/")[0] + "/preview",
        "faults": [(fault.line, say(fault.problem.text, get_language() or "en")) for fault in checked.faults],
        "scheduled": publications.scheduled(),
        "second": programme is not None and (publishing.needs_second() or _author(request).asks_only),
        "note_length": NOTE_MOST,
        **_held(programme, checked.programme),
    }
    return render(request, "console/publish.html", context, status=409 if said else 200)


def _held(programme: Programme | None, draft: Programme | None) -> dict[str, Any]:
    """What members hold of what goes, in the reader's words."""
    if programme is None or draft is None:
        return {"findings": [], "grave": False}
    found = find(programme, draft)
    return {"findings": [_finding(each) for each in found], "grave": any(each.grave for each in found)}


def _finding(found: Finding) -> dict[str, Any]:
    return {"place": found.place, "text": say(found.text, get_language() or "en"), "grave": found.grave}


def _wish(request: HttpRequest, source: str, draft_id: UUID | None) -> Wish:
    follows = request.POST.get("follows", "")
    return Wish(
        source,
        request.POST.get("note", ""),
        _moment(request),
        int(follows) if follows.isdecimal() else None,
        tuple(request.POST.getlist("accepted")),
        draft_id,
    )


def _moment(request: HttpRequest) -> datetime | None:
    """The moment as it was put in, in the programme's time zone; None: now."""
    if request.POST.get("when") != "at":
        return None
    try:
        local = datetime.fromisoformat(request.POST.get("at", ""))
    except ValueError:
        raise BadMoment from None
    return timezone.make_aware(local) if timezone.is_naive(local) else local


def _author(request: HttpRequest) -> Author:
    operator = operator_of(request)
    return publications.operator(operator.email, operator.role)


def _done(request: HttpRequest, row: PublicationRow) -> HttpResponseRedirect:
    if row.state is State.WAITING:
        messages.success(request, _("Asked for. Somebody else decides on it under Approvals."))
        return redirect("console:publication", row.id)
    if row.state is State.SCHEDULED:
        messages.success(
            request, _("It will be published %(when)s.") % {"when": formats.moment(row.publish_at)}
        )
    else:
        messages.success(
            request, _("Version %(number)s is in force.") % {"number": formats.number(row.version)}
        )
    return redirect("console:programme")


@page()
def show(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    """One request: what it changes against what is in force, and how it stands."""
    row = publications.get(publication_id)
    if row is None:
        raise publishing.UnknownPublication
    programme, email = programme_of(request), operator_of(request).email
    checked = drafts.check(row.source)
    against = programme.number if row.state in publications.OPEN else row.follows
    before = version_source(against) or ""
    previous = drafts.check(before).programme if against != programme.number else programme
    context = {
        "part": "programme",
        "tab": "programme",
        "row": row,
        "state": STATES[row.state],
        "asked_by": person(row.asked_by),
        "decided_by": person(row.decided_by) if row.decided_by else "",
        "open": row.state in publications.OPEN,
        "waits": row.state is State.WAITING,
        "own": email in (row.asked_by, row.person),
        "may_publish": may(request, Permission.PROGRAMME_PUBLISH),
        "against": against,
        "changed": changed(previous, checked.programme, (before, row.source)),
        "faults": [say(each, get_language() or "en") for each in row.faults],
        "note_length": TEXT_MOST,
        **(_held(programme, checked.programme) if row.state in publications.OPEN else {}),
    }
    return render(request, "console/publication.html", context)


@page(needs_programme=False)
def draft_preview(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """What the draft would have meant, to be put into the page."""
    row = drafts.get(draft_id)
    return _preview(request, row.name, row.source)


@page()
def back_preview(request: HttpRequest, number: int) -> HttpResponse:
    """What an old version would have meant."""
    source = version_source(number)
    if source is None:
        raise Http404
    return _preview(request, _("Version %(number)s") % {"number": number}, source)


@page()
def preview(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    """What a text that waits would have meant."""
    row = publications.get(publication_id)
    if row is None:
        raise publishing.UnknownPublication
    return _preview(request, row.note or _("Asked for"), row.source)


def _preview(request: HttpRequest, title: str, source: str) -> HttpResponse:
    programme, draft = programme_of(request), drafts.check(source).programme
    if programme is None or draft is None:
        return render(request, "console/_preview.html", {"error": _("There is nothing to compare.")})
    told = foreseen.preview(programme, draft, title, source, operator_of(request).email)
    if isinstance(told, Asked):
        return render(
            request, "console/_preview_waits.html", {"one": simulations.shown(told), "here": request.path}
        )
    return render(request, "console/_preview.html", {"told": told})


@page()
@require_POST
def approve(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    """The second person agrees."""
    return _decided(
        request, publication_id, lambda author, note: publishing.approve(publication_id, author, note)
    )


@page()
@require_POST
def reject(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    """The second person does not, and says why."""
    return _decided(
        request, publication_id, lambda author, note: publishing.reject(publication_id, author, note)
    )


def _decided(request: HttpRequest, publication_id: UUID, decide: Any) -> HttpResponse:
    if not may(request, Permission.PROGRAMME_PUBLISH):
        raise PermissionDenied
    language = get_language() or "en"
    try:
        row = decide(_author(request), request.POST.get("note", ""))
    except StillHeld as problem:
        messages.error(request, problem.say(language))
    except InvalidProgramme as error:
        messages.error(request, " ".join(fault.say(language) for fault in error.faults[:5]))
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        messages.error(request, problem.say(language))
    else:
        if row.state is State.REJECTED:
            messages.success(request, _("Rejected. Nothing was changed."))
            return redirect("console:programme")
        return _done(request, row)
    return redirect("console:publication", publication_id)


@page()
@require_POST
def call_off(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    """It is not to be published after all: whoever asked says so, or who may publish."""
    row = publications.get(publication_id)
    if row is None:
        raise publishing.UnknownPublication
    email = operator_of(request).email
    if email not in (row.asked_by, row.person) and not may(request, Permission.PROGRAMME_PUBLISH):
        raise PermissionDenied
    try:
        publishing.call_off(publication_id, _author(request))
    except Problem as problem:
        messages.error(request, problem.say(get_language() or "en"))
    else:
        messages.success(request, _("Called off. Nothing was changed."))
    return redirect("console:programme")
