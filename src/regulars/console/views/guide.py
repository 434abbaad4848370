"""What gets a member to the next level (升级攻略), as an operator reads it out at the counter."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regulars.console import formats
from regulars.console.shell import page, programme_of
from regulars.insight.guide import Favourite, Guide, Likely, Task, Usual, guide
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.language.text import say
from regulars.members.queries import profile
from regulars.members.recommending import REASONS
from regulars.programme.contracts import Programme
from regulars.programme.ladder_words import measured
from regulars.tiers.contracts import Ladder
from regulars.tiers.queries import outlook

MOST_TIMES = 60
"""More often than this is no hint."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One way forward: what it is, what one time brings (empty: it depends), and what else there is to say."""

    title: str
    brings: str
    notes: str


@page()
def show(request: HttpRequest, member_id: UUID, ladder_id: str) -> HttpResponse:
    """The guide on one ladder, as a part of the member's page; 404 for a ladder or member that there is not."""
    programme, member = programme_of(request), profile(member_id)
    ladder = programme.ladders.get(ladder_id)
    if member is None or member.merged_into or ladder is None:
        raise Http404
    now, zone = clock.now(), programme.zone
    (place,) = outlook(member_id, [ladder], local_day(now, zone), local_day(member.joined_at, zone), zone)
    found = guide(member, programme, ladder, place.progress, now, get_language() or "en")
    words = _Words(programme, ladder)
    context = {
        "hints": words.hints(found),
        "favourites": list(words.favourites(found)),
        "likely": [words.likely(one) for one in found.likely],
    }
    return render(request, "console/_guide.html", context)


class _Words:
    """Says a guide to the next level of one ladder."""

    def __init__(self, programme: Programme, ladder: Ladder) -> None:
        self.programme = programme
        self.ladder = ladder
        self.language = get_language() or "en"

    def hints(self, found: Guide) -> list[Hint]:
        """Tasks and the usual order, what brings most first."""
        ranked = [(task.units or 0, self.task(task)) for task in found.tasks]
        if found.usual is not None:
            ranked.append((found.usual.units, self.usual(found.usual)))
        return [hint for _units, hint in sorted(ranked, key=lambda pair: -pair[0])]

    def favourites(self, found: Guide) -> Iterator[Hint]:
        for one in found.favourites:
            yield self.favourite(one)

    def task(self, task: Task) -> Hint:
        notes = [task.words.what]
        if task.opens is not None:
            notes.append(_("from %(day)s") % {"day": formats.day(task.opens)})
        if task.left is not None:
            left = ngettext("%(count)s time left", "%(count)s times left", task.left)
            notes.append(left % {"count": formats.number(task.left)})
        notes += self.times(task.times)
        name = say(task.words.rule.name, self.language)
        return Hint(name, self.brings(task.units), " · ".join(notes))

    def usual(self, usual: Usual) -> Hint:
        total = formats.money(usual.total_minor, self.programme)
        notes = [_("from the last %(count)s orders") % {"count": formats.number(usual.orders)}]
        title = _("Another order as usual, about %(total)s") % {"total": total}
        return Hint(title, self.brings(usual.units), " · ".join([*notes, *self.times(usual.times)]))

    def favourite(self, one: Favourite) -> Hint:
        note = _("in %(orders)s of the last %(of)s orders, about %(total)s each time") % {
            "orders": formats.number(one.orders),
            "of": formats.number(one.of),
            "total": formats.money(one.spend_minor, self.programme),
        }
        return Hint(one.name, self.brings(one.units), note)

    def likely(self, one: Likely) -> Hint:
        why, price = say(REASONS[one.reason], self.language), formats.money(one.price_minor, self.programme)
        note = _("%(why)s · about %(price)s") % {"why": why, "price": price}
        return Hint(one.name, self.brings(one.units), note)

    def brings(self, units: int | None) -> str:
        return f"+{measured(self.ladder, units, self.programme, self.language)}" if units else ""

    def times(self, times: int | None) -> list[str]:
        if times is None or times > MOST_TIMES:
            return []
        said = ngettext("%(count)s time is enough", "%(count)s times are enough", times)
        return [said % {"count": formats.number(times)}]
