"""From a figure of a report to an audience: the condition that means the same, or none where there is none."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from regulars.insight.expressing import condition_of
from regulars.insight.report import Asked
from regulars.insight.scoring import rfm
from regulars.language.condition import parse_condition
from regulars.programme.vocabulary import fields_for
from tests.queries.rows import PROGRAMME

TODAY = date(2026, 3, 31)
MARCH = Asked(date(2026, 3, 1), TODAY)
FEBRUARY = Asked(date(2026, 2, 1), date(2026, 2, 28))


def score(name: str, value: Any, op: str = "eq") -> dict[str, Any]:
    return {"field": f"score.{name}", "op": op, "value": value}


def joined(first: str, last: str, field: str = "member.joined_at") -> dict[str, Any]:
    return {
        "all": [
            {"field": field, "op": "after", "value": first},
            {"field": field, "op": "before", "value": last},
        ]
    }


def bought(times: int, days: int = 31) -> dict[str, Any]:
    return {"field": "orders.count", "window": {"days": days}, "op": "gte", "value": times}


NEW = (("start", "new"),)
IN_MARCH = ("2026-02-28", "2026-04-01")
IN_RING = {"field": "audience", "op": "has", "value": "ring"}
ON_GOLD = {"field": "level.level", "op": "eq", "value": "gold"}


@pytest.mark.parametrize(
    ("report", "asked", "key", "expected"),
    [
        ("rfm", MARCH, "group:at_risk", score("rfm", "at_risk")),
        ("rfm", MARCH, "r:5", score("rfm_recency", 5)),
        ("rfm", MARCH, "going", score("rfm", ["at_risk", "cant_lose"], "in")),
        (
            "rfm",
            MARCH,
            "cell:4:1",
            {"all": [score("rfm_recency", 4), score("rfm_frequency", 1), score("rfm_monetary", 1)]},
        ),
        ("rfm", MARCH, "move:loyal:at_risk", None),
        ("rfm", MARCH, "group:nobody", None),
        ("rfm", FEBRUARY, "group:at_risk", None),
        ("rfm", replace(MARCH, audience="ring"), "group:at_risk", None),
        ("lifecycle", MARCH, "stage:lost", score("lifecycle", "lost")),
        ("lifecycle", MARCH, "layer:high", score("layer", "high")),
        ("lifecycle", MARCH, "here", score("lifecycle", ["new", "active", "loyal", "won_back"], "in")),
        ("lifecycle", MARCH, "left", None),
        (
            "lifecycle",
            replace(MARCH, audience="ring", level="gold"),
            "stage:lost",
            {"all": [score("lifecycle", "lost"), IN_RING, ON_GOLD]},
        ),
        ("lifecycle", replace(MARCH, store="S01"), "stage:lost", None),
        ("overview", MARCH, "buyers", bought(1)),
        ("overview", FEBRUARY, "buyers", None),
        ("overview", FEBRUARY, "joined", joined("2026-01-31", "2026-03-01")),
        ("rates", MARCH, "again", bought(2)),
        ("rates", MARCH, "rose", None),
        ("cohorts", MARCH, "2026-02", joined("2026-01-31", "2026-03-01")),
        (
            "cohorts",
            replace(MARCH, options=(("by", "ordered"),)),
            "2025-12",
            joined("2025-11-30", "2026-01-01", "orders.first_at"),
        ),
        ("cohorts", MARCH, "x", None),
        ("funnel", MARCH, "passed:bought", bought(1)),
        ("funnel", MARCH, "lost:bought", bought(1) | {"op": "lt"}),
        ("funnel", replace(MARCH, options=NEW), "rebought", {"all": [*joined(*IN_MARCH)["all"], bought(2)]}),
        ("funnel", replace(FEBRUARY, options=NEW), "members_at_end", joined("2026-01-31", "2026-03-01")),
        ("funnel", FEBRUARY, "bought", None),
        ("funnel", MARCH, "passed:reached", None),
        ("funnel", replace(MARCH, channel="app"), "bought", None),
        ("mix", FEBRUARY, "new", joined("2026-01-31", "2026-03-01", "orders.first_at")),
        ("mix", MARCH, "old", None),
        ("stores", MARCH, "S1", None),
    ],
)
def test_a_drill_is_a_condition_or_none(report: str, asked: Asked, key: str, expected: Any) -> None:
    found = condition_of(report, asked, key, PROGRAMME, TODAY)
    assert found == expected
    if found is not None:
        assert parse_condition(found, fields_for(PROGRAMME, None)).to_raw() == found


def test_cells_of_the_matrix_share_all_pairs_of_scores_between_them() -> None:
    """Each pair of the scores for frequency and money is in the one column in which the report counts it."""
    for often in range(1, 6):
        for much in range(1, 6):
            inside = []
            for both in range(1, 6):
                cell = condition_of("rfm", MARCH, f"cell:3:{both}", PROGRAMME, TODAY)
                assert cell is not None
                _, *rest = cell["all"]
                for each in rest[0].get("any", [{"all": rest}]):
                    first, second = each["all"]
                    values = second["value"] if second["op"] == "in" else [second["value"]]
                    if first["value"] == often and much in values:
                        inside.append(both)
            assert inside == [(often + much + 1) // 2]
    assert rfm.STEPS == 5
