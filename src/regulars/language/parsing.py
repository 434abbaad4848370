"""Reading a condition from YAML or JSON: everything is checked here, so that nothing fails later.

All problems are collected; each names its place, the field, and the way out.
"""

from collections.abc import Mapping
from typing import Any, overload

from regulars.language.fields import Field, Fields, Scope, UnknownFieldError
from regulars.language.operators import canonical, operators_of
from regulars.language.problems import Errors, Place, words
from regulars.language.tree import MAX_DEPTH, MAX_NODES, Condition, Group, Items, Leaf, Op, Quantifier, Window
from regulars.language.values import leaf_value

QUANTIFIERS = frozenset(each.value for each in Quantifier)
LEAF_KEYS = frozenset({"field", "op", "value", "window"})
LONGEST_WINDOW = {"days": 3660, "months": 120}
EXAMPLE = "{field: orders.count, op: gte, value: 3}"


@overload
def parse_condition(
    raw: Any, fields: Fields, place: Place = (), *, scope: Scope = Scope.FACTS
) -> Condition: ...


@overload
def parse_condition(
    raw: Any, fields: Fields, place: Place, errors: Errors, *, scope: Scope = Scope.FACTS
) -> Condition | None: ...


def parse_condition(
    raw: Any,
    fields: Fields,
    place: Place = (),
    errors: Errors | None = None,
    *,
    scope: Scope = Scope.FACTS,
) -> Condition | None:
    """The condition that `raw` (from YAML or JSON) states about `fields` of `scope` (LINE: one order line).

    Every problem is added to `errors`, and the result is None if there is any; without `errors` they are
    raised together as `RefusedError`. Refused are a form that is none of the three, an unknown field, an operator
    that its type has not, a value of the wrong type, a window where none is allowed, an empty group, a range
    that is upside down, more than 8 floors or 200 nodes.
    """
    reader = _Reader(fields)
    condition = reader.read(raw, place, scope, 1)
    if errors is None:
        reader.errors.check()
    else:
        errors.problems.extend(reader.errors.problems)
    return None if reader.errors.problems else condition


