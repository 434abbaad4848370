"""The programme in sentences: what it values, which levels it has, what each rule does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regulars.campaigns.contracts import (
    Action,
    Budget,
    CreditAction,
    DebitAction,
    LevelAction,
    Limit,
    MessageAction,
    Rounding,
    Rule,
    TagAction,
    WhenShort,
)
from regulars.console import formats
from regulars.events.contracts import EventType
from regulars.language.calendar import Per, RoundUp
from regulars.language.sentence import sentence
from regulars.language.text import Text
from regulars.language.text import say as say_text
from regulars.ledger.contracts import Asset, Clawback
from regulars.messaging.contracts import Template
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for
from regulars.tiers.contracts import Ladder, Level


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule as it reads: when, on which condition (empty: always), what follows, within which bounds."""

    rule: Rule
    when: str
    condition: str
    then: tuple[str, ...]
    bounds: tuple[str, ...]


_BLANK = re.compile(r"\{\{-?\s*([^}|]*?)\s*(\|[^}]*)?-?\}\}|\{%.*?%\}", re.DOTALL)


def say(text: Text) -> str:
    return say_text(text, get_language() or "en")


def blanks(text: str) -> str:
    """A message's wording with “…” where something of the member or the order is put in."""
    return _BLANK.sub("…", text)


def asset_sentences(asset: Asset) -> tuple[str, ...]:
    """What one asset is for, how long it lives, what a return does to it."""
    use = _("Members can spend it.") if asset.spendable else _("It is counted, not spent.")
    back = {
        Clawback.DEBT: _(
            "When an order is refunded, what it earned is taken back; who has spent it owes the rest."
        ),
        Clawback.CAP: _(
            "When an order is refunded, what it earned is taken back as far as the balance goes."
        ),
        Clawback.WAIVE: _("When an order is refunded, only what is left of what it earned is taken back."),
    }[asset.clawback]
    return (use, _lives(asset), back)


def _lives(asset: Asset) -> str:
    expiry = asset.expiry
    if expiry.never:
        return _("It never expires.")
    parts = []
    if expiry.months:
        parts.append(ngettext("%(n)d month", "%(n)d months", expiry.months) % {"n": expiry.months})
    if expiry.days:
        parts.append(ngettext("%(n)d day", "%(n)d days", expiry.days) % {"n": expiry.days})
    span = " + ".join(parts)
    return {
        RoundUp.DAY: _("It expires %(span)s after it was earned."),
        RoundUp.MONTH: _("It expires %(span)s after it was earned, at the end of that month."),
        RoundUp.QUARTER: _("It expires %(span)s after it was earned, at the end of that quarter."),
        RoundUp.YEAR: _("It expires %(span)s after it was earned, at the end of that year."),
    }[expiry.round] % {"span": span}


def ladder_sentence(ladder: Ladder, programme: Programme) -> str:
    """How members rise and fall."""
    window = ngettext("%(n)d month", "%(n)d months", ladder.window_months) % {"n": ladder.window_months}
    period = ngettext("%(n)d month", "%(n)d months", ladder.period_months) % {"n": ladder.period_months}
    return _(
        "The level follows the %(asset)s earned in the last %(window)s. Members rise at once; a level is kept for "
        "%(period)s, then looked at again."
    ) % {"asset": say(programme.assets[ladder.asset].name), "window": window, "period": period}


def level_sentence(level: Level, ladder: Ladder, programme: Programme) -> str:
    """What a level asks for."""
    asset = programme.assets[ladder.asset]
    if not level.at:
        return _("Everybody who joins")
    return _("From %(amount)s %(asset)s") % {
        "amount": formats.units(level.at, asset),
        "asset": say(asset.name),
    }


def rules(programme: Programme) -> Iterator[RuleWords]:
    """Every rule, in the order of the programme."""
    for rule in programme.rules:
        kind = programme.event_types.get(rule.on)
        fields = fields_for(programme, kind)
        condition = sentence(rule.when, fields, get_language() or "en") if rule.when is not None else ""
        when = _("On “%(event)s”") % {"event": say(kind.name) if kind else rule.on}
        then = tuple(action_sentence(action, programme, kind) for action in rule.then)
        yield RuleWords(rule, when, condition, then, tuple(_bounds(rule)))


