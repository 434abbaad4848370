"""A member's benefits in the portal's words: what can be claimed, shown, enjoyed, and what the next level brings."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.benefits.contracts import KINDS, Benefit, Row, Turnover
from regulars.insight.benefits import Held, MemberBenefits, Stage
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.snapshot import LAPSED, TAKEN, USED
from regulars.language.text import Text, say
from regulars.portal import formats
from regulars.portal.qr import qr_svg
from regulars.programme.benefit_words import what_it_is
from regulars.programme.contracts import Programme

SOON_DAYS = 7
"""From so many days on before its end a countdown stands out."""


@dataclass(frozen=True, slots=True)
class Perk:
    """One benefit as it is shown. `act` is what its button does: claim, code (ask for one), show, or nothing."""

    anchor: str
    benefit: Benefit
    name: str
    says: str
    description: str
    note: str
    countdown: str
    soon: bool
    act: str
    entitlement: str
    code: str
    picture: SafeString | str
    colour: str
    badge: str


@dataclass(frozen=True, slots=True)
class Past:
    """Something that was had."""

    name: str
    state: str
    at: datetime


def perks(found: MemberBenefits, programme: Programme, *stages: Stage) -> list[Perk]:
    """The member's benefits of these stages, in words."""
    return [_perk(one, number, programme) for number, one in enumerate(found.of(*stages))]


def teasers(found: MemberBenefits, programme: Programme) -> list[tuple[Text, list[Perk]]]:
    """What each level above would bring, the nearest first."""
    by_level: dict[tuple[str, str], list[Perk]] = {}
    for number, one in enumerate(found.of(Stage.LOCKED)):
        if one.level is not None:
            by_level.setdefault(one.level, []).append(_perk(one, number, programme))
    ranked = sorted(by_level.items(), key=lambda pair: programme.ladders[pair[0][0]].level(pair[0][1]).rank)
    return [(programme.ladders[ladder].level(level).name, some) for (ladder, level), some in ranked]


def past(found: MemberBenefits, programme: Programme) -> list[Past]:
    """What was used, ran out or was taken back."""
    words = {USED: _("has been used"), LAPSED: _("has expired"), TAKEN: _("was withdrawn")}
    return [
        Past(_name(row, programme), words.get(row.state, row.state), row.ended_at or row.granted_at)
        for row in found.history
    ]


def _name(row: Row, programme: Programme) -> str:
    known = programme.benefits.get(row.benefit)
    return say(known.name, formats.language()) if known else row.benefit


def _perk(one: Held, number: int, programme: Programme) -> Perk:
    benefit, row, language = one.benefit, one.row, formats.language()
    code = row.code if row and one.stage is Stage.CLAIMED else ""
    countdown, soon = _countdown(one, programme)
    return Perk(
        anchor=f"{one.stage.value}-{number}",
        benefit=benefit,
        name=say(benefit.name, language),
        says=_says(benefit, programme),
        description=say(benefit.description, language),
        note=_note(one),
        countdown=countdown,
        soon=soon,
        act=_act(one, code),
        entitlement=str(row.id) if row else "",
        code=f"{code[:4]} {code[4:8]} {code[8:]}" if code else "",
        picture=qr_svg(code) if code else "",
        colour=str(benefit.terms.get("colour", "")),
        badge=str(benefit.terms.get("icon", "")),
    )


def _says(benefit: Benefit, programme: Programme) -> str:
    """What it comes to, where its name does not say so already and it is a member's business."""
    if KINDS[benefit.kind].inward:
        return ""
    says = what_it_is(benefit, programme, formats.language())
    return "" if says == say(benefit.name, formats.language()) else says


def _act(one: Held, code: str) -> str:
    if one.stage is Stage.CLAIMABLE:
        return "" if one.gone else "claim"
    if code:
        return "show"
    asks = one.stage is Stage.ACTIVE and one.benefit.needs_verification and not one.gone
    return "code" if asks else ""


def _countdown(one: Held, programme: Programme) -> tuple[str, bool]:
    """`claim by 30 November, 3 days left`."""
    if one.ends_at is None:
        return "", False
    last = formats.last_day_of(one.ends_at)
    left = (last - local_day(clock.now(), programme.zone)).days
    values = {"day": formats.day(last), "days": left}
    if one.stage is Stage.CLAIMABLE:
        said = (
            _("claim by %(day)s, the last day is today")
            if not left
            else _("claim by %(day)s, %(days)s days left")
        )
    else:
        said = (
            _("good until %(day)s, the last day is today")
            if not left
            else _("good until %(day)s, %(days)s days left")
        )
    return said % values, left <= SOON_DAYS


def _note(one: Held) -> str:
    """How much of it there is."""
    if one.gone:
        return _("All gone for now")
    if one.row is not None and one.row.uses_left is not None and (one.row.uses_left > 1 or one.row.uses):
        return _("%(count)s left") % {"count": formats.number(one.row.uses_left)}
    quota = one.benefit.quota
    if one.left is None or quota is None or one.stage is Stage.CLAIMABLE:
        return ""
    if one.stage is Stage.SPENT:
        return _("Used up for now") if quota.per is not Turnover.LIFETIME else _("Used up")
    words = {
        Turnover.DAY: _("%(count)s left today"),
        Turnover.WEEK: _("%(count)s left this week"),
        Turnover.MONTH: _("%(count)s left this month"),
        Turnover.YEAR: _("%(count)s left this year"),
    }
    return words.get(quota.per, _("%(count)s left")) % {"count": formats.number(one.left)}
