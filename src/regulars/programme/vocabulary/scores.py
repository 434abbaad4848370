"""Fields of the scores that the nightly run gives members. Who has none yet has no value there."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from regulars.language.channels import channel_name
from regulars.language.fields import Facts, Field, Style, Type
from regulars.language.sql_text import param, sql
from regulars.members.scores import SCORES, Score
from regulars.programme.vocabulary.channels import KNOWN_CHANNELS

Given = Callable[[Facts], tuple[float | None, str] | None]


def score_fields() -> Iterator[Field]:
    """`score.<name>` for each."""
    return (_field(score) for score in SCORES.values())


def _field(score: Score) -> Field:
    column = "NULLIF(s.label, '')::text" if score.is_word else _CASTS[score.reads]
    found = sql(
        f"(SELECT {column} FROM members_score s WHERE s.member_id = m.id AND s.bucket = m.bucket AND s.name = {{}})",
        param(score.name, "text"),
    )
    name = score.name

    def given(facts: Facts) -> tuple[float | None, str] | None:
        return facts.member.scores.get(name)

    reader = _word(given) if score.is_word else _READERS[score.reads](given)
    words = score.choices if score.reads is Type.CHOICE else ()
    return Field(
        f"score.{name}",
        score.reads,
        score.label,
        lambda _: reader,
        lambda _clock, _window: found,
        choices=words,
        known=KNOWN_CHANNELS if score.named is channel_name else (),
        least=0 if not score.is_word else None,
        most=score.most,
        part=f"score:{name}",
        style=Style.PLAIN if score.is_word else Style.AMOUNT,
        unit=score.unit or {},
    )


def _word(given: Given) -> Callable[[Facts], str | None]:
    def read(facts: Facts) -> str | None:
        found = given(facts)
        return (found[1] or None) if found is not None else None

    return read


def _whole(given: Given) -> Callable[[Facts], int | None]:
    def read(facts: Facts) -> int | None:
        found = given(facts)
        return None if found is None or found[0] is None else int(found[0])

    return read


def _number(given: Given) -> Callable[[Facts], Decimal | None]:
    def read(facts: Facts) -> Decimal | None:
        found = given(facts)
        return None if found is None or found[0] is None else Decimal(repr(found[0]))

    return read


_CASTS = {
    Type.INTEGER: "trunc(s.value)::bigint",
    Type.MONEY: "trunc(s.value)::bigint",
    Type.NUMBER: "s.value::numeric",
}
_READERS: dict[Type, Callable[[Given], Callable[[Facts], int | Decimal | None]]] = {
    Type.INTEGER: _whole,
    Type.MONEY: _whole,
    Type.NUMBER: _number,
}
