"""Members drawn by hypothesis: the same data as a snapshot in memory and as rows in the real tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models
from hypothesis import strategies as st

from regulars.audiences.models import Membership
from regulars.events.models import Event as EventRow
from regulars.events.models import Tally
from regulars.kit import ids
from regulars.language.events import Event
from regulars.language.snapshot import Profile, Snapshot, Standing, Totals
from regulars.ledger.models import Balance
from regulars.members.models import Identity, Member
from regulars.members.models import Score as ScoreRow
from regulars.members.scores import SCORES
from regulars.orders.models import MemberTotals
from regulars.tiers.models import Standing as StandingRow
from tests.owner import as_owner

START = datetime(2026, 1, 1, tzinfo=UTC)

TEXTS = st.sampled_from(
    [
        "",
        "staff",
        "Staff",
        "STAFF ",
        "会员",
        "會員日",
        "O'Reilly",
        '"; DROP TABLE members_member; --',
        "100%",
        "%s",
        "%%",
        "\\",
        "a_b",
        "é",
        "É",
        "ß",
        "Ａ",
        "😀",
        "İ",
        "null",
        "{}",
        "{0}",
        "x" * 60,
        "v",
        " ",
        "\t",
        "\u0130stanbul",
    ]
) | st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=6)
SET_TEXTS = TEXTS.filter(bool)
MOMENTS = st.builds(
    lambda seconds: datetime(1999, 12, 31, tzinfo=UTC) + timedelta(seconds=seconds),
    st.floats(0, 32 * 366 * 86400),
) | st.sampled_from(
    [
        datetime(2024, 2, 28, 16, tzinfo=UTC),
        datetime(2024, 2, 29, 15, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 2, 28, 20, tzinfo=UTC),
        datetime(2026, 3, 30, 23, tzinfo=UTC),
        datetime(2026, 12, 31, 16, tzinfo=UTC),
    ]
)
NEAR = st.builds(lambda hours: START + timedelta(hours=hours), st.integers(0, 24 * 500))
BIRTHDAYS = st.dates(date(1900, 1, 1), date(2030, 12, 31)) | st.sampled_from(
    [
        date(2000, 2, 29),
        date(1900, 2, 28),
        date(1996, 2, 29),
        date(1990, 12, 31),
        date(1990, 1, 1),
        date(1988, 3, 1),
    ]
)
NUMBERS = st.integers(-3, 12) | st.sampled_from(
    [2.5, 0.1, 1e16, -0.0, 5.0, 1e-7, 10**15, 0.30000000000000004]
)
ISO_DATES = BIRTHDAYS.map(date.isoformat) | st.sampled_from(
    ["2026-02-30", "20260101", "2026-1-1", "0000-01-01", "soon"]
)
ISO_TIMES = NEAR.map(datetime.isoformat) | st.sampled_from(
    [
        "2026-11-22T10:00:00+08:00",
        "2026-11-22T10:00:00.5Z",
        "2026-11-22T10:00:00",
        "2026-11-22T24:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-11-22 10:00:00+08:00",
        "2026-13-01T00:00:00Z",
        "2026-11-22T10:00:60Z",
    ]
)
ANYTHING = (
    st.none() | st.booleans() | NUMBERS | TEXTS | ISO_DATES | ISO_TIMES | st.just([1]) | st.just({"a": 1})
)


def _json(*likely: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(*likely, *likely, ANYTHING)


ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "city": _json(TEXTS),
        "size": _json(NUMBERS),
        "pet": _json(st.booleans()),
        "married": _json(ISO_DATES),
        "age_group": _json(st.sampled_from(["19-24", "25-34", "65+", "gone"])),
    },
)
LINES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "sku": _json(TEXTS),
            "name": _json(TEXTS),
            "category": _json(st.sampled_from(["BREAD", "MILK", "v"])),
            "brand": _json(TEXTS),
            "quantity": _json(NUMBERS),
            "price_minor": _json(st.integers(0, 20000)),
            "total_minor": _json(st.integers(0, 20000)),
        },
    )
    | ANYTHING,
    max_size=3,
)
PAYLOADS = st.fixed_dictionaries(
    {},
    optional={
        "total_minor": _json(st.integers(0, 60000)),
        "channel": _json(TEXTS),
        "rating": _json(NUMBERS),
        "weight": _json(NUMBERS),
        "gift": _json(st.booleans()),
        "due": _json(ISO_DATES),
        "shipped": _json(ISO_TIMES),
        "items": _json(LINES, LINES),
    },
)
TALLIES = st.dictionaries(
    st.sampled_from(["order.paid", "checkin", "credit:points", "credit:credit"]),
    st.dictionaries(
        st.integers(0, 500).map(lambda days: START.date() + timedelta(days=days)),
        st.tuples(st.integers(0, 4), st.integers(-5000, 60000)).map(list),
        max_size=6,
    ),
)
TOTALS = st.builds(
    Totals,
    st.integers(0, 12),
    st.integers(0, 200000),
    st.integers(0, 250000),
    st.none() | NEAR,
    st.none() | NEAR,
)
SCORED = st.dictionaries(
    st.sampled_from(list(SCORES)),
    st.tuples(
        st.none() | st.integers(0, 5).map(float) | st.floats(0, 10**9).map(lambda one: float(f"{one:.12g}")),
        st.sampled_from(["", "champions", "lost", "high", "late", "evening", "gone"]) | TEXTS,
    ),
    max_size=5,
)
PROFILES = st.builds(
    Profile,
    TEXTS,
    TEXTS.map(lambda text: text[:20]),
    st.none() | BIRTHDAYS,
    st.sampled_from(["", "zh-hans", "en"]),
    TEXTS,
    MOMENTS,
    ATTRIBUTES,
    st.frozensets(st.sampled_from(["phone", "email", "card", "wechat", "pos"])),
)


AUDIENCES = st.sampled_from(["big", "asleep", "guests"])


@dataclass
class Drawn:
    """One member and one event of theirs."""

    member: Snapshot
    event: Event
    keeps_totals: bool


@st.composite
def drawn_members(draw: st.DrawFn) -> list[Drawn]:
    """A few members, each with one order."""
    return [_member(draw, number) for number in range(draw(st.integers(1, 3)))]


def _member(draw: st.DrawFn, number: int) -> Drawn:
    member_id = UUID(int=ids.time_id(START).int + number * 65 + draw(st.integers(0, 63)))
    keeps_totals = draw(st.booleans())
    tallies = {name: days for name, days in draw(TALLIES).items() if days}
    snapshot = Snapshot(
        member_id,
        profile=draw(PROFILES),
        tags=set(draw(st.lists(SET_TEXTS, max_size=3))),
        audiences=set(draw(st.lists(AUDIENCES, max_size=3))),
        standings={
            ladder: Standing(ladder, level, date(2026, 1, 1), None)
            for ladder, level in draw(
                st.dictionaries(
                    st.sampled_from(["level", "vip"]), st.sampled_from(["basic", "silver", "gold", "retired"])
                )
            ).items()
        },
        balances=draw(st.dictionaries(st.sampled_from(["points", "credit"]), st.integers(-300, 5000))),
        totals=draw(TOTALS) if keeps_totals else Totals(),
        tallies=tallies,
        counts={name: sum(each[0] for each in days.values()) for name, days in tallies.items()},
        scores=draw(SCORED),
    )
    at = draw(MOMENTS | NEAR)
    event = Event(
        ids.time_id(at),
        draw(TEXTS)[:60],
        f"key-{number}",
        draw(st.sampled_from(["order.paid", "checkin"])),
        member_id,
        at,
        draw(PAYLOADS),
    )
    return Drawn(snapshot, event, keeps_totals)


TABLES: tuple[type[models.Model], ...] = (
    Member,
    Identity,
    StandingRow,
    Balance,
    MemberTotals,
    Tally,
    EventRow,
    ScoreRow,
    Membership,
)
EMPTY = "; ".join(f"DELETE FROM {model._meta.db_table}" for model in TABLES)


def write(drawn: Iterable[Drawn]) -> None:
    """All of it in the tables, in the place of what was there."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(EMPTY)
    rows = [row for one in drawn for row in _rows(one)]
    for model in TABLES:
        model._default_manager.bulk_create([row for row in rows if isinstance(row, model)])


