"""The filters of the members list as a condition, so that an audience can be made of them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from regulars.console.filters import Chosen
from regulars.insight.members import Cell

Condition = dict[str, Any]


def audience_url(chosen: Chosen) -> str:
    """Where an audience of these filters is begun; empty where there are none, or one of them is no condition: what
    was searched for, records that were merged."""
    asked = condition_of(chosen)
    if asked is None:
        return ""
    query = {"condition": json.dumps(asked, ensure_ascii=False)}
    return f"{reverse('console:audience_new')}?{urlencode(query)}"


def condition_of(chosen: Chosen) -> Condition | None:
    """The same members by a condition; it goes with the time, as the filters do."""
    if chosen.filter.search or chosen.filter.status or not chosen.form.is_valid():
        return None
    parts = list(_parts(chosen))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"all": parts}


def _parts(chosen: Chosen) -> Iterator[Condition]:
    filters, clean = chosen.filter, chosen.form.cleaned_data
    ladder = chosen.form.ladder
    if filters.levels and ladder:
        yield _one_of(f"level.{ladder.id}", filters.levels)
    if filters.cell:
        yield from _cell(filters.cell)
    for tag in filters.tags:
        yield {"field": "tags", "op": "has", "value": tag}
    for kind in filters.has:
        yield {"field": "member.identities", "op": "has", "value": kind}
    for audience in filters.audiences:
        yield {"field": "audience", "op": "has", "value": audience}
    if clean.get("joined_from"):
        yield _day("after", clean["joined_from"] - timedelta(days=1))
    if clean.get("joined_to"):
        yield _day("before", clean["joined_to"] + timedelta(days=1))
    if clean.get("active"):
        yield {"field": "orders.days_since_last", "op": "lte", "value": clean["active"]}
    if clean.get("idle"):
        yield {"field": "orders.days_since_last", "op": "gt", "value": clean["idle"]}
    for name in dict.fromkeys(score for score, _word in filters.scores):
        yield _one_of(f"score.{name}", tuple(word for score, word in filters.scores if score == name))


def _one_of(field: str, values: tuple[str, ...]) -> Condition:
    if len(values) == 1:
        return {"field": field, "op": "eq", "value": values[0]}
    return {"field": field, "op": "in", "value": list(values)}


def _cell(cell: Cell) -> Iterator[Condition]:
    yield {"field": f"level.{cell.ladder}", "op": "eq", "value": cell.level}
    field = f"member.attribute.{cell.attribute}"
    if cell.choice:
        yield {"field": field, "op": "eq", "value": cell.choice}
    else:
        yield {"none": [{"field": field, "op": "in", "value": list(cell.choices)}]}


def _day(op: str, day: Any) -> Condition:
    return {"field": "member.joined_at", "op": op, "value": day.isoformat()}
