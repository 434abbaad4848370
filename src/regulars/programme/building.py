"""What a rule builder needs of a programme: what can be asked for and in which words, one rule read by itself, and a
rule put into a programme's file without touching the rest of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from regulars.campaigns.contracts import SCHEDULED, Rule
from regulars.language.condition import Condition, parse_condition
from regulars.language.fields import Field, Fields, Scope, Type
from regulars.language.operators import WANTS, operators_of
from regulars.language.problems import Errors, Problem, words
from regulars.language.sentence import sentence
from regulars.language.text import LANGUAGES, Text, say
from regulars.language.tree import Op
from regulars.programme.contracts import Programme
from regulars.programme.document import RulePart
from regulars.programme.loader import plain
from regulars.programme.rules import ON_SCHEDULE, by_event_type, read_rules
from regulars.programme.sentences import rules_in_words
from regulars.programme.shape import shape_problem
from regulars.programme.vocabulary import fields_for

OPERATORS: dict[Op, Text] = {
    Op.EQ: words("等于", "等於", "is"),
    Op.NE: words("不等于", "不等於", "is not"),
    Op.LT: words("小于", "小於", "is less than"),
    Op.LTE: words("不超过", "不超過", "is at most"),
    Op.GT: words("大于", "大於", "is more than"),
    Op.GTE: words("至少", "至少", "is at least"),
    Op.BETWEEN: words("介于", "介於", "is between"),
    Op.IN: words("是其中之一", "是其中之一", "is one of"),
    Op.NOT_IN: words("不是其中任何一个", "不是其中任何一個", "is none of"),
    Op.CONTAINS: words("包含", "包含", "contains"),
    Op.NOT_CONTAINS: words("不包含", "不包含", "does not contain"),
    Op.STARTS_WITH: words("开头是", "開頭是", "begins with"),
    Op.IS_SET: words("有值", "有值", "is known"),
    Op.IS_NOT_SET: words("没有值", "沒有值", "is not known"),
    Op.HAS: words("含有", "含有", "has"),
    Op.HAS_NOT: words("没有", "沒有", "has not"),
    Op.HAS_ANY: words("含有任一", "含有任一", "has any of"),
    Op.HAS_ALL: words("同时含有", "同時含有", "has all of"),
    Op.HAS_NONE: words("都没有", "都沒有", "has none of"),
    Op.BEFORE: words("早于", "早於", "is before"),
    Op.AFTER: words("晚于", "晚於", "is after"),
    Op.WITHIN_DAYS: words("在最近几天内", "在最近幾天內", "was in the last days"),
    Op.NEXT_DAYS: words("在今后几天内", "在今後幾天內", "is in the next days"),
    Op.MULTIPLE_OF: words("是其倍数", "是其倍數", "is a multiple of"),
}

GROUPS: dict[str, Text] = {
    "event": words("本次事件", "本次事件", "this event"),
    "item": words("商品明细", "商品明細", "order lines"),
    "member": words("会员", "會員", "the member"),
    "history": words("历史行为", "歷史行為", "what the member did"),
    "calendar": words("日期时间", "日期時間", "the calendar"),
}
ON_MEMBER = "member"
"""What `on` is for conditions that have no event to ask about."""

_MEMBERS = frozenset({"member", "tags", "level", "balance", "wallet", "plan", "benefit", "benefits"})


def group_of(field: Field) -> str:
    """Under which heading a field is offered."""
    head = field.name.partition(".")[0]
    if head in GROUPS:
        return head
    return "member" if head in _MEMBERS else "history"


@dataclass(frozen=True, slots=True)
class Offered:
    """A field as a builder offers it: `ops` are (operator, its words, what value it wants)."""

    name: str
    label: str
    type: Type
    group: str
    scope: Scope
    ops: tuple[tuple[str, str, str], ...]
    choices: tuple[tuple[str | int, str], ...]
    known: tuple[tuple[str | int, str], ...]
    windows: bool
    unit: str

    def row(self, language: str) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type.value,
            "group": say(GROUPS[self.group], language),
            "line": self.scope is Scope.LINE,
            "ops": self.ops,
            "choices": self.choices,
            "known": self.known,
            "windows": self.windows,
            "unit": self.unit,
        }


def event_types(programme: Programme, language: str) -> list[tuple[str, str]]:
    """What a rule can start from, with its name."""
    found = [
        (one.id, say(one.name, language)) for one in programme.event_types.values() if one.id != SCHEDULED
    ]
    return [(ON_SCHEDULE, say(programme.event_types[SCHEDULED].name, language)), *found]


def vocabulary(
    programme: Programme, on: str, audiences: Mapping[str, Text] = MappingProxyType({})
) -> Fields | None:
    """The fields of rules on a type of event (`schedule`: those that start by themselves; `member`: of whatever asks
    about members alone, as audiences do); None: no such type. `audiences`: those there are, to be offered and called
    by their names."""
    event_type = programme.event_types.get(on)
    if event_type is not None:
        return fields_for(programme, event_type, audiences)
    return fields_for(programme, None, audiences) if on in (ON_SCHEDULE, ON_MEMBER) else None


def offered(fields: Fields, language: str) -> list[Offered]:
    """All that can be asked for, in the reader's words."""
    return [
        Offered(
            one.name,
            say(one.label, language),
            one.type,
            group_of(one),
            one.scope,
            tuple((op.value, say(OPERATORS[op], language), WANTS[op].value) for op in operators_of(one)),
            tuple((each.value, say(each.label, language)) for each in one.choices),
            tuple((each.value, say(each.label, language)) for each in one.known),
            one.windows,
            _unit(one, fields, language),
        )
        for one in fields
    ]


