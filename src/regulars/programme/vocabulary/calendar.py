"""Fields of the calendar: the event's local day and hour, holidays, and the member's birthday."""

from collections.abc import Callable, Iterator, Mapping

from regulars.language.calendar import local_day, yearly
from regulars.language.fields import Choice, Facts, Field, Style, Type
from regulars.language.problems import words
from regulars.language.sql_text import Clock, Sql, param, sql
from regulars.language.text import Text
from regulars.language.tree import Op, Window
from regulars.programme.vocabulary.holidays import all_holidays, holidays_on
from regulars.programme.vocabulary.member import birthday_sql

_WEEKDAYS = (
    ("周一", "週一", "Monday"),
    ("周二", "週二", "Tuesday"),
    ("周三", "週三", "Wednesday"),
    ("周四", "週四", "Thursday"),
    ("周五", "週五", "Friday"),
    ("周六", "週六", "Saturday"),
    ("周日", "週日", "Sunday"),
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def calendar_fields(country: str) -> Iterator[Field]:
    """What can be asked about the day of the event, in the programme's zone."""
    yield _part(
        "day",
        words("每月几号", "每月幾號", "day of the month"),
        lambda facts: facts.day.day,
        "day",
        (1, 31),
        phrases=_DAY,
    )
    yield _part(
        "weekday",
        words("星期几", "星期幾", "weekday"),
        lambda facts: facts.day.isoweekday(),
        "isodow",
        (1, 7),
        choices=tuple(Choice(at, words(*names)) for at, names in enumerate(_WEEKDAYS, start=1)),
        phrases=_WHEN,
    )
    yield _part(
        "month",
        words("月份", "月份", "month"),
        lambda facts: facts.day.month,
        "month",
        (1, 12),
        choices=tuple(
            Choice(at, words(f" {at} 月", f" {at} 月", name)) for at, name in enumerate(_MONTHS, start=1)
        ),
        phrases=_IN_MONTH,
    )
    yield Field(
        "calendar.date",
        Type.DATE,
        words("日期", "日期", "date"),
        lambda _: lambda facts: facts.day,
        lambda clock, _: clock.day,
        never_missing=True,
        style=Style.POINT,
    )
    yield Field(
        "calendar.hour",
        Type.INTEGER,
        words("时段（几点）", "時段（幾點）", "hour of the day"),
        lambda _: lambda facts: facts.moment.astimezone(facts.zone).hour,
        lambda clock, _: sql("extract(hour FROM {} AT TIME ZONE {})::int", clock.moment, clock.zone_name),
        least=0,
        most=23,
        never_missing=True,
        style=Style.POINT,
        unit=words("点", "點", "o’clock|o’clock"),
    )
    yield _holiday_field(country)
    yield from _birthday_fields()


_DAY = {
    Op.EQ: words("每月 {value} 日", "每月 {value} 日", "on day {value} of the month"),
    Op.IN: words("每月 {value} 日", "每月 {value} 日", "on day {value} of the month"),
    Op.BETWEEN: words("每月 {value} 日", "每月 {value} 日", "on days {value} of the month"),
    Op.GTE: words("每月 {value} 日起", "每月 {value} 日起", "from day {value} of the month on"),
    Op.LTE: words("每月 {value} 日及以前", "每月 {value} 日及以前", "up to day {value} of the month"),
}
_WHEN = {
    Op.EQ: words("在{value}", "在{value}", "on {value}"),
    Op.IN: words("在{value}", "在{value}", "on {value}"),
    Op.NE: words("不在{value}", "不在{value}", "not on {value}"),
    Op.NOT_IN: words("不在{value}", "不在{value}", "not on {value}"),
    Op.BETWEEN: words("在{value}", "在{value}", "from {value}"),
}
_IN_MONTH = _WHEN | {
    Op.EQ: words("在{value}", "在{value}", "in {value}"),
    Op.IN: words("在{value}", "在{value}", "in {value}"),
    Op.NE: words("不在{value}", "不在{value}", "not in {value}"),
    Op.NOT_IN: words("不在{value}", "不在{value}", "not in {value}"),
}


def _part(
    name: str,
    label: Text,
    read: Callable[[Facts], int],
    part: str,
    bounds: tuple[int, int],
    *,
    choices: tuple[Choice, ...] = (),
    phrases: Mapping[Op, Text],
) -> Field:
    return Field(
        f"calendar.{name}",
        Type.INTEGER,
        label,
        lambda _: read,
        lambda clock, _: sql(f"extract({part} FROM {{}})::int", clock.day),
        choices=choices,
        least=bounds[0],
        most=bounds[1],
        never_missing=True,
        style=Style.POINT,
        phrases=phrases,
    )


def _holiday_field(country: str) -> Field:
    def sql_of(clock: Clock, _: Window | None) -> Sql:
        if clock.fixed is not None:
            return param(sorted(holidays_on(country, local_day(clock.fixed, clock.zone))), "text[]")
        days, names = zip(*all_holidays(country), strict=True)
        return sql(
            "ARRAY(SELECT h.name FROM unnest({}, {}) AS h(day, name) WHERE h.day = {})",
            param(list(days), "date[]"),
            param(list(names), "text[]"),
            clock.day,
        )

    return Field(
        "calendar.holiday",
        Type.TAGS,
        words("节假日", "國定假日", "public holiday"),
        lambda _: lambda facts: holidays_on(country, facts.day),
        sql_of,
        never_missing=True,
        style=Style.SET,
        phrases={
            Op.HAS: words("在{value}当天", "在{value}當天", "on {value}"),
            Op.HAS_ANY: words("在{value}当天", "在{value}當天", "on {value}"),
            Op.HAS_NOT: words("不在{value}当天", "不在{value}當天", "not on {value}"),
            Op.HAS_NONE: words("不在{value}当天", "不在{value}當天", "not on {value}"),
            Op.IS_SET: words("在节假日", "在國定假日", "on a public holiday"),
            Op.IS_NOT_SET: words("不在节假日", "不在國定假日", "not on a public holiday"),
        },
    )


def _birthday_fields() -> Iterator[Field]:
    yield Field(
        "calendar.days_to_birthday",
        Type.INTEGER,
        words("距生日天数", "距生日天數", "days until the birthday"),
        lambda _: _days_to_birthday,
        lambda clock, _: _days_to_birthday_sql(clock),
        least=0,
        most=366,
        part="profile",
        style=Style.AMOUNT,
        unit=words("天", "天", "day|days"),
        frame=words("距生日{is}", "距生日{is}", "birthday is {is} away"),
        phrases={
            Op.IS_SET: words("已填写生日", "已填寫生日", "birthday is known"),
            Op.IS_NOT_SET: words("未填写生日", "未填寫生日", "birthday is not known"),
        },
    )
    yield Field(
        "calendar.is_birthday",
        Type.BOOLEAN,
        words("当天是生日", "當天是生日", "birthday"),
        lambda _: lambda facts: _days_to_birthday(facts) == 0,
        lambda clock, _: sql("COALESCE({} = 0, FALSE)", _days_to_birthday_sql(clock)),
        never_missing=True,
        part="profile",
        phrases={
            Op.IS_SET: words("当天是生日", "當天是生日", "on the birthday"),
            Op.IS_NOT_SET: words("当天不是生日", "當天不是生日", "not on the birthday"),
        },
    )


def _days_to_birthday(facts: Facts) -> int | None:
    """0 on the birthday itself; 29 February is kept on the 28th where there is no 29th."""
    birthday = facts.member.profile.birthday
    if birthday is None:
        return None
    day = facts.day
    this = yearly(day.year, birthday)
    return ((this if this >= day else yearly(day.year + 1, birthday)) - day).days


def _days_to_birthday_sql(clock: Clock) -> Sql:
    return sql(
        "CASE WHEN {0} >= {1} THEN {0} - {1} ELSE {2} - {1} END",
        birthday_sql(clock, 0),
        clock.day,
        birthday_sql(clock, 1),
    )
