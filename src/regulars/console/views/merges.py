"""Two records of one person made one, and apart again: seen beside each other, foreseen, and only then done."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.approvals.service import CONSOLE, TEXT_MOST
from regulars.console.pairs import compare, parting
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.engine import merging
from regulars.engine.contracts import Outcome, Rejected
from regulars.engine.operations import Request
from regulars.language.text import say
from regulars.members.contracts import MemberProfile
from regulars.members.queries import alike, merges_into, profile, profiles, search
from regulars.staff.contracts import Permission
from regulars.staff.service import audit

KEY_LENGTH = 60
HITS = 20


class ReasonForm(forms.Form):
    """Why: it is kept with the merge."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept with the change for good. Colleagues see it."),
    )


@page()
def choose(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Which other record is the same person's? By phone, card, name, or as the console itself would guess."""
    member = _member(request, member_id)
    if member.merged_into is not None:
        return redirect("console:merge", member.merged_into)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:200]
    hits = search(asked, HITS + 1) if asked else alike(member)
    others = [one.id for one in hits if one.id != member_id and one.status == "active"][:HITS]
    found = profiles(others)
    context = {
        "part": "members",
        "member": member,
        "asked": asked,
        "found": [found[one] for one in others if one in found],
    }
    return render(request, "console/merge_choose.html", context)


@page()
def merge(request: HttpRequest, member_id: UUID, other_id: UUID) -> HttpResponse:
    """Both beside each other, and what will be; confirmed, `other_id` goes into `member_id`."""
    member, other = _member(request, member_id), _member(request, other_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = merging.merge(_asked(request, member_id, form), other_id)
        if _done(request, outcome, "members.merged", other_id, form):
            messages.success(request, _("The two records are one member now."))
            return redirect("console:member", member_id)
    ahead = merging.merge(_ahead(request, member_id), other_id)
    possible = None if ahead.error else ahead
    context = {
        "part": "members",
        "member": member,
        "other": other,
        "rows": compare(member, other, possible, programme_of(request)),
        "refused": _sentence(ahead.error),
        "form": form,
        "key": f"m:{uuid4()}",
    }
    return render(request, "console/merge.html", context)


@page()
def undo(request: HttpRequest, member_id: UUID, other_id: UUID) -> HttpResponse:
    """What goes back and what stays; confirmed, `other_id` is a member of their own again."""
    member, other = _member(request, member_id), _member(request, other_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = merging.unmerge(_asked(request, member_id, form), other_id)
        if _done(request, outcome, "members.unmerged", other_id, form):
            messages.success(request, _("They are two members again."))
            return redirect("console:member", other_id)
    standing = next(
        (one for one in merges_into(member_id) if (one.kept, one.gone) == (member_id, other_id)), None
    )
    if standing is None:
        messages.info(
            request, _("This record is not merged into the member, or has been taken apart already.")
        )
        return redirect("console:member", member_id)
    ahead = merging.unmerge(_ahead(request, member_id), other_id)
    context = {
        "part": "members",
        "member": member,
        "other": other,
        "merge": standing,
        "refused": _sentence(ahead.error),
        "parting": None if ahead.error else parting(standing, ahead, programme_of(request)),
        "form": form,
        "key": f"m:{uuid4()}",
    }
    return render(request, "console/merge_undo.html", context)


def _member(request: HttpRequest, member_id: UUID) -> MemberProfile:
    if not may(request, Permission.MEMBERS_MERGE):
        raise PermissionDenied
    found = profile(member_id)
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest, member_id: UUID, form: ReasonForm) -> Request:
    """The command, named by the form's key: sent twice, it is done once."""
    key = request.POST.get("key", "")[:KEY_LENGTH] or f"m:{uuid4()}"
    return Request(member_id, CONSOLE, key, operator_of(request).email, form.cleaned_data["reason"])


def _ahead(request: HttpRequest, member_id: UUID) -> Request:
    return Request(member_id, CONSOLE, f"draft:{uuid4()}", operator_of(request).email, preview=True)


def _done(request: HttpRequest, outcome: Outcome, deed: str, other_id: UUID, form: ReasonForm) -> bool:
    if outcome.error is not None:
        messages.error(request, _sentence(outcome.error))
        return False
    if outcome.status == "processed":
        reason = form.cleaned_data["reason"]
        audit(operator_of(request).email, deed, str(outcome.member_id), record=str(other_id), reason=reason)
    return True


def _sentence(error: Rejected | None) -> str:
    """What the engine refuses, as a sentence; empty where it refuses nothing."""
    said = say(error.text, get_language() or "en") if error else ""
    return said[:1].upper() + said[1:]
