"""The measurement: a server of its own on a fresh folder, pgbench on its PostgreSQL, then events over HTTP."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from regulars.bench import audiences, books, levels, rules
from regulars.kit import postgres
from regulars.kit.errors import CliError
from regulars.programme.gallery import template

MEMBERS = 10_000
SINGLE_CONNECTIONS = 64
BATCH_WRITERS = 4
BATCH_EVENTS = 500
PGBENCH_SCALE = 20
EXPIRY_CONNECTIONS = 2
AUDIENCE_ROUNDS = 6
START_SECONDS = 180

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class House:
    """A running server: where it is, its key, its data folder and its first process."""

    port: int
    key: str
    data: Path
    process: psutil.Process
    run: levels.Run


def measure_levels(members: int, tell: Tell) -> dict[str, Any]:
    """The figures of `regulars bench --only levels`: on a house that holds nothing else."""
    with _house(tell) as house:
        return {"levels": _levels(house, members, tell), "cores": os.cpu_count()}


def measure_audiences(seconds: float, members: int, tell: Tell) -> dict[str, Any]:
    """The figures of `regulars bench --only audiences`: what they cost the engine, then, with many `members`, how long
    counting and filling take. Two houses stand side by side, so that the same events come to both in turns."""
    with _house(tell) as bare, _house(tell) as full:
        tell(f"{MEMBERS:,} members join each")
        for house in (bare, full):
            _join(house)
            audiences.remember(house.data / "postgres")
        found = audiences.fill(full.port, full.key)
        tell("the same events without audiences and with fifty, in turns")
        turn = iter(range(20, 1000))
        for name, load in (
            ("single", (1, SINGLE_CONNECTIONS, 1)),
            ("batch", (BATCH_WRITERS, 1, BATCH_EVENTS)),
        ):
            sides = [partial(_figure, house, *load, seconds, turn) for house in (bare, full)]
            for warm in sides:
                warm()
            found[name] = audiences.compare(sides[0], sides[1], AUDIENCE_ROUNDS)
        tell(f"{members:,} members are counted")
        levels.fill(full.data / "postgres", members)
        audiences.remember(full.data / "postgres", totals_only=True)
        found["crowd"] = audiences.crowd(full.port, full.key, members)
        return {"audiences": found, "cores": os.cpu_count()}


def _figure(
    house: House, processes: int, connections: int, events: int, seconds: float, turn: Iterator[int]
) -> audiences.Figure:
    found, parts = _watched(house, lambda: _load(house, processes, connections, events, seconds, next(turn)))
    return float(_rates(found, events, 1.0)["rate"]), _work(parts)


def _work(parts: dict[str, float]) -> float:
    """Microseconds of processor time that an event takes of the server and its database."""
    return parts.get("cpu_server_us", 0.0) + parts.get("cpu_database_us", 0.0)


def measure_rules(seconds: float, tell: Tell) -> dict[str, Any]:
    """The figures of `regulars bench --only rules`: purchases decided in memory, and batches of them through the whole
    engine, under few rules and under many in turn, twice each; and how long putting the other ones in force takes."""
    tell(f"{rules.MANY} rules beside {rules.FEW}, and publishing {rules.MOST}")
    found = rules.measure(seconds)
    rates: dict[int, list[float]] = {rules.FEW: [], rules.MANY: []}
    published: list[float] = []
    with _house(tell, rules.programme(rules.FEW)) as house:
        _join(house)
        _load(house, BATCH_WRITERS, 1, BATCH_EVENTS, 2, 1)
        for turn, number in enumerate((rules.FEW, rules.MANY) * 2):
            tell(f"batches of {BATCH_EVENTS} through {number} rules, {seconds:.0f} s")
            file = house.data / "programme.yaml"
            file.write_text(rules.programme(number), encoding="utf-8")
            started = time.perf_counter()
            house.run("programme", "publish", str(file))
            published.append(time.perf_counter() - started)
            batch = _load(house, BATCH_WRITERS, 1, BATCH_EVENTS, seconds, 10 + turn)
            rates[number].append(_rates(batch, BATCH_EVENTS, 1)["rate"])
    few, many = (sum(some) / len(some) for some in rates.values())
    whole = {f"engine_rate_{rules.FEW}": round(few, 1), f"engine_rate_{rules.MANY}": round(many, 1),
             "engine_ratio": round(many / few, 3), "republished_seconds": round(max(published[1:]), 2)}  # fmt: skip
    return {"rules": {**found, **whole}, "cores": os.cpu_count()}


def _levels(house: House, members: int, tell: Tell) -> dict[str, Any]:
    tell(f"the levels of {members:,} members: made, looked at under another threshold, moved")
    return levels.measure(house.data, members, house.run, template("grocery"))


def measure(seconds: float, lots: int, members: int, tell: Tell) -> dict[str, Any]:
    """All figures, as `regulars bench --json` prints them.

    `seconds`: how long each part is run; `lots`: how many run out at once in the end; `members`: of how many the
    levels are evaluated.
    """
    with _house(tell) as house:
        tell(f"pgbench: TPC-B, 16 clients, prepared, {seconds:.0f} s")
        tps = _pgbench(house.data / "postgres", seconds)
        tell(f"{MEMBERS:,} members join")
        _join(house)
        with _peak_memory(house.process) as peak:
            tell(f"single events: {SINGLE_CONNECTIONS} connections, {seconds:.0f} s")
            _load(house, 1, 4, 1, 1.0, 1)
            single, single_parts = _watched(house, lambda: _load(house, 1, SINGLE_CONNECTIONS, 1, seconds, 2))
            tell(f"batches of {BATCH_EVENTS}: {BATCH_WRITERS} writers, {seconds:.0f} s")
            entries = books.entries(house.data)
            batch, batch_parts = _watched(
                house, lambda: _load(house, BATCH_WRITERS, 1, BATCH_EVENTS, seconds, 3)
            )
            postings = (books.entries(house.data) - entries) / max(one["seconds"] for one in batch)
            tell(f"one hot member: {SINGLE_CONNECTIONS} connections, {seconds:.0f} s")
            hot = _load(house, 1, SINGLE_CONNECTIONS, 1, seconds, 4, members=1)
            tell(f"spending: {SINGLE_CONNECTIONS} connections, {seconds:.0f} s")
            spend, spend_parts = _watched(house, lambda: _load(house, 1, SINGLE_CONNECTIONS, 0, seconds, 5))
        tell(f"{lots:,} lots run out while requests go on")
        expiry = books.expire(
            house.data, lots, lambda wait: _load(house, 1, EXPIRY_CONNECTIONS, 1, wait, 6, members=MEMBERS)
        )
        tell("reconciling")
        reconciled = books.reconcile(house.data)
        ranked = _levels(house, members, tell)
    tell(f"{rules.MANY} rules beside {rules.FEW}, and publishing {rules.MOST}")
    many_rules = rules.measure(seconds)
    spread = _rates(single, 1, tps)
    return {
        "pgbench_tps": round(tps, 1),
        "single": {**spread, "parts": single_parts},
        "batch": {
            **_rates(batch, BATCH_EVENTS, tps),
            "postings": round(postings, 1),
            "postings_ratio": round(postings / tps, 3),
            "parts": batch_parts,
        },
        "hot": {**_rates(hot, 1, tps), "of_spread": round(_rates(hot, 1, tps)["rate"] / spread["rate"], 3)},
        "spend": {**_rates(spend, 1, tps), "parts": spend_parts},
        "expiry": expiry,
        "reconcile": reconciled,
        "levels": ranked,
        "rules": many_rules,
        "peak_rss_mb": round(peak[0] / 2**20),
        "cores": os.cpu_count(),
    }


def _join(house: House) -> None:
    """The members whose orders come later: a brand's members were there before."""
    for start in range(0, MEMBERS, BATCH_EVENTS):
        joining = [
            {
                "id": f"join-{number}", "source": "bench", "type": "member.joined", "data": {"name": f"会员{number}"},
                "member": {"phone": f"+86100{number:08}"},
            }
            for number in range(start, min(start + BATCH_EVENTS, MEMBERS))
        ]  # fmt: skip
        request = urllib.request.Request(
            f"http://127.0.0.1:{house.port}/api/v1/events",
            json.dumps({"events": joining}).encode(),
            {"Authorization": f"Bearer {house.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()


def _rates(found: list[dict[str, Any]], events: int, tps: float) -> dict[str, Any]:
    bad = sum(one["bad"] for one in found)
    if bad:
        raise CliError(f"{bad} requests were not answered with 2xx; the figures would be worthless.")
    latencies = sorted(latency for one in found for latency in one["latencies"])
    rate = sum(one["requests"] / one["seconds"] for one in found) * events
    return {
        "rate": round(rate, 1),
        "p50_ms": round(latencies[len(latencies) // 2], 2),
        "p99_ms": round(latencies[len(latencies) * 99 // 100], 2),
        "ratio": round(rate / tps, 3),
    }


@contextmanager
def _house(tell: Tell, programme: str = "") -> Iterator[House]:
    """A house with this programme, or the grocery's."""
    data = Path(tempfile.mkdtemp(prefix="regulars-bench-"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REGULARS_")}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        environment.pop(name, None)
    environment |= {"REGULARS_DATA": str(data), "REGULARS_LOG_LEVEL": "WARNING"}
    port = _free_port()
    tell("a server on a fresh data folder")
    command = [sys.executable, "-m", "regulars.cli"]
    server = subprocess.Popen(
        [*command, "up", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _wait(server, port)
        file = data / "programme.yaml"
        file.write_text(programme or template("grocery"), encoding="utf-8")
        _cli([*command, "programme", "publish", str(file)], environment)
        key = _cli([*command, "apikey", "create", "--name", "bench", "--scope", "*"], environment)
        yield House(
            port, key, data, psutil.Process(server.pid), lambda *words: _cli([*command, *words], environment)
        )
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(data, ignore_errors=True)


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            said = server.stderr.read().decode() if server.stderr else ""
            raise CliError(f"The server did not start: {said.strip()}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise CliError(f"The server was not ready within {START_SECONDS} s.")


def _cli(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CliError(done.stderr.strip())
    return done.stdout.strip()


def _pgbench(folder: Path, seconds: float) -> float:
    """Transactions per second of TPC-B on the very server that the events go to, in a database beside."""
    url, beside = postgres.url(folder), postgres.url(folder, "pgbench")
    _tool(postgres.binaries() / "createdb", "--maintenance-db", url, "pgbench")
    _tool(postgres.binaries() / "pgbench", "-i", "-q", "-s", str(PGBENCH_SCALE), beside)
    run = _tool(
        postgres.binaries() / "pgbench",
        "-c",
        "16",
        "-j",
        "2",
        "-M",
        "prepared",
        "-T",
        f"{seconds:.0f}",
        beside,
    )
    found = re.search(r"tps = ([0-9.]+)", run)
    if found is None:
        raise CliError("pgbench printed no figure.")
    return float(found[1])


def _tool(*command: Any) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CliError(f"{Path(command[0]).name}: {done.stderr.strip()}")
    return done.stdout


def _load(
    house: House,
    processes: int,
    connections: int,
    events: int,
    seconds: float,
    seed: int,
    members: int = MEMBERS,
) -> list[dict[str, Any]]:
    """What each loading process found."""
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "regulars.bench.client",
                "127.0.0.1",
                str(house.port),
                house.key,
                str(connections),
                str(events),
                str(seconds),
                str(members),
                str(seed * 100 + number),
            ],
            stdout=subprocess.PIPE,
        )
        for number in range(processes)
    ]
    found = []
    for process in started:
        out, _ = process.communicate()
        if process.returncode:
            raise CliError("The load stopped: the server closed a connection.")
        found.append(json.loads(out))
    return found


def _watched(
    house: House, load: Callable[[], list[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """What a load found, and where the server's time went meanwhile."""
    parts, used = _parts(house.port), _cpu(house.process, house.data)
    found = load()
    spent = {name: seconds - used.get(name, 0.0) for name, seconds in _cpu(house.process, house.data).items()}
    events = _parts(house.port)["events_sum"] - parts["events_sum"]
    cpu = {f"cpu_{name}_us": round(seconds / events * 1e6, 1) for name, seconds in spent.items() if events}
    return found, {**_difference(parts, _parts(house.port)), **cpu}


def _cpu(first: psutil.Process, data: Path) -> dict[str, float]:
    """Seconds of processor that the house has used so far, by kind of process. `load` is our own children's."""
    ours = psutil.Process().cpu_times()
    sums = {"server": 0.0, "worker": 0.0, "database": 0.0, "load": ours.children_user + ours.children_system}
    for process in [*first.children(recursive=True), *_database(data)]:
        try:
            command, times = " ".join(process.cmdline()), process.cpu_times()
        except psutil.Error:
            continue
        kind = "database" if "postgres" in process.name() else "worker" if " worker" in command else "server"
        sums[kind] += times.user + times.system
    return sums


def _database(data: Path) -> list[psutil.Process]:
    """PostgreSQL's processes: they are nobody's children, so that they outlive a server that is killed."""
    postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    return psutil.Process(postmaster).children()


def _parts(port: int) -> dict[str, float]:
    """Seconds that batches have spent so far, by part, over all server processes."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    sums = {
        part: float(value)
        for part, value in re.findall(r'regulars_batch_seconds_sum\{part="(\w+)"\} (\S+)', text)
    }
    for name in ("count", "sum"):
        found = re.search(rf"^regulars_batch_events_{name} (\S+)", text, re.MULTILINE)
        sums[f"events_{name}"] = float(found[1]) if found else 0.0
    return sums


def _difference(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Microseconds an event by part of the batch's way, and the mean events in a batch."""
    change = {name: value - before.get(name, 0.0) for name, value in after.items()}
    events, batches = change.pop("events_sum"), change.pop("events_count")
    parts = {f"{name}_us": round(value / events * 1e6, 1) for name, value in change.items() if events}
    return {**parts, "events_per_batch": round(events / batches, 1) if batches else 0.0}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def _peak_memory(process: psutil.Process) -> Iterator[list[int]]:
    """The most that the server's Python processes held together, in bytes, looked at four times a second."""
    peak, stop = [0], threading.Event()

    def look() -> None:
        while not stop.wait(0.25):
            total = 0
            for one in [process, *process.children(recursive=True)]:
                try:
                    total += one.memory_info().rss if "postgres" not in one.name() else 0
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], total)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()
