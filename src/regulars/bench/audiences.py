"""Live audiences measured: the same events without any and with fifty, of the kinds that brands keep."""

import json
import statistics
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from regulars.kit import postgres
from regulars.kit.errors import CliError

SETTLE_SECONDS = 300
LOOK_SECONDS = 0.5

Figure = tuple[float, float]
"""Events a second, and microseconds of processor time an event."""

Load = Callable[[], Figure]


def leaf(field: str, op: str, value: Any = None, days: int = 0) -> dict[str, Any]:
    """One comparison in its JSON form."""
    found: dict[str, Any] = {"field": field, "op": op}
    if value is not None:
        found["value"] = value
    return {**found, "window": {"days": days}} if days else found


def both(*parts: dict[str, Any]) -> dict[str, Any]:
    """All of them."""
    return {"all": list(parts)}


def conditions() -> dict[str, dict[str, Any]]:
    """Fifty audiences over the grocery's programme: by value, rhythm, level, profile, balance, and by each other."""
    found: dict[str, dict[str, Any]] = {}
    for value in (200, 500, 1000, 2000, 5000):
        found[f"worth_{value}"] = leaf("orders.spend", "gte", value)
    for days in (30, 90, 180, 365):
        for value in (100, 500, 1500):
            found[f"spent_{value}_in_{days}"] = leaf("orders.spend", "gte", value, days)
    for days, orders in ((7, 2), (30, 2), (30, 4), (90, 6), (180, 10), (365, 20)):
        found[f"came_{orders}_in_{days}"] = leaf("orders.count", "gte", orders, days)
    for days in (30, 60, 90, 180):
        found[f"asleep_{days}"] = leaf("orders.days_since_last", "gte", days)
    for level in ("silver", "gold", "platinum"):
        found[f"is_{level}"] = leaf("level.level", "gte", level)
        found[f"{level}_leaving"] = both(
            leaf("level.level", "gte", level), leaf("orders.days_since_last", "gte", 45)
        )
    for points in (100, 500, 2000):
        found[f"has_{points}"] = leaf("balance.points", "gte", points)
    for points in (100, 1000):
        found[f"earned_{points}"] = leaf("earned.points", "gte", points, 90)
    found["newcomers"] = leaf("member.days_since_joining", "lte", 30)
    found["new_buyers"] = both(leaf("member.days_since_joining", "lte", 30), leaf("orders.count", "gte", 1))
    found["never_bought"] = leaf("orders.count", "eq", 0)
    found["one_order"] = leaf("orders.count", "eq", 1)
    found["big_baskets"] = both(leaf("orders.average", "gte", 150), leaf("orders.count", "gte", 3))
    found["birthday_soon"] = leaf("member.birthday", "is_set")
    found["has_name"] = leaf("member.name", "is_set")
    found["tagged"] = leaf("tags", "has_any", ["vip", "staff", "press"])
    found["mail"] = leaf("member.identities", "has", "email")
    found["risers"] = {
        "any": [leaf("orders.spend", "gte", 800, 30), leaf("orders.count", "gte", 5, 30)],
    }
    found["core"] = both(leaf("audience", "has", "worth_1000"), leaf("audience", "has", "came_6_in_90"))
    found["core_leaving"] = both(leaf("audience", "has", "core"), leaf("orders.days_since_last", "gte", 30))
    return found


ORDERS, DAYS_APART = 12, 30
"""Every member has bought so often, so many days apart: who comes anew moves less than in a brand's first week."""

HISTORY = (
    """
INSERT INTO events_tally (member_id, name, day, bucket, count, total)
SELECT m.id, told.name, current_date - turn * %(apart)s::int, m.bucket, 1,
       (get_byte(uuid_send(m.id), 11) + 20) * told.each
  FROM members_member m, generate_series(1, %(orders)s::int) AS turn,
       (VALUES ('order.paid', 100), ('credit:points', 1)) AS told (name, each)
ON CONFLICT DO NOTHING
""",
    """
INSERT INTO orders_membertotals (member_id, bucket, orders, spend_minor, refunded_minor, first_at, last_at)
SELECT m.id, m.bucket, %(orders)s::int, (get_byte(uuid_send(m.id), 11) + 20) * 100 * %(orders)s::int, 0,
       now() - make_interval(days => %(apart)s::int * %(orders)s::int), now() - make_interval(days => %(apart)s::int)
  FROM members_member m
ON CONFLICT DO NOTHING
""",
)


