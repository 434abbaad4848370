"""Scores over the API: what a member was given, and how each score is made."""

from dataclasses import replace
from datetime import UTC, datetime

from regulars.insight.scoring.models import Run
from regulars.kit.ids import bucket_of
from regulars.members.models import Score
from regulars.members.queries import get
from tests.api.conftest import Caller, problem
from tests.api.test_events import order

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
PHONE = "phone:%2B8613800000000"


def test_a_members_scores_and_how_they_are_made(caller: Caller) -> None:
    assert caller.post("/events", order()).status_code == 200
    member = get("phone:+8613800000000").id
    for name, value, label in (
        ("clv", 123_456.0, ""),
        ("rfm", None, "champions"),
        ("favourite_store", 0.5, "S1"),
    ):
        Score.objects.create(
            member_id=member, bucket=bucket_of(member), name=name, value=value, label=label, as_of=NOW
        )
    answer = replace(caller, language="zh-hans").get(f"/members/{PHONE}/scores")
    assert [
        (one["score"], one["name"], one["value"], one["label"], one["says"]) for one in answer.json()
    ] == [
        ("rfm", "RFM 分组", None, "champions", "冠军客户"),
        ("clv", "预计会员价值（CLV）", 123456.0, "", ""),
        ("favourite_store", "常去门店", 0.5, "S1", "S1"),
    ]
    problem(caller.get("/members/phone:%2B8613999999999/scores"), 404, "member_unknown")

    kinds = caller.get("/scores").json()
    assert (kinds["ran_at"], kinds["members"], len(kinds["items"])) == (None, None, 18)
    lifecycle = next(one for one in kinds["items"] if one["score"] == "lifecycle")
    assert lifecycle["field"] == "score.lifecycle"
    assert "over 240 lost" in lifecycle["how"]
    assert not any("{" in one["how"] for one in kinds["items"])
    Run.objects.create(began_at=NOW, ended_at=NOW, until=NOW.date(), members=7, changed=3)
    told = caller.get("/scores").json()
    assert (told["ran_at"], told["until"], told["members"]) == ("2026-11-20T04:00:00Z", "2026-11-20", 7)
