"""The field by which conditions ask which audiences the member is in."""

from collections.abc import Mapping

from regulars.audiences.contracts import FIELD
from regulars.language.fields import Choice, Field, Style, Type
from regulars.language.problems import words
from regulars.language.sql_text import Sql
from regulars.language.text import Text
from regulars.language.tree import Op


def audience_field(known: Mapping[str, Text]) -> Field:
    """The audiences that the member is in. `known`: those there are, and what people call them."""
    return Field(
        FIELD,
        Type.TAGS,
        words("人群", "人群", "audience"),
        lambda _: lambda facts: facts.member.audiences,
        lambda _clock, _window: Sql(
            "ARRAY(SELECT a.audience::text FROM audiences_membership a WHERE a.member_id = m.id"
            " AND a.bucket = m.bucket AND a.until IS NULL)"
        ),
        known=tuple(Choice(ident, name) for ident, name in known.items()),
        never_missing=True,
        part="audiences",
        style=Style.SET,
        phrases={
            Op.HAS: words("属于{value}人群", "屬於{value}人群", "is in the audience {value}"),
            Op.HAS_NOT: words("不属于{value}人群", "不屬於{value}人群", "is not in the audience {value}"),
            Op.HAS_ANY: words("属于{value}人群", "屬於{value}人群", "is in the audience {value}"),
            Op.HAS_ALL: words("同时属于{value}人群", "同時屬於{value}人群", "is in the audiences {value}"),
            Op.HAS_NONE: words("不属于{value}人群", "不屬於{value}人群", "is not in the audience {value}"),
            Op.IS_SET: words("属于任一人群", "屬於任一人群", "is in some audience"),
            Op.IS_NOT_SET: words("不属于任何人群", "不屬於任何人群", "is in no audience"),
        },
    )
