"""A house full of old lots, made by SQL alone: what expiry and reconciliation are measured on."""

from pathlib import Path

import psycopg

from regulars.kit import postgres

EARNED = "2024-01-01 04:00:00+00"
"""When the first of the lots were earned; the next ones follow by the second."""

MEMBERS = """
CREATE TEMP TABLE filled AS
SELECT (lpad(to_hex(1690000000000 + number), 12, '0') || '7' || substr(name, 1, 3) || '8' || substr(name, 4, 15))::uuid
       AS member_id, number
  FROM generate_series(%(first)s::bigint, %(first)s::bigint + %(members)s - 1) AS number,
       LATERAL (SELECT md5('member' || number) AS name) AS named
"""
BUCKETS = """
CREATE TEMP TABLE filler AS
SELECT filled.*, (get_byte(uuid_send(member_id), 15) & 63)::smallint AS bucket FROM filled
"""
JOIN = """
INSERT INTO members_member (id, bucket, status, name, gender, language, source, joined_at, attributes, tags,
                            updated_at)
SELECT member_id, bucket, 'active', '', '', '', 'bench', %(at)s::timestamptz, '{}', '{}', %(at)s::timestamptz
  FROM filler
"""
LIVES = """
CREATE TEMP TABLE life AS
SELECT member_id, bucket, at, amount,
       (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(name, 1, 3) || '8'
        || substr(name, 4, 12) || '000')::uuid AS id
  FROM (SELECT member_id, bucket, %(at)s::timestamptz + make_interval(secs => turn * 86400 + number) AS at,
               (number %% 97 + turn + 1)::bigint AS amount, md5(number || ':' || turn) AS name
          FROM filler, generate_series(0, %(each)s - 1) AS turn) AS lived
"""
EVENTS = """
INSERT INTO events_event (member_id, id, bucket, source, key, type, time, received_at, digest, data, version, effects,
                          outcome, trace)
SELECT member_id, id, bucket, 'bench', 'filled-' || id, 'asset.credited', at, at, '', json_build_object(
           'asset', 'points', 'units', amount), 1,
       json_build_array(json_build_object('kind', 'credit', 'rule', '', 'asset', 'points', 'amount', amount)),
       '{}', '[]'
  FROM life
"""
ENTRIES = """
INSERT INTO ledger_entry (member_id, id, bucket, asset, amount, account, lot_id, rule, time, page)
SELECT member_id, first, bucket, 'points', amount, 'issue', first, '', at, 0
  FROM life, LATERAL (SELECT (left(id::text, 33) || '001')::uuid AS first) AS child
"""
LOTS = """
INSERT INTO ledger_lot (member_id, id, bucket, asset, amount, remaining, expired, reversed, earned_at, expires_at,
                        held, pending, rule)
SELECT member_id, (left(id::text, 33) || '001')::uuid, bucket, 'points', amount, amount, 0, 0, at,
       %(ends)s::timestamptz, 0, 0, ''
  FROM life
"""
BALANCES = """
INSERT INTO ledger_balance (member_id, asset, bucket, balance, earned, spent, expired, reversed, moved, held, pending,
                            earned_on, due_at)
SELECT member_id, 'points', bucket, sum(amount), sum(amount), 0, 0, 0, 0, 0, 0, max(at)::date, %(ends)s::timestamptz
  FROM life GROUP BY member_id, bucket
"""


def fill(folder: Path, members: int, each: int, ends: str) -> int:
    """`members` with `each` lots of points, all ending at `ends` (ISO 8601); how many lots that makes."""
    named = {"first": 1, "members": members, "each": each, "at": EARNED, "ends": ends}
    with psycopg.connect(postgres.url(folder)) as connection:
        connection.execute("SET LOCAL synchronous_commit = off")
        for statement in (MEMBERS, BUCKETS, JOIN, LIVES, EVENTS, ENTRIES, LOTS, BALANCES):
            connection.execute(statement, named)
    with psycopg.connect(postgres.url(folder), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return members * each