def _rows(one: Drawn) -> Iterator[models.Model]:
    member, profile, event = one.member, one.member.profile, one.event
    owner = {"member_id": member.member_id, "bucket": ids.bucket_of(member.member_id)}
    assert profile.joined_at
    yield Member(
        id=member.member_id,
        bucket=owner["bucket"],
        name=profile.name,
        gender=profile.gender,
        birthday=profile.birthday,
        language=profile.language,
        source=profile.source,
        attributes=profile.attributes,
        tags=sorted(member.tags),
        joined_at=profile.joined_at,
        updated_at=START,
    )
    for kind in profile.identities:
        yield Identity(kind=kind, value=f"{kind}-{member.member_id}", created_at=START, **owner)
    for audience in ("big", "asleep", "guests"):
        yield Membership(
            id=uuid4(),
            audience=audience,
            since=START,
            until=None if audience in member.audiences else START,
            **owner,
        )
    for standing in member.standings.values():
        yield StandingRow(ladder=standing.ladder, level=standing.level, since=standing.since, **owner)
    for asset, balance in member.balances.items():
        yield Balance(asset=asset, balance=balance, earned=0, spent=0, expired=0, reversed=0, **owner)
    if one.keeps_totals:
        totals = member.totals
        yield MemberTotals(
            orders=totals.orders,
            spend_minor=totals.spend_minor,
            refunded_minor=totals.refunded_minor,
            first_at=totals.first_at,
            last_at=totals.last_at,
            **owner,
        )
    for name, (value, label) in member.scores.items():
        yield ScoreRow(name=name, value=value, label=label, as_of=START, **owner)
    for name, days in member.tallies.items():
        for day, (count, total) in days.items():
            yield Tally(name=name, day=day, count=count, total=total, **owner)
    yield EventRow(
        id=event.id,
        source=event.source,
        key=event.key,
        type=event.type,
        time=event.time,
        received_at=START,
        digest=b"",
        data=event.data,
        version=1,
        effects=[],
        outcome={},
        trace=[],
        **owner,
    )
