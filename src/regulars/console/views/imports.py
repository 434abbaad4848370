"""Members from a file: upload, say what the columns are, look at what would happen, have it done, watch it."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.audiences.contracts import Kind
from regulars.audiences.queries import every
from regulars.console import audience_words, importing
from regulars.console.people import ANSWERING
from regulars.console.shell import operator_of, page, programme_of
from regulars.console.tables import as_file
from regulars.imports import encodings, queries, service
from regulars.imports.contracts import CANCELLED, CHECKED, CHOOSING, FAILED, BadFile, Target
from regulars.imports.refusals import COLUMNS_MOST, FILE_MOST, ROWS_MOST
from regulars.kit.problems import Problem
from regulars.staff.service import audit

SHOWN_MOST = 20


@page(roles=ANSWERING)
def index(request: HttpRequest) -> HttpResponse:
    """Upload a file, and what was imported before. `audience`: the list onto which it is meant to go."""
    if request.method == "POST":
        return _take(request)
    context = _head() | {
        "asked": [importing.shown(one) for one in queries.latest()],
        "audience": request.GET.get("audience", ""),
        "lists": _lists(),
        "megabytes": FILE_MOST // 1024 // 1024,
        "rows_most": ROWS_MOST,
        "columns_most": COLUMNS_MOST,
    }
    return render(request, "console/imports.html", context)


@page(roles=ANSWERING)
def show(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """One import, as far as it has come."""
    asked = queries.get(import_id)
    context = _head() | {"one": importing.shown(asked)}
    if asked.state in (CHOOSING, CHECKED):
        context |= {
            "columns": importing.columns(asked),
            "choices": importing.choices(programme_of(request)),
            "encodings": importing.encoding_choices(asked),
            "separators": importing.SEPARATORS,
            "read_as": encodings.name_of(asked.form.encoding),
            "lists": _lists(),
        }
    if not asked.open:
        language = get_language() or "en"
        some = list(queries.rejected(import_id, SHOWN_MOST + 1))
        context |= {
            "left_out": [
                (one.number, one.cells[:3], importing.reason(one, language)) for one in some[:SHOWN_MOST]
            ],
            "more": len(some) > SHOWN_MOST,
            "list_name": next((said for ident, said in _lists() if ident == asked.target.audience), ""),
            "may_go_on": asked.state in (FAILED, CANCELLED) and bool(asked.started_at) and not asked.cleared,
        }
    return render(request, "console/import.html", context)


@page(roles=ANSWERING)
def progress(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How far it is, to be put into the page; the page is loaded anew when the step is over."""
    asked = queries.get(import_id)
    if not asked.open:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "console/_import_progress.html", {"one": importing.shown(asked)})


@page(roles=ANSWERING)
@require_POST
def read(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Read the file otherwise."""
    asked = queries.get(import_id)
    encoding = request.POST.get("encoding", "")
    separator = request.POST.get("separator", "")
    if encoding in dict(importing.encoding_choices(asked)) and separator in dict(importing.SEPARATORS):
        try:
            service.read_otherwise(
                import_id, encoding, separator, "has_header" in request.POST, programme_of(request)
            )
        except BadFile as bad:
            messages.error(request, bad.say(get_language() or "en"))
    return redirect("console:import", import_id)


@page(roles=ANSWERING)
@require_POST
def check(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Have it looked at; nothing happens to anybody."""
    targets, target = importing.chosen(request, queries.get(import_id))
    try:
        service.ask_check(import_id, targets, target, programme_of(request))
    except Problem as problem:
        messages.error(request, problem.say(get_language() or "en"))
    return redirect("console:import", import_id)


@page(roles=ANSWERING)
@require_POST
def start(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Have it done; pressed twice, it is done once."""
    asked = queries.get(import_id)
    if asked.state in (CHOOSING, CHECKED):
        service.start(import_id, operator_of(request).email)
    return redirect("console:import", import_id)


@page(roles=ANSWERING)
@require_POST
def cancel(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Nothing more of it is done."""
    if service.cancel(import_id, operator_of(request).email):
        messages.success(request, _("Called off. What was imported by then stays."))
    return redirect("console:import", import_id)


@page(roles=ANSWERING)
@require_POST
def go_on(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Go on where it ended."""
    service.go_on(import_id, operator_of(request).email)
    return redirect("console:import", import_id)


@page(roles=ANSWERING)
def left_out(request: HttpRequest, import_id: UUID) -> HttpResponseBase:
    """The rows that were left out, with the reason in the last column."""
    asked = queries.get(import_id)
    audit(operator_of(request).email, "members.left_out_exported", asked.title, rows=asked.left_out)
    name = asked.title.rpartition(".")[0] or asked.title
    columns = importing.left_out_columns(asked)
    return as_file("csv", f"{name}-{_('left out')}", asked.title, columns, queries.rejected(import_id))


def _take(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    try:
        if not isinstance(file, UploadedFile) or not file.name:
            raise BadFile.missing()
        if (file.size or 0) > FILE_MOST:
            raise BadFile.large()
        target = Target(request.POST.get("audience", "").replace("\0", ""))
        found = service.take(
            file.name, file.read(), programme_of(request), operator_of(request).email, target
        )
    except Problem as problem:
        messages.error(request, problem.say(get_language() or "en"))
        return redirect("console:imports")
    return redirect("console:import", found)


def _lists() -> list[tuple[str, str]]:
    """The lists kept by hand, with what they are called."""
    return [(one.id, audience_words.name_of(one.names, one.id)) for one in every() if one.kind is Kind.LIST]


def _head() -> dict[str, object]:
    return {"part": "members", "section": "imports"}
