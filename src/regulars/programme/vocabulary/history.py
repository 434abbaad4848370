"""Fields of what the member did: orders, value earned, events; over a lifetime or a window."""

from collections.abc import Callable, Iterator

from regulars.events.contracts import EventType
from regulars.language.calendar import local_day, window_start
from regulars.language.fields import Facts, Field, Read, Style, Type
from regulars.language.problems import words
from regulars.language.snapshot import Totals
from regulars.language.sql_text import Clock, Sql, param, sql
from regulars.language.text import Text, say
from regulars.language.tree import Op, Window
from regulars.ledger.contracts import Asset
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary.member import scaled_reader, scaled_sql, scaled_type, suffixed

ORDERS = "order.paid"
COUNT, TOTAL = 0, 1
"""Where a tally keeps how often, and how much."""


def history_fields(programme: Programme) -> Iterator[Field]:
    """What can be asked about what the member did so far. Types that only Regulars makes, and commands, are not
    counted, so they are not offered."""
    yield from _order_fields()
    for asset in programme.assets.values():
        yield _earned_field(asset)
    for event_type in programme.event_types.values():
        if not (event_type.derived or event_type.command):
            yield _events_field(event_type)


def tally_sum(tally: str, which: int, window: Window | None) -> Callable[[Facts], int]:
    """The sum of one column of a tally over the window that ends with the facts' day, or over all days."""
    if window is None:
        return lambda facts: sum(each[which] for each in facts.member.tallies.get(tally, {}).values())
    days, months = window.days, window.months
    name = (tally, days, months)

    def read(facts: Facts) -> int:
        if facts.sums is not None and name in facts.sums:
            return facts.sums[name][which]
        tallied = facts.member.tally(tally)
        if not tallied:
            return 0
        last = facts.day
        first = window_start(last, days=days, months=months)
        return sum(each[which] for day, each in tallied.items() if first <= day <= last)

    return read


def tally_sql(tally: str, which: int, clock: Clock, window: Window | None) -> Sql:
    """The same in SQL, a bigint."""
    column = "t.total" if which == TOTAL else "t.count"
    days = (
        Sql("")
        if window is None
        else sql(" AND t.day BETWEEN {} AND {}", first_day(clock, window), clock.day)
    )
    return sql(
        f"COALESCE((SELECT sum({column}) FROM events_tally t WHERE t.member_id = m.id AND t.bucket = m.bucket "
        "AND t.name = {}{}), 0)::bigint",
        param(tally, "text"),
        days,
    )


def first_day(clock: Clock, window: Window) -> Sql:
    """`window_start` in SQL; PostgreSQL subtracts months as `add_months` does."""
    if window.months:
        return sql("(({} - make_interval(months => {}))::date + 1)", clock.day, param(window.months, "int"))
    return sql("({} - {})", clock.day, param(window.days - 1, "int"))


def _totals_sql(expression: str) -> Sql:
    return Sql(
        f"(SELECT {expression} FROM orders_membertotals o WHERE o.member_id = m.id AND o.bucket = m.bucket)"
    )


def _order_fields() -> Iterator[Field]:
    yield _order_figure(
        "count",
        Type.INTEGER,
        words("订单数", "訂單數", "orders"),
        COUNT,
        lambda totals: totals.orders,
        "o.orders",
        words("笔", "筆", "order|orders"),
        words("{window}下单{is}", "{window}下單{is}", "placed {is}{window}"),
    )
    yield _order_figure(
        "spend",
        Type.MONEY,
        words("消费金额", "消費金額", "spend"),
        TOTAL,
        lambda totals: totals.spend_minor - totals.refunded_minor,
        "o.spend_minor - o.refunded_minor",
        {},
        words("{window}消费{is}", "{window}消費{is}", "spent {is}{window}"),
    )
    yield _average_field()
    yield _moment_field(
        "first_at", words("首次消费时间", "首次消費時間", "first purchase"), lambda totals: totals.first_at
    )
    yield _moment_field(
        "last_at", words("最近消费时间", "最近消費時間", "last purchase"), lambda totals: totals.last_at
    )
    yield Field(
        "orders.days_since_last",
        Type.INTEGER,
        words("距上次消费天数", "距上次消費天數", "days since the last purchase"),
        lambda _: _days_since_last,
        lambda clock, _: sql("({} - {})", clock.day, clock.day_of(_totals_sql("o.last_at"))),
        part="totals",
        style=Style.AMOUNT,
        unit=words("天", "天", "day|days"),
        frame=words("距上次消费{is}", "距上次消費{is}", "last purchase was {is} ago"),
        phrases=_BOUGHT,
    )


_BOUGHT = {
    Op.IS_SET: words("消费过", "消費過", "has bought something"),
    Op.IS_NOT_SET: words("从未消费", "從未消費", "has never bought anything"),
}


