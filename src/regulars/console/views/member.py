"""Member 360: who it is, where they stand, what they hold, and their life as one stream."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console import effects, experimenting, formats
from regulars.console.asked import About, operator_said
from regulars.console.audience_words import member_audiences
from regulars.console.pairs import members_of
from regulars.console.people import ANSWERING
from regulars.console.plan_words import member_plans, plan_record
from regulars.console.scored import card
from regulars.console.shell import may, operator_of, page, programme_of
from regulars.console.tag_words import tag_lines
from regulars.engine.queries import Kind, Moment, timeline
from regulars.events.queries import by_ids, of_member
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.effects import PENDING
from regulars.language.text import say
from regulars.ledger.contracts import Asset, BalanceRow
from regulars.ledger.queries import balances, endings, lots_ending, next_expiry
from regulars.members.contracts import MemberProfile
from regulars.members.queries import alike, merge_of, merges_into, names, profile
from regulars.messaging.contracts import Reader
from regulars.messaging.queries import subject
from regulars.orders.queries import totals
from regulars.programme.contracts import Programme
from regulars.programme.ladder_words import figure, ladder_in_words, measured
from regulars.programme.service import version
from regulars.staff.contracts import Permission
from regulars.tiers.contracts import Forecast, Ladder, Level, Progress
from regulars.tiers.queries import outlook

MOMENTS = 25
LOTS = 100
DECISIONS = 50


@dataclass(frozen=True, slots=True)
class Held:
    """What the member has of one asset, and what goes next."""

    asset: Asset
    row: BalanceRow
    next_at: datetime | None
    next_units: int


@dataclass(frozen=True, slots=True)
class Climb:
    """The member's place on a ladder, ready to show."""

    progress: Progress
    ladder: Ladder
    level: Level
    next_level: Level | None
    missing: str
    measure: str
    next_at: str
    keep_missing: str
    counts: str
    percent: int
    keep_percent: int
    held: Level | None
    reason: str
    forecast: Forecast | None
    expected: str
    monthly: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A moment of the timeline in words."""

    moment: Moment
    title: str
    gains: list[tuple[str, bool]]
    messages: list[str]
    steps: list[str]
    icon: str
    explained: bool
    about: str = ""


ICONS = {
    "order": "shopping-cart", "refund": "receipt-refund", "level": "medal", "value": "hourglass",
    "message": "mail", "profile": "user", "act": "activity",
}  # fmt: skip
STEPS_OF_MERGES = ("asset.moved_in", "asset.moved_out", "asset.parted", "tier.reckoned")
"""What the books do so that two records become one, or two again: part of the merge, not moments of their own."""
MERGES, FOLLOW_MERGES = ("member.merged", "member.unmerged"), ("member.merged_away", "member.restored")
ENDINGS = ("asset.expired", "asset.expiring", "asset.ended")


@page()
def show(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """One member; 404 for an id that nobody has."""
    programme = programme_of(request)
    member = profile(member_id)
    if member is None:
        raise Http404
    today = local_day(clock.now(), programme.zone)
    joined = local_day(member.joined_at, programme.zone)
    ladders = () if member.merged_into else programme.ladders.values()
    places = outlook(member_id, ladders, today, joined, programme.zone)
    reasons = _reasons(member_id, [each.progress for each in places])
    climbs = [
        climb(each.progress, programme, each.forecast, reasons.get(each.progress.ladder, ""))
        for each in places
    ]
    context = {
        "part": "members",
        "member": member,
        "totals": totals(member_id),
        "climbs": climbs,
        "may_place": may(request, Permission.VALUE_ADJUST) and member.merged_into is None,
        "held": held(member_id, programme),
        "endings": [(each, programme.assets.get(each.asset)) for each in endings(member_id)],
        "groups": experimenting.groups(member_id, programme),
        "attributes": [
            (attribute, member.attributes[attribute.id]) for attribute in programme.attributes.values()
            if member.attributes.get(attribute.id) not in (None, "")
        ],
        "other_attributes": sorted(
            (name, value) for name, value in member.attributes.items() if name not in programme.attributes
        ),
        "audiences": member_audiences(member_id),
        "tag_lines": tag_lines(member, programme),
        "may_tag": operator_of(request).role in ANSWERING and member.merged_into is None,
        "known_tags": sorted({tag for group in programme.tag_groups.values() for tag in group.tags}),
        "scores": card(member_id, programme) if member.merged_into is None else None,
        **_merging(request, member, programme),
        "types": sorted((kind.id, effects.event_name(kind.id, programme)) for kind in programme.event_types.values()),
        **_timeline(request, member, programme),
    }  # fmt: skip
    return render(request, "console/member.html", context)


@page()
def timeline_part(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """A page of the timeline alone; 404 for an id that nobody has."""
    programme, member = programme_of(request), profile(member_id)
    if member is None:
        raise Http404
    context = {"member_id": member_id, **_timeline(request, member, programme)}
    return render(request, "console/_timeline.html", context)


@page()
def lots_part(request: HttpRequest, member_id: UUID, place: int) -> HttpResponse:
    """The credits behind one line of what is left: the one at that place of the member's endings; 404 beyond them."""
    found = endings(member_id)
    if place >= len(found):
        raise Http404
    ending = found[place]
    shown = lots_ending(member_id, ending, LOTS)
    context = {
        "member_id": member_id,
        "asset": programme_of(request).assets.get(ending.asset),
        "lots": shown,
        "hidden": ending.lots - len(shown),
    }
    return render(request, "console/_lots.html", context)


