"""Drafts of the programme: the list, the editor that says what is wrong and what changes as one types, the gallery."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.console.changed import changed, said
from regulars.console.people import ANSWERING
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.kit import clock
from regulars.kit.problems import Problem
from regulars.language.text import say
from regulars.programme import drafts, gallery
from regulars.programme.cautions import cautions
from regulars.programme.contracts import Programme
from regulars.programme.diff_words import PARTS
from regulars.programme.drafts import NAME_LENGTH, DraftChanged, DraftRow
from regulars.programme.loader import SIZE_LIMIT
from regulars.programme.queries import version_source
from regulars.staff.contracts import Permission

PLACES_MOST = 100
"""So many faults are listed; the rest is counted."""


@page(needs_programme=False)
def index(request: HttpRequest) -> HttpResponse:
    """The drafts there are, and ways to begin one."""
    context = {"part": "programme", "tab": "drafts", "drafts": drafts.every(), **_rights(request)}
    return render(request, "console/drafts.html", context)


@page(needs_programme=False)
def templates(request: HttpRequest) -> HttpResponse:
    """The programmes that come with Regulars, each with what it is good for."""
    context = {
        "part": "programme",
        "tab": "gallery",
        "cards": [_numbered(card) for card in gallery.cards()],
        **_rights(request),
    }
    return render(request, "console/gallery.html", context)


def _numbered(card: gallery.Card) -> dict[str, object]:
    language = get_language() or "en"
    numbers = [(say(PARTS[part], language), number) for part, number in card.parts.items() if part in PARTS]
    return {"id": card.id, "programme": card.programme, "about": card.about, "numbers": numbers}


@page(roles=ANSWERING, needs_programme=False)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new draft: from a version, the gallery, a file, or a text that somebody else's saving kept out."""
    by = operator_of(request).email
    try:
        name, source, based_on = _beginning(request)
        made = drafts.create((request.POST.get("name") or name)[:NAME_LENGTH], source, by, based_on)
    except Problem as problem:
        messages.error(request, problem.say(get_language() or "en"))
        return redirect("console:drafts")
    return redirect("console:draft", made.id)


def _beginning(request: HttpRequest) -> tuple[str, str, int | None]:
    """The name, the text and the version that a new draft begins with."""
    version, template = request.POST.get("version", ""), request.POST.get("template", "")
    programme = programme_of(request)
    number = programme.number if programme else None
    if version.isdecimal():
        text = version_source(int(version))
        if text is None:
            raise Http404
        return _("From version %(number)s") % {"number": version}, text, int(version)
    if template:
        try:
            text = gallery.template(template)
        except KeyError:
            raise Http404 from None
        name = next(
            say(card.programme.name, get_language() or "en")
            for card in gallery.cards()
            if card.id == template
        )
        return name, text, number
    sent = request.FILES.get("file")
    if sent is not None:
        return str(sent.name or "")[:NAME_LENGTH], _decoded(sent.read(4 * SIZE_LIMIT + 1)), number
    return _("Draft"), _unix(request.POST.get("source", "")), number


def _decoded(raw: bytes) -> str:
    """The text of a file, as it is; what is no UTF-8 is refused."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise drafts.BadDraft(
            {
                "zh-hans": "文件不是 UTF-8 文本，请另存为 UTF-8 后再上传。",
                "zh-hant": "檔案不是 UTF-8 文字，請另存為 UTF-8 後再上傳。",
                "en": "The file is no UTF-8 text: save it as UTF-8 and upload it again.",
            },
            field="file",
        ) from None


def _unix(text: str) -> str:
    """Browsers send line ends as CR LF, whatever they were."""
    return text.replace("\r\n", "\n")


@page(needs_programme=False)
def edit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The editor. Saved over somebody else's saving it keeps the text, and says who was quicker."""
    draft = drafts.get(draft_id)
    if request.method == "POST":
        if not may(request, Permission.PROGRAMME_EDIT):
            raise PermissionDenied
        return _save(request, draft)
    return _editor(request, draft, draft.source)


