"""Whatever happens to the follower or its files: never a wrong figure, and everything in, once, afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from regulars.alerts import queries as alerts
from regulars.kit import clock
from regulars.warehouse import files, manifest, nightly, service, verifying
from regulars.warehouse.follower import Turn
from regulars.warehouse.manifest import BUILDING, LIVE, Manifest, read
from regulars.warehouse.opened import Opened
from regulars.warehouse.place import mine, suspect
from regulars.warehouse.trouble import DIFFERS, REBUILDING, WarehouseDamaged, WarehouseNotReady
from regulars.warehouse.verifying import verify
from tests.engine.world import fresh, order, refund, shop
from tests.warehouse.keeper import Keeper, rows

pytestmark = pytest.mark.django_db(transaction=True)

MONTHS = (1, 2, 3)


class Killed(BaseException):
    """What `kill -9` is to a function: nothing that it would have done happens."""


def year(keeper: Keeper, first: int, months: tuple[int, ...] = MONTHS) -> None:
    """Two orders a month, numbered from `first`; one of each goes back."""
    for number, month in enumerate(months):
        keeper.sends(
            order("ann", f"2026-0{month}-10", "10.00", f"a{first + number}"),
            order("bo", f"2026-0{month}-11", "20.00", f"b{first + number}"),
            refund("bo", f"2026-0{month}-12", "5.00", f"b{first + number}"),
        )


def figures(keeper: Keeper) -> tuple[int, int, int, int]:
    tables = keeper.opens()
    total = {
        name: rows(table.agg(n=table.count(), s=table[column].sum()), "n", "s")[0]
        for name, table, column in (
            ("orders", tables.orders, "total_minor"), ("refunds", tables.refunds, "amount_minor"),
        )
    }  # fmt: skip
    return (*total["orders"], *total["refunds"])


def known(keeper: Keeper) -> Manifest:
    found = read(keeper.place / LIVE)
    assert found is not None
    return found


STEPS = ("built", "events", "entries", "members", "merges", "written", "manifest", "together", "tidied")
"""From writing the first facts to putting files together; `built` comes at the end of the first time alone."""


def test_a_turn_that_is_killed_at_any_step_has_done_nothing(keeper: Keeper) -> None:
    fresh(shop())
    for sent, step in enumerate(STEPS, 1):
        year(keeper, sent, (1,))

        def kill(name: str, at: str = step) -> None:
            if name == at:
                raise Killed

        with pytest.raises(Killed):
            keeper.turn(kill)
        if read(keeper.place / LIVE) is not None:
            assert figures(keeper)[0] in (2 * sent - 2, 2 * sent)
        keeper.follows()
        assert figures(keeper) == (2 * sent, 3000 * sent, sent, 500 * sent)
    assert verify(keeper.place).differences == []


def test_files_are_put_together_and_what_they_replace_stays_for_readers(keeper: Keeper) -> None:
    fresh(shop())
    for number in range(files.MERGE_AT - 1):
        keeper.sends(order("ann", "2026-06-01", "1.00", f"{number}"))
        keeper.follows()
    before, opened = known(keeper), keeper.opens()
    assert len(before.of("orders")) == files.MERGE_AT - 1
    keeper.sends(order("ann", "2026-06-01", "1.00", "last"))
    keeper.follows()
    after = known(keeper)
    assert [file.rows for file in after.of("orders")] == [files.MERGE_AT]
    assert len(rows(opened.orders, "order")) == files.MERGE_AT - 1
    live = {file.path for file in after.files}
    there = {path.relative_to(keeper.place).as_posix() for path in keeper.place.glob("*/**/*.parquet")}
    assert live < there
    assert files.sweep(keeper.place, after.files) == 0
    assert files.sweep(keeper.place, after.files, keep_seconds=-1) == len(there - live)
    assert figures(keeper) == (files.MERGE_AT, 100 * files.MERGE_AT, 0, None)


def _break(keeper: Keeper, how: str) -> None:
    path = keeper.place / known(keeper).of("orders")[0].path
    raw = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "half":
        path.write_bytes(raw[: len(raw) // 2])
    elif how == "manifest":
        (keeper.place / LIVE).write_text('{"shape": 1, "zone"')
    elif how == "bits":
        path.write_bytes(raw[:-20] + bytes(20))


@pytest.mark.parametrize("how", ["missing", "half", "manifest", "bits"])
def test_what_is_damaged_is_never_read_and_made_anew(keeper: Keeper, how: str) -> None:
    fresh(shop())
    year(keeper, 0)
    keeper.follows()
    _break(keeper, how)
    if how == "bits":
        with pytest.raises(WarehouseDamaged):
            keeper.opens()
        found = verify(keeper.place).differences
        assert [(each.table, each.what) for each in found] == [("orders", "file")]
        suspect(keeper.place)
    else:
        with pytest.raises(WarehouseNotReady if how == "manifest" else WarehouseDamaged):
            keeper.opens()
    done = keeper.turn()
    assert done is not None
    assert done.anew
    assert figures(keeper) == (6, 9000, 3, 1500)
    assert keeper.turn() == Turn(0)


def test_the_house_is_told_while_it_is_made_anew(keeper: Keeper) -> None:
    def follow(most: int) -> int:
        keeper.now += timedelta(minutes=1)
        with keeper.clock():
            return service.follow(keeper.place, most)

    fresh(shop())
    for number in range(3):
        keeper.sends(order("ann", "2026-03-01", "1.00", f"{number}"))
        keeper.now += timedelta(minutes=1)
    assert follow(1) > 0  # the first time is not told
    assert alerts.counted() == {}
    while follow(100):
        pass
    assert figures(keeper)[0] == 3
    shutil.rmtree(keeper.place)
    assert follow(1) > 0
    assert alerts.counted() == {REBUILDING.code: 1}
    assert read(keeper.place / BUILDING) is not None
    with pytest.raises(WarehouseNotReady):
        keeper.opens()
    while follow(100):
        pass
    assert alerts.counted() == {}
    assert figures(keeper)[0] == 3


def test_whoever_reads_sees_what_was_made_anew_even_under_the_same_number(keeper: Keeper) -> None:
    fresh(shop())
    year(keeper, 1)
    keeper.follows()
    reader, before = Opened(keeper.place, 1, "256MB"), known(keeper)
    assert reader.tables().orders.count().execute() == 6
    shutil.rmtree(keeper.place)
    keeper.follows()
    assert (known(keeper).number, known(keeper).name == before.name) == (before.number, False)
    assert not {file.path for file in known(keeper).files} & {file.path for file in before.files}
    assert reader.tables().orders.count().execute() == 6


def test_another_log_is_another_warehouse(keeper: Keeper) -> None:
    """The database was put back to a state from before what is in already."""
    fresh(shop())
    year(keeper, 0, (1,))
    keeper.follows()
    last = known(keeper)
    assert last.last is not None
    unknown = (last.last[0], "0" * 32)
    manifest.write(keeper.place / LIVE, replace(last, last=unknown, files=(), number=9))
    done = keeper.turn()
    assert done is not None
    assert done.anew == "log"
    assert figures(keeper) == (2, 3000, 1, 500)


def test_one_follower_at_a_time(keeper: Keeper) -> None:
    fresh(shop())
    year(keeper, 0)
    with mine(keeper.place) as allowed:
        assert allowed
        assert keeper.turn() is None
    assert keeper.follows() == 11
    assert figures(keeper) == (6, 9000, 3, 1500)


FOLLOW = """
import sys, time
from pathlib import Path
import django
django.setup()
from datetime import datetime, timedelta
from regulars.kit import clock
from regulars.warehouse import follower
def slow(name):
    print(name, flush=True)
    time.sleep(0.2)
