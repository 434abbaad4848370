"""Recommendations as they are kept: everybody's written a bucket at a time, a member's read in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from regulars.insight.scoring.arrays import People
from regulars.insight.scoring.recommend import AGAIN, ALIKE, POPULAR, TOGETHER, offers, wares
from regulars.kit.ids import bucket_of
from regulars.kit.rows import array, cursor
from regulars.kit.sqlread import read
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.warehouse.contracts import Tables

REASONS: dict[str, Text] = {
    AGAIN: words("常买，按购买节奏该补了", "常買，依購買節奏該補了", "Bought again and again, and due"),
    TOGETHER: words("常与买过的商品一起买", "常與買過的商品一起買", "Goes with what was bought"),
    ALIKE: words("口味相近的会员在买", "口味相近的會員在買", "Bought by members with like tastes"),
    POPULAR: words("多数会员都在买", "多數會員都在買", "Bought by most members"),
}

REPLACE = """
WITH given AS (
  SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::text[])
      AS row(member_id, rank, sku, name, reason)
), gone AS (
  DELETE FROM scoring_recommendation AS old
   WHERE old.bucket = %s
     AND NOT EXISTS (SELECT FROM given WHERE given.member_id = old.member_id AND given.rank = old.rank)
)
INSERT INTO scoring_recommendation AS old (member_id, rank, bucket, sku, name, reason)
SELECT given.member_id, given.rank, %s::smallint, given.sku, given.name, given.reason FROM given
ON CONFLICT (member_id, rank, bucket) DO UPDATE
   SET sku = excluded.sku, name = excluded.name, reason = excluded.reason
 WHERE (old.sku, old.name, old.reason) IS DISTINCT FROM (excluded.sku, excluded.name, excluded.reason)
"""


@dataclass(frozen=True, slots=True)
class Recommended:
    """One product to offer, the best at rank 1."""

    rank: int
    sku: str
    name: str
    reason: str


Row = tuple[UUID, int, str, str, str]


def write(tables: Tables, people: People, until: date) -> int:
    """Make everybody's recommendations what they are by `until`; how many members have some. A bucket a transaction."""
    known = wares(tables, until)
    ids = {int(number): UUID(one) for number, one in zip(people.numbers, people.ids, strict=True)}
    buckets: list[list[Row]] = [[] for _ in range(64)]
    members = 0
    for number, found in offers(known):
        member = ids.get(number)
        if member is None:
            continue
        members += 1
        buckets[bucket_of(member)] += [
            (member, rank, one.sku, known.names.get(one.sku, ""), one.reason)
            for rank, one in enumerate(found, start=1)
        ]
    for bucket, given in enumerate(buckets):
        _replace(bucket, given)
    return members


def _replace(bucket: int, given: Sequence[Row]) -> None:
    columns = [list(column) for column in zip(*given, strict=True)] if given else [[] for _ in range(5)]
    with transaction.atomic(), cursor() as open_cursor:
        open_cursor.execute(REPLACE, [*map(array, columns), bucket, bucket])


def of_member(member_id: UUID, most: int = 10) -> list[Recommended]:
    """What to offer a member, the best first; empty: no run saw an order of theirs yet."""
    return read(
        Recommended,
        "SELECT rank, sku, name, reason FROM scoring_recommendation"
        " WHERE member_id = %s AND bucket = %s AND rank <= %s ORDER BY rank",
        [member_id, bucket_of(member_id), most],
    )
