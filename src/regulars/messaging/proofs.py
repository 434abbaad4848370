"""Proofreading of what a brand writes: what is wrong with a template before anybody gets a message. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions.path import Path
from liquid.builtin.tags.for_tag import ForNode
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError

from regulars.language.problems import words
from regulars.language.text import Text
from regulars.messaging.contracts import Template
from regulars.messaging.logic import LIQUID

ELSEWHERE = frozenset({"include", "render"})
"""Tags that ask for another template; there is none."""

EVERYWHERE = frozenset({"size", "first", "last"})
"""What Liquid itself knows of any value."""

ENDS = frozenset({"first", "last"})
"""What Liquid calls the ends of a list."""

LOOPS_DEEP = 5

_NOTHING = RenderContext(LIQUID.from_string(""))
_ARGUMENTS = re.compile(r"positional argument|required|unexpected keyword")


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing that is wrong with a template. `line` counts from 0 in the text itself; None: somewhere in it."""

    text: Text
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A value that a template asks for, such as `earned.points`, and the line where it first does."""

    parts: tuple[str, ...]
    line: int

    def __str__(self) -> str:
        return ".".join(self.parts)


@lru_cache(maxsize=1024)
def proofread(source: str) -> tuple[tuple[Slip, ...], tuple[Name, ...]]:
    """What can't be rendered whatever the values are, and the names that the template asks for."""
    try:
        template = LIQUID.from_string(source)
        found = template.analyze(include_partials=False)
    except LiquidError as error:
        return (_no_liquid(error, source),), ()
    slips = [
        _slip(
            f"没有过滤器 {name}", f"沒有過濾器 {name}", f"there is no filter {name}", source, spans[0].index
        )
        for name, spans in found.filters.items()
        if name not in LIQUID.filters
    ]
    slips += [
        _slip(
            f"不能用 {name}：没有其他模板可引用",
            f"不能用 {name}：沒有其他範本可引用",
            f"{name} can't be used: there are no other templates",
            source,
            spans[0].index,
        )
        for name, spans in found.tags.items()
        if name in ELSEWHERE
    ]
    known = found.globals.keys() | found.locals.keys()
    loops = {one: parts for one, parts in _loops(template.nodes).items() if one not in known}
    names: dict[tuple[str, ...], Name] = {}
    for variables in (*found.globals.values(), *(found.variables.get(one, []) for one in loops)):
        for variable in variables:
            parts = _of_loop(_parts(variable.segments), loops)
            names.setdefault(parts, Name(parts, _line(source, variable.span.index)))
    return tuple(slips), tuple(names.values())


def asks_for(template: Template, wanted: tuple[str, ...]) -> bool:
    """Whether a template may show the value of this name, in any language: it names it, something of it, or that of
    which it is a part as a whole."""
    found = (
        name
        for text in (template.subject, template.body)
        for source in text.values()
        for name in _names(source)
    )
    return any(all(a == b for a, b in zip(parts, wanted, strict=False)) for parts in found)


def _names(source: str) -> list[tuple[str, ...]]:
    return [name.parts for name in proofread(source)[1]]


def _loops(nodes: Iterable[Node]) -> dict[str, tuple[str, ...]]:
    """What loops call the things they go through: `{% for one in member.recommendations %}` as `one` → `member`,
    `recommendations`, `first`. A name that two loops give to different things is left out."""
    found: dict[str, set[tuple[str, ...]]] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ForNode) and isinstance(node.expression.iterable, Path):
            parts = _parts(list(node.expression.iterable.path))
            found.setdefault(str(node.expression.identifier), set()).add((*parts, "first"))
        waiting += node.children(_NOTHING, include_partials=False)
    return {name: next(iter(some)) for name, some in found.items() if len(some) == 1}


def _of_loop(parts: tuple[str, ...], loops: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A name with what its loop goes through in the place of the loop's word for it."""
    for _ in range(LOOPS_DEEP):
        if not parts or parts[0] not in loops:
            break
        parts = (*loops[parts[0]], *parts[1:])
    return parts


def rehearse(source: str, context: Mapping[str, Any]) -> list[Slip]:
    """What goes wrong when a sound template is rendered with values like `context`, whatever they are: filters
    with too few or too many arguments, loops that don't end."""
    template: BoundTemplate = LIQUID.from_string(source)
    try:
        template.render(**context)
    except ResourceLimitError:
        return [
            Slip(
                words(
                    "循环或输出过多",
                    "迴圈或輸出過多",
                    "loops too often or writes too much",
                )
            )
        ]
    except FilterArgumentError as error:
        if _ARGUMENTS.search(str(error.message)):
            return [_no_liquid(error, source)]
    except LiquidError:
        return []  # with other values it may well be rendered
    return []


def missing(name: Name, context: Mapping[str, Any]) -> tuple[str, list[str]] | None:
    """The part of `name` that nothing in `context` has, and what there is beside it; None where all is there."""
    here: Any = context
    for index, part in enumerate(name.parts):
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list) and here and part in ENDS:
            here = here[0]
        elif index and part in EVERYWHERE:
            return None
        else:
            return ".".join(name.parts[: index + 1]), sorted(here) if isinstance(here, Mapping) else []
    return None


def _parts(segments: list[Any]) -> tuple[str, ...]:
    """The beginning of a path that is the same whatever the values are."""
    parts = []
    for segment in segments:
        if not isinstance(segment, str):
            break
        parts.append(str(segment))
    return tuple(parts)


def _no_liquid(error: LiquidError, source: str) -> Slip:
    index = error.token.start_index if error.token is not None else -1
    what = str(error.message)
    return _slip(
        f"模板写法有误：{what}", f"範本寫法有誤：{what}", f"is no valid template: {what}", source, index
    )


def _slip(hans: str, hant: str, en: str, source: str, index: int) -> Slip:
    return Slip(words(hans, hant, en), _line(source, index) if index >= 0 else None)


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index)