def _save(request: HttpRequest, draft: DraftRow) -> HttpResponse:
    text, name = _unix(request.POST.get("source", "")), request.POST.get("name", "")
    if text == _unix(draft.source):
        text = draft.source  # whatever its line ends are
    revision = request.POST.get("revision", "")
    try:
        saved = drafts.save(
            draft.id, int(revision) if revision.isdecimal() else 0, operator_of(request).email, text, name
        )
    except DraftChanged as problem:
        if request.headers.get("HX-Request"):
            return render(
                request, "console/_draft_saved.html", {"conflict": problem.say(get_language() or "en")}
            )
        return _editor(request, problem.draft, text, conflict=problem)
    except Problem as problem:
        if request.headers.get("HX-Request"):
            return render(
                request, "console/_draft_saved.html", {"refused": problem.say(get_language() or "en")}
            )
        return _editor(request, draft, text, refused=problem)
    if request.headers.get("HX-Request"):
        return render(request, "console/_draft_saved.html", {"draft": saved})
    if "publish" in request.POST:
        return redirect("console:draft_publish", draft.id)
    return redirect("console:draft", draft.id)


def _editor(
    request: HttpRequest,
    draft: DraftRow,
    text: str,
    conflict: Problem | None = None,
    refused: Problem | None = None,
) -> HttpResponse:
    language = get_language() or "en"
    context = {
        "part": "programme",
        "tab": "drafts",
        "draft": draft,
        "text": text,
        "conflict": conflict.say(language) if conflict else "",
        "refused": refused.say(language) if refused else "",
        "name_length": NAME_LENGTH,
        **_looked(programme_of(request), text),
        **_rights(request),
    }
    return render(request, "console/draft.html", context, status=409 if conflict else 200)


@page(needs_programme=False)
@require_POST
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """What is wrong with the text as it is now, or what it changes; to be put beside it."""
    context = {"draft": drafts.get(draft_id)}
    looked = _looked(programme_of(request), _unix(request.POST.get("source", "")))
    return render(request, "console/_draft_looked.html", {**context, **looked})


def _looked(programme: Programme | None, text: str) -> dict[str, object]:
    """Faults with their lines, or the changes against the version in force."""
    checked = drafts.check(text)
    language = get_language() or "en"
    faults = [
        (fault.line, ".".join(map(str, fault.problem.place)), say(fault.problem.text, language))
        for fault in checked.faults
    ]
    draft = checked.programme
    found = cautions(draft, clock.now()) if draft is not None else []
    return {
        "cautions": [say(each.text, language) for each in found],
        "faults": faults[:PLACES_MOST],
        "faults_more": max(len(faults) - PLACES_MOST, 0),
        "sound": draft is not None,
        "sections": said(programme, draft) if draft is not None else (),
        "first": programme is None,
    }


@page(needs_programme=False)
def diff(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """What the draft changes against the version in force."""
    draft, programme = drafts.get(draft_id), programme_of(request)
    before = version_source(programme.number) or "" if programme else ""
    context = {
        "part": "programme",
        "tab": "drafts",
        "draft": draft,
        "changed": changed(programme, drafts.check(draft.source).programme, (before, draft.source)),
        "against": programme.number if programme else 0,
    }
    return render(request, "console/draft_diff.html", context)


@page(needs_programme=False)
def file(request: HttpRequest, draft_id: UUID) -> HttpResponse:  # noqa: ARG001
    """The draft's text, byte for byte."""
    response = HttpResponse(drafts.get(draft_id).source, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="programme-draft.yaml"'
    return response


@page(roles=ANSWERING, needs_programme=False)
@require_POST
def delete(request: HttpRequest, draft_id: UUID) -> HttpResponseRedirect:
    """Throw the draft away."""
    name = drafts.get(draft_id).name
    drafts.delete(draft_id, operator_of(request).email)
    messages.success(request, _("The draft “%(name)s” is gone.") % {"name": name})
    return redirect("console:drafts")


def _rights(request: HttpRequest) -> dict[str, object]:
    return {
        "may_edit": may(request, Permission.PROGRAMME_EDIT),
        "may_publish": may(request, Permission.PROGRAMME_PUBLISH),
    }