def _reasons(member_id: UUID, places: Iterable[Progress]) -> dict[str, str]:
    """Ladder → why somebody decided on the level, and who; of the ladders on which that is in force."""
    wanted = {each.ladder for each in places if each.held_until is not None}
    found: dict[str, str] = {}
    for event in of_member(member_id, None, DECISIONS, ("tier.placed",)) if wanted else ():
        if event.data.get("ladder") in wanted:
            found.setdefault(event.data["ladder"], operator_said(event))
    return found


def _timeline(request: HttpRequest, member: MemberProfile, programme: Programme) -> dict[str, object]:
    kind = request.GET.get("type", "")[:60]
    found = timeline(member.id, request.GET.get("cursor") or None, MOMENTS, (kind,) if kind else ())
    shown = list(found.items) if kind else folded(found.items)
    said = _said(member.id, shown, programme)
    return {
        "member_id": member.id,
        "moments": [spoken(moment, member, programme, said.get(moment.id, "")) for moment in shown],
        "next_moments": found.next,
        "kind": kind,
        "first_page": not request.GET.get("cursor"),
    }


def folded(moments: Iterable[Moment]) -> list[Moment]:
    """The moments, with what the books did for a merge as part of it, where the merge stands among them."""
    found = list(moments)
    merges = {
        (each.cause if each.type in FOLLOW_MERGES else each.id)
        for each in found
        if each.type in FOLLOW_MERGES or each.type in MERGES
    }
    parts: dict[UUID, list[Moment]] = {}
    for each in found:
        if each.type in STEPS_OF_MERGES and each.cause is not None and each.cause in merges:
            parts.setdefault(each.cause, []).append(each)
    shown = []
    for each in found:
        if each.type in STEPS_OF_MERGES and each.cause in merges:
            continue
        of = each.cause if each.type in FOLLOW_MERGES else each.id
        some = parts.get(of, []) if of and each.type in (*FOLLOW_MERGES, *MERGES) else []
        shown.append(
            replace(
                each,
                entries=(*each.entries, *(entry for part in some for entry in part.entries)),
                levels=(*each.levels, *(step for part in some for step in part.levels)),
            )
            if some
            else each
        )
    return shown


def _said(member_id: UUID, moments: Iterable[Moment], programme: Programme) -> dict[UUID, str]:
    """Of merges, with whom and why; who asked."""
    wanted = [each.id for each in moments if each.type in (*MERGES, *FOLLOW_MERGES)]
    events = by_ids(member_id, wanted) if wanted else {}
    about = About(member_id, events.values(), programme)
    return {
        known: " · ".join(part for part in (about.say(event), operator_said(event)) if part)
        for known, event in events.items()
    }


def _merging(request: HttpRequest, member: MemberProfile, programme: Programme) -> dict[str, object]:
    """Which records are the member's, and their plans, whose this one is, and who may be the same person."""
    may_merge = may(request, Permission.MEMBERS_MERGE) and member.merged_into is None
    merges = merges_into(member.id)
    gone = merge_of(member.id) if member.merged_into else None
    known = names([*members_of(merges), *([member.merged_into] if member.merged_into else [])])
    called = {one: each.name or _("No name") for one, each in known.items()}
    return {
        "may_merge": may_merge,
        "plans": member_plans(
            member.id, {each.gone: called.get(each.gone, _("No name")) for each in merges}, programme
        ),
        "merges": [
            (each, called.get(each.gone, ""), called.get(each.kept, "") if each.kept != member.id else "")
            for each in merges
        ],
        "gone": gone,
        "gone_to": called.get(member.merged_into, "") if member.merged_into else "",
        "alike": alike(member) if may_merge else [],
    }