with clock.fixed(datetime.fromisoformat(sys.argv[2])):
    follower.turn(Path(sys.argv[1]), slow)
"""


def test_a_follower_that_is_killed_leaves_its_place_to_the_next(keeper: Keeper) -> None:
    fresh(shop())
    year(keeper, 0)
    keeper.follows()
    year(keeper, 3)
    settings = connection.settings_dict
    url = (
        f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}&port={settings['PORT']}"
    )
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "regulars.settings",
                   "REGULARS_DATA": str(keeper.place.parent / "data")}  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", FOLLOW, str(keeper.place), keeper.now.isoformat().replace("T00:0", "T01:0")],
        stdout=subprocess.PIPE, env=environment, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "events\n"
        time.sleep(0.3)
        child.send_signal(signal.SIGKILL)
    assert figures(keeper) == (6, 9000, 3, 1500)
    keeper.follows()
    assert figures(keeper) == (12, 18000, 6, 3000)
    assert verify(keeper.place).differences == []


def test_verify_finds_what_differs(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "folder", lambda: keeper.place)
    fresh(shop())
    year(keeper, 0)
    keeper.follows()
    assert verify(keeper.place).differences == []
    before = known(keeper)
    march = [file for file in before.of("orders") if file.month == "2026-03"]
    manifest.write(keeper.place / LIVE, before.with_files([], march))
    found = verify(keeper.place).differences
    assert [(each.table, each.month, each.what, each.expected, each.found) for each in found] == [
        ("orders", "2026-03", "rows", 2, 0),
        ("orders", "2026-03", "sum", 3000, 0),
    ]
    nightly.look()
    assert {one.params["name"] for one in alerts.there() if one.code == DIFFERS.code} == {
        "orders 2026-03 rows: 2 / 0",
        "orders 2026-03 sum: 3000 / 0",
    }
    manifest.write(keeper.place / LIVE, before)
    with clock.fixed(clock.now() + timedelta(days=1)):
        assert nightly.look_nightly(ZoneInfo("UTC"))
        assert not nightly.look_nightly(ZoneInfo("UTC"))
    assert DIFFERS.code not in {one.code for one in alerts.there()}
    noted = alerts.check(nightly.CHECK)
    assert noted is not None
    assert (noted.ok, noted.figures["differences"]) == (True, 0)
