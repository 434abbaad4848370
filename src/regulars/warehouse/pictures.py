"""Pictures of what changes: tables of how things stand now, copied anew when they have changed.

A picture costs at most a twentieth of the follower's time: one that took a second is not taken again for twenty. So
with a few thousand members everything is seconds old, and with a million the largest ones are some minutes old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from regulars.warehouse.manifest import Picture
from regulars.warehouse.source import Source, text

SHARE = 20
"""A picture is taken at most every so many times as long as it takes."""

AT_LEAST = timedelta(hours=1)
"""So old at most, even where nothing seems to have changed."""

STILL = timedelta(seconds=10)
"""PostgreSQL tells so late, at most, that a table has changed."""

MERGES = "merges"
"""Records that were merged away: `gone` → `kept`, numbers both. Applied when reading."""

_NUMBER = "JOIN members_member AS member ON member.id = {a}.member_id AND member.bucket = {a}.bucket"


@dataclass(frozen=True, slots=True)
class _Copied:
    sql: str
    tables: tuple[str, ...]


_COPIED = {
    "members": _Copied(
        """SELECT number AS member, id::text AS member_id, joined_at,
                  (joined_at AT TIME ZONE {zone})::date AS joined_day, source::text, gender::text, birthday,
                  language::text, tags::text[] AS tags, attributes::text AS attributes
             FROM members_member WHERE status = 'active' ORDER BY number""",
        ("members_member",),
    ),
    "steps": _Copied(
        f"""SELECT member.number AS member, ladder::text, before::text, after::text, reason::text, step.time AS at,
                  (step.time AT TIME ZONE {{zone}})::date AS day, since, until
             FROM tiers_change AS step {_NUMBER.format(a="step")}""",
        ("tiers_change",),
    ),
    "standings": _Copied(
        f"""SELECT member.number AS member, ladder::text, level::text, since, until
             FROM tiers_standing AS standing {_NUMBER.format(a="standing")}""",
        ("tiers_standing",),
    ),
    "lots": _Copied(
        f"""SELECT member.number AS member, asset::text, amount AS units, remaining, earned_at,
                  (earned_at AT TIME ZONE {{zone}})::date AS earned_day, expires_at,
                  (expires_at AT TIME ZONE {{zone}})::date AS expires_day, rule::text
             FROM ledger_lot AS lot {_NUMBER.format(a="lot")}""",
        ("ledger_lot",),
    ),
    "entitlements": _Copied(
        f"""SELECT member.number AS member, benefit::text, state::text,
                  (granted_at AT TIME ZONE {{zone}})::date AS granted_day,
                  (claimed_at AT TIME ZONE {{zone}})::date AS claimed_day,
                  (used_at AT TIME ZONE {{zone}})::date AS used_day,
                  (ended_at AT TIME ZONE {{zone}})::date AS ended_day, cost_minor
             FROM benefits_entitlement AS entitlement {_NUMBER.format(a="entitlement")}""",
        ("benefits_entitlement",),
    ),
    "messages": _Copied(
        f"""SELECT member.number AS member, template::text, category::text, created_at AS at,
                  (created_at AT TIME ZONE {{zone}})::date AS day, inbox, read_at, coalesce(sent, 0)::int AS sent
             FROM messaging_message AS message {_NUMBER.format(a="message")}
             LEFT JOIN (SELECT member_id, message_id, count(*) AS sent FROM messaging_delivery
                         WHERE status = 'sent' GROUP BY member_id, message_id) AS delivery
               ON delivery.member_id = message.member_id AND delivery.message_id = message.id""",
        ("messaging_message", "messaging_delivery"),
    ),
    MERGES: _Copied(
        """SELECT gone.number AS gone, kept.number AS kept FROM members_member AS gone
             JOIN members_member AS kept ON kept.id = gone.merged_into WHERE gone.merged_into IS NOT NULL
            ORDER BY gone.number""",
        (),
    ),
}

PICTURES = tuple(_COPIED)

_CHANGES = """
SELECT relname::text, (n_tup_ins + n_tup_upd + n_tup_del)::text FROM pg_stat_all_tables
 WHERE schemaname = current_schema() AND relname IN ({names})
"""

_MERGED = """
SELECT coalesce(md5(string_agg(id::text || merged_into::text, ',' ORDER BY id)), '') FROM members_member
 WHERE merged_into IS NOT NULL
"""


def sql_of(table: str, zone: ZoneInfo) -> str:
    """The query that copies the table."""
    return _COPIED[table].sql.format(zone=text(zone.key))


def marks(source: Source) -> dict[str, str]:
    """Per picture by what one can tell that it has changed: when this differs, it may have. Who was merged into whom is
    part of each, since a merge moves rows of all of them at once."""
    names = sorted({name for copied in _COPIED.values() for name in copied.tables})
    found = source.table(_CHANGES.format(names=", ".join(map(text, names))))
    written = dict(zip(*(column.to_pylist() for column in found.columns), strict=True))
    merged = source.table(_MERGED).column(0)[0].as_py()
    return {
        table: "/".join((merged, *(written.get(name, "") for name in copied.tables)))
        for table, copied in _COPIED.items()
    }


def due(before: Picture | None, mark: str, now: datetime) -> bool:
    """Whether the picture is to be taken: at once where there is none or somebody was merged, else when it has changed
    and is old enough."""
    if before is None or mark.partition("/")[0] != before.mark.partition("/")[0]:
        return True
    if mark == before.mark:
        return bool(mark.partition("/")[2]) and now - before.at >= AT_LEAST
    return now - before.at >= timedelta(seconds=SHARE * before.seconds)
