"""One small history with something of everything that a report looks at, in the warehouse's own files.

Sixteen months of eighty members: some merged, some without an order; refunds in part, whole, late and of nothing known;
channels and stores, named and not; two ladders; three assets, one with decimals; benefits in every state; an experiment
with members who crossed over; events, read messages; what a source may leave out is left out here and there.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from regulars.programme.contracts import Programme
from regulars.programme.loader import load
from regulars.warehouse import manifest
from regulars.warehouse.contracts import SCHEMAS
from regulars.warehouse.files import MERGES_SCHEMA, schema_of, write
from regulars.warehouse.manifest import LIVE, Manifest, Picture
from regulars.warehouse.pictures import MERGES, PICTURES

Row = dict[str, Any]
FIRST, LAST = date(2025, 1, 1), date(2026, 4, 30)
MEMBERS = 80
GONE = {81: 1, 82: 2, 83: 2}
"""Records that were merged away → who they are now."""

SOURCE = """\
programme: shop
name: Shop
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: Points, expires: {months: 6}, cost: "0.01"}
  growth: {name: Growth}
  credit: {name: Credit, scale: 2, cost: 1}
ladders:
  level:
    name: Level
    measure: {asset: growth, months: 12}
    levels:
      - {id: basic, name: Basic, at: 0}
      - {id: silver, name: Silver, at: 100}
      - {id: gold, name: Gold, at: 250}
  spender:
    name: Spender
    measure: {of: spend, over: calendar_year}
    period: {months: 12, round: year}
    levels:
      - {id: plain, name: Plain, at: 0}
      - {id: black, name: Black, at: 50000}
benefits:
  tea: {name: Tea, kind: gift, item: Tea, grant: {levels: [level/gold]}, cost: "26.00"}
insight: {margin: 40, points_value: {points: {price: "0.02"}}}
experiments:
  gift: {name: Gift, holdout: 50%, days: 10, until: 2026-04-10}
control_group: {share: 10%, from: 2025-06-01}
campaigns: {spring: {name: Spring, experiment: gift}}
rules:
  - {id: base, name: Base, on: order.paid, then: [{credit: {asset: points, for_each: 1, of: event.total}}]}
  - {id: gift, name: Gift, on: order.paid, campaign: spring, then: [{credit: {asset: points, amount: 100}}]}
  - {id: daily, name: Daily, on: checkin, then: [{credit: {asset: points, amount: 5}}]}
