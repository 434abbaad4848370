"""Why an event had the effects it had: every rule that was asked, whether it held, and the values it saw.

The answer is read, not computed again: from what was stored with the event, in the words of the programme
version that decided it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from regulars.campaigns.contracts import Rule
from regulars.events.contracts import RecordedEvent
from regulars.events.queries import caused_by
from regulars.language.calendar import local_day
from regulars.language.sentence import Line, describe_values, sentence
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme
from regulars.programme.service import version
from regulars.programme.vocabulary import fields_for

CAUSES_DEPTH = 8
"""How deep events derived from derived events are explained: as deep as the engine lets them go."""

_ALWAYS: Text = {
    "zh-hans": "“{name}”每次都成立",
    "zh-hant": "「{name}」每次都成立",
    "en": "“{name}” always holds",
}
_HELD: Text = {
    "zh-hans": "“{name}”成立：{parts}",
    "zh-hant": "「{name}」成立：{parts}",
    "en": "“{name}” held: {parts}",
}
_NOT_HELD: Text = {
    "zh-hans": "“{name}”不成立：{parts}",
    "zh-hant": "「{name}」不成立：{parts}",
    "en": "“{name}” did not hold: {parts}",
}
_SEEN: Text = {
    "zh-hans": "{text}（当时：{seen}）",
    "zh-hant": "{text}（當時：{seen}）",
    "en": "{text} (seen: {seen})",
}
_NOTES: dict[str, Text] = {
    "limit": {
        "zh-hans": "已达每人上限，未再发放",
        "zh-hant": "已達每人上限，未再發放",
        "en": "the member's limit was used up, so no more was given",
    },
    "cap": {
        "zh-hans": "该资产对每人的发放上限已用完，未再发放",
        "zh-hant": "此資產的每人發放上限已用完，未再發放",
        "en": "the most that one member can have of the asset was reached, so less or nothing was given",
    },
    "budget": {
        "zh-hans": "规则预算不足，未发放或只发放了剩余部分",
        "zh-hant": "規則預算不足，未發放或只發放了剩餘部分",
        "en": "the rule's budget was used up, so less or nothing was given",
    },
    "quiet": {
        "zh-hans": "事件发生已久，按历史处理，不发通知",
        "zh-hant": "事件發生已久，按歷史處理，不發通知",
        "en": "the event is history, so nobody was notified",
    },
    "quota": {
        "zh-hans": "该权益本期次数已满，未再发放",
        "zh-hant": "此權益本期次數已滿，未再發放",
        "en": "the member has had the benefit as often as it can be had, so it was not granted again",
    },
    "stock": {
        "zh-hans": "该权益已发完",
        "zh-hant": "此權益已發完",
        "en": "none of the benefit were left",
    },
    "short": {
        "zh-hans": "余额不足，未扣除",
        "zh-hant": "餘額不足，未扣除",
        "en": "the member had too little to take",
    },
}
_GONE: Text = {
    "zh-hans": "规则“{rule}”不在版本 {number} 中",
    "zh-hant": "規則「{rule}」不在版本 {number} 中",
    "en": "rule “{rule}” is not in version {number}",
}
_BREAK: Text = {"zh-hans": "；", "zh-hant": "；", "en": "; "}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule that was asked. `parts` are the parts of its condition with what each saw; `notes` say why a
    rule that held did less than it says; `sentence` puts all of it into words."""

    rule: str
    name: str
    held: bool
    when: str
    parts: tuple[Line, ...]
    notes: tuple[str, ...]
    effects: tuple[dict[str, Any], ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one event did what it did; `own` are effects that it has by itself, `followed` the events that
    Regulars derived from it."""

    event: RecordedEvent
    version: int
    verdicts: tuple[Verdict, ...]
    own: tuple[dict[str, Any], ...]
    followed: tuple["Explanation", ...]


def explain(event: RecordedEvent, language: str, depth: int = CAUSES_DEPTH) -> Explanation:
    """Why `event` did what it did, in `language`, with what followed from it."""
    programme = version(event.version)
    day = local_day(event.time, programme.zone)
    effects = [effect for effect in event.effects if effect.get("event", event.type) == event.type]
    verdicts = tuple(verdict(programme, line, effects, language, day) for line in event.trace)
    asked = {each.rule for each in verdicts}
    return Explanation(
        event=event,
        version=event.version,
        verdicts=verdicts,
        own=tuple(effect for effect in effects if effect.get("rule", "") not in asked),
        followed=tuple(explain(each, language, depth - 1) for each in caused_by(event)) if depth else (),
    )


def verdict(
    programme: Programme, line: Sequence[Any], effects: Sequence[dict[str, Any]], language: str, day: date
) -> Verdict:
    """One line of a trace, `[rule, held, values seen, notes…]`, in words."""
    ident, held, seen, *noted = line
    mine = tuple(effect for effect in effects if effect.get("rule") == ident)
    notes = tuple(say(_NOTES[note], language) if note in _NOTES else str(note) for note in noted)
    rule = next((rule for rule in programme.rules if rule.id == ident), None)
    if rule is None:
        gone = say(_GONE, language).format(rule=ident, number=programme.number)
        return Verdict(ident, ident, held, "", (), notes, mine, gone)
    when, parts = _condition(programme, rule, seen, language, day)
    name = say(rule.name, language) or ident
    decisive = [_seen(part, language) for part in parts if held or not part["held"]]
    between = say(_BREAK, language)
    form = _ALWAYS if rule.when is None else _HELD if held else _NOT_HELD
    said = say(form, language).format(name=name, parts=between.join(decisive or [when]))
    return Verdict(ident, name, held, when, parts, notes, mine, between.join([said, *notes]))


def _condition(
    programme: Programme, rule: Rule, seen: Sequence[Any], language: str, day: date
) -> tuple[str, tuple[Line, ...]]:
    """The rule's condition as a sentence (empty where it has none), and its parts with what they saw."""
    if rule.when is None:
        return "", ()
    fields = fields_for(programme, programme.event_types[rule.on])
    return (
        sentence(rule.when, fields, language),
        tuple(describe_values(rule.when, fields, language, seen, day)),
    )


def _seen(part: Line, language: str) -> str:
    if part["seen"] is None:
        return part["text"]
    return say(_SEEN, language).format(text=part["text"], seen=part["seen"])
