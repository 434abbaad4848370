"""Products to offer members, as the nightly run found them: written a bucket at a time, read by whoever offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array
from regulars.kit.sqlread import read
from regulars.language.problems import words
from regulars.language.text import Text

AGAIN, TOGETHER, ALIKE, POPULAR = "again", "together", "alike", "popular"
REASONS: dict[str, Text] = {
    AGAIN: words("常买，按购买节奏该补了", "常買，依購買節奏該補了", "Bought again and again, and due"),
    TOGETHER: words("常与买过的商品一起买", "常與買過的商品一起買", "Goes with what was bought"),
    ALIKE: words("口味相近的会员在买", "口味相近的會員在買", "Bought by members with like tastes"),
    POPULAR: words("多数会员都在买", "多數會員都在買", "Bought by most members"),
}
"""Why it is offered, for operators."""
TOLD: dict[str, Text] = {
    AGAIN: words("您常买", "您常買", "You buy it often"),
    TOGETHER: words("与您常买的搭配", "與您常買的搭配", "Goes with what you buy"),
    ALIKE: words("口味相近的会员喜欢", "口味相近的會員喜歡", "Others with your taste like it"),
    POPULAR: words("大家都在买", "大家都在買", "Popular"),
}
"""The same, for the member."""

REPLACE = """
WITH given AS (
  SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::bigint[], %s::text[])
      AS row(member_id, rank, sku, name, price_minor, reason)
), gone AS (
  DELETE FROM members_recommendation AS old
   WHERE old.bucket = %s
     AND NOT EXISTS (SELECT FROM given WHERE given.member_id = old.member_id AND given.rank = old.rank)
)
INSERT INTO members_recommendation AS old (member_id, rank, bucket, sku, name, price_minor, reason)
SELECT given.member_id, given.rank, %s::smallint, given.sku, given.name, given.price_minor, given.reason FROM given
ON CONFLICT (member_id, rank, bucket) DO UPDATE
   SET sku = excluded.sku, name = excluded.name, price_minor = excluded.price_minor, reason = excluded.reason
 WHERE (old.sku, old.name, old.price_minor, old.reason)
       IS DISTINCT FROM (excluded.sku, excluded.name, excluded.price_minor, excluded.reason)
"""


@dataclass(frozen=True, slots=True)
class Recommended:
    """One product to offer, the best at rank 1. `price_minor`: what it usually cost of late; None where that is not
    known."""

    rank: int
    sku: str
    name: str
    price_minor: int | None
    reason: str


Row = tuple[UUID, int, str, str, int | None, str]
"""Member, rank, sku, name, price, reason."""


def replace(cursor: Cursor, bucket: int, given: Sequence[Row]) -> None:
    """Make `given` all that is offered to the members of a bucket. In the caller's transaction."""
    columns = [list(column) for column in zip(*given, strict=True)] if given else [[] for _ in range(6)]
    cursor.execute(REPLACE, [*map(array, columns), bucket, bucket])


def of_member(member_id: UUID, most: int = 10) -> list[Recommended]:
    """What to offer a member, the best first; empty: no run saw an order of theirs yet."""
    return read(
        Recommended,
        "SELECT rank, sku, name, price_minor, reason FROM members_recommendation"
        " WHERE member_id = %s AND bucket = %s AND rank <= %s ORDER BY rank",
        [member_id, bucket_of(member_id), most],
    )
