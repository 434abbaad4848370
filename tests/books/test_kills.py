"""kill -9 of the server, the worker and PostgreSQL at random moments under load: nothing that was acknowledged is lost,
nothing is done twice, and the books add up. Three kills in `make test`, thirty and more in `make soak` (BOOKS_KILLS).
"""

import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import psutil
import psycopg
import pytest

from regulars.kit import postgres
from tests.books.storm import Storm, asked, held
from tests.processes.house import House, one_of, regulars

KILLS = int(os.environ.get("BOOKS_KILLS", 3))
SEED = int(os.environ.get("BOOKS_SEED") or 20)
PROGRAMME = """\
programme: storm
name: Storm
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: points, expires: {months: 12}, clawback: debt}
rules:
  - {id: base, name: Base, on: order.paid, then: [{credit: {asset: points, for_each: 1, of: event.total}}]}
"""
SCOPES = ("events:write", "ledger:spend", "ledger:write", "members:read")
HELD = """
SELECT identity.value, balance.balance,
       (SELECT sum(entry.amount) FROM ledger_entry AS entry WHERE entry.member_id = identity.member_id)
  FROM members_identity AS identity JOIN ledger_balance AS balance ON balance.member_id = identity.member_id
 WHERE identity.kind = 'pos'
"""
DONE = "SELECT key, count(*) FROM events_event WHERE source NOT IN ('timer', 'rules') GROUP BY key"


@pytest.fixture
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="regulars-house-", ignore_cleanup_errors=True) as folder:
        house = House(Path(folder))
        try:
            house.start()
            yield house
            house.ensure_running()
            assert house.stop(signal.SIGTERM) == 0
        finally:
            for process in house.processes():
                process.kill()


def _commands(house: House, *commands: Sequence[str]) -> list[str]:
    """What these commands said, run beside each other; each in good order."""
    with ThreadPoolExecutor(len(commands)) as pool:
        found = list(pool.map(lambda words: regulars(house.data, *words), commands))
    for words, done in zip(commands, found, strict=True):
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    return [done.stdout.strip() for done in found]


def _opened(house: House) -> str:
    """A programme in force, and a key for the load."""
    file = house.data / "storm.yaml"
    file.write_text(PROGRAMME, encoding="utf-8")
    scopes = [word for scope in SCOPES for word in ("--scope", scope)]
    publish = ("programme", "publish", str(file))
    return _commands(house, publish, ("apikey", "create", "--name", "storm", *scopes))[1]


def _victim(house: House, name: str) -> psutil.Process:
    if name == "postgres":
        return house.postmaster()
    if name == "worker":
        return house.child("regulars.cli worker")
    web = house.child("regulars.processes.web")
    if name == "web":
        return web
    return one_of(web, "spawn_main")


def _kill(house: House, name: str) -> None:
    """Kill it outright, and wait until the house serves again."""
    if name == "up":
        assert house.up is not None
        house.up.kill()
        house.up.wait()
        house.start()
        return
    victim = _victim(house, name)
    victim.kill()
    psutil.wait_procs([victim], timeout=30)
    house.wait_until_ready()


def test_killed_at_any_moment_nothing_is_lost_and_nothing_doubled(house: House) -> None:
    secret, chance = _opened(house), Random(SEED)
    storm = Storm(house.port, secret, SEED)
    storm.start()
    try:
        victims = (
            ["server", "postgres", "worker"] if KILLS <= 3 else ["server", "postgres", "worker", "web", "up"]
        )
        for number in range(KILLS):
            time.sleep(chance.uniform(0.4, 1.6))
            _kill(house, victims[number % len(victims)])
        time.sleep(0.5)
    finally:
        storm.stop()
    done = [deed for deed in storm.all if deed.done]
    again = [deed for deed in done if deed.attempts > 1]
    assert len(done) > 20 * KILLS, "there was load"
    assert len(again) >= KILLS // 3, "and kills in the middle of it"
    for deed in chance.sample(done, min(len(done), 40)) + again[:40]:
        _, answer = asked(house.port, secret, deed)
        answer = answer["results"][0] if "results" in answer else answer
        assert {**answer, "status": ""} == {**deed.answer, "status": ""}, deed
        assert answer["status"] == "duplicate"
    with psycopg.connect(postgres.url(house.data / "postgres")) as line:
        counted: dict[str, int] = dict(line.execute(DONE).fetchall())
        balances = line.execute(HELD).fetchall()
    assert counted == {deed.key: 1 for deed in done}
    expected = held(storm.all)
    assert balances
    assert {who: (balance, int(entries)) for who, balance, entries in balances} == {
        who: (units, units) for who, units in expected.items()
    }
    for said in _commands(house, ("reconcile", "--json"), ("verify", "--json")):
        assert json.loads(said)["ok"] is True, said
