"""An alert is there once, as long as it is so, and calls until somebody knows."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from regulars.alerts import queries, service
from regulars.alerts.contracts import Alarm, Kind, NoSuchAlert, NoteMissing, Severity
from regulars.alerts.models import Alert
from regulars.kit import clock

pytestmark = pytest.mark.django_db

SAME = {"zh-hans": "x", "zh-hant": "x", "en": "x"}
BROKEN = Kind("test.broken", SAME, SAME)
SOON = Kind("test.soon", SAME, SAME, Severity.WARNING)
NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
ANN = UUID("019b8be1-f500-7d2b-98af-98a36c09b000")


def names() -> list[tuple[str, str]]:
    return [(each.code, each.subject) for each in queries.there()]


def test_what_is_found_again_is_the_same_alert() -> None:
    with clock.fixed(NIGHT):
        service.raise_alerts([Alarm(BROKEN, "ann", {"found": 1}, ANN)])
    with clock.fixed(NIGHT + timedelta(days=1)):
        service.raise_alerts([Alarm(BROKEN, "ann", {"found": 2}, ANN)])
    [alert] = queries.there()
    assert (alert.first_seen, alert.last_seen, alert.count) == (NIGHT, NIGHT + timedelta(days=1), 2)
    assert alert.params == {"found": 2}
    assert alert.member_id == ANN
    assert queries.calling() == 1


def test_what_is_not_found_again_is_over_and_may_come_back() -> None:
    service.settle(["test.broken"], [Alarm(BROKEN, "ann"), Alarm(BROKEN, "bo")])
    service.raise_alerts([Alarm(SOON, "other")])
    assert service.settle(["test.broken"], [Alarm(BROKEN, "bo")]) == 1
    assert names() == [("test.broken", "bo"), ("test.soon", "other")]
    assert [each.subject for each in queries.over()] == ["ann"]
    service.settle(["test.broken"], [Alarm(BROKEN, "ann"), Alarm(BROKEN, "bo")])
    assert Alert.objects.filter(subject="ann").count() == 2


def test_a_check_that_has_not_seen_all_resolves_nothing() -> None:
    service.raise_alerts([Alarm(BROKEN, "ann")])
    assert service.settle(["test.broken"], [Alarm(BROKEN, "bo")], whole=False) == 0
    assert names() == [("test.broken", "bo"), ("test.broken", "ann")]


def test_an_acknowledged_alert_calls_no_more_and_stays_till_it_is_over() -> None:
    service.raise_alerts([Alarm(BROKEN, "ann")])
    [alert] = queries.there()
    assert service.acknowledge(alert.id, "alice@example.com", " we know ")
    assert not service.acknowledge(alert.id, "bob@example.com", "I too")
    service.raise_alerts([Alarm(BROKEN, "ann")])
    [alert] = queries.there()
    assert (alert.acknowledged_by, alert.note, alert.count) == ("alice@example.com", "we know", 2)
    assert queries.calling() == 0
    assert service.resolve("test.broken", "ann")
    assert not service.resolve("test.broken", "ann")
    assert queries.there() == []
    with pytest.raises(NoSuchAlert):
        service.acknowledge(alert.id, "alice@example.com", "late")


@pytest.mark.parametrize("note", ["", "   ", "x" * 501])
def test_whoever_acknowledges_says_why(note: str) -> None:
    service.raise_alerts([Alarm(BROKEN)])
    [alert] = queries.there()
    with pytest.raises(NoteMissing):
        service.acknowledge(alert.id, "alice@example.com", note)
    assert queries.calling() == 1


def test_the_latest_check_and_when_it_was_last_in_order() -> None:
    assert queries.check("books") is None
    service.note_check("books", NIGHT, 1.5, True, {"entries": 3})
    service.note_check("books", NIGHT + timedelta(days=1), 2.5, False, {"entries": 4})
    check = queries.check("books")
    assert check is not None
    assert (check.ok, check.ok_at, check.seconds, check.figures) == (False, NIGHT, 2.5, {"entries": 4})


def test_a_state_that_lasts_is_not_counted_each_time_it_is_looked_at() -> None:
    lasts = Kind("test.lasts", SAME, SAME, lasting=True)
    for used in (1, 1, 1, 2):
        service.raise_alerts([Alarm(lasts, "ann", {"used": used}), Alarm(BROKEN, "ann", {"used": 1})])
    assert {each.code: each.count for each in queries.there()} == {"test.lasts": 2, "test.broken": 4}
