"""Fields of benefits: which ones a member has the good of now."""

from collections.abc import Callable, Iterator

from regulars.benefits.contracts import Benefit
from regulars.language.fields import Facts, Field, Read, Type
from regulars.language.problems import words
from regulars.language.snapshot import CLAIMED
from regulars.language.sql_text import Sql, joined, param, sql
from regulars.language.text import Text, say
from regulars.language.tree import Op
from regulars.programme.contracts import Programme

HELD = (
    "EXISTS (SELECT 1 FROM benefits_entitlement b WHERE b.member_id = m.id AND b.bucket = m.bucket "
    "AND b.benefit = {} AND b.state = 'claimed')"
)
STANDS = (
    "COALESCE((SELECT s.level::text FROM tiers_standing s WHERE s.member_id = m.id AND s.bucket = m.bucket "
    "AND s.ladder = {}), {}) IN ({})"
)


def benefit_fields(programme: Programme) -> Iterator[Field]:
    """`benefit.<id>.active` for every benefit but those of an audience, whose own condition says as much."""
    for benefit in programme.benefits.values():
        if benefit.when is None:
            yield _active_field(benefit, _lowest(programme))


def _lowest(programme: Programme) -> dict[str, str]:
    return {ladder.id: ladder.levels[0].id for ladder in programme.ladders.values() if ladder.levels}


def _active_field(benefit: Benefit, lowest: dict[str, str]) -> Field:
    name = benefit.name
    return Field(
        f"benefit.{benefit.id}.active",
        Type.BOOLEAN,
        _said("权益“{}”生效中", "權益「{}」生效中", "the benefit “{}” is in force", name),
        lambda _: _reader(benefit, lowest),
        lambda _clock, _window: _sql(benefit, lowest),
        never_missing=True,
        part="benefits",
        phrases={
            Op.IS_SET: _said("享有权益“{}”", "享有權益「{}」", "has the benefit “{}”", name),
            Op.IS_NOT_SET: _said(
                "不享有权益“{}”", "不享有權益「{}」", "does not have the benefit “{}”", name
            ),
        },
    )


def _said(hans: str, hant: str, en: str, name: Text) -> Text:
    frames = words(hans, hant, en)
    return {language: frame.format(say(name, language)) for language, frame in frames.items()}


def _reader(benefit: Benefit, lowest: dict[str, str]) -> Read:
    by_level = _by_level(benefit, lowest) if benefit.claim is None and benefit.levels else None
    benefit_id = benefit.id

    def read(facts: Facts) -> bool:
        if by_level is not None and by_level(facts):
            return True
        rows = facts.member.entitlements().values()
        return any(row.benefit == benefit_id and row.state == CLAIMED for row in rows)

    return read


def _by_level(benefit: Benefit, lowest: dict[str, str]) -> Callable[[Facts], bool]:
    levels = frozenset(benefit.levels)
    ladders = {ladder for ladder, _ in levels}

    def read(facts: Facts) -> bool:
        standings = facts.member.standings
        return any(
            (ladder, standings[ladder].level if ladder in standings else lowest.get(ladder)) in levels
            for ladder in ladders
        )

    return read


def _sql(benefit: Benefit, lowest: dict[str, str]) -> Sql:
    ways = [sql(HELD, param(benefit.id, "text"))]
    if benefit.claim is None:
        for ladder in dict.fromkeys(ladder for ladder, _ in benefit.levels):
            names = [param(level, "text") for level in benefit.ladder_levels(ladder)]
            ways.append(
                sql(STANDS, param(ladder, "text"), param(lowest.get(ladder), "text"), joined(", ", names))
            )
    return sql("({})", joined(" OR ", ways))
