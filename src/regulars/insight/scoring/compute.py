"""All scores of everybody on a day: from the warehouse's tables to columns. Reads the tables, writes nothing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from regulars.insight.scoring import preferences, rfm, stages, value
from regulars.insight.scoring.arrays import Column, Numbers, People, numbers_of, people_of, words_of
from regulars.insight.scoring.calibration import calibrate
from regulars.insight.scoring.purchases import kept_orders, number_of, rhythms
from regulars.insight.scoring.rhythm import LEAST_GAPS
from regulars.members.scores import DIGITS
from regulars.programme.contracts import Insight
from regulars.warehouse.contracts import Tables

LABEL_MOST = 200


@dataclass(frozen=True, slots=True)
class Scored:
    """Everybody's scores: `columns` by score, a row each for `people`; `fit` as the run keeps it."""

    people: People
    columns: Mapping[str, Column]
    fit: dict[str, Any]


def score(tables: Tables, terms: Insight, until: date) -> Scored:
    """Score everybody who had joined by `until`, by what was known then."""
    placed = stages.placed(tables, terms, until)
    rhythm = rhythms(kept_orders(tables, until))
    people = people_of(placed.left_join(rhythm, "member").drop("member_right").to_pyarrow())
    columns = {
        "lifecycle": words_of(people.words["stage"]),
        "layer": words_of(people.words["layer"]),
        **_rfm(tables, people, terms, until),
        **_preferences(tables, people, until),
    }
    told = value.telling(people, number_of(until))
    fitted = value.fit(people, told)
    columns |= _foreseen(people, told, fitted, terms)
    return Scored(people, columns, _fit(tables, fitted, until))


def _rfm(tables: Tables, people: People, terms: Insight, until: date) -> dict[str, Column]:
    found = rfm.scored(tables, terms.rfm, until)
    spread = people.spread(found.select("member", "recency", "frequency", "monetary", "group").to_pyarrow())
    group = spread["group"]
    group[group == ""] = "outside"
    return {
        "rfm": words_of(group),
        "rfm_recency": numbers_of(spread["recency"]),
        "rfm_frequency": numbers_of(spread["frequency"]),
        "rfm_monetary": numbers_of(spread["monetary"]),
    }


def _preferences(tables: Tables, people: People, until: date) -> dict[str, Column]:
    columns = {}
    for name, found in preferences.favourites(tables, until).items():
        spread = people.spread(found.to_pyarrow())
        labels = np.array([label[:LABEL_MOST] for label in spread["label"]], dtype=object)
        columns[name] = words_of(labels, spread["share"])
    share = people.spread(preferences.discounts(tables, until).to_pyarrow())["share"]
    middle, high = preferences.SENSITIVE
    labels = np.full(len(share), "", dtype=object)
    known = ~np.isnan(share)
    labels[known] = np.select([share[known] >= high, share[known] >= middle], ["high", "middle"], "low")
    columns["discount_share"] = numbers_of(share)
    columns["price_sensitivity"] = words_of(labels)
    return columns


def _foreseen(people: People, told: value.Telling, fitted: value.Fitted, terms: Insight) -> dict[str, Column]:
    nothing = np.full(len(people), np.nan)
    seen, beat = value.foresee(people, told, fitted, terms), value.beats(told, fitted)
    if seen is None or beat is None:
        none = numbers_of(nothing)
        names = ("alive", "expected_orders", "clv", "rhythm", "usual_gap")
        return dict.fromkeys(names, none)
    rhythms = np.full(len(people), "", dtype=object)
    rhythms[told.rows] = beat.labels
    told_of = told.x >= LEAST_GAPS
    clv = nothing if seen.value_minor is None else np.round(_spread(people, told, seen.value_minor))
    return {
        "alive": numbers_of(_spread(people, told, np.round(seen.alive, 4))),
        "expected_orders": numbers_of(_spread(people, told, np.round(seen.orders, 2))),
        "clv": numbers_of(clv),
        "rhythm": words_of(
            rhythms, _spread(people, told, np.where(told_of, np.round(beat.chance, 4), np.nan))
        ),
        "usual_gap": numbers_of(
            _spread(people, told, np.where(told_of, np.round(beat.usual_days, 1), np.nan))
        ),
    }


def _spread(people: People, told: value.Telling, found: Numbers) -> Numbers:
    spread = np.full(len(people), np.nan)
    spread[told.rows] = found
    return spread


def _fit(tables: Tables, fitted: value.Fitted, until: date) -> dict[str, Any]:
    checked = calibrate(tables, until) if fitted.buying is not None else None
    return {
        "buying": None if fitted.buying is None else asdict(fitted.buying),
        "spending": None if fitted.spending is None else asdict(fitted.spending),
        "regularity": fitted.regularity,
        "calibration": None if checked is None else checked.record(),
    }


def kept(number: float) -> float | None:
    """A value as it is kept: no more digits than stay the same in PostgreSQL's decimals; None for none."""
    return None if np.isnan(number) else float(f"{number:.{DIGITS}g}")
