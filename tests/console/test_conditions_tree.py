"""The editor of conditions keeps what it is given: every condition of the gallery, through the editor's own code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from regulars.language.condition import Scope, parse_condition
from regulars.programme import building
from regulars.programme.contracts import Programme
from regulars.programme.loader import load, plain

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from hatch_build import node  # noqa: E402

TREE = ROOT / "frontend/src/conditions/tree.ts"
SCRIPT = """
import { readFileSync } from "node:fs";
import { read, write, placed } from %s;
const cases = JSON.parse(readFileSync(0, "utf8"));
const names = (fields) => new Map(fields.map((each) => [each.name, each]));
console.log(JSON.stringify(cases.map(({ raw, fields }) => write(read(raw), names(fields)).condition)));
"""

Case = tuple[Programme, str, Any, Scope]


def conditions_of(programme: Programme, source: str) -> list[Case]:
    """Every condition that the file's rules state, with what it may ask for."""
    found: list[Case] = []
    for rule in plain(source).get("rules") or ():
        found.append((programme, rule["on"], rule.get("when"), Scope.FACTS))
        found.append((programme, building.ON_MEMBER, (rule.get("test") or {}).get("when"), Scope.FACTS))
        for action in rule["then"]:
            found.append((programme, rule["on"], (action.get("credit") or {}).get("where"), Scope.LINE))
    return [one for one in found if one[2] is not None]


def through(cases: list[Case]) -> list[Any]:
    """What the editor's code reads and writes again."""
    offered: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for programme, on, _raw, _scope in cases:
        if (id(programme), on) not in offered:
            fields = building.vocabulary(programme, on)
            assert fields is not None
            offered[id(programme), on] = [one.row("en") for one in building.offered(fields, "en")]
    given = json.dumps([{"raw": raw, "fields": offered[id(its), on]} for its, on, raw, _ in cases])
    script = SCRIPT % json.dumps(TREE.as_uri())
    done = subprocess.run(
        [node(), "--input-type=module", "-e", script],
        input=given, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result: list[Any] = json.loads(done.stdout)
    return result


MADE = """
all:
  - {field: event.total, op: between, value: ["10.50", 20]}
  - none: [{field: tags, op: has_any, value: [staff, "007"]}]
  - {items: none, where: {any: [{field: item.category, op: in, value: [tea]}, {field: item.price, op: gt, value: 3}]}}
  - {items: all, where: {field: item.brand, op: is_set}}
  - all: [{field: orders.spend, window: {months: 3}, op: gte, value: 0.1}]
  - {field: member.joined_at, op: after, value: "2026-01-02T03:04:05+08:00"}
  - {field: member.joined_at, op: within_days, value: 30}
  - {field: calendar.weekday, op: in, value: [6, 7]}
  - {field: calendar.is_birthday, op: eq, value: false}
"""


def test_every_condition_of_the_gallery_is_kept() -> None:
    cases: list[Case] = []
    for path in sorted((ROOT / "programmes").glob("*.yaml")):
        source = path.read_text()
        cases += conditions_of(load(source), source)
    grocery = next(its for its, _on, _raw, _scope in cases)
    made = plain(MADE)
    cases.append((grocery, "order.paid", made, Scope.FACTS))
    kept = through(cases)
    assert len(cases) > 30
    assert kept[-1] == made
    for (programme, on, raw, scope), after in zip(cases, kept, strict=True):
        fields = building.vocabulary(programme, on)
        assert fields is not None
        assert parse_condition(after, fields, scope=scope) == parse_condition(raw, fields, scope=scope), raw
