"""Why an event had the effects it had: every rule that was asked, whether it held, and the values it saw.

The answer is read, not computed again: from what was stored with the event, in the words of the programme
version that decided it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from regulars.audiences.logic import named
from regulars.audiences.queries import names as audience_names
from regulars.audiences.queries import revision as audience_revision
from regulars.campaigns.contracts import SCHEDULED, Rule
from regulars.campaigns.experiments import CONTROL, HELD_OUT
from regulars.campaigns.occasions import is_open
from regulars.engine.asking import CLOSED, IN_GROUP, INSTEAD, WITHHELD
from regulars.engine.grouping import BY_AUDIENCE
from regulars.engine.index import guards_of
from regulars.events.contracts import RecordedEvent
from regulars.events.queries import caused_by
from regulars.language.calendar import local_day
from regulars.language.condition import Facts, Fields, RefusedError, compile_condition, parse_condition
from regulars.language.events import Event
from regulars.language.sentence import Line, describe_values, sentence
from regulars.language.snapshot import Profile, Snapshot
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme
from regulars.programme.service import version
from regulars.programme.vocabulary import fields_for

RULED_OUT = "ruled out"

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
_INSTEAD: Text = {
    "zh-hans": "同组规则“{name}”已生效，这条不再生效",
    "zh-hant": "同組規則「{name}」已生效，這條不再生效",
    "en": "“{name}” of the same group applied instead",
}
_CONTROL: Text = {
    "zh-hans": "会员在全局对照组，未发放",
    "zh-hant": "會員在全域對照組，未發放",
    "en": "the member is in the control group and got nothing",
}
_HELD_OUT: Text = {
    "zh-hans": "会员在实验“{experiment}”的对照组，未发放",
    "zh-hant": "會員在實驗「{experiment}」的對照組，未發放",
    "en": "the member is held out of the experiment “{experiment}” and got nothing",
}
_OTHER_GROUP: Text = {
    "zh-hans": "会员在实验“{experiment}”的“{group}”组，这条规则给别的组",
    "zh-hant": "會員在實驗「{experiment}」的「{group}」組，這條規則給別的組",
    "en": "the member is in the group “{group}” of the experiment “{experiment}”, and the rule is for another",
}
_IN_GROUP: Text = {
    "zh-hans": "会员在实验“{experiment}”的“{group}”组",
    "zh-hant": "會員在實驗「{experiment}」的「{group}」組",
    "en": "the member is in the group “{group}” of the experiment “{experiment}”",
}
_NOT_ASKED: dict[str, Text] = {
    "closed": {
        "zh-hans": "“{name}”不在生效时间内",
        "zh-hant": "「{name}」不在生效時間內",
        "en": "“{name}” was not open at the time",
    },
    "trial": {
        "zh-hans": "“{name}”正在试用，会员不在试用名单内",
        "zh-hant": "「{name}」正在試用，會員不在試用名單內",
        "en": "“{name}” is being tried, and not with this member",
    },
    "parked": {
        "zh-hans": "“{name}”连续出错，已暂停",
        "zh-hant": "「{name}」連續出錯，已暫停",
        "en": "“{name}” is parked, as it failed again and again",
    },
    "failed": {
        "zh-hans": "“{name}”执行出错，没有生效",
        "zh-hant": "「{name}」執行出錯，沒有生效",
        "en": "“{name}” failed and gave nothing",
    },
    "stopped": {
        "zh-hans": "“{other}”生效后不再看其他规则，“{name}”未执行",
        "zh-hant": "「{other}」生效後不再看其他規則，「{name}」未執行",
        "en": "“{name}” was not asked, as none is after “{other}”",
    },
}
_ENTERED: Text = {
    "zh-hans": "进入人群“{name}”",
    "zh-hant": "進入人群「{name}」",
    "en": "entered the audience “{name}”",
}
_LEFT: Text = {
    "zh-hans": "离开人群“{name}”",
    "zh-hant": "離開人群「{name}」",
    "en": "left the audience “{name}”",
}
_BECAUSE: Text = {"zh-hans": "{said}：{parts}", "zh-hant": "{said}：{parts}", "en": "{said}: {parts}"}
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
    verdicts = tuple(
        verdict(programme, line, effects, language, day)
        for line in (*event.trace, *_ruled_out(event, programme))
    )
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
    noted = [str(note) for note in noted]
    mine = tuple(effect for effect in effects if effect.get("rule") == ident)
    notes = tuple(
        _note(programme, note, language) for note in noted if note.partition(":")[0] not in _NOT_ASKED
    )
    if ident.startswith(BY_AUDIENCE):
        return _audience(programme, line, effects, language, day)
    rule = next((rule for rule in programme.rules if rule.id == ident), None)
    if rule is None:
        gone = say(_GONE, language).format(rule=ident, number=programme.number)
        return Verdict(ident, ident, held, "", (), notes, mine, gone)
    name = say(rule.name, language) or ident
    barred = next((note for note in noted if note.partition(":")[0] in _NOT_ASKED), "")
    if barred:
        why, _, other = barred.partition(":")
        said = say(_NOT_ASKED[why], language).format(name=name, other=_name(programme, other, language))
        return Verdict(ident, name, held, _when(programme, rule, language), (), notes, mine, said)
    if noted[:1] == [RULED_OUT]:
        when, parts = _when(programme, rule, language), _guards(programme, rule, seen, language, day)
        notes = ()
    else:
        when, parts = _condition(programme, rule, seen, language, day)
    decisive = [_seen(part, language) for part in parts if held or not part["held"]]
    between = say(_BREAK, language)
    form = _ALWAYS if rule.when is None else _HELD if held else _NOT_HELD
    said = say(form, language).format(name=name, parts=between.join(decisive or [when]))
    return Verdict(ident, name, held, when, parts, notes, mine, between.join([said, *notes]))


def _audience(
    programme: Programme, line: Sequence[Any], effects: Sequence[dict[str, Any]], language: str, day: date
) -> Verdict:
    """A member who entered an audience, or left it, and what its condition, as it was then, saw."""
    ident, enters, seen, *noted = line
    audience = ident.removeprefix(BY_AUDIENCE)
    mine = tuple(effect for effect in effects if effect.get("audience") == audience)
    asked = audience_revision(audience, noted[0] if noted else None)
    name = say(asked.names, language) or audience if asked is not None else audience
    said = say(_ENTERED if enters else _LEFT, language).format(name=name)
    if asked is None or asked.condition is None or not seen:
        return Verdict(ident, name, enters, "", (), (), mine, said)
    fields = fields_for(programme, None, audience_names())
    try:
        condition = parse_condition(asked.condition, fields)
    except RefusedError:
        return Verdict(ident, name, enters, "", (), (), mine, said)
    parts = tuple(describe_values(condition, fields, language, seen, day))
    decisive = [part for part in parts if part["held"] is enters] or parts
    told = say(_BREAK, language).join(_seen(part, language) for part in decisive)
    whole = say(_BECAUSE, language).format(said=said, parts=told)
    return Verdict(ident, name, enters, sentence(condition, fields, language), parts, (), mine, whole)


def _note(programme: Programme, note: str, language: str) -> str:
    if note.startswith((IN_GROUP, WITHHELD)):
        return _grouped(programme, note, language)
    if note.startswith(INSTEAD):
        return say(_INSTEAD, language).format(name=_name(programme, note.removeprefix(INSTEAD), language))
    return say(_NOTES[note], language) if note in _NOTES else note


def _grouped(programme: Programme, note: str, language: str) -> str:
    """For the sake of which group a member got the rule, or did not."""
    _, ident, group_id = (*note.split(":"), "")[:3]
    if ident == CONTROL:
        return say(_CONTROL, language)
    experiment = programme.experiments.get(ident)
    group = next((one for one in experiment.groups if one.id == group_id), None) if experiment else None
    form = _IN_GROUP if note.startswith(IN_GROUP) else _HELD_OUT if group_id == HELD_OUT else _OTHER_GROUP
    return say(form, language).format(
        experiment=(say(experiment.name, language) if experiment else "") or ident,
        group=(say(group.name, language) if group else "") or group_id,
    )


def _name(programme: Programme, rule_id: str, language: str) -> str:
    rule = next((rule for rule in programme.rules if rule.id == rule_id), None)
    return say(rule.name, language) or rule_id if rule is not None else rule_id


def _ruled_out(event: RecordedEvent, programme: Programme) -> list[list[Any]]:
    """Rules on this type of event that were not asked, since the event alone tells that they can't hold: lines as in
    a trace, with what the parts that look at the event saw."""
    asked = {line[0] for line in event.trace}
    left = [rule for rule in programme.rules_on.get(event.type, ()) if rule.id not in asked]
    if not left or event.type == SCHEDULED:
        return []
    fields = fields_for(programme, programme.event_types[event.type])
    what = Event(event.id, event.source, event.key, event.type, event.member_id, event.time, event.data)
    day = local_day(event.time, programme.zone)
    facts = Facts(what, Snapshot(event.member_id), day, programme.zone, event.time)
    lines: list[list[Any]] = []
    for rule in left:
        opening = rule.opening
        if opening is not None and not is_open(
            replace(opening, windows=()), event.time, programme.zone, Profile()
        ):
            lines.append([rule.id, False, [], CLOSED])
            continue
        seen = []
        for guard in guards_of(rule, fields):
            held, values = compile_condition(guard.part, fields).explain(facts)
            if not held:
                seen.append((guard.part, values))
        if seen:
            lines.append([rule.id, False, seen, RULED_OUT])
    return lines


def _guards(
    programme: Programme, rule: Rule, seen: Sequence[Any], language: str, day: date
) -> tuple[Line, ...]:
    """The parts that ruled a rule out, with what they saw."""
    fields = fields_for(programme, programme.event_types[rule.on])
    return tuple(
        line for part, values in seen for line in describe_values(part, fields, language, values, day)
    )


def _when(programme: Programme, rule: Rule, language: str) -> str:
    if rule.when is None:
        return ""
    return sentence(rule.when, _fields(programme, rule), language)


def _fields(programme: Programme, rule: Rule) -> Fields:
    """What the rule can ask for, audiences by their names where it asks for any."""
    asks = rule.when is not None and named(rule.when.to_raw())
    return fields_for(programme, programme.event_types[rule.on], audience_names() if asks else {})


def _condition(
    programme: Programme, rule: Rule, seen: Sequence[Any], language: str, day: date
) -> tuple[str, tuple[Line, ...]]:
    """The rule's condition as a sentence (empty where it has none), and its parts with what they saw."""
    if rule.when is None:
        return "", ()
    fields = _fields(programme, rule)
    return (
        sentence(rule.when, fields, language),
        tuple(describe_values(rule.when, fields, language, seen, day)),
    )


def _seen(part: Line, language: str) -> str:
    if part["seen"] is None:
        return part["text"]
    return say(_SEEN, language).format(text=part["text"], seen=part["seen"])
