"""Every metric is defined once, in three languages, and the page that tells them is current."""

import runpy
from pathlib import Path

from regulars.insight.metrics import METRICS
from regulars.insight.registry import REPORTS
from regulars.language.text import LANGUAGES

ROOT = Path(__file__).parents[2]


def test_every_definition_is_there_in_three_languages() -> None:
    for metric in METRICS.values():
        assert set(metric.name) == set(metric.definition) == set(LANGUAGES), metric.id
        assert all(metric.definition.values()), metric.id


def test_reports_have_ids_of_their_own_and_texts_in_three_languages() -> None:
    assert len({report.id for report in REPORTS}) == len(REPORTS)
    for report in REPORTS:
        assert set(report.name) == set(report.about) == set(LANGUAGES), report.id
        assert set(report.see) <= {one.id for one in REPORTS} - {report.id}, report.id


def test_the_page_of_definitions_is_current() -> None:
    written = runpy.run_path(str(ROOT / "scripts/metrics.py"))
    assert (ROOT / "docs/metrics.md").read_text() == written["page"](), "run: scripts/metrics.py write"
