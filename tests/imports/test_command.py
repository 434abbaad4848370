"""Members from a file by the command line: the same way, with the same words."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from regulars.cli import members
from regulars.members.models import Member
from regulars.processes import tables
from tests.engine.world import fresh, shop, today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tables, "ready", nullcontext)
    with today("2026-03-01"):
        fresh(shop())
        yield


def run(*arguments: Any) -> tuple[int, str]:
    result = CliRunner().invoke(members.app, ["import", *map(str, arguments)], env={"LC_ALL": "en_US.UTF-8"})
    refusal = "" if isinstance(result.exception, SystemExit) else str(result.exception or "")
    return result.exit_code, f"{result.output}{refusal}"


def test_looked_at_imported_and_what_is_left_out_is_written(tmp_path: Path) -> None:
    file, left = tmp_path / "list.csv", tmp_path / "left.csv"
    file.write_bytes("电话,姓名,号\n13900139000,吴明,1\n12,=SUM(A1),2\n".encode("gb18030"))
    code, said = run(file, "--dry-run", "--json", "--tag", "spring")
    told = json.loads(said)
    assert (code, told["state"], told["checked"], told["imported"]) == (
        0,
        "checked",
        {"new": 1, "faulty": 1},
        {},
    )
    assert told["columns"] == {"电话": "identity.phone", "姓名": "name", "号": ""}
    assert Member.objects.count() == 0
    code, said = run(file, "--tag", "spring", "--column", "号=identity.external", "--left-out", left)
    assert code == 1, "a row was left out"
    assert "imported 1 joined, 1 tagged" in said
    assert "row 3: 电话: “12” is not a phone number" in said
    assert left.read_text("utf-8-sig").splitlines()[0] == "电话,姓名,号,row,reason"
    assert left.read_text("utf-8-sig").splitlines()[1].startswith("12,'=SUM(A1),2,3,")
    assert Member.objects.count() == 1
    code, said = run(file, "--tag", "spring", "--column", "号=identity.external", "--json")
    assert json.loads(said)["imported"] == {"again": 1}


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    assert "There is no file" in run(file)[1]
    file.write_text("姓名\n王\n")
    assert "No column says whose row it is" in run(file)[1]
    assert "the columns are 姓名" in run(file, "--column", "名=name")[1]
    assert "a column can be identity.phone" in run(file, "--column", "姓名=nickname")[1]
    assert "--encoding is one of utf-8, gbk" in run(file, "--encoding", "latin")[1]
    assert "not written in UTF-16" in run(file, "--encoding", "utf-16")[1]
