"""The members behind a report's figure as a condition, so that an audience can be made of them that goes on by itself.

Conditions look at members as they are now, and back from now: what a report says of days that are over, of one channel
or store, of steps and moves, is none. Where scores are by rank, a group among some members is another one than among
all: then only the question about everybody can be put so.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from regulars.insight.boards.lifecycle import WITH_US
from regulars.insight.boards.rfm import GOING
from regulars.insight.boards.rfm import NAMES as RFM_NAMES
from regulars.insight.ground import ladder_of
from regulars.insight.report import Asked
from regulars.language.calendar import add_months
from regulars.members.scores import LAYERS, STAGES
from regulars.programme.contracts import Programme

Condition = dict[str, Any]
DAY = timedelta(days=1)
STEPS = range(1, 6)


def condition_of(report: str, asked: Asked, key: str, programme: Programme, today: date) -> Condition | None:
    """Whom the drill `key` of a report leads to, as an audience may ask for them; None where no condition says so."""
    express = EXPRESSED.get(report)
    if express is None or asked.channel or asked.store:
        return None
    found = express(asked, key, programme, asked.last >= today)
    if found is None:
        return None
    parts = [found]
    if asked.audience:
        parts.append({"field": "audience", "op": "has", "value": asked.audience})
    ladder = ladder_of(asked, programme)
    if asked.level and ladder is not None:
        parts.append({"field": f"level.{ladder.id}", "op": "eq", "value": asked.level})
    return found if len(parts) == 1 else {"all": parts}


def _rfm(asked: Asked, key: str, programme: Programme, runs: bool) -> Condition | None:
    by_rank = programme.insight.rfm.bounds is None
    if not runs or (by_rank and (asked.audience or asked.level)):
        return None
    kind, _, rest = key.partition(":")
    if kind == "group" and rest in RFM_NAMES:
        return _score("rfm", rest)
    if kind == "r" and rest in map(str, STEPS):
        return _score("rfm_recency", int(rest))
    if kind == "cell":
        recency, _, both = rest.partition(":")
        if recency in map(str, STEPS) and both in map(str, STEPS):
            return _cell(int(recency), int(both))
    return _any_of("rfm", GOING) if kind == "going" else None


def _cell(recency: int, both: int) -> Condition:
    """FM is the mean of the scores for frequency and money, rounded up: the pairs that come to it."""
    pairs = [(often, [much for much in STEPS if (often + much + 1) // 2 == both]) for often in STEPS]
    either = [
        {"all": [_score("rfm_frequency", often), _any_of("rfm_monetary", much)]}
        for often, much in pairs
        if much
    ]
    if len(either) == 1:
        return {"all": [_score("rfm_recency", recency), *either[0]["all"]]}
    return {"all": [_score("rfm_recency", recency), {"any": either}]}


def _lifecycle(_asked: Asked, key: str, _programme: Programme, runs: bool) -> Condition | None:
    kind, _, rest = key.partition(":")
    if not runs:
        return None
    if kind == "stage" and any(one.value == rest for one in STAGES):
        return _score("lifecycle", rest)
    if kind == "layer" and any(one.value == rest for one in LAYERS):
        return _score("layer", rest)
    return _any_of("lifecycle", WITH_US) if kind == "here" else None


def _overview(asked: Asked, key: str, _programme: Programme, runs: bool) -> Condition | None:
    if key == "buyers":
        return _bought(asked, 1) if runs else None
    until = _before("member.joined_at", asked.last)
    if key == "joined":
        return {"all": [_from("member.joined_at", asked.first), until]}
    return until if key == "members" else None


def _rates(asked: Asked, key: str, _programme: Programme, runs: bool) -> Condition | None:
    times = {"buyers": 1, "again": 2}.get(key)
    return _bought(asked, times) if times and runs else None


def _funnel(asked: Asked, key: str, _programme: Programme, runs: bool) -> Condition | None:
    """Steps that members take by being members and by buying; `lost:bought` is who has not bought. What else they did
    is not in the nesting of a condition."""
    new = asked.choice("start", "all") == "new"
    until = _before("member.joined_at", asked.last)
    begun = [_from("member.joined_at", asked.first), until] if new else []
    if key.removeprefix("passed:") == "members_at_end":
        return {"all": begun} if new else until
    did = {"bought": 1, "passed:bought": 1, "rebought": 2}.get(key)
    if not runs or (did is None and key != "lost:bought"):
        return None
    found = _bought(asked, did) if did else {**_bought(asked, 1), "op": "lt"}
    return {"all": [*begun, found]} if new else found


def _mix(asked: Asked, key: str, _programme: Programme, _runs: bool) -> Condition | None:
    """Who bought for the first time in these days."""
    if key != "new":
        return None
    return {"all": [_from("orders.first_at", asked.first), _before("orders.first_at", asked.last)]}


def _cohorts(asked: Asked, key: str, _programme: Programme, _runs: bool) -> Condition | None:
    try:
        first = date.fromisoformat(f"{key}-01")
    except ValueError:
        return None
    field = "orders.first_at" if asked.choice("by", "joined") == "ordered" else "member.joined_at"
    return {"all": [_from(field, first), _before(field, add_months(first, 1) - DAY)]}


def _bought(asked: Asked, times: int) -> Condition:
    """In the days that end today: from then on always in so many days."""
    return {"field": "orders.count", "window": {"days": asked.days}, "op": "gte", "value": times}


def _from(field: str, day: date) -> Condition:
    return {"field": field, "op": "after", "value": (day - DAY).isoformat()}


def _before(field: str, day: date) -> Condition:
    return {"field": field, "op": "before", "value": (day + DAY).isoformat()}


def _score(name: str, value: str | int) -> Condition:
    return {"field": f"score.{name}", "op": "eq", "value": value}


def _any_of(name: str, values: tuple[str, ...] | list[int]) -> Condition:
    if len(values) == 1:
        return _score(name, values[0])
    return {"field": f"score.{name}", "op": "in", "value": list(values)}


EXPRESSED: Mapping[str, Callable[[Asked, str, Programme, bool], Condition | None]] = {
    "rfm": _rfm,
    "lifecycle": _lifecycle,
    "overview": _overview,
    "rates": _rates,
    "cohorts": _cohorts,
    "funnel": _funnel,
    "mix": _mix,
}
"""By report; the others' figures are about what happened, not about how members are."""