def remember(folder: Path, totals_only: bool = False) -> None:
    """Give every member of the house in this PostgreSQL a year behind them; only what it came to, if that is asked."""
    with psycopg.connect(postgres.url(folder), autocommit=True) as connection:
        for statement in HISTORY[1:] if totals_only else HISTORY:
            connection.execute(statement, {"orders": ORDERS, "apart": DAYS_APART})
        connection.execute("VACUUM (ANALYZE)")


class House:
    """The audiences of a running server, over its API."""

    def __init__(self, port: int, key: str) -> None:
        self.base = f"http://127.0.0.1:{port}/api/v1/audiences"
        self.key = key

    def call(self, path: str = "", body: Any = None) -> Any:
        """What the API answers; a body is posted."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        with urllib.request.urlopen(
            urllib.request.Request(self.base + path, data, headers), timeout=60
        ) as answer:
            return json.loads(answer.read())

    def settle(self) -> None:
        """Wait until everybody is where the conditions put them."""
        end = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < end:
            if all(one["state"] == "settled" for one in self.call()):
                return
            time.sleep(LOOK_SECONDS)
        raise CliError(f"After {SETTLE_SECONDS} s audiences are still being filled.")


def crowd(port: int, key: str, members: int) -> dict[str, Any]:
    """Seconds that counting each of the fifty takes while somebody builds it, over so many members, and that filling
    three of them anew does: by a window of days, by what was ever spent, by the day of the last purchase."""
    house, seconds, exact = House(port, key), {}, 0
    for name, condition in conditions().items():
        began = time.perf_counter()
        found = house.call("/count", {"condition": condition})
        seconds[name] = time.perf_counter() - began
        exact += found["exact"]
    filled = {}
    for name in CROWDED:
        began = time.perf_counter()
        house.call("", {"id": f"crowd_{name}", "names": {"en": name}, "condition": conditions()[name]})
        house.settle()
        filled[name] = round(time.perf_counter() - began, 1)
    slowest = max(seconds, key=lambda name: seconds[name])
    return {
        "members": members,
        "count_seconds": round(statistics.median(seconds.values()), 3),
        "slowest_count_seconds": round(seconds[slowest], 3),
        "slowest": slowest,
        "exact": exact,
        "filled": filled,
    }


CROWDED = ("spent_500_in_90", "worth_1000", "asleep_90")


def fill(port: int, key: str) -> dict[str, Any]:
    """Make the fifty, and wait until everybody is where they belong: how many, and the seconds it took."""
    house, made = House(port, key), conditions()
    began = time.perf_counter()
    for name, condition in made.items():
        house.call("", {"id": name, "names": {"en": name}, "condition": condition})
    house.settle()
    return {"audiences": len(made), "filled_seconds": round(time.perf_counter() - began, 1)}


def compare(without: Load, along: Load, rounds: int) -> dict[str, float]:
    """The same load on a house without audiences and on one with them, in turns. `cost` is what part of the rate they
    take, `work` how much more processor time an event takes: medians over the rounds, each of which compares two
    neighbours in time, for a machine is not equally fast all day."""
    pairs = [(without(), along()) for _ in range(rounds)]
    middle = statistics.median
    return {
        "without": round(middle(bare[0] for bare, _ in pairs), 1),
        "with": round(middle(full[0] for _, full in pairs), 1),
        "cost": round(1 - middle(full[0] / bare[0] for bare, full in pairs), 3),
        "without_us": round(middle(bare[1] for bare, _ in pairs), 1),
        "with_us": round(middle(full[1] for _, full in pairs), 1),
        "work": round(middle(full[1] / bare[1] for bare, full in pairs) - 1, 3),
    }
