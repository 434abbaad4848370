"""`regulars demo`: a year of real purchases, loaded through the engine and served."""

import os
import threading
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from regulars.cli.up import Host, Port, serve
from regulars.cli.words import language
from regulars.demo import load as demo
from regulars.processes import folder, tables

app = typer.Typer(add_completion=False)

LOADING = {"zh-hans": "载入订单", "zh-hant": "載入訂單", "en": "Loading orders"}
RATE = {"zh-hans": "笔/秒", "zh-hant": "筆/秒", "en": "orders/s"}
LOADED = {
    "zh-hans": "已载入 {orders:,} 笔订单（{members:,} 位会员）。",
    "zh-hant": "已載入 {orders:,} 筆訂單（{members:,} 位會員）。",
    "en": "{orders:,} orders of {members:,} members are in.",
}
OPERATOR = {"zh-hans": "演示账号", "zh-hant": "示範帳號", "en": "Sign in with"}
KEY = {"zh-hans": "演示密钥", "zh-hant": "示範金鑰", "en": "API key"}


@app.command(help="Load a year of real purchases and serve them.")
def demo_command(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load and exit.")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    spoken = language()
    console = Console(highlight=False)
    if not no_serve:
        folder.check_port(host, port)
    with tables.ready():
        access = demo.access()
        if not demo.kept().get("loaded"):
            _load(console, spoken)
    if not no_serve:
        os.environ["REGULARS_DEMO"] = "1"
        serve(
            host, port, [(OPERATOR[spoken], f"{access.email}  {access.password}"), (KEY[spoken], access.key)]
        )


def _load(console: Console, spoken: str) -> None:
    size = demo.prepare()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} " + RATE[spoken]),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    lock = threading.Lock()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(LOADING[spoken], total=size.orders, rate="–", start=False)

        def step(orders: int) -> None:
            with lock:
                if not progress.tasks[bar].started:
                    progress.start_task(bar)
                progress.advance(bar, orders)
                task = progress.tasks[bar]
                speed = task.completed / task.elapsed if task.elapsed else 0
                progress.update(bar, rate=f"{speed:,.0f}")

        demo.load(step)
    tables.analyze()
    console.print(LOADED[spoken].format(orders=size.orders, members=size.members))
