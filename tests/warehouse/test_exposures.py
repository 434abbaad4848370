"""Who came near an experiment is in the warehouse, in both groups, and is found again by the report."""

from datetime import UTC, date, datetime

import pytest

from regulars.insight.experiments.design import definitions, design_of
from regulars.insight.experiments.gathering import gather, met, sums_of
from regulars.members.models import Member
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.warehouse.verifying import verify
from tests.engine.world import event, fresh, joined, order, shop, who_is
from tests.warehouse.keeper import Keeper, rows

pytestmark = pytest.mark.django_db(transaction=True)

GIFT = """\
  - id: gift
    name: Gift
    on: checkin
    experiment: gift
    then: [{credit: {asset: points, amount: 5}}]
"""


def groups(programme: Programme) -> dict[str, str]:
    """A till's number for each group."""
    found: dict[str, str] = {}
    for pos in "abcdefghijklmnop":
        found.setdefault(programme.experiments["gift"].group_of(who_is(pos)), pos)
    return found


def test_who_met_an_experiment(keeper: Keeper) -> None:
    fresh("experiments: {gift: {name: Gift, holdout: 50%, days: 7}}\n" + shop(GIFT))
    keeper.sends(*(joined(pos, "2026-01-01") for pos in "abcdefghijklmnop"))
    who = groups(current())
    held, given = who["holdout"], who["treated"]
    keeper.sends(
        event("checkin", held, "2026-03-01"),
        event("checkin", given, "2026-03-01"),
        event("checkin", given, "2026-03-03"),
        order(held, "2026-03-02", "30.00", "1"),
        order(given, "2026-03-02", "50.00", "2"),
    )
    keeper.follows()
    compared = verify(keeper.place)
    assert (compared.tables["exposures"], compared.differences) == (3, [])
    tables = keeper.opens()
    number = {pos: Member.objects.get(id=who_is(pos)).number for pos in (held, given)}
    assert rows(tables.exposures, "member", "experiment", "arm", "rule", "day") == sorted(
        [
            (number[held], "gift", "holdout", "gift", date(2026, 3, 1)),
            (number[given], "gift", "treated", "gift", date(2026, 3, 1)),
            (number[given], "gift", "treated", "gift", date(2026, 3, 3)),
        ],
        key=repr,
    )
    assert rows(tables.awards, "member", "kind", "units") == [(number[given], "credit", 5)] * 2
    programme = current()
    design = design_of(*definitions([programme])["gift"], programme)
    until = datetime(2026, 4, 1, tzinfo=UTC)
    found = gather(tables, design, met(tables, design, until), until)
    assert {arm: sums_of(found.done, arm, "sales").y for arm in who} == {"holdout": 3000.0, "treated": 5000.0}
    keeper.merges(held, who_is(given), "together")
    keeper.follows()
    tables = keeper.opens()
    merged = gather(tables, design, met(tables, design, until), until)
    assert (sum(each.members for each in merged.came), merged.crossed) == (1, 1)
