"""A member's scores on the page, with how they are made, and the list of members filtered by them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from regulars.console.views import scoring
from regulars.insight.scoring.models import Run
from regulars.kit.ids import bucket_of
from regulars.members.models import Recommendation, Score
from regulars.staff.models import AuditEntry, Operator
from tests.console.test_books import text
from tests.console.test_members import found
from tests.reports.small import tables_of

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def give(member: UUID, name: str, label: str = "", value: float | None = None) -> None:
    Score.objects.create(
        member_id=member, bucket=bucket_of(member), name=name, label=label, value=value, as_of=NOW
    )


@pytest.fixture
def scored(shop: dict[str, UUID]) -> dict[str, UUID]:
    give(shop["lin"], "rfm", "champions")
    for name, value in (("rfm_recency", 5), ("rfm_frequency", 4), ("rfm_monetary", 5)):
        give(shop["lin"], name, value=value)
    give(shop["lin"], "lifecycle", "at_risk")
    give(shop["lin"], "clv", value=1_234_500)
    give(shop["lin"], "alive", value=0.875)
    give(shop["lin"], "usual_gap", value=12.5)
    give(shop["lin"], "favourite_category", "tea", 0.4)
    give(shop["nameless"], "lifecycle", "lost")
    Recommendation.objects.create(
        member_id=shop["lin"],
        rank=1,
        bucket=bucket_of(shop["lin"]),
        sku="t",
        name="Oolong",
        price_minor=1_280,
        reason="again",
    )
    tried = {"fitted_to": "2026-10-21", "until": "2026-11-20", "members": 1_000, "most": 10, "offered": 0.222,
             "popular": 0.1415, "fresh": 0.0461, "fresh_popular": 0.0339}  # fmt: skip
    fit = {"recommendations": tried}
    Run.objects.create(began_at=NOW, ended_at=NOW, until=NOW.date(), members=2, changed=9, fit=fit)
    return shop


def test_the_card_tells_what_how_and_who_else(desk: Client, scored: dict[str, UUID]) -> None:
    page = desk.get(f"/console/members/{scored['lin']}/").content.decode()
    card = page[page.index('id="scores"') : page.index("</section>", page.index('id="scores"'))]
    for said in ("Champions", "R5 F4 M5", "At risk", "¥12,345", "87.5%", "12.5 days", "tea", "40.0%", "over 240 lost",
                 "Fader, Hardie", "?score=rfm:champions", "Oolong", "¥12.80", "Bought again and again"):  # fmt: skip
        assert said in card, said


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("score=lifecycle:at_risk", ["lin"]),
        ("score=lifecycle:at_risk&score=lifecycle:lost", ["lin", "nameless"]),
        ("score=lifecycle:lost&score=rfm:champions", []),
    ],
)
def test_the_list_is_filtered_by_words_of_scores(
    desk: Client, scored: dict[str, UUID], query: str, who: list[str]
) -> None:
    assert sorted(found(desk, query)) == sorted(str(scored[name]) for name in who)


@pytest.mark.usefixtures("scored")
def test_who_may_has_everybody_scored_once(
    desk: Client, bob: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "open_tables", tables_of)

    rfm = "insight/reports/rfm/"
    assert "of 2 members, by what was known on Nov 20, 2026, in 1 s." in text(desk, rfm)
    assert "Score now" not in text(desk, "insight/reports/funnel/")
    tried = (
        "of 10 products offered on Oct 21, 2026 to each of 1,000 members, 22.2% were bought by Nov 20, 2026"
    )
    assert tried in text(desk, "insight/reports/models/")
    assert "22.2%" not in text(desk, rfm)
    for said in ("The worker is scoring everybody now.", "Scores are being made already."):
        answer = desk.post("/console/insight/reports/lifecycle/score", follow=True)
        assert answer.redirect_chain == [("/console/insight/reports/lifecycle/", 302)]
        assert said in answer.content.decode()
    assert AuditEntry.objects.filter(action="scores.asked").count() == 1
    assert "Waiting for the worker." in text(desk, "insight/scoring/")
    assert "Score now" not in text(desk, rfm)
    reader = Client()
    reader.force_login(bob)
    assert reader.post("/console/insight/reports/rfm/score").status_code == 403
    assert "Waiting for the worker." in text(reader, rfm)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert "Score now" not in text(reader, rfm)
    assert desk.get("/console/insight/scoring/").headers["HX-Refresh"] == "true"


def test_what_is_no_score_is_named(desk: Client, scored: dict[str, UUID]) -> None:  # noqa: ARG001
    page = desk.get("/console/members/?score=lifecycle:nonsense").content.decode()
    assert "Score: Select a valid choice" in page
