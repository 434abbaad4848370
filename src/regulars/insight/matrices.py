"""A ladder crossed with an attribute (横×纵): how many members are in every cell."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.kit.sqlread import rows
from regulars.programme.contracts import Matrix, Programme

COUNTED = """
SELECT level, choice, count(*)
  FROM (SELECT coalesce(s.level, %s) AS level,
               CASE WHEN m.attributes ->> %s = ANY(%s::text[]) THEN m.attributes ->> %s ELSE '' END AS choice
          FROM members_member AS m
          LEFT JOIN tiers_standing AS s ON s.member_id = m.id AND s.bucket = m.bucket AND s.ladder = %s
         WHERE m.id <> ALL (ARRAY(SELECT gone FROM members_merge WHERE undone_at IS NULL))) AS placed
 GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Crossed:
    """Members by (level, choice); the choice is empty of those who have not chosen any that the programme lists. Who
    stands on a level that the ladder no longer has is in none."""

    matrix: Matrix
    cells: Mapping[tuple[str, str], int]

    @property
    def most(self) -> int:
        """The members of the fullest cell of those who have chosen."""
        return max((members for (_, choice), members in self.cells.items() if choice), default=0)


def crossed(programme: Programme, matrix: Matrix) -> Crossed:
    """Count them: one pass over all members."""
    ladder, attribute = programme.ladders[matrix.ladder], programme.attributes[matrix.attribute]
    found = rows(
        COUNTED,
        [ladder.levels[0].id, attribute.id, list(attribute.choices), attribute.id, ladder.id],
    )
    known = {level.id for level in ladder.levels}
    return Crossed(matrix, {(level, choice): members for level, choice, members in found if level in known})
