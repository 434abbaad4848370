"""`regulars programme simulate`: what would have been, in words or as JSON."""

import json
import sys
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from regulars.cli.words import language, some
from regulars.insight.comparing import Compared
from regulars.insight.portions import live_apart
from regulars.insight.today import looking_at_today
from regulars.insight.whatif import Tried
from regulars.language.text import say
from regulars.programme.contracts import Programme
from regulars.programme.holdings import said_money


def show(
    before: Programme, after: Programme, first: datetime, until: datetime, processes: int, as_json: bool
) -> None:
    """Live the history through both and print what came of it."""
    shown = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with shown:
        bar = shown.add_task("events", total=None)
        found = live_apart(
            before,
            after,
            first,
            until,
            processes,
            lambda done, total: shown.update(bar, completed=done, total=total),
        )
    tell(found, as_json)


def tell(found: Compared, as_json: bool) -> None:
    """Print what came of it."""
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
        return
    _print(found.after)
    if found.before.programme is not found.after.programme:
        _print_compared(found)


def _print(tried: Tried) -> None:
    spoken, programme = language(), tried.programme
    print(f"{some(tried.members, 'member')}, {some(tried.events, 'event')}, {some(tried.orders, 'order')}.")
    for ladder, levels in tried.distribution().items():
        named = programme.ladders[ladder]
        print(
            ", ".join(f"{say(named.level(level).name, spoken)} {count:,}" for level, count in levels.items())
        )
    for asset, figures in tried.as_json()["assets"].items():
        print(f"{asset}: " + ", ".join(f"{name} {value:,}" for name, value in figures.items()))
    print(f"Given from {tried.first:%Y-%m-%d} on, by rule, at cost:")
    for rule in programme.rules:
        cost = said_money(tried.cost_minor(rule.id), programme, spoken)
        print(f"  {say(rule.name, spoken)}: {tried.times[rule.id]:,} times, {cost}")
    print(f"  together: {said_money(tried.cost_minor(), programme, spoken)}")
    for month, owed in tried.liability()[-1:]:
        print(f"Owed to members at the end of {month}: {said_money(owed, programme, spoken)}")
    for kind, count in tried.refused.items():
        print(f"{count:,} × {kind} would have been refused.")
    for broken, error in tried.failing.items():
        print(f"The rule {broken} broke off and was left out: {error}")
    looking = looking_at_today(programme)
    if looking:
        print(
            f"Asked of {some(tried.looked_at_today, 'member')} is what history does not tell as it then was:"
        )
        for one in looking:
            print(f"  {one.kind} {one.id}: {', '.join(one.at)}")
        print("  Scores and identities are today's.")
    if tried.left_out:
        print(f"Left out: {some(tried.left_out, 'member')} whose records were merged and taken apart again.")


def _print_compared(found: Compared) -> None:
    spoken, before, after = language(), found.before, found.after
    was = said_money(before.cost_minor(), before.programme, spoken)
    now = said_money(after.cost_minor(), after.programme, spoken)
    print(f"The programme in force would have given {was}, this one {now}.")
    print(f"{some(found.better, 'member')} would have been given more, {found.worse:,} less.")
    for ladder, pairs in found.flows.items():
        for (one, two), members in pairs.most_common():
            left = before.programme.ladders[ladder].level(one)
            right = after.programme.ladders[ladder].level(two)
            print(f"{say(left.name, spoken)} → {say(right.name, spoken)}: {some(members, 'member')}")
