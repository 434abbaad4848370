"""Over Spark the same answers as over DuckDB. All that starts a JVM is in this file, so that one is started."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from regulars.audiences.contracts import Kind, Wish
from regulars.engine import audiences
from regulars.engine.history import BUCKETS, portions
from regulars.insight.answers import Crowd, counted
from regulars.insight.conditions import answerable, marked
from regulars.insight.portions import live_through
from regulars.insight.registry import REPORTS
from regulars.insight.report import Against, Answer, Asked, Option, Report
from regulars.insight.spark import live_on_spark, write_log
from regulars.kit import clock
from regulars.language.condition import Fields, parse_condition
from regulars.language.fields import Field, Type
from regulars.language.operators import WANTS, Wants, operators_of
from regulars.language.problems import words
from regulars.programme.loader import load
from regulars.programme.queries import version_source
from regulars.programme.service import current
from regulars.programme.vocabulary import fields_for
from regulars.warehouse.contracts import Tables
from tests.engine.world import moment, today
from tests.insight.test_portions import DRAFT, life  # noqa: F401 - the members whose lives these are
from tests.warehouse import rich
from tests.warehouse.histories import quiet, rich_duck, rich_folder, same, spark  # noqa: F401
from tests.warehouse.test_backends import figures

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None, reason="Spark needs Java: apt-get install openjdk-17-jre-headless"
)
PROGRAMME = rich.programme()
AT = datetime(2026, 4, 30, 4, tzinfo=UTC)
USUAL = Asked(date(2025, 5, 1), rich.LAST)
FILTERED = ("overview", "funnel", "levels", "rfm")
TYPED = {
    "total": "123456.78", "sales": "1,000,000", "earn": "2", "exchange": "150", "redeemed": "20,40", "margin": "35",
}  # fmt: skip
"""What is typed where an option has no choices; a new one that is typed is to be given something here."""


def chosen(option: Option) -> str:
    """The choice farthest from the usual one."""
    choices = [*option.choices(PROGRAMME)]
    return choices[-1] if choices else TYPED.get(option.id, "7")


def everything(report: Report) -> Asked:
    """A question that uses all that may be asked of the report."""
    filters = {"audience": "some", "channel": "store", "store": "S1", "level": "silver", "ladder": "level"}
    if "level" not in report.filters and "ladder" in report.filters:
        filters["ladder"] = "spender"
    asked = Asked(
        date(2026, 2, 1),
        rich.LAST,
        options=tuple((option.id, chosen(option)) for option in report.options),
    )
    wanted = {name: value for name, value in filters.items() if name in report.filters}
    return replace(asked, **wanted)


def some(ident: str) -> Crowd:
    """An audience: three of four."""
    numbers = [number for number in range(1, rich.MEMBERS + 1) if number % 4]
    return Crowd(words(ident, ident, ident), ibis.memtable(pa.table({"member": numbers})) if ident else None)


def answers(tables: Tables, report: Report, asked: Asked) -> Answer:
    return counted(report, asked, PROGRAMME, tables, rich.LAST, AT, some).answer


@quiet
def test_spark_reads_the_same_files(rich_duck: Tables, spark: Tables) -> None:  # noqa: F811
    said, also = figures(rich_duck), figures(spark)
    assert same(said, also), (said, also)
    assert said[0] == {"rows": 80, "members": 80, "sum": 80 * 81 // 2}


@quiet
@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.id)
def test_every_report_says_the_same(report: Report, rich_duck: Tables, spark: Tables) -> None:  # noqa: F811
    """As it is asked first, and, of those with choices of their own, with everything that may be asked: filters are
    set in one place for all, so some reports speak for them. What is compared with is counted likewise."""
    narrowed = report.options or report.id in FILTERED
    for asked in (USUAL, everything(report)) if narrowed else (USUAL,):
        here, there = (answers(tables, report, asked) for tables in (rich_duck, spark))
        assert same(here, there), asked
        assert not here.empty or asked is not USUAL


@quiet
def test_members_beside_everybody_say_the_same(rich_duck: Tables, spark: Tables) -> None:  # noqa: F811
    asked = replace(USUAL, audience="some", against=Against.EVERYBODY)
    report = next(one for one in REPORTS if one.id == "mix")
    here, there = (answers(tables, report, asked) for tables in (rich_duck, spark))
    assert same(here, there)
    sales = here.figures[0]
    alone = [answers(rich_duck, report, replace(USUAL, audience=ident)).figures[0] for ident in ("some", "")]
    assert [sales.value, sales.before] == [each.value for each in alone]


def value_of(field: Field) -> Any:
    """A value that some have and others have not."""
    if field.choices:
        return field.choices[len(field.choices) // 2].value
    known = {"member.source": "app", "member.language": "zh-hant", "member.gender": "male", "tags": "coffee"}
    by_type = {
        Type.TEXT: "台北", Type.CHOICE: "台北", Type.TAGS: "vip", Type.INTEGER: 3, Type.NUMBER: 2.5, Type.MONEY: 300,
        Type.BOOLEAN: True, Type.DATE: date(1992, 2, 29), Type.TIME: date(2025, 11, 11),
    }  # fmt: skip
    return known.get(field.name, by_type[field.type])


def leaf(field: Field, op: Any, window: dict[str, int] | None) -> dict[str, Any]:
    raw: dict[str, Any] = {"field": field.name, "op": op.value, **({"window": window} if window else {})}
    value = value_of(field)
    match WANTS[op]:
        case Wants.ONE:
            raw["value"] = value
        case Wants.MANY:
            raw["value"] = [value]
        case Wants.PAIR:
            raw["value"] = [value, value]
        case Wants.DAYS | Wants.STEP:
            raw["value"] = 90 if WANTS[op] is Wants.DAYS else 2
    return raw


@quiet
def test_every_operator_of_every_field_catches_the_same(rich_duck: Tables, spark: Tables) -> None:  # noqa: F811
    known = fields_for(PROGRAMME, None)
    asked = [field for field in known if answerable(field, PROGRAMME)]
    fields = Fields(asked, zone=known.zone, currency=known.currency, minor_digits=known.minor_digits)
    windows = (None, {"days": 90}, {"months": 3})
    raws = [
        leaf(field, op, window)
        for field in asked
        for op in operators_of(field)
        for window in (windows if field.windows else windows[:1])
    ]
    conditions = {f"c{place}": parse_condition(raw, fields) for place, raw in enumerate(raws)}
    here, there = (
        marked(conditions, PROGRAMME, tables, AT).order_by("member").to_pyarrow().to_pydict()
        for tables in (rich_duck, spark)
    )
    assert len(here["member"]) == rich.MEMBERS
    differing = [raw for place, raw in enumerate(raws) if here[f"c{place}"] != there[f"c{place}"]]
    assert not differing
    telling = sum(0 < sum(here[name]) < rich.MEMBERS for name in conditions)
    assert telling > len(raws) // 2


WAKE = """\
  - id: wake
    name: Wake
    on: audience.entered
    when: {field: event.audience, op: eq, value: asleep}
    then:
      - credit: {asset: points, amount: 50}
"""


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("spark", "life")
def test_portions_of_members_come_to_the_whole(tmp_path: Path) -> None:
    session = SparkSession.getActiveSession()
    first = moment("2026-02-01")
    draft = DRAFT.replace("rules:\n", f"rules:\n{WAKE}")
    with today("2026-04-21"):
        until = clock.now()
        asleep = Wish(
            {"en": "Asleep"}, Kind.RULE, {"field": "orders.days_since_last", "op": "gte", "value": 60}
        )
        audiences.create("asleep", asleep, "console", "op@x.cn")
        write_log(tmp_path / "log", portions(until, 3), until, lines=False)
        assert len(list((tmp_path / "log").iterdir())) == 3
        sources = (version_source(current().number) or "", draft)
        over_spark = live_on_spark(session, tmp_path / "log", sources, (1, 0), first, until)
        here = live_through(current(), load(draft), BUCKETS, first, until)
    assert over_spark.as_json() == here.as_json()
    assert over_spark.after.members == 12
    assert over_spark.after.times["wake"] == 12, "audiences travel with the log: executors have no database"