def held(member_id: UUID, programme: Programme) -> list[Held]:
    """Every asset of the programme, zero where the member has none, then what older programmes left."""
    rows = {row.asset: row for row in balances(member_id)}
    found = []
    for asset in programme.assets.values():
        row = rows.get(asset.id, BalanceRow(asset.id, 0, 0, 0, 0, 0))
        soon = next_expiry(member_id, asset.id) if not asset.expiry.never and row.balance > 0 else None
        found.append(Held(asset, row, *(soon or (None, 0))))
    return found


def climb(at: Progress, programme: Programme, forecast: Forecast | None = None, reason: str = "") -> Climb:
    """Progress with the names of its levels and its share in percent."""
    language = get_language() or "en"
    ladder = programme.ladders[at.ladder]
    level = ladder.level(at.level)
    above = ladder.level(at.next_level) if at.next_level else None
    return Climb(
        progress=at,
        ladder=ladder,
        level=level,
        next_level=above,
        missing=measured(ladder, at.missing, programme, language),
        measure=figure(ladder, at.measure, programme, language),
        next_at=figure(ladder, at.next_at or 0, programme, language),
        keep_missing=measured(ladder, at.keep_missing, programme, language),
        counts=ladder_in_words(ladder, programme, language),
        percent=_share(at.measure, at.next_at or 0),
        keep_percent=_share(at.keep_measure, at.keep_at),
        held=next((one for one in ladder.levels if one.id == at.held), None),
        reason=reason,
        forecast=forecast,
        expected=_expected(forecast, say(above.name, language) if above else ""),
        monthly=measured(ladder, forecast.monthly, programme, language) if forecast else "",
    )


def _expected(forecast: Forecast | None, level: str) -> str:
    """When the next level will probably come; empty where nothing is known."""
    if forecast is None or not level:
        return ""
    if forecast.waits:
        return _("Enough is earned for %(level)s; what else it asks for is missing.") % {"level": level}
    if forecast.chance is None:
        return ""
    if forecast.likely is None:
        return _("%(level)s not within a year at this pace.") % {"level": level}
    return _("%(level)s probably about %(day)s.") % {"level": level, "day": formats.day(forecast.likely)}


def spoken(moment: Moment, member: MemberProfile, programme: Programme, about: str = "") -> Shown:
    """A moment in words: what it was, what it gave and took, which levels it changed, what the member was told."""
    reader = Reader(member.name, member.language)
    gains = [
        (effects.amount(asset, units, programme), units > 0)
        for asset, units in moment.gained.items()
        if units
    ] + [
        (_("%(amount)s pending") % {"amount": effects.amount(asset, units, programme)}, True)
        for asset, units in _waiting(moment).items()
        if units > 0
    ]
    steps = [
        effects.level_step(step.ladder, step.before, step.after, step.reason, step.until, programme)
        for step in moment.levels
    ]
    steps += [plan_record(record, programme) for record in moment.plans]
    return Shown(
        moment=moment,
        title=effects.event_title(moment.type, moment.data, programme),
        gains=gains,
        messages=[
            subject(each, version(each.version), reader) or effects.message_name(each.template, programme)
            for each in moment.messages
        ],
        steps=steps,
        icon=_icon(moment),
        explained=bool(gains or steps) and moment.type not in (*MERGES, *FOLLOW_MERGES),
        about=about or _bought(moment, programme),
    )


def _bought(moment: Moment, programme: Programme) -> str:
    """What was paid, where the order itself has gone to another member with its record."""
    total = moment.data.get("total_minor") if moment.type == "order.paid" and not moment.orders else None
    return formats.money(total, programme) if isinstance(total, int) else ""


def _waiting(moment: Moment) -> dict[str, int]:
    """Asset → units that came and are not ripe yet."""
    sums: dict[str, int] = {}
    for entry in moment.entries:
        if entry.account == PENDING:
            sums[entry.asset] = sums.get(entry.asset, 0) - entry.amount
    return sums


def _icon(moment: Moment) -> str:
    if moment.kind is Kind.VALUE and moment.type not in ENDINGS:
        return "coins"
    return ICONS[moment.kind.value]


def _share(part: int, whole: int) -> int:
    return max(0, min(100, part * 100 // whole)) if whole > 0 else 100