"""


def programme() -> Programme:
    """Two ladders, three assets, a benefit, an experiment and a control group."""
    return load(SOURCE)


def make(folder: Path) -> Manifest:
    """Write the history to `folder`, which is then a warehouse."""
    rows = _rows(random.Random(5))
    files = []
    for name, found in rows.items():
        schema = schema_of(name)
        for batch in pa.Table.from_pylist(found, schema=schema).to_batches():
            files.append(write(folder, name, "" if name in PICTURES else "2025-01", schema, [batch]))
    end = datetime(2026, 5, 1, tzinfo=UTC)
    pictures = tuple(Picture(table, end, 0.0, "", end) for table in PICTURES)
    known = Manifest(
        "Asia/Shanghai", 7, end, end, events=len(rows["events"]), files=tuple(files), pictures=pictures
    )
    manifest.write(folder / LIVE, known)
    return known


def _rows(chance: random.Random) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
    rows[MERGES] = [{"gone": gone, "kept": kept} for gone, kept in GONE.items()]
    for number in (*range(1, MEMBERS + 1), *GONE):
        joined = FIRST + timedelta(days=int((LAST - FIRST).days * chance.random() ** 1.5))
        rows["members"].append(_member(chance, number, joined))
        orders = list(_orders(chance, number, joined))
        rows["orders"] += orders
        for order in orders:
            _follows(chance, order, rows)
        _besides(chance, number, joined, rows)
    rows["refunds"].append(
        {"member": 3, "order": "pos/unknown", **_when(date(2025, 9, 9)), "amount_minor": 700}
    )
    return rows


def _when(day: date, hour: int = 12) -> Row:
    """A moment of the local day and that day."""
    return {"at": datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8), "day": day}


def _member(chance: random.Random, number: int, joined: date) -> Row:
    born = date(1960 + number % 45, 1 + number % 12, 1 + number % 28)
    city = chance.choice(['{"city": "上海"}', '{"city": "台北", "vegan": true}', "{}", '{"city": null}'])
    return {
        "member": number, "member_id": f"0000000{number % 10}-0000-7000-8000-{number:012}",
        "joined_at": _when(joined)["at"], "joined_day": joined, "source": chance.choice(["pos", "app", ""]),
        "gender": chance.choice(["female", "male", ""]),
        "birthday": chance.choice([None, born, date(1992, 2, 29)]),
        "language": chance.choice(["zh-hans", "zh-hant", "en"]),
        "tags": chance.choice([[], ["vip"], ["coffee", "tea"], ["O'Reilly", "100%"]]), "attributes": city,
    }  # fmt: skip


def _orders(chance: random.Random, number: int, joined: date) -> Iterator[Row]:
    """Every eighth buys nothing; most buy a few times, some often, some twice a day, one for nothing at all."""
    for place in range(0 if number % 8 == 0 else 1 + int(18 * chance.random() ** 3)):
        day = joined + timedelta(days=int((LAST - joined).days * chance.random()))
        hour = chance.randrange(24)
        channel = chance.choice(["store", "store", "app", "wechat", None, ""])
        yield {
            "member": number, "order": f"pos/{number}-{place}", "source": "pos", **_when(day, hour), "hour": hour,
            "channel": channel, "store": chance.choice(["S1", "S2", "S3", None]) if channel == "store" else "",
            "lines": 1 + place % 3, "total_minor": 0 if number == 7 else chance.randrange(100, 60_000),
        }  # fmt: skip


def _follows(chance: random.Random, order: Row, rows: dict[str, list[Row]]) -> None:
    """What comes of an order: lines, points and growth, an exposure to the experiment, now and then a refund."""
    number, day, total = order["member"], order["day"], order["total_minor"]
    when, name = {"at": order["at"], "day": day}, {"member": number, "order": order["order"]}
    for place in range(order["lines"]):
        sku = chance.randrange(9)
        named = {"name": f"Item {sku}", "category": f"C{sku % 3}", "brand": f"B{sku % 4}"}
        known = named if sku else {"name": "", "category": None, "brand": ""}
        part = total // order["lines"] + (total % order["lines"] if not place else 0)
        rows["lines"].append(
            {**name, "day": day, "sku": f"K{sku}", **known, "quantity": 1 + 0.5 * place, "total_minor": part}
        )
    rows["entries"] += [
        {"member": number, "asset": asset, "account": "issue", "units": total // 100, "rule": rule, **when}
        for asset, rule in (("points", "base"), ("growth", "base"))
    ]
    rows["awards"].append(
        {"member": number, "event": order["order"], "rule": "gift", "kind": "credit", "asset": "points",
         "units": 100, "version": 1, **when}
    )  # fmt: skip
    if day >= date(2025, 10, 1):
        crossed = number % 20 == 0 and chance.random() < 0.5
        arm = "holdout" if (number % 2 == 0) is not crossed else "treated"
        rows["exposures"].append({"member": number, "experiment": "gift", "arm": arm, "rule": "gift", **when})
    if chance.random() < 0.15:
        back = min(LAST, day + timedelta(days=chance.randrange(60)))
        part = total if chance.random() < 0.4 else total // 3
        rows["refunds"].append({**name, **_when(back, 20), "amount_minor": part})
        rows["entries"].append(
            {"member": number, "asset": "points", "account": "reverse", "units": -(part // 100), "rule": None,
             **_when(back, 20)}
        )  # fmt: skip


def _besides(chance: random.Random, number: int, joined: date, rows: dict[str, list[Row]]) -> None:
    """What members do and get beside buying."""
    left = (LAST - joined).days

    def later(share: float = 1.0) -> date:
        return joined + timedelta(days=int(left * chance.random() * share))

    for kind in ("page.viewed", "product.viewed", "checkin"):
        if chance.random() < 0.5:
            rows["events"].append(
                {"member": number, "event": f"{number}-{kind}", "type": kind, "source": "app", **_when(later()),
                 "version": 1, "cause": "", "data": "{}"}
            )  # fmt: skip
    for asset, account, units, rule in (
        ("points", "spend", -40, None), ("points", "expire", -15, ""), ("points", "issue", 5, "daily"),
        ("points", "transfer", 7, None), ("points", "hold", -3, None), ("points", "pending", 11, "base"),
        ("credit", "issue", 12345, None), ("credit", "spend", -2345, None),
    ):  # fmt: skip
        if chance.random() < 0.5:
            rows["entries"].append(
                {"member": number, "asset": asset, "account": account, "units": units, "rule": rule,
                 **_when(later(), 15)}
            )  # fmt: skip
    _stands(number, later(), rows)
    _given(chance, number, later(0.5), rows)
    if chance.random() < 0.5:
        day = later()
        read = _when(day + timedelta(days=1))["at"] if chance.random() < 0.5 else None
        rows["messages"].append(
            {"member": number, "template": "note", "category": "marketing", **_when(day), "inbox": number % 3 > 0,
             "read_at": read, "sent": number % 2}
        )  # fmt: skip


def _stands(number: int, day: date, rows: dict[str, list[Row]]) -> None:
    """Up, kept, down again; two steps in one moment; a level that lasts for ever, one that is no more. Who was merged
    away stands nowhere."""
    path = [
        (), (("basic", "silver", "earned"),),
        (("basic", "silver", "earned"), ("silver", "silver", "kept"), ("silver", "basic", "ended")),
        (("basic", "silver", "earned"), ("silver", "gold", "earned")), (("basic", "retired", "given"),),
    ][number % 5]  # fmt: skip
    at = day
    for place, (before, after, reason) in enumerate(path):
        at = min(LAST, at + timedelta(days=place * 60 * (number % 2)))
        until = None if number % 7 == 0 else at + timedelta(days=365)
        rows["steps"].append(
            {"member": number, "ladder": "level", "before": before, "after": after, "reason": reason, **_when(at),
             "since": at, "until": until}
        )  # fmt: skip
        if place == len(path) - 1 and number not in GONE:
            rows["standings"].append(
                {"member": number, "ladder": "level", "level": after, "since": at, "until": until}
            )
    if number % 9 == 0 and number not in GONE:
        rows["steps"].append(
            {"member": number, "ladder": "spender", "before": "plain", "after": "black", "reason": "earned",
             **_when(day), "since": day, "until": None}
        )  # fmt: skip
        rows["standings"].append(
            {"member": number, "ladder": "spender", "level": "black", "since": day, "until": None}
        )
    for place in range(number % 3):
        rows["lots"].append(
            {"member": number, "asset": ("points", "credit")[place], "units": 500, "remaining": 40 * number,
             "earned_at": _when(day)["at"], "earned_day": day, "expires_at": None, "expires_day": None, "rule": "base"}
        )  # fmt: skip


def _given(chance: random.Random, number: int, day: date, rows: dict[str, list[Row]]) -> None:
    state = ("", "granted", "claimed", "used", "expired", "taken_back")[number % 6]
    if not state:
        return
    claimed = day + timedelta(days=3) if state in ("claimed", "used") and chance.random() < 0.7 else None
    used = day + timedelta(days=9) if state == "used" else None
    rows["entitlements"].append(
        {"member": number, "benefit": "tea", "state": state, "granted_day": day, "claimed_day": claimed,
         "used_day": used, "ended_day": None, "cost_minor": None if number % 4 == 0 else 2600}
    )  # fmt: skip


__all__ = ["FIRST", "LAST", "MERGES_SCHEMA", "make", "programme"]