def action_sentence(action: Action, programme: Programme, kind: EventType | None) -> str:
    """What one action does."""
    match action:
        case CreditAction():
            return _credit(action, programme, kind)
        case DebitAction():
            asset = programme.assets[action.asset]
            said = _("takes %(amount)s %(asset)s") % {
                "amount": formats.units(action.amount, asset), "asset": say(asset.name),
            }  # fmt: skip
            return said + (_(", or what is there") if action.when_short is WhenShort.PARTIAL else "")
        case LevelAction():
            name = say(programme.ladders[action.ladder].level(action.level).name)
            if action.up_only:
                return _("raises the member to at least %(level)s") % {"level": name}
            return _("puts the member on %(level)s") % {"level": name}
        case TagAction():
            put = [_("puts on the tag “%(tag)s”") % {"tag": tag} for tag in action.add]
            off = [_("takes off the tag “%(tag)s”") % {"tag": tag} for tag in action.remove]
            return _(", ").join([*put, *off])
        case MessageAction():
            return _("tells the member “%(subject)s”") % {
                "subject": _subject(programme.templates[action.template])
            }


def _credit(action: CreditAction, programme: Programme, kind: EventType | None) -> str:
    asset = programme.assets[action.asset]
    name = say(asset.name)
    if action.amount:
        said = _("gives %(amount)s %(asset)s") % {
            "amount": formats.units(action.amount, asset),
            "asset": name,
        }
    else:
        said = _("gives %(each)s %(asset)s for every %(step)s of %(base)s") % {
            "each": formats.number(action.for_each),
            "asset": name,
            "step": _plain(action.step),
            "base": _base(action, programme, kind),
        }
        said += {
            Rounding.DOWN: _(", rounded down"),
            Rounding.HALF_UP: _(", rounded to the nearest"),
            Rounding.UP: _(", rounded up"),
        }[action.rounding]
    if action.multiplier != 1:
        said += _(", times %(factor)s") % {"factor": _plain(action.multiplier)}
    if action.cap is not None:
        said += _(", at most %(cap)s") % {"cap": formats.units(action.cap, asset)}
    return said


def _base(action: CreditAction, programme: Programme, kind: EventType | None) -> str:
    name = action.of.removeprefix("event.")
    if action.of == "items":
        if action.where is None:
            return _("the order's lines")
        where = sentence(action.where, fields_for(programme, kind), get_language() or "en")
        return _("the order's lines where %(condition)s") % {"condition": where}
    field = kind.fields.get(name) if kind else None
    return say(field.name) if field else name


def _plain(value: Decimal) -> str:
    return formats.number(value)


def _subject(template: Template) -> str:
    return blanks(say(template.subject))


def per(period: Per) -> str:
    """How often a limit counts anew."""
    return {
        Per.DAY: _("a day"),
        Per.WEEK: _("a week"),
        Per.MONTH: _("a month"),
        Per.YEAR: _("a year"),
        Per.LIFETIME: _("in all"),
    }[period]


def _bounds(rule: Rule) -> Iterator[str]:
    if rule.limit:
        yield from _limits(rule.limit)
    if rule.budget:
        yield _budget(rule.budget)


def _limits(limit: Limit) -> Iterator[str]:
    if limit.times:
        said = ngettext(
            "%(n)s time %(per)s for each member", "%(n)s times %(per)s for each member", limit.times
        )
        yield said % {"n": formats.number(limit.times), "per": per(limit.per)}
    if limit.units:
        yield _("at most %(n)s units %(per)s for each member") % {
            "n": formats.number(limit.units), "per": per(limit.per),
        }  # fmt: skip


def _budget(budget: Budget) -> str:
    said = _("budget of %(n)s units %(per)s over all members") % {
        "n": formats.number(budget.units), "per": per(budget.per),
    }  # fmt: skip
    if budget.when_short is WhenShort.PARTIAL:
        return said + _("; the last one gets what is left")
    return said + _("; when it is used up, nothing more")
