"""From YAML to a Programme, or to every problem in it, each with its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from regulars.events.contracts import EventType, PayloadField
from regulars.events.payloads import brand_type, standard_types
from regulars.kit.once import once
from regulars.language.problems import Errors, Place, Problem, words
from regulars.language.text import say
from regulars.messaging.contracts import Template
from regulars.programme.assets import read_assets, read_conversions
from regulars.programme.benefits import no_endless_grants, read_benefits
from regulars.programme.budgets import read_campaigns
from regulars.programme.contracts import Attribute, Programme
from regulars.programme.document import Document, EventTypePart
from regulars.programme.experiments import check_campaigns, read_control, read_experiments
from regulars.programme.insight import read_insight
from regulars.programme.ladders import read_conditions, read_ladders
from regulars.programme.letters import misprints
from regulars.programme.matrices import read_matrices
from regulars.programme.occasions import read_member_day
from regulars.programme.paid_plans import read_entries, read_plans
from regulars.programme.rules import ON_SCHEDULE, by_event_type, read_rules
from regulars.programme.shape import shape_problem
from regulars.programme.tag_groups import read_tag_groups, rivals_in
from regulars.programme.vocabulary.event import EVENT_NAMES
from regulars.programme.wallets import read_wallets

SIZE_LIMIT = 1_000_000
"""A programme's file is at most so many characters."""

DEPTH_LIMIT = 60
"""A programme's parts lie in each other at most so deep."""

_OPENING = (yaml.events.SequenceStartEvent, yaml.events.MappingStartEvent)
_CLOSING = (yaml.events.SequenceEndEvent, yaml.events.MappingEndEvent)

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where there is one: ten times as fast."""


class _Yaml(_Parser):  # type: ignore[misc]
    """YAML 1.2's plain words: `on`, `off`, `yes` and `no` are words, and days are texts as in JSON."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in _Parser.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), "tTfF"
)

MINOR_DIGITS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "KWD": 3,
    "BHD": 3,
    "OMR": 3,
    "JOD": 3,
    "TND": 3,
}
"""Decimals of currencies (ISO 4217) that have not two."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a programme file: where (line from 1, field) and what to do about it."""

    line: int
    problem: Problem

    def say(self, language: str) -> str:
        """`line 12, rules.0.then.0.credit.asset: …`"""
        head = {
            "zh-hans": f"第 {self.line} 行，",
            "zh-hant": f"第 {self.line} 行，",
            "en": f"line {self.line}, ",
        }
        return say(head, language) + self.problem.say(language)


class InvalidProgramme(ValueError):
    """The file is no programme. `faults` holds all that is wrong, in the order of the file."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(fault.say("en") for fault in faults))
        self.faults = faults


class _Lines(dict[Place, int]):
    """Where everything stands. `blocks` are the texts that are written line by line, below a `|`."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: set[Place] = set()


def load(source: str, number: int = 0) -> Programme:
    """The programme that `source` (YAML) states, as version `number`. Raises InvalidProgramme.

    A draft (0) is also proofread: its messages, and the names of its event types. What was published before
    that was asked for stays in force. The same text again is the same object while it is remembered.
    """
    return _read((source, number))


@once(most=32)
def _read(stated: tuple[str, int]) -> Programme:
    source, number = stated
    errors = Errors()
    lines = _Lines()
    proofs: list[Fault] = []
    programme = None
    try:
        if len(source) > SIZE_LIMIT:
            errors.add((), words("文件过大", "檔案過大", f"the file is longer than {SIZE_LIMIT} characters"))
        else:
            programme = _build(_document(source, lines, errors), number, errors)
            proofs = [] if number else _proofs(programme, lines, not errors.problems)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        lines[()] = mark.line + 1 if mark else 1
        what = getattr(error, "problem", None) or str(error)
        errors.add(
            (), words(f"不是有效的 YAML：{what}", f"不是有效的 YAML：{what}", f"not valid YAML: {what}")
        )
    except _Unusable:
        pass
    if errors.problems or proofs or programme is None:
        faults = [Fault(_line(lines, problem.place), problem) for problem in errors.problems] + proofs
        raise InvalidProgramme(sorted(faults, key=lambda fault: fault.line))
    return programme


