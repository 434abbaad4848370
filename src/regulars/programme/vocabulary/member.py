"""Fields of the member: profile, tags, levels and balances."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from regulars.language.calendar import local_day, yearly
from regulars.language.fields import Choice, Facts, Field, Read, Style, Type
from regulars.language.problems import words
from regulars.language.sql_text import Clock, Sql, param, sql
from regulars.language.text import LANGUAGES, Text, say
from regulars.language.tree import Op, Window
from regulars.ledger.contracts import Asset, Wallet
from regulars.programme.contracts import Attribute, Matrix, Programme
from regulars.programme.vocabulary.event import style_of
from regulars.programme.vocabulary.json_values import json_reader, json_sql
from regulars.tiers.contracts import Ladder, Level

ATTRIBUTE_TYPES = {
    "text": Type.TEXT,
    "number": Type.NUMBER,
    "boolean": Type.BOOLEAN,
    "date": Type.DATE,
    "choice": Type.CHOICE,
}
IDENTITIES = (
    Choice("phone", words("手机", "手機", "phone")),
    Choice("email", words("邮箱", "電子郵件", "e-mail")),
    Choice("card", words("会员卡", "會員卡", "card")),
    Choice("wechat", words("微信", "微信", "WeChat")),
)


def member_fields(programme: Programme) -> Iterator[Field]:
    """What can be asked about who the member is and what the member holds."""
    yield from _profile_fields()
    for attribute in programme.attributes.values():
        yield _attribute_field(attribute)
    yield _identities_field()
    yield _tags_field()
    for ladder in programme.ladders.values():
        yield _level_field(ladder)
    for matrix in programme.matrices.values():
        if matrix.ladder in programme.ladders and matrix.attribute in programme.attributes:
            crossed = programme.ladders[matrix.ladder], programme.attributes[matrix.attribute]
            yield _matrix_field(matrix, *crossed)
    for asset in programme.assets.values():
        yield _balance_field(asset)
    for wallet in programme.wallets.values():
        yield _wallet_field(wallet)


def _profile_fields() -> Iterator[Field]:
    yield _text_field("name", words("姓名", "姓名", "name"), lambda facts: facts.member.profile.name or None)
    yield _text_field(
        "gender", words("性别", "性別", "gender"), lambda facts: facts.member.profile.gender or None
    )
    yield Field(
        "member.birthday",
        Type.DATE,
        words("生日", "生日", "birthday"),
        lambda _: lambda facts: facts.member.profile.birthday,
        lambda _clock, _window: Sql("m.birthday"),
        part="profile",
        style=Style.POINT,
    )
    yield _text_field(
        "language", words("语言", "語言", "language"), lambda facts: facts.member.profile.language or None
    )
    yield _text_field(
        "source", words("来源", "來源", "source"), lambda facts: facts.member.profile.source or None
    )
    yield Field(
        "member.joined_at",
        Type.TIME,
        words("入会时间", "入會時間", "joining date"),
        lambda _: lambda facts: facts.member.profile.joined_at,
        lambda _clock, _window: Sql("m.joined_at"),
        part="profile",
        style=Style.POINT,
    )
    yield Field(
        "member.days_since_joining",
        Type.INTEGER,
        words("入会天数", "入會天數", "days since joining"),
        lambda _: _days_since_joining,
        lambda clock, _: sql("({} - {})", clock.day, clock.day_of(Sql("m.joined_at"))),
        part="profile",
        style=Style.AMOUNT,
        unit=words("天", "天", "day|days"),
        frame=words("入会{is}", "入會{is}", "has been a member for {is}"),
    )
    yield Field(
        "member.age",
        Type.INTEGER,
        words("年龄", "年齡", "age"),
        lambda _: _age,
        lambda clock, _: age_sql(clock),
        part="profile",
        style=Style.AMOUNT,
        unit=words("岁", "歲", "year|years"),
    )


def _text_field(name: str, label: Text, read: Read) -> Field:
    return Field(
        f"member.{name}",
        Type.TEXT,
        label,
        lambda _: read,
        lambda _clock, _window: Sql(f"NULLIF(m.{name}, '')"),
        part="profile",
    )


def _days_since_joining(facts: Facts) -> int | None:
    joined = facts.member.profile.joined_at
    return None if joined is None else (facts.day - local_day(joined, facts.zone)).days


def _age(facts: Facts) -> int | None:
    birthday = facts.member.profile.birthday
    if birthday is None:
        return None
    year = facts.day.year
    return year - birthday.year - (yearly(year, birthday) > facts.day)


def birthday_sql(clock: Clock, years_later: int) -> Sql:
    """The member's birthday in the year of the clock's day, or years later. PostgreSQL adds years to
    29 February just as `yearly` says."""
    return sql(
        "(m.birthday + make_interval(years => extract(year FROM {})::int "
        "- extract(year FROM m.birthday)::int + {}))::date",
        clock.day,
        Sql(str(years_later)),
    )


def age_sql(clock: Clock) -> Sql:
    """Completed years."""
    return sql(
        "(extract(year FROM {0})::int - extract(year FROM m.birthday)::int - ({1} > {0})::int)",
        clock.day,
        birthday_sql(clock, 0),
    )


def _attribute_field(attribute: Attribute) -> Field:
    kind = ATTRIBUTE_TYPES[attribute.kind]
    return Field(
        f"member.attribute.{attribute.id}",
        kind,
        attribute.name,
        _attribute_reader(json_reader(kind), attribute.id),
        lambda _clock, _window: json_sql(kind, sql("(m.attributes -> {})", param(attribute.id, "text"))),
        choices=tuple(
            Choice(each, dict.fromkeys(("zh-hans", "zh-hant", "en"), each)) for each in attribute.choices
        ),
        part="profile",
        style=style_of(kind),
    )


def _attribute_reader(typed: Callable[[Any], Any], key: str) -> Callable[[Window | None], Read]:
    return lambda _: lambda facts: typed(facts.member.profile.attributes.get(key))


def _identities_field() -> Field:
    return Field(
        "member.identities",
        Type.TAGS,
        words("联系方式", "聯絡方式", "contact"),
        lambda _: lambda facts: facts.member.profile.identities,
        lambda _clock, _window: Sql(
            "ARRAY(SELECT i.kind::text FROM members_identity i WHERE i.member_id = m.id AND i.bucket = m.bucket)"
        ),
        known=IDENTITIES,
        never_missing=True,
        part="identities",
        style=Style.SET,
        phrases={
            Op.HAS: words("已绑定{value}", "已綁定{value}", "has a {value} on file"),
            Op.HAS_NOT: words("未绑定{value}", "未綁定{value}", "has no {value} on file"),
            Op.HAS_ANY: words("已绑定{value}", "已綁定{value}", "has a {value} on file"),
            Op.HAS_ALL: words("已绑定{value}", "已綁定{value}", "has {value} on file"),
            Op.HAS_NONE: words("未绑定{value}", "未綁定{value}", "has no {value} on file"),
            Op.IS_SET: words("已绑定任一联系方式", "已綁定任一聯絡方式", "has some contact on file"),
            Op.IS_NOT_SET: words("未绑定任何联系方式", "未綁定任何聯絡方式", "has no contact on file"),
        },
    )


def _tags_field() -> Field:
    return Field(
        "tags",
        Type.TAGS,
        words("标签", "標籤", "tag"),
        lambda _: lambda facts: facts.member.tags,
        lambda _clock, _window: Sql("m.tags::text[]"),
        never_missing=True,
        part="tags",
        style=Style.SET,
    )


def _level_field(ladder: Ladder) -> Field:
    """A member without a standing is on the lowest level, if that one asks for nothing."""
    lowest = ladder.levels[0].id if ladder.levels and ladder.levels[0].at <= 0 else None
    ladder_id = ladder.id

    def read(facts: Facts) -> str | None:
        standing = facts.member.standings.get(ladder_id)
        return lowest if standing is None else standing.level

    return Field(
        f"level.{ladder.id}",
        Type.CHOICE,
        ladder.name,
        lambda _: read,
        lambda _clock, _window: sql(
            "COALESCE((SELECT s.level::text FROM tiers_standing s WHERE s.member_id = m.id "
            "AND s.bucket = m.bucket AND s.ladder = {}), {})",
            param(ladder.id, "text"),
            param(lowest, "text"),
        ),
        choices=tuple(Choice(level.id, level.name) for level in ladder.levels),
        ranked=True,
        never_missing=lowest is not None,
        part="standings",
    )


def _matrix_field(matrix: Matrix, ladder: Ladder, attribute: Attribute) -> Field:
    """`gold/film`: the level and the choice together. Who has not chosen is in no cell."""
    level, chosen = _level_field(ladder), _attribute_field(attribute)
    read_level, read_choice = level.reader(None), chosen.reader(None)

    def read(facts: Facts) -> str | None:
        one, other = read_level(facts), read_choice(facts)
        return None if one is None or other is None or other not in attribute.choices else f"{one}/{other}"

    def sql_of(clock: Clock, window: Window | None) -> Sql:
        return sql(
            "CASE WHEN {1} = ANY({2}) THEN {0} || '/' || {1} END",
            level.sql(clock, window),
            chosen.sql(clock, window),
            param(list(attribute.choices), "text[]"),
        )

    return Field(
        f"matrix.{matrix.id}",
        Type.CHOICE,
        matrix.name,
        lambda _: read,
        sql_of,
        choices=tuple(
            Choice(f"{one.id}/{other}", cell_name(matrix, one, other))
            for one in ladder.levels
            for other in attribute.choices
        ),
        part="standings",
    )


def cell_name(matrix: Matrix, level: Level, choice: str) -> Text:
    """What people call a cell: its own name, else level and choice."""
    own = matrix.cells.get((level.id, choice))
    return own or {language: f"{say(level.name, language)} × {choice}" for language in LANGUAGES}


def _balance_field(asset: Asset) -> Field:
    asset_id = asset.id
    balance = sql(
        "COALESCE((SELECT b.balance FROM ledger_balance b WHERE b.member_id = m.id AND b.bucket = m.bucket "
        "AND b.asset = {}), 0)",
        param(asset_id, "text"),
    )
    return Field(
        f"balance.{asset.id}",
        scaled_type(asset),
        suffixed(words("", "", ""), asset.name, words("余额", "餘額", " balance")),
        lambda _: scaled_reader(asset, lambda facts: facts.member.balances.get(asset_id, 0)),
        lambda _clock, _window: scaled_sql(asset, balance),
        never_missing=True,
        part="balances",
        style=Style.AMOUNT,
    )


def _wallet_field(wallet: Wallet) -> Field:
    """What a wallet holds, paid in and on top: money, as both assets have the currency's decimals."""
    principal, bonus = wallet.principal, wallet.bonus
    held = sql(
        "COALESCE((SELECT sum(b.balance) FROM ledger_balance b WHERE b.member_id = m.id AND b.bucket = m.bucket "
        "AND b.asset IN ({}, {})), 0)::bigint",
        param(principal, "text"),
        param(bonus, "text"),
    )

    def read(facts: Facts) -> int:
        balances = facts.member.balances
        return balances.get(principal, 0) + balances.get(bonus, 0)

    return Field(
        f"wallet.{wallet.id}",
        Type.MONEY,
        suffixed(words("", "", ""), wallet.name, words("余额", "餘額", " balance")),
        lambda _: read,
        lambda _clock, _window: held,
        never_missing=True,
        part="balances",
        style=Style.AMOUNT,
    )


def suffixed(before: Text, name: Text, after: Text) -> Text:
    """A brand's own name with our words around it, in every language."""
    return {language: f"{before[language]}{say(name, language)}{after[language]}" for language in after}


def scaled_type(asset: Asset) -> Type:
    """Units of an asset without decimals are whole numbers."""
    return Type.NUMBER if asset.scale else Type.INTEGER


def scaled_reader(asset: Asset, units: Callable[[Facts], int]) -> Read:
    """Units as they are shown: 1234 at scale 2 is 12.34."""
    scale = asset.scale
    return (lambda facts: Decimal(units(facts)).scaleb(-scale)) if scale else units


def scaled_sql(asset: Asset, units: Sql) -> Sql:
    """Units as they are shown, in SQL."""
    step = Decimal(1).scaleb(-asset.scale)
    return sql("({}::numeric * {})", units, param(step, "numeric")) if asset.scale else units
