"""`regulars bench`: events per second on this machine, beside pgbench."""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from regulars.bench.insight import measure as measure_insight
from regulars.bench.run import measure, measure_audiences, measure_levels, measure_rules


class Part(StrEnum):
    """What can be measured alone."""

    LEVELS = "levels"
    INSIGHT = "insight"
    AUDIENCES = "audiences"
    RULES = "rules"


app = typer.Typer(add_completion=False)


@app.command(help="Measure events per second on this machine, as a ratio to pgbench on the same PostgreSQL.")
def bench_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    seconds: Annotated[float, typer.Option(min=2, max=600, help="How long each part runs.")] = 15,
    lots: Annotated[int, typer.Option(min=100, max=10_000_000, help="Lots that run out at once.")] = 100_000,
    members: Annotated[
        int,
        typer.Option(
            min=1000,
            max=10_000_000,
            help="Members of the levels, of the counts, and of the reports' history.",
        ),
    ] = 1_000_000,
    events: Annotated[
        int, typer.Option(min=100_000, max=1_000_000_000, help="Events of the reports' history, on disk.")
    ] = 100_000_000,
    only: Annotated[Part | None, typer.Option(help="Measure this part alone.")] = None,
) -> None:
    console = Console(highlight=False, stderr=True)

    def tell(what: str) -> None:
        console.print(f"[dim]{what} …[/]")

    parts: dict[Part | None, Callable[[], dict[str, Any]]] = {
        None: lambda: measure(seconds, lots, members, tell),
        Part.LEVELS: lambda: measure_levels(members, tell),
        Part.AUDIENCES: lambda: measure_audiences(seconds, members, tell),
        Part.RULES: lambda: measure_rules(seconds, tell),
        Part.INSIGHT: lambda: {"insight": measure_insight(members, events, tell)},
    }
    figures = parts[only]()
    out = Console(highlight=False)
    if as_json:
        print(json.dumps(figures))
        return
    if not only:
        _print(out, figures)
    if "rules" in figures:
        _print_rules(out, figures["rules"])
    if "levels" in figures:
        _print_levels(out, figures["levels"])
    if "audiences" in figures:
        _print_audiences(out, figures["audiences"])
    if "insight" in figures:
        _print_insight(out, figures["insight"])


def _print_insight(out: Console, insight: dict[str, Any]) -> None:
    """A row for each size: the seconds of every report, and the ratio to hand-written SQL."""
    table = Table(box=None)
    names = [
        name for name, found in insight["sizes"][0].items() if isinstance(found, dict) and "ratio" in found
    ]
    for heading in ("events", *names, "peak memory", "on disk"):
        table.add_column(heading, justify="right")
    for size in insight["sizes"]:
        cells = [f"{size[name]['seconds']:.2f} s, {size[name]['ratio']:.2f} × SQL" for name in names]
        table.add_row(f"{size['events']:,}", *cells, f"{size['peak_mb']:,} MiB", f"{size['disk_mb']:,} MB")
    out.print(table)
    for size in insight["sizes"]:
        pages = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in size["boards"].items())
        out.print(f"whole pages counted for the first time, {size['events']:,} events: {pages}")
        out.print(f"opened with what the night counted: {max(size['opened'].values()):.4f} s at most")
    out.print(f"{insight['members']:,} members on {insight['cores']} cores")


def _print_audiences(out: Console, found: dict[str, Any]) -> None:
    out.print(f"{found['audiences']} audiences were filled in {found['filled_seconds']} s")
    for name in ("single", "batch"):
        one = found[name]
        out.print(
            f"{name}: {one['without']:,.0f} events/s without, {one['with']:,.0f} with: {one['cost']:.1%} less;"
            f" {one['work']:.1%} more processor time an event"
        )
    crowd = found["crowd"]
    out.print(
        f"counting {crowd['members']:,} members: {crowd['count_seconds']} s, at most {crowd['slowest_count_seconds']} s"
        f" ({crowd['slowest']}), {crowd['exact']} of {found['audiences']} exactly; filled in "
        + ", ".join(f"{seconds} s ({name})" for name, seconds in crowd["filled"].items())
    )


def _print_levels(out: Console, levels: dict[str, Any]) -> None:
    out.print(
        f"levels of {levels['members']:,} members evaluated in {levels['seconds']} s"
        f" ({levels['members_per_second']:,}/s); a lower threshold moved {levels['moved']:,} of them"
        f" in {levels['moved_seconds']} s ({levels['moved_per_second']:,}/s)"
    )


def _print_rules(out: Console, rules: dict[str, Any]) -> None:
    out.print(
        f"deciding purchases: {rules['rate_5']:,.0f}/s with 5 rules, {rules['rate_100']:,.0f}/s with 100"
        f" ({rules['ratio']:.2f}); 300 rules checked and made ready in {rules['publish_300_seconds']} s"
    )
    if "engine_ratio" in rules:
        out.print(
            f"the whole engine, batches: {rules['engine_rate_5']:,.0f}/s with 5 rules,"
            f" {rules['engine_rate_100']:,.0f}/s with 100 ({rules['engine_ratio']:.2f}); other rules put in force by"
            f" the command line in {rules['republished_seconds']} s"
        )


def _print(out: Console, figures: dict[str, Any]) -> None:
    table = Table(box=None)
    for heading in ("", "events/s", "× pgbench", "p50 ms", "p99 ms", "per batch"):
        table.add_column(heading, justify="left" if not heading else "right")
    table.add_row("pgbench TPC-B", f"{figures['pgbench_tps']:,.0f}", "1.00", "", "", "")
    for name in ("single", "batch", "hot", "spend"):
        one = figures[name]
        table.add_row(
            name,
            f"{one['rate']:,.0f}",
            f"{one['ratio']:.2f}",
            f"{one['p50_ms']:.1f}",
            f"{one['p99_ms']:.1f}",
            f"{one['parts']['events_per_batch']:.0f}" if "parts" in one else "",
        )
    out.print(table)
    for name in ("single", "batch", "spend"):
        parts = figures[name]["parts"]
        passed = [part for part in parts if part.endswith("_us") and not part.startswith("cpu_")]
        used = [part for part in parts if part.startswith("cpu_")]
        out.print(f"{name}: a batch's time by part, µs an event: {_listed(parts, passed)}")
        out.print(f"{name}: processor time by process, µs an event: {_listed(parts, used)}")
    batch, hot, expiry, books = (figures[name] for name in ("batch", "hot", "expiry", "reconcile"))
    out.print(f"batch: {batch['postings']:,.0f} postings/s, {batch['postings_ratio']:.2f} × pgbench")
    out.print(f"hot: {hot['of_spread']:.2f} of what spread members reach")
    out.print(
        f"{expiry['lots']:,} lots ran out in {expiry['seconds']} s ({expiry['lots_per_second']:,}/s);"
        f" requests meanwhile: p50 {expiry['p50_ms']} ms, p99 {expiry['p99_ms']} ms"
    )
    out.print(
        f"reconciled {books['entries']:,} entries in {books['seconds']} s ({books['entries_per_second']:,}/s)"
    )
    out.print(
        f"peak memory of the server's processes: {figures['peak_rss_mb']} MiB on {figures['cores']} cores"
    )


def _listed(parts: dict[str, float], names: list[str]) -> str:
    return ", ".join(f"{name.removeprefix('cpu_').removesuffix('_us')} {parts[name]:.0f}" for name in names)