class _Reader:
    """One reading of one tree. A part that is wrong gives None, and the reading goes on."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.errors = Errors()
        self.nodes = 0

    def read(self, raw: Any, place: Place, scope: Scope, depth: int) -> Condition | None:
        if not self._within_bounds(place, depth):
            return None
        if not isinstance(raw, Mapping):
            self._not_a_condition(place)
            return None
        if "field" in raw:
            return self._leaf(raw, place, scope)
        if "items" in raw:
            return self._items(raw, place, scope, depth)
        if len(raw) == 1 and next(iter(raw)) in QUANTIFIERS:
            return self._group(raw, place, scope, depth)
        self._not_a_condition(place)
        return None

    def _within_bounds(self, place: Place, depth: int) -> bool:
        self.nodes += 1
        if depth > MAX_DEPTH:
            self.errors.add(
                place,
                words(
                    f"条件最多嵌套 {MAX_DEPTH} 层，请合并或拆成几条规则。",
                    f"條件最多巢狀 {MAX_DEPTH} 層，請合併或拆成幾條規則。",
                    f"Conditions nest at most {MAX_DEPTH} levels deep; merge groups or split the rule.",
                ),
            )
            return False
        if self.nodes == MAX_NODES + 1:
            self.errors.add(
                place,
                words(
                    f"一个条件最多 {MAX_NODES} 项，请用 in 列出多个值，或拆成几条规则。",
                    f"一個條件最多 {MAX_NODES} 項，請用 in 列出多個值，或拆成幾條規則。",
                    f"A condition has at most {MAX_NODES} parts; list values with in, or split the rule.",
                ),
            )
        return self.nodes <= MAX_NODES

    def _not_a_condition(self, place: Place) -> None:
        self.errors.add(
            place,
            words(
                f"这里应是一个条件，例如 {EXAMPLE}，或由 all、any、none 组成的一组，或 items 与 where。",
                f"這裡應是一個條件，例如 {EXAMPLE}，或由 all、any、none 組成的一組，或 items 與 where。",
                f"Expected a condition such as {EXAMPLE}, a group of all, any or none, or items with where.",
            ),
        )

    def _group(self, raw: Mapping[str, Any], place: Place, scope: Scope, depth: int) -> Group | None:
        key, parts = next(iter(raw.items()))
        if not isinstance(parts, list | tuple) or not parts:
            self.errors.add(
                (*place, key),
                words(
                    f"{key} 下至少要列一个条件；不需要条件时请删去 {key}。",
                    f"{key} 下至少要列一個條件；不需要條件時請刪去 {key}。",
                    f"{key} must list at least one condition; leave {key} out if none is needed.",
                ),
            )
            return None
        nodes = [self.read(part, (*place, key, at), scope, depth + 1) for at, part in enumerate(parts)]
        return Group(Quantifier(key), tuple(node for node in nodes if node is not None))

    def _items(self, raw: Mapping[str, Any], place: Place, scope: Scope, depth: int) -> Items | None:
        self._keys(raw, frozenset({"items", "where"}), place)
        if scope is Scope.LINE or not any(field.scope is Scope.LINE for field in self.fields):
            self.errors.add(
                (*place, "items"),
                words(
                    "这里没有商品明细可问：items 只用于带明细的事件（如 order.paid），且不能套在另一个 items 里。",
                    "這裡沒有商品明細可問：items 只用於帶明細的事件（如 order.paid），且不能套在另一個 items 裡。",
                    "There are no order lines to ask here: items is for events that have lines "
                    "(such as order.paid), and not inside another items.",
                ),
            )
            return None
        quantifier = raw["items"]
        if quantifier not in QUANTIFIERS:
            self.errors.add(
                (*place, "items"),
                words(
                    "items 只能是 any（有商品）、all（每件商品）或 none（没有商品）。",
                    "items 只能是 any（有商品）、all（每件商品）或 none（沒有商品）。",
                    "items must be any, all or none.",
                ),
            )
            quantifier = "any"
        where = self.read(raw.get("where"), (*place, "where"), Scope.LINE, depth + 1)
        return None if where is None else Items(Quantifier(quantifier), where)

    def _leaf(self, raw: Mapping[str, Any], place: Place, scope: Scope) -> Leaf | None:
        self._keys(raw, LEAF_KEYS, place)
        field = self._field(raw["field"], (*place, "field"), scope)
        if field is None:
            return None
        window = self._window(raw["window"], field, (*place, "window")) if "window" in raw else None
        op = self._op(raw.get("op"), field, (*place, "op"))
        if op is None:
            return None
        value = leaf_value(raw, op, field, self.fields, place, self.errors)
        return Leaf(field.name, op, value, window)

    def _keys(self, raw: Mapping[str, Any], known: frozenset[str], place: Place) -> None:
        for key in raw:
            if key not in known:
                names = "、".join(sorted(known))
                self.errors.add(
                    (*place, str(key)),
                    words(
                        f"不认识“{key}”，这里可以写 {names}。",
                        f"不認識「{key}」，這裡可以寫 {names}。",
                        f"Unknown key “{key}”; expected {', '.join(sorted(known))}.",
                    ),
                )

    def _field(self, name: Any, place: Place, scope: Scope) -> Field | None:
        try:
            field = self.fields[str(name)]
        except UnknownFieldError as unknown:
            near = tuple(each for each in unknown.near if self.fields[each].scope is scope)
            self.errors.add(
                place,
                words(
                    f"没有字段“{name}”。" + (f"您要找的是不是 {'、'.join(near)}？" if near else ""),
                    f"沒有欄位「{name}」。" + (f"您要找的是不是 {'、'.join(near)}？" if near else ""),
                    f"There is no field “{name}” here."
                    + (f" Did you mean {' or '.join(near)}?" if near else ""),
                ),
            )
            return None
        if field.scope is scope:
            return field
        self.errors.add(place, _wrong_scope(field))
        return None

    def _op(self, raw: Any, field: Field, place: Place) -> Op | None:
        allowed = operators_of(field)
        op = canonical(Op(raw), field) if isinstance(raw, str) and raw in Op._value2member_map_ else None
        if op in allowed:
            return op
        names = [each.value for each in allowed]
        given = "" if raw is None else str(raw)
        self.errors.add(
            place,
            words(
                f"字段 {field.name} 不能用“{given}”比较，可以用 {'、'.join(names)}。",
                f"欄位 {field.name} 不能用「{given}」比較，可以用 {'、'.join(names)}。",
                f"Field {field.name} has no operator “{given}”; use one of {', '.join(names)}.",
            ),
        )
        return None

    def _window(self, raw: Any, field: Field, place: Place) -> Window | None:
        if not field.windows:
            self.errors.add(
                place,
                words(
                    f"字段 {field.name} 不按时间段统计，请删去 window。",
                    f"欄位 {field.name} 不按期間統計，請刪去 window。",
                    f"Field {field.name} is not counted over a period; leave window out.",
                ),
            )
            return None
        if isinstance(raw, Mapping) and len(raw) == 1:
            unit, length = next(iter(raw.items()))
            longest = LONGEST_WINDOW.get(unit, 0) if isinstance(unit, str) else 0
            if type(length) is int and 1 <= length <= longest:
                return Window(**{unit: length})
        self.errors.add(
            place,
            words(
                f"字段 {field.name} 的 window 应写成 {{days: 30}} 或 {{months: 12}}"
                f"（最长 {LONGEST_WINDOW['days']} 天或 {LONGEST_WINDOW['months']} 个月）。",
                f"欄位 {field.name} 的 window 應寫成 {{days: 30}} 或 {{months: 12}}"
                f"（最長 {LONGEST_WINDOW['days']} 天或 {LONGEST_WINDOW['months']} 個月）。",
                f"The window of {field.name} must be {{days: 30}} or {{months: 12}} "
                f"(at most {LONGEST_WINDOW['days']} days or {LONGEST_WINDOW['months']} months).",
            ),
        )
        return None


def _wrong_scope(field: Field) -> Mapping[str, str]:
    if field.scope is Scope.LINE:
        return words(
            f"{field.name} 是商品明细的字段，请写成 {{items: any, where: {{field: {field.name}, …}}}}。",
            f"{field.name} 是商品明細的欄位，請寫成 {{items: any, where: {{field: {field.name}, …}}}}。",
            f"{field.name} belongs to order lines; write {{items: any, where: {{field: {field.name}, …}}}}.",
        )
    return words(
        f"商品明细里只能问 item.* 字段，请把 {field.name} 移到 items 之外。",
        f"商品明細裡只能問 item.* 欄位，請把 {field.name} 移到 items 之外。",
        f"Only item.* fields can be asked about order lines; move {field.name} out of items.",
    )
