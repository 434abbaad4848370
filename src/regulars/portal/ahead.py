"""When the next level will come, and what gets there, in a member's words: never more exact than it is."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from regulars.insight.guide import Favourite, Guide, Likely, Task
from regulars.language.text import say
from regulars.members.recommending import TOLD
from regulars.portal import formats
from regulars.programme.contracts import Programme
from regulars.programme.ladder_words import measured
from regulars.tiers.contracts import Forecast, Ladder

SURE, LIKELY, OPEN_ = 0.8, 0.5, 0.2
"""From which chance on a level's keeping is called safe, likely, and open."""

MOST_TIMES = 60
"""More often than this is no hint."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One way forward: what it is, what it brings, and what else there is to say. `path` is where it is done."""

    icon: str
    title: str
    brings: str
    note: str
    path: str = ""


def when_in_words(forecast: Forecast, level: str) -> str:
    """`You will probably reach Gold between mid-August and early September.` Empty where nothing is known."""
    if forecast.waits:
        return _("You have earned enough for %(level)s; what else it asks for is still missing.") % {
            "level": level
        }
    if forecast.chance is None:
        return ""
    span = forecast.half
    if forecast.likely is None or span is None:
        return _("At your present pace %(level)s is more than a year away.") % {"level": level}
    first = rough(span.first)
    if span.last is None:
        return _("At your present pace you reach %(level)s in %(first)s or later.") % {
            "level": level,
            "first": first,
        }
    last = rough(span.last, beside=span.first)
    if rough(span.last) == first:
        return _("At your present pace you reach %(level)s about %(first)s.") % {
            "level": level,
            "first": first,
        }
    return _("At your present pace you reach %(level)s between %(first)s and %(last)s.") % {
        "level": level,
        "first": first,
        "last": last,
    }


def keep_in_words(keep: float | None) -> str:
    """Whether the level will be kept; empty where it has no end, or where it is kept already."""
    if keep is None or keep >= 1:
        return ""
    if keep >= SURE:
        return _("At your present pace you keep it.")
    if keep >= LIKELY:
        return _("At your present pace you will probably keep it.")
    if keep >= OPEN_:
        return _("At your present pace it is close: a little more makes it safe.")
    return _("At your present pace it would be lost.")


def rough(day: date, beside: date | None = None) -> str:
    """A third of a month: early, mid or late. `8 月中旬`, `mid-August`; with the year where it is not this one, nor
    that of the day `beside` it."""
    third = min((day.day - 1) // 10, 2)
    named = formats.month_name(day, beside)
    return (_("early %(month)s"), _("mid-%(month)s"), _("late %(month)s"))[third] % {"month": named}


def hints(found: Guide, ladder: Ladder, programme: Programme) -> list[Hint]:
    """What to do, best first: tasks and the usual order by what one time brings."""
    ranked: list[tuple[int, Hint]] = [
        (task.units or 0, _task(task, ladder, programme)) for task in found.tasks
    ]
    usual = found.usual
    if usual is not None:
        unit = 10**programme.minor_digits
        total = formats.round_money(usual.total_minor // unit * unit or usual.total_minor, programme)
        note = _("from your last %(orders)s orders") % {"orders": usual.orders}
        title = _("An order like yours, about %(total)s") % {"total": total}
        if usual.times <= MOST_TIMES:
            note = f"{_times(usual.times)} · {note}"
        ranked.append((usual.units, Hint("orders", title, _brings(usual.units, ladder, programme), note)))
    ranked.sort(key=lambda pair: -pair[0])
    return [hint for _units, hint in ranked]


def favourites(found: Guide, ladder: Ladder, programme: Programme) -> list[Hint]:
    """What the member likes to buy, and what it brings."""
    return [_favourite(one, ladder, programme) for one in found.favourites]


def likely(found: Guide, ladder: Ladder, programme: Programme) -> list[Hint]:
    """What the member may well buy next, and what it brings."""
    return [_likely(one, ladder, programme) for one in found.likely]


def _likely(one: Likely, ladder: Ladder, programme: Programme) -> Hint:
    why, price = say(TOLD[one.reason], formats.language()), formats.money(one.price_minor, programme)
    note = _("%(why)s · about %(price)s") % {"why": why, "price": price}
    return Hint("orders", one.name, _brings(one.units, ladder, programme), note)


def _task(task: Task, ladder: Ladder, programme: Programme) -> Hint:
    notes = [task.words.what]
    if task.opens is not None:
        notes.append(_("from %(day)s") % {"day": formats.short_day(task.opens)})
    if task.left is not None:
        notes.append(_("%(count)s times left") % {"count": task.left} if task.left > 1 else _("once more"))
    if task.times is not None and task.times <= MOST_TIMES:
        notes.append(_times(task.times))
    name = say(task.words.rule.name, formats.language())
    brings = _brings(task.units, ladder, programme) if task.units else ""
    return Hint("orders" if task.on == "order.paid" else "star", name, brings, " · ".join(notes))


def _favourite(one: Favourite, ladder: Ladder, programme: Programme) -> Hint:
    note = _("in %(orders)s of your last %(of)s orders, about %(total)s each time") % {
        "orders": one.orders,
        "of": one.of,
        "total": formats.money(one.spend_minor, programme),
    }
    return Hint("orders", one.name, _brings(one.units, ladder, programme), note)


def _brings(units: int, ladder: Ladder, programme: Programme) -> str:
    return f"+{measured(ladder, units, programme, formats.language())}"


def _times(times: int) -> str:
    return _("once more is enough") if times == 1 else _("%(count)s times are enough") % {"count": times}