class _Unusable(Exception):
    """The shape is so wrong that its meaning can't be looked at; the problems are noted."""


def _proofs(programme: Programme, lines: _Lines, sound: bool) -> list[Fault]:
    """What is wrong with the messages; a text that stands for all languages is told once."""
    faults: dict[tuple[Place, int, str], Fault] = {}
    for one in misprints(programme, sound):
        place = one.place if one.place in lines else one.place[:-1]
        line = _line(lines, place)
        if place in lines.blocks and one.line is not None:
            line += 1 + one.line
        faults.setdefault((place, line, one.text["en"]), Fault(line, Problem(place, one.text)))
    return list(faults.values())


def _line(lines: Mapping[Place, int], place: Place) -> int:
    """The line of `place`, or of the nearest thing around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _positions(node: Node, place: Place, lines: _Lines, errors: Errors) -> None:
    """Note the line of everything below `node`, and keys that are given twice."""
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                continue  # no key of a programme; the reader refuses it with its line
            inner = (*place, key.value)
            lines[inner] = key.start_mark.line + 1
            if key.value in seen:
                errors.add(inner, words("重复出现", "重複出現", "is given twice"))
            seen.add(key.value)
            if isinstance(value, ScalarNode) and value.style == "|":
                lines.blocks.add(inner)
            _positions(value, inner, lines, errors)
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            _positions(value, (*place, index), lines, errors)


def plain(source: str) -> dict[str, Any]:
    """The file as plain values, its words and days read as `load` reads them. Empty where it is no mapping."""
    found = yaml.load(source, Loader=_Yaml)
    return found if isinstance(found, dict) else {}


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _document(source: str, lines: _Lines, errors: Errors) -> Document:
    depth = 0
    for event in yaml.parse(source, Loader=_Yaml):
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > DEPTH_LIMIT:
            lines[()] = _line_of(event)
            errors.add((), words("嵌套过深", "巢狀過深", f"is nested more than {DEPTH_LIMIT} deep"))
            raise _Unusable
        if not isinstance(event, yaml.events.AliasEvent):
            continue
        lines[()] = _line_of(event)
        errors.add(
            (),
            words(
                "不支持 YAML 引用（*），请写全",
                "不支援 YAML 參照（*），請寫全",
                "YAML aliases (*) are not read: write the part out",
            ),
        )
        raise _Unusable
    node = yaml.compose(source, Loader=_Yaml)
    if not isinstance(node, MappingNode):
        errors.add(
            (), words("文件是空的或不是键值结构", "檔案是空的或不是鍵值結構", "the file holds no programme")
        )
        raise _Unusable
    _positions(node, (), lines, errors)
    try:
        return Document.model_validate(_Yaml("").construct_document(node))
    except ValidationError as error:
        for one in error.errors():
            errors.add(one["loc"], shape_problem(one))
        raise _Unusable from None


def _build(document: Document, number: int, errors: Errors) -> Programme:
    if not number:
        _own_names(document, errors)
    zone = _zone(document.timezone, errors)
    digits = MINOR_DIGITS.get(document.currency, 2)
    assets = read_assets(document, errors, draft=not number)
    wallets = read_wallets(document, assets, digits, errors)
    programme = Programme(
        number=number,
        id=document.programme,
        name=document.name,
        zone=zone,
        currency=document.currency,
        minor_digits=digits,
        language=document.language,
        quiet_after_days=document.quiet_after.days,
        assets=assets,
        ladders={},
        attributes=_attributes(document, errors),
        templates={
            one_id: Template(one_id, part.category, tuple(part.channels), part.subject, part.body)
            for one_id, part in document.messages.items()
        },
        event_types=_event_types(document, digits, errors),
        rules=(),
        wallets=wallets,
        member_day=read_member_day(document.member_day, errors),
        conversions=read_conversions(document, assets, errors),
        about=document.about,
        second_person=document.publishing.second_person,
        plans=read_plans(document, assets, digits, errors),
        insight=read_insight(document.insight, digits, assets, wallets, errors),
    )
    programme = replace(programme, ladders=read_ladders(document, programme, errors))
    programme = replace(programme, matrices=read_matrices(document, programme, errors))
    groups = read_tag_groups(document, errors)
    programme = replace(programme, tag_groups=groups, tag_rivals=rivals_in(groups))
    programme = replace(programme, ladders=read_conditions(document, programme, errors))
    programme = replace(programme, plans=read_entries(document, programme, errors))
    programme = replace(programme, experiments=read_experiments(document, programme, errors))
    programme = replace(programme, control_group=read_control(document, programme, errors))
    programme = replace(programme, campaigns=read_campaigns(document, programme, errors))
    check_campaigns(document, programme, errors)
    programme = replace(programme, benefits=read_benefits(document, programme, errors))
    rules = read_rules(document.rules, programme, errors)
    no_endless_grants(rules, document, programme, errors)
    return replace(programme, rules=rules, rules_on=by_event_type(rules))


def _zone(name: str, errors: Errors) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        errors.add(
            ("timezone",),
            words(
                "不是时区名，例如 Asia/Shanghai",
                "不是時區名稱，例如 Asia/Taipei",
                "is no time zone; write one such as Asia/Shanghai",
            ),
        )
        return ZoneInfo("UTC")


def _attributes(document: Document, errors: Errors) -> dict[str, Attribute]:
    attributes = {}
    for attribute_id, part in document.attributes.items():
        if part.type == "choice" and not part.choices:
            errors.add(
                ("attributes", attribute_id),
                words(
                    "请列出 choices，或改用 type: text",
                    "請列出 choices，或改用 type: text",
                    "list its choices, or make it type: text",
                ),
            )
        attributes[attribute_id] = Attribute(attribute_id, part.name, part.type, tuple(part.choices))
    return attributes


def _event_types(document: Document, digits: int, errors: Errors) -> dict[str, EventType]:
    types = dict(standard_types(document.currency, digits))
    for type_id, part in document.event_types.items():
        if type_id in types:
            errors.add(
                ("event_types", type_id),
                words("是内置事件，请换个名称", "是內建事件，請換個名稱", "is built in: choose another name"),
            )
            continue
        types[type_id] = brand_type(type_id, part.name, _payload_fields(part), part.joins, digits)
    return types


def _own_names(document: Document, errors: Errors) -> None:
    """Names of event types and of their fields that Regulars needs for itself."""
    families = {
        one.id.partition(".")[0]
        for one in standard_types(document.currency, 2).values()
        if one.derived or one.command
    }
    for type_id, part in document.event_types.items():
        place: Place = ("event_types", type_id)
        if type_id == ON_SCHEDULE:
            errors.add(
                place,
                words(
                    "on: schedule 另有含义，请换个名称",
                    "on: schedule 另有含義，請換個名稱",
                    "on: schedule means something else: choose another name",
                ),
            )
        family, dot, rest = type_id.partition(".")
        if dot and family in families:
            errors.add(
                place,
                words(
                    f"{family}. 开头的事件由系统产生，请换个名称，例如 {rest}",
                    f"{family}. 開頭的事件由系統產生，請換個名稱，例如 {rest}",
                    f"names with {family}. are events that Regulars makes: choose another, such as {rest}",
                ),
            )
        for field_id in part.fields:
            own = f"{type_id.rpartition('.')[2]}_{field_id}"
            if field_id in EVENT_NAMES:
                text = words(
                    f"event.{field_id} 是事件自身的字段，请换个名称，例如 {own}",
                    f"event.{field_id} 是事件本身的欄位，請換個名稱，例如 {own}",
                    f"event.{field_id} is the event's own: choose another name, such as {own}",
                )
            elif field_id.endswith("_minor"):
                text = words(
                    "名称不能以 _minor 结尾，金额请用 type: money",
                    "名稱不能以 _minor 結尾，金額請用 type: money",
                    "names ending in _minor are reserved: write amounts as type: money under another name",
                )
            else:
                continue
            errors.add((*place, "fields", field_id), text)


def _payload_fields(part: EventTypePart) -> dict[str, PayloadField]:
    return {
        one_id: PayloadField(
            one_id,
            one.name or dict.fromkeys(part.name, one_id),
            one.type,
            f"{one_id}_minor" if one.type == "money" else one_id,
            one.required,
        )
        for one_id, one in part.fields.items()
    }
