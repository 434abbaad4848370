"""`regulars up`: serve, until Ctrl-C."""

import os
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape

from regulars.cli.words import language
from regulars.kit import log
from regulars.processes import database, roles, supervisor
from regulars.settings import CONFIG, DATA

app = typer.Typer(add_completion=False)

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for the whole network.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]

STARTING = {
    "zh-hans": "回头客正在启动，数据目录 {data} …",
    "zh-hant": "回頭客正在啟動，資料目錄 {data} …",
    "en": "Regulars is starting on the data folder {data} …",
}
READY = {
    "zh-hans": "回头客已就绪。",
    "zh-hant": "回頭客已就緒。",
    "en": "Regulars is ready.",
}
PLACES = (
    ({"zh-hans": "运营后台", "zh-hant": "營運後台", "en": "Console"}, "/console/"),
    ({"zh-hans": "会员中心", "zh-hant": "會員中心", "en": "Members"}, "/m/"),
    ({"zh-hans": "开放接口", "zh-hant": "開放介面", "en": "API"}, "/api/v1/docs"),
)
LOGS = {"zh-hans": "日志", "zh-hant": "日誌", "en": "Logs"}
HISTORY = {"zh-hans": "历史记录", "zh-hant": "歷史紀錄", "en": "History"}
ONE_ROLE = {
    "zh-hans": "仅由触发器保护：对外服务的数据库账号就是表的所有者（docs/deployment.md 说明如何分成两个账号）",
    "zh-hant": "僅由觸發器保護：對外服務的資料庫帳號就是資料表的擁有者（docs/deployment.md 說明如何分成兩個帳號）",
    "en": "kept by triggers only: the database role that serves owns the tables (docs/deployment.md: two roles)",
}
CONNECTIONS = {"zh-hans": "数据库连接", "zh-hant": "資料庫連線", "en": "Connections"}
TOO_FEW = {
    "zh-hans": "数据库最多允许 {allowed} 个连接，此配置可能用到 {needed} 个：请调高 max_connections 或减少线程",
    "zh-hant": "資料庫最多允許 {allowed} 個連線，此設定可能用到 {needed} 個：請調高 max_connections 或減少執行緒",
    "en": "the database allows {allowed}, {needed} may be needed: raise its max_connections or lower REGULARS_THREADS",
}
STOP = {
    "zh-hans": "按 Ctrl-C 停止。",
    "zh-hant": "按 Ctrl-C 停止。",
    "en": "Press Ctrl-C to stop.",
}
STOPPED = {
    "zh-hans": "已停止，数据已保存。",
    "zh-hant": "已停止，資料已儲存。",
    "en": "Stopped; everything is kept.",
}


@app.command(help="Serve the console, the members' pages and the API, until Ctrl-C.")
def up(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    serve(host, port)


def serve(host: str, port: int, further: Sequence[tuple[str, str]] = ()) -> None:
    """Serve until told to stop. `further` are more lines (what, where or how) for the greeting."""
    console = Console(highlight=False)
    spoken = language()
    console.print(STARTING[spoken].format(data=escape(str(DATA))))
    supervisor.serve(host, port, lambda address: _greet(console, spoken, address, further))
    console.print(STOPPED[spoken])


def _greet(console: Console, spoken: str, address: str, further: Sequence[tuple[str, str]]) -> None:
    public = CONFIG.public_url.rstrip("/") if "REGULARS_PUBLIC_URL" in os.environ else address
    lines = [(names[spoken], public + path) for names, path in PLACES]
    lines += [*further, (LOGS[spoken], str(log.file_of(DATA)))]
    if roles.one_for_all():
        lines.append((HISTORY[spoken], ONE_ROLE[spoken]))
    if few := database.too_few():
        lines.append((CONNECTIONS[spoken], TOO_FEW[spoken].format(allowed=few[0], needed=few[1])))
    console.print(f"[bold green]{READY[spoken]}[/]")
    width = max(cell_len(what) for what, _ in lines)
    for what, where in lines:
        console.print(f"  {escape(set_cell_size(what, width))}  [cyan]{escape(where)}[/]", soft_wrap=True)
    console.print(STOP[spoken])
