"""The what-if page: asked, watched, read, exported; and the preview of a draft over a long history."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from regulars.console import foreseen
from regulars.insight.simulating import queries
from regulars.insight.simulating.faults import broke_off
from regulars.insight.simulating.models import Simulation
from regulars.insight.simulating.tasks import simulate_due
from regulars.staff.models import Operator
from tests.console.shop import GROCERY
from tests.console.test_drafts import begun, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
CHEAPER = GROCERY.replace("amount: 100}", "amount: 50}").replace("at: 1000}", "at: 1300}")
HOME = "/console/insight/what-if/"


def work() -> None:
    while simulate_due():
        pass


def test_asked_watched_read_and_exported(desk: Client, bob: Operator) -> None:
    draft = begun(desk, source=CHEAPER, name="Cheaper")
    assert "Cheaper" in text(desk, HOME)
    asked = desk.post(f"{HOME}ask", {"programme": f"draft:{draft.id}"})
    here = asked.headers["Location"]
    assert "Waiting for the worker." in text(desk, here)
    assert "Cheaper" in text(desk, f"{HOME}running")
    assert f'hx-get="{HOME}running"' in text(desk, "/console/programme/drafts/")
    assert "Waiting for the worker." in text(desk, f"{here}progress")
    work()
    assert desk.get(f"{here}progress").status_code == 204
    assert f'hx-get="{HOME}running"' not in text(desk, "/console/programme/drafts/")
    page = text(desk, here)
    assert "These 30 days would have cost ¥0.83 instead of ¥1.33: ¥0.50 (37.6%) less." in page
    assert "Largest move between levels: Silver → Member (1)." in page
    assert "0 members would have been given more, 1 less, 3 as much." in page
    assert "Liability by month" in page
    assert desk.post(f"{HOME}ask", {"programme": f"draft:{draft.id}"}).headers["Location"] == here
    told = json.loads(desk.get(f"{here}export.json").content)
    assert (told["cost_minor"], told["in_force"]["cost_minor"]) == (83, 133)
    sheet = b"".join(desk.get(f"{here}export.csv")).decode("utf-8-sig")  # type: ignore[call-overload]
    assert "Joining gift,1.00,0.50,-0.50" in sheet
    assert b"".join(desk.get(f"{here}export.xlsx"))[:2] == b"PK"  # type: ignore[call-overload]
    assert desk.get(f"{here}export.pdf").status_code == 404
    reader = Client()
    reader.force_login(bob)
    assert "Ask again" in text(reader, here)
    assert reader.post(f"{HOME}ask", {"programme": f"draft:{draft.id}"}).status_code == 403


def test_a_file_and_what_can_not_be_asked(desk: Client) -> None:
    file = SimpleUploadedFile("spring.yaml", CHEAPER.encode())
    here = desk.post(f"{HOME}ask", {"file": file}).headers["Location"]
    assert "spring.yaml" in text(desk, here)
    assert desk.post(f"{here}cancel").status_code == 302
    assert "It was called off." in text(desk, here)
    broken = SimpleUploadedFile("broken.yaml", b"programme: x\n")
    assert desk.post(f"{HOME}ask", {"file": broken}).headers["Location"] == HOME
    assert "“broken.yaml” is no sound programme yet" in text(desk, HOME)
    assert desk.post(f"{HOME}ask", {}).headers["Location"] == HOME
    assert "Choose a draft" in text(desk, HOME)
    days = {"programme": "version:1", "first_day": "2026-02-01", "last_day": "2026-01-01"}
    desk.post(f"{HOME}ask", days)
    assert "The first day must lie before the last one" in text(desk, HOME)


def test_a_draft_over_a_long_history_is_previewed_by_the_worker(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreseen, "EVENTS_MOST", 1)
    draft = begun(desk, source=CHEAPER, name="Cheaper")
    path = f"/console/programme/drafts/{draft.id}/preview"
    assert "Waiting for the worker." in text(desk, path)
    assert f'hx-get="{path}"' in text(desk, path), "it asks again by itself"
    assert len(queries.latest()) == 1
    work()
    told = text(desk, path)
    assert "The last 30 days would have cost ¥0.83 instead of ¥1.33." in told
    assert "Liability, winners and losers" in told
    assert "hx-get" not in told


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_in_chinese(desk: Client, language: str) -> None:
    desk.cookies["django_language"] = language
    Operator.objects.update(language=language)
    draft = begun(desk, source=CHEAPER, name="Cheaper")
    here = desk.post(f"{HOME}ask", {"programme": f"draft:{draft.id}"}).headers["Location"]
    work()
    for page in (text(desk, HOME), text(desk, here)):
        assert "推演" in page
        for word in ("In force", "This one", "Liability", "Members", "What-if"):
            assert f">{word}<" not in page
    Simulation.objects.update(state="failed", error=broke_off(3, ""))
    assert f"{broke_off(3, '')[language]}</div>" in text(desk, here)
