"""What-if: the programme in force gives the figures of the books, a draft those that it would have given."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner

from regulars.cli.programme import app
from regulars.engine.history import BUCKETS, history
from regulars.engine.tasks import settle_all
from regulars.insight.portions import live_through
from regulars.insight.stats import stats
from regulars.insight.whatif import attempt, attempt_all, moves
from regulars.kit import clock
from regulars.kit.errors import CliError
from regulars.processes import tables as tables_of_house
from regulars.programme.loader import load
from regulars.programme.service import current, current_number
from regulars.tiers.models import Standing
from tests.engine.test_schedules import scheduled
from tests.engine.test_scores import WIN_BACK, give
from tests.engine.world import (
    event,
    fresh,
    joined,
    moment,
    moved,
    order,
    refund,
    shop,
    tables,
    today,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db
SHOP = shop().replace("clawback: debt}\n  growth", 'clawback: debt, cost: "0.01"}\n  growth')


@pytest.fixture(autouse=True)
def _life() -> None:
    with today("2026-01-01"):
        fresh(SHOP)
    with today("2026-01-10"):
        took(joined("n", "2026-01-10"), order("a", "2026-01-10", 120, "1"), order("b", "2026-01-10", 40, "2"))
    with today("2026-03-10"):
        took(order("a", "2026-03-10", 200, "3"), refund("a", "2026-03-10 12:00", 50, "3"))
    with today("2026-03-11"):
        settle_all()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on the test's own tables, in English."""
    monkeypatch.setattr(tables_of_house, "ready", nullcontext)
    monkeypatch.setenv("LC_ALL", "C")
    return CliRunner()


def test_the_programme_in_force_gives_the_figures_of_the_books() -> None:
    with today("2026-03-11"):
        before = tables()
        tried = attempt(current(), history(clock.now()), moment("2026-03-01"))
        assert moved(before) == {}
        told, real = tried.as_json(), stats()
    shared = [name for name in real if name != "messages"]
    assert {name: told[name] for name in shared} == {name: real[name] for name in shared}
    assert told["messages"].keys() >= {"total", "sent", "skipped", "waiting"}
    assert len(shared) >= 15
    assert told["rules"] == {"base": {"times": 1, "cost_minor": 200, "units": {"growth": 200, "points": 200}}}
    assert told["cost_minor"] == 200, "in the period alone"


@pytest.mark.parametrize(
    ("until", "said"), [("2026-03-12", "lies in the future"), ("2025-12-31", "Nothing was known yet")]
)
def test_moments_without_history_are_refused(run: CliRunner, until: str, said: str) -> None:
    with today("2026-03-11"), pytest.raises(CliError, match=said):
        run.invoke(app, ["simulate", "--to", until], catch_exceptions=False)


def test_a_draft_gives_what_it_would_have() -> None:
    draft = load(SHOP.replace("points, for_each: 1", "points, for_each: 3").replace("at: 250", "at: 280"))
    with today("2026-03-11"):
        past = history(clock.now())
        mine, yours = (attempt(one, past, moment("2026-01-01")) for one in (current(), draft))
    assert (mine.cost_minor(), yours.cost_minor()) == (360, 1080)
    assert moves(mine, yours) == {"level": {("gold", "silver"): 1}}
    assert mine.distribution()["level"] == {"basic": 2, "silver": 0, "gold": 1, "platinum": 0}
    assert Standing.objects.get(member_id=who_is("a")).level == "gold", "nobody moved"


def test_schedules_of_a_draft_ring_at_their_own_moments() -> None:
    """On the 11th of each month; c is not there yet, a has her birthday in February."""
    monthly = scheduled('cron: "0 9 11 * *"', "when: {field: orders.count, op: gte, value: 1}")
    birthday = scheduled("birthday: {days_before: 0}", name="cake", amount=50)
    draft = load(SHOP.rstrip() + "\n" + monthly + birthday)
    with today("2026-02-01"):
        took(event("member.updated", "a", "2026-02-01", {"birthday": "1990-02-11"}))
    with today("2026-03-12"):
        settle_all()
        mine, yours = attempt_all([current(), draft], history(clock.now()), moment("2026-01-01"))
    assert "gift" not in mine.times
    assert (yours.times["gift"], yours.units["gift", "points"]) == (6, 30)
    assert (yours.times["cake"], yours.units["cake", "points"]) == (1, 50)


def test_who_would_move_on_the_command_line(run: CliRunner, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(SHOP.replace("at: 100", "at: 40"), encoding="utf-8")
    same = tmp_path / "same.yaml"
    same.write_text(SHOP, encoding="utf-8")
    with today("2026-03-11"):
        before = tables()
        told = json.loads(run.invoke(app, ["moves", str(draft), "--json"]).output)
        said, plain = (run.invoke(app, ["moves", str(one)]) for one in (draft, same))
        assert moved(before) == {}
    assert told["moves"] == [{"ladder": "level", "from": "basic", "to": "silver", "members": 1}]
    assert said.output == "Level: Basic → Silver: 1 member\n"
    assert plain.output == "Nobody would stand on another level.\n"


def test_on_the_command_line(run: CliRunner, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(SHOP.replace("points, for_each: 1", "points, for_each: 3"), encoding="utf-8")
    with today("2026-03-11"):
        answer = run.invoke(app, ["simulate", str(draft), "--from", "2026-01-01", "--json"])
        assert answer.exit_code == 0, answer.output
        assert json.loads(answer.output)["points_outstanding"] == 930
        plain = run.invoke(app, ["simulate", "--from", "2026-03-01"])
        assert "Points for purchases: 1 times, ¥2" in plain.output
        assert run.invoke(app, ["simulate", "--from", "soon"]).exit_code != 0
        assert run.invoke(app, ["simulate", "--from", "2027-01-01"]).exit_code != 0


def test_publishing_on_the_command_line(run: CliRunner, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    with today("2026-03-11"):
        draft.write_text(SHOP.replace("      - {id: gold, name: Gold, at: 250}\n", ""), encoding="utf-8")
        held = run.invoke(app, ["publish", str(draft)])
        assert "1 members are Gold now" in str(held.exception)
        assert "--accept" in str(held.exception)
        assert current_number() == 1
        run.invoke(app, ["publish", str(draft), "--accept", "ladders.level.levels.gold"])
        assert current_number() == 2
        assert run.invoke(app, ["back", "1"]).output == "Version 3 is in force.\n"
        assert (
            run.invoke(app, ["publish", str(draft), "--at", "2026-03-12T00:00", "--accept", "x"]).exit_code
            != 0
        )
        words = run.invoke(app, ["diff", str(draft), "--words"])
        assert "“Gold” is gone" in words.output


def test_scores_are_those_of_today_and_who_asks_for_them_is_said() -> None:
    with today("2026-04-01"):
        fresh(SHOP.replace("rules:\n", f"rules:\n{WIN_BACK}", 1))
        give("a", "lifecycle", "sleeping")
        give("a", "clv", value=5_000)
        took(event("checkin", "a", "2026-04-01"), event("checkin", "b", "2026-04-01"))
    with today("2026-04-02"):
        tried = live_through(current(), current(), BUCKETS, moment("2026-03-01"), clock.now()).after
    told = tried.as_json()
    assert told["rules"]["win_back"] == {"times": 1, "cost_minor": 100, "units": {"points": 100}}
    assert told["points_issued"] == stats()["points_issued"]
    assert told["as_of_today"] == {
        "asked_by": [{"kind": "rule", "id": "win_back", "looks_at": ["score.clv", "score.lifecycle"]}],
        "members": 2,
    }
    assert {name for name in stats() if name not in told} == set()