def _unit(field: Field, fields: Fields, language: str) -> str:
    """What stands after a number of this field: the currency, or days, points, times."""
    if field.type is Type.MONEY:
        return fields.currency
    return say(field.unit, language).rpartition("|")[2]


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition by itself: what it is and says (nothing where there is none), or what is wrong with it."""

    condition: Condition | None
    sentence: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def ask(raw: Any, fields: Fields) -> Asked:
    """The condition that `raw` (as YAML or JSON has it) states about `fields`; None: it asks for nothing."""
    if raw is None:
        return Asked(None, {})
    errors = Errors()
    condition = parse_condition(raw, fields, (), errors)
    if condition is None or errors.problems:
        return Asked(None, {}, tuple(errors.problems))
    return Asked(condition, {language: sentence(condition, fields, language) for language in LANGUAGES})


@dataclass(frozen=True, slots=True)
class Built:
    """One rule by itself: what it is and says, or what is wrong with it (places within the rule)."""

    rule: Rule | None
    sentence: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def build(raw: Any, programme: Programme, audiences: Mapping[str, Text] = MappingProxyType({})) -> Built:
    """The rule that `raw` (as YAML or JSON has it) states for `programme`. `audiences`: what people call them."""
    errors = Errors()
    try:
        part = RulePart.model_validate(raw)
    except ValidationError as error:
        for one in error.errors():
            errors.add(one["loc"], shape_problem(one))
        return Built(None, {}, tuple(errors.problems))
    rules = read_rules([part], programme, errors)
    if errors.problems:
        inner = [Problem(one.place[2:], one.text) for one in errors.problems]
        return Built(None, {}, tuple(inner))
    alone = with_rule(programme, rules[0])
    said = {
        language: next(iter(rules_in_words(alone, language, audiences))).sentence for language in LANGUAGES
    }
    return Built(rules[0], said)


def with_rule(programme: Programme, rule: Rule) -> Programme:
    """The programme with this rule alone."""
    return replace(programme, rules=(rule,), rules_on=by_event_type([rule]))


def raw_rule(source: str, rule_id: str) -> dict[str, Any] | None:
    """The rule as the file states it; None: it has none of that id."""
    rules = plain(source).get("rules") or []
    return next((one for one in rules if isinstance(one, dict) and one.get("id") == rule_id), None)


def put_rule(source: str, raw: Mapping[str, Any]) -> str:
    """The file with the rule in it: in the place of the one of the same id, else at the end of `rules`. All other lines
    stay as they are, comments included."""
    node = yaml.compose(source, Loader=yaml.SafeLoader)
    found = _rules(node)
    lines = source.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if not isinstance(found, SequenceNode) or not found.value:
        kept = [line for line in lines if not line.startswith("rules:")]
        return "".join([*kept, "rules:\n", _written(raw, 2)])
    if found.flow_style:
        rules = [*plain(source)["rules"]]
        at = next((number for number, one in enumerate(rules) if one.get("id") == raw.get("id")), len(rules))
        rules[at : at + 1] = [raw]
        start, end = found.start_mark, found.end_mark
        head = source[: start.index]
        text = "\n" + "".join(_written(one, 2) for one in rules)
        return head.rstrip(" ") + text + source[end.index :].lstrip("\n")
    column = found.start_mark.column
    for one in found.value:
        if _id_of(one) == raw.get("id"):
            first, last = _span(one, lines)
            return "".join([*lines[:first], _written(raw, column), *lines[last:]])
    _, last = _span(found.value[-1], lines)
    return "".join([*lines[:last], _written(raw, column), *lines[last:]])


def _rules(node: Any) -> Any:
    if not isinstance(node, MappingNode):
        return None
    return next((value for key, value in node.value if getattr(key, "value", None) == "rules"), None)


def _id_of(node: Any) -> str | None:
    if not isinstance(node, MappingNode):
        return None
    return next(
        (value.value for key, value in node.value if key.value == "id" and isinstance(value, ScalarNode)),
        None,
    )


def _span(node: Any, lines: list[str]) -> tuple[int, int]:
    """The lines of an item of a list: from its dash to before what comes after it, without blank lines and comments
    that belong to that."""
    first, last = node.start_mark.line, node.end_mark.line
    if getattr(node, "flow_style", True):
        last += 1  # of a block the end is where the next thing begins
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return first, last


def written(raw: Mapping[str, Any]) -> str:
    """The rule as a file would have it."""
    return _written(raw, 0)


def _written(raw: Mapping[str, Any], column: int) -> str:
    text = yaml.safe_dump([dict(raw)], allow_unicode=True, sort_keys=False, width=110)
    return "".join(f"{' ' * column}{line}\n" for line in text.splitlines())
