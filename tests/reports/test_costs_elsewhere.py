"""What costs are counted with says the same on Spark: laying members' months end to end above all."""

from regulars.insight.boards.deferrals import sold
from regulars.insight.ground import ground_of
from regulars.insight.maturing import cohorts
from regulars.insight.registry import report_of
from regulars.insight.report import Asked, Ground
from regulars.language.calendar import add_months
from regulars.warehouse.contracts import Tables
from tests.queries.rows import PROGRAMME
from tests.warehouse.histories import HISTORY, duck, history_folder, quiet, same, spark  # noqa: F401


def ground(tables: Tables) -> Ground:
    last = HISTORY.last_day
    return ground_of(Asked(add_months(last, -3), last), PROGRAMME, tables, last)


@quiet
def test_costs_on_spark(duck: Tables, spark: Tables) -> None:  # noqa: F811
    here, there = ground(duck), ground(spark)
    assert same(report_of("costs").build(there), report_of("costs").build(here))
    assert sold(there, "points") == sold(here, "points")
    found = cohorts(duck.entries, "points")
    assert sum(each.issued for each in found) > 0
    assert sum(sum(each.spent.values()) for each in found) > 0
