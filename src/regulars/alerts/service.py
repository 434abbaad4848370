"""Raising, acknowledging and resolving alerts, in the caller's transaction."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from regulars.alerts.contracts import Alarm, NoSuchAlert, NoteMissing
from regulars.alerts.models import Alert, Check
from regulars.kit import clock

NOTE_LENGTH = 500
SUBJECT_LENGTH = 200

SEEN = """
INSERT INTO alerts_alert AS alert (code, subject, severity, params, member_id, first_seen, last_seen, count,
                                   acknowledged_by, note)
SELECT code, subject, severity, params, member_id, %s, %s, 1, '', ''
  FROM jsonb_to_recordset(%s::jsonb)
       AS row(code text, subject text, severity text, params jsonb, member_id uuid)
 ORDER BY code, subject
ON CONFLICT (code, subject) WHERE resolved_at IS NULL DO UPDATE
   SET last_seen = excluded.last_seen, params = excluded.params,
       count = alert.count + CASE WHEN alert.code = ANY(%s) AND alert.params = excluded.params THEN 0 ELSE 1 END,
       severity = excluded.severity, member_id = excluded.member_id
"""


AGAIN = """
UPDATE alerts_alert AS alert SET resolved_at = NULL
 WHERE (code, subject) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
   AND resolved_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM alerts_alert AS other
                    WHERE other.code = alert.code AND other.subject = alert.subject
                      AND (other.resolved_at IS NULL OR other.id > alert.id))
"""


@transaction.atomic
def raise_alerts(alarms: Iterable[Alarm]) -> None:
    """What was found now is known: a new alert, or one that is there already, seen once more.

    Two alarms of one kind and subject count once, the later one.
    """
    found = {(alarm.kind.code, alarm.subject[:SUBJECT_LENGTH]): alarm for alarm in alarms}
    if not found:
        return
    rows = [
        {
            "code": code,
            "subject": subject,
            "severity": alarm.kind.severity.value,
            "params": dict(alarm.params),
            "member_id": str(alarm.member_id) if alarm.member_id else None,
        }
        for (code, subject), alarm in found.items()
    ]
    now = clock.now()
    lasting = sorted({alarm.kind.code for alarm in found.values() if alarm.kind.lasting})
    once = [name for name, alarm in found.items() if alarm.kind.once]
    with connection.cursor() as cursor:
        if once:
            cursor.execute(AGAIN, [[code for code, _ in once], [subject for _, subject in once]])
        cursor.execute(SEEN, [now, now, json.dumps(rows), lasting])


@transaction.atomic
def settle(codes: Sequence[str], alarms: Sequence[Alarm], whole: bool = True) -> int:
    """A check of these codes has found `alarms`, and, where it is `whole`, nothing else: what was there before and
    is not among them is resolved. Returns how many were."""
    raise_alerts(alarms)
    if not whole:
        return 0
    there = {(alarm.kind.code, alarm.subject[:SUBJECT_LENGTH]) for alarm in alarms}
    gone = [
        key
        for key, code, subject in Alert.objects.filter(code__in=codes, resolved_at=None).values_list(
            "pk", "code", "subject"
        )
        if (code, subject) not in there
    ]
    return Alert.objects.filter(pk__in=gone, resolved_at=None).update(resolved_at=clock.now())


def resolve(code: str, subject: str = "") -> bool:
    """It is not so any more; False: it was not."""
    return bool(
        Alert.objects.filter(code=code, subject=subject[:SUBJECT_LENGTH], resolved_at=None).update(
            resolved_at=clock.now()
        )
    )


def acknowledge(alert_id: int, by: str, note: str) -> bool:
    """Somebody knows of it and says so: it calls no more. False: somebody had, whose note stands.

    Refuses an empty note or one that is too long, and an alert that is over.
    """
    said = note.strip()
    if not said or len(said) > NOTE_LENGTH:
        raise NoteMissing(NOTE_LENGTH)
    open_ones = Alert.objects.filter(pk=alert_id, resolved_at=None)
    if open_ones.filter(acknowledged_at=None).update(
        acknowledged_at=clock.now(), acknowledged_by=by[:200], note=said
    ):
        return True
    if not open_ones.exists():
        raise NoSuchAlert
    return False


def note_check(name: str, at: datetime, seconds: float, ok: bool, figures: dict[str, Any]) -> None:
    """A check has run."""
    known = {"at": at, "seconds": seconds, "ok": ok, "figures": figures}
    if ok:
        known["ok_at"] = at
    Check.objects.update_or_create(name=name, defaults=known)