def _order_figure(
    name: str,
    kind: Type,
    label: Text,
    which: int,
    lifetime: Callable[[Totals], int],
    lifetime_sql: str,
    unit: Text,
    frame: Text,
) -> Field:
    def reader(window: Window | None) -> Read:
        return tally_sum(ORDERS, which, window) if window else lambda facts: lifetime(facts.member.totals)

    def sql_of(clock: Clock, window: Window | None) -> Sql:
        return (
            tally_sql(ORDERS, which, clock, window)
            if window
            else sql("COALESCE({}, 0)", _totals_sql(lifetime_sql))
        )

    return Field(
        f"orders.{name}",
        kind,
        label,
        reader,
        sql_of,
        windows=True,
        never_missing=True,
        tally=ORDERS,
        part="totals",
        style=Style.AMOUNT,
        unit=unit,
        frame=frame,
    )


def _average_field() -> Field:
    """Net spend per order, rounded towards zero to the smallest unit; missing where there is no order."""

    def reader(window: Window | None) -> Read:
        if window is None:
            return lambda facts: _average(
                facts.member.totals.spend_minor - facts.member.totals.refunded_minor,
                facts.member.totals.orders,
            )
        spend, count = tally_sum(ORDERS, TOTAL, window), tally_sum(ORDERS, COUNT, window)
        return lambda facts: _average(spend(facts), count(facts))

    def sql_of(clock: Clock, window: Window | None) -> Sql:
        if window is None:
            return _totals_sql("(o.spend_minor - o.refunded_minor) / NULLIF(o.orders, 0)")
        spend, count = (tally_sql(ORDERS, which, clock, window) for which in (TOTAL, COUNT))
        return sql("({} / NULLIF({}, 0))", spend, count)

    return Field(
        "orders.average",
        Type.MONEY,
        words("笔单价", "平均客單價", "average order"),
        reader,
        sql_of,
        windows=True,
        tally=ORDERS,
        part="totals",
        style=Style.AMOUNT,
        phrases=_BOUGHT_IN,
    )


_BOUGHT_IN = {
    Op.IS_SET: words("{window}消费过", "{window}消費過", "has bought something{window}"),
    Op.IS_NOT_SET: words("{window}没有消费", "{window}沒有消費", "has bought nothing{window}"),
}


def _average(spend: int, orders: int) -> int | None:
    if orders == 0:
        return None
    return spend // orders if spend >= 0 else -(-spend // orders)


def _moment_field(column: str, label: Text, read: Callable[[Totals], object]) -> Field:
    return Field(
        f"orders.{column}",
        Type.TIME,
        label,
        lambda _: lambda facts: read(facts.member.totals),
        lambda _clock, _window: _totals_sql(f"o.{column}"),
        part="totals",
        style=Style.POINT,
        phrases=_BOUGHT,
    )


def _days_since_last(facts: Facts) -> int | None:
    last = facts.member.totals.last_at
    return None if last is None else (facts.day - local_day(last, facts.zone)).days


def _in_frames(name: Text) -> tuple[str, str, str]:
    """A brand's own name in zh-hans, zh-hant and en, as it may stand in a frame: with its braces doubled."""
    hans, hant, en = (
        say(name, code).replace("{", "{{").replace("}", "}}") for code in ("zh-hans", "zh-hant", "en")
    )
    return hans, hant, en


def _earned_field(asset: Asset) -> Field:
    tally = f"credit:{asset.id}"
    hans, hant, en = _in_frames(asset.name)
    return Field(
        f"earned.{asset.id}",
        scaled_type(asset),
        suffixed(words("获得", "獲得", ""), asset.name, words("", "", " earned")),
        lambda window: scaled_reader(asset, tally_sum(tally, TOTAL, window)),
        lambda clock, window: scaled_sql(asset, tally_sql(tally, TOTAL, clock, window)),
        windows=True,
        never_missing=True,
        tally=tally,
        style=Style.AMOUNT,
        frame=words(
            f"{{window}}获得{hans}{{is}}", f"{{window}}獲得{hant}{{is}}", f"earned {{is}} {en}{{window}}"
        ),
    )


def _events_field(event_type: EventType) -> Field:
    type_id = event_type.id
    hans, hant, en = _in_frames(event_type.name)

    def reader(window: Window | None) -> Read:
        if window is None:
            return lambda facts: facts.member.counts.get(type_id, 0)
        return tally_sum(type_id, COUNT, window)

    return Field(
        f"events.{type_id}.count",
        Type.INTEGER,
        suffixed(words("“", "「", "“"), event_type.name, words("”次数", "」次數", "” count")),
        reader,
        lambda clock, window: tally_sql(type_id, COUNT, clock, window),
        windows=True,
        never_missing=True,
        tally=type_id,
        count=type_id,
        style=Style.AMOUNT,
        unit=words("次", "次", "time|times"),
        frame=words(
            f"{{window}}“{hans}”{{is}}", f"{{window}}「{hant}」{{is}}", f"“{en}” happened {{is}}{{window}}"
        ),
    )
