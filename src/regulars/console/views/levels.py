"""A level by hand: which one, what will happen, and only then the deed; and taking it back. Sent twice, it is done
once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.console.foresight import Foresight, foretell
from regulars.console.level_forms import EXACT, LevelForm, ReasonForm
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.console.views.member import climb
from regulars.engine.contracts import Outcome
from regulars.engine.level_operations import place, release
from regulars.engine.operations import Request
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.members.contracts import MemberProfile
from regulars.members.queries import profile
from regulars.programme.contracts import Programme
from regulars.staff.contracts import Permission
from regulars.staff.service import audit
from regulars.tiers.contracts import Ladder, Progress
from regulars.tiers.queries import progress

SOURCE, KEY_LENGTH = "console", 60


@dataclass(frozen=True, slots=True)
class Case:
    """Whose level on which ladder, and where they stand."""

    member: MemberProfile
    ladder: Ladder
    at: Progress
    programme: Programme


@dataclass(frozen=True, slots=True)
class Deed:
    """What the form asks for. `do` is what the engine is asked; `action` is how it is recorded, with `detail`;
    `promise` says what it means."""

    do: Callable[[Request], Outcome]
    action: str
    detail: dict[str, str]
    promise: str


@page()
def decide(request: HttpRequest, member_id: UUID, ladder_id: str) -> HttpResponse:
    """At least or exactly a level, through a day, with a reason."""
    case = _case(request, member_id, ladder_id)
    today = local_day(clock.now(), case.programme.zone)
    form = LevelForm(request.POST or None, case.ladder, case.at.held or case.at.level, today)
    texts = {
        "title": _("Decide on the level"),
        "meaning": _(
            "Somebody decides where the member stands, until a day. What is earned goes on to count."
        ),
    }
    return _answer(request, case, form, lambda: _placing(case, form), texts)


@page()
def take_back(request: HttpRequest, member_id: UUID, ladder_id: str) -> HttpResponse:
    """What was decided by hand ends now."""
    case = _case(request, member_id, ladder_id)
    form = ReasonForm(request.POST or None)
    texts = {
        "title": _("Take the decision back"),
        "meaning": _("The level is no longer held by hand: from now on what is earned decides."),
    }
    return _answer(request, case, form, lambda: _releasing(case), texts)


def _case(request: HttpRequest, member_id: UUID, ladder_id: str) -> Case:
    if not may(request, Permission.VALUE_ADJUST):
        raise PermissionDenied
    programme, member = programme_of(request), profile(member_id)
    ladder = programme.ladders.get(ladder_id)
    if member is None or member.merged_into is not None or ladder is None:
        raise Http404
    today, joined = (local_day(when, programme.zone) for when in (clock.now(), member.joined_at))
    return Case(member, ladder, progress(member_id, [ladder], today, joined)[0], programme)


def _placing(case: Case, form: LevelForm) -> Deed:
    data = form.cleaned_data
    level, until, exact = data["level"], data["until"], data["hold"] == EXACT
    values = {
        "level": say(case.ladder.level(level).name, get_language() or "en"),
        "day": formats.day(until),
    }
    said = _("Exactly %(level)s through %(day)s.") if exact else _("At least %(level)s through %(day)s.")
    return Deed(
        lambda asked: place(asked, case.ladder.id, level, until, exact=exact),
        "level.placed",
        {"ladder": case.ladder.id, "level": level, "until": until.isoformat(), "hold": data["hold"]},
        said % values,
    )


def _releasing(case: Case) -> Deed:
    return Deed(
        lambda asked: release(asked, case.ladder.id),
        "level.released",
        {"ladder": case.ladder.id},
        _("From now on what is earned decides."),
    )


def _answer(
    request: HttpRequest, case: Case, form: ReasonForm, deed: Callable[[], Deed], texts: dict[str, str]
) -> HttpResponse:
    """The form; sent, what would happen; confirmed, it is done."""
    told: Foresight | None = None
    if request.method == "POST" and "edit" not in request.POST and form.is_valid():
        wanted, key = deed(), request.POST.get("key", "")[:KEY_LENGTH]
        if "confirm" in request.POST and key:
            done = _ask(request, case, form, wanted, key, preview=False)
            if done is not None:
                return redirect("console:member", case.member.id)
        else:
            outcome = _ask(request, case, form, wanted, f"draft:{uuid4()}", preview=True)
            if outcome is not None:
                told = foretell(case.member.id, outcome, case.programme)
                told = replace(told, told=[wanted.promise, *told.told])
    context = {
        "part": "members",
        "member": case.member,
        "climb": climb(case.at, case.programme),
        "form": form,
        "told": told,
        "stated": [(field.html_name, field.data or "") for field in form] if told else [],
        "key": f"l:{uuid4()}",
        **texts,
    }
    return render(request, "console/level_decide.html", context)


def _ask(
    request: HttpRequest, case: Case, form: ReasonForm, deed: Deed, key: str, preview: bool
) -> Outcome | None:
    """What came of it; None where it is refused, which the form says."""
    by, reason = operator_of(request).email, form.cleaned_data["reason"]
    outcome = deed.do(Request(case.member.id, SOURCE, key, by, reason, preview=preview))
    if outcome.error is not None:
        form.refuse(outcome.error)
        return None
    if not preview:
        if outcome.status == "processed":
            audit(by, deed.action, str(case.member.id), **deed.detail, reason=reason)
        messages.success(request, _("Done."))
    return outcome
