"""When rules are open and due, in words."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from regulars.campaigns.contracts import Around, Occasion, Pick, Rule, Schedule, Window
from regulars.language.problems import words
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme

WEEKDAYS: tuple[Text, ...] = (
    words("周一", "週一", "Monday"),
    words("周二", "週二", "Tuesday"),
    words("周三", "週三", "Wednesday"),
    words("周四", "週四", "Thursday"),
    words("周五", "週五", "Friday"),
    words("周六", "週六", "Saturday"),
    words("周日", "週日", "Sunday"),
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTH = words("{n} 月", "{n} 月", "{name}")
_MONTH_DAY = words("每月 {days}", "每月 {days}", "day {days} of the month")
_DAY = words("{n} 日", "{n} 日", "{n}")
_FROM_END = words("倒数第 {n} 天", "倒數第 {n} 天", "{n} from the end")
_LAST = words("最后一天", "最後一天", "the last")
_EVERY = words("每{days}", "每{days}", "every {days}")
_DAILY = words("每天", "每日", "every day")
_LIST = words("、", "、", ", ")
_MEMBER_DAY = words("会员日（{days}）", "會員日（{days}）", "the member day ({days})")
_HOURS = words("{start}–{end}", "{start}–{end}", "{start}–{end}")
_BIRTHDAY = words("会员生日", "會員生日", "the member’s birthday")
_BIRTH_MONTH = words("会员生日当月", "會員生日當月", "the month of the member’s birthday")
_ANNIVERSARY = words("入会周年日", "入會週年日", "the anniversary of joining")
_ANNIVERSARY_MONTH = words("入会周年当月", "入會週年當月", "the month of the anniversary of joining")
_ON = words("{day}当天", "{day}當天", "{day}")
_BEFORE = words("前 {n} 天", "前 {n} 天", "{n} days before")
_AFTER = words("后 {n} 天", "後 {n} 天", "{n} days after")
_AROUND = words("{day}及{around}", "{day}及{around}", "{day} and {around}")
_BEFORE_DAY = words("{day}前 {n} 天", "{day}前 {n} 天", "{n} days before {day}")
_AFTER_DAY = words("{day}后 {n} 天", "{day}後 {n} 天", "{n} days after {day}")
_AT = words("{day} {at}", "{day} {at}", "{day} at {at}")
_CRON = words("按 cron “{cron}”", "依 cron「{cron}」", "by the cron “{cron}”")
_OR = words("，或", "，或", ", or ")
_BETWEEN = words("{start} 至 {end}", "{start} 至 {end}", "from {start} to {end}")
_SINCE = words("{start} 起", "{start} 起", "from {start} on")
_TILL = words("{end} 止", "{end} 止", "until {end}")
_OPEN = words("生效时间：{when}", "生效時間：{when}", "open {when}")
_FIRST = words(
    "与组“{id}”的其他规则只取优先级最高的一条",
    "與組「{id}」的其他規則只取優先順序最高的一條",
    "of the group “{id}” only the first that holds applies",
)
_BEST = words(
    "与组“{id}”的其他规则只取发放最多的一条",
    "與組「{id}」的其他規則只取發放最多的一條",
    "of the group “{id}” only the one that gives most applies",
)
_STOP = words("生效后不再看后面的规则", "生效後不再看後面的規則", "no rule after it is asked once it applied")
_TRIAL = words(
    "试用中，只对试用名单生效", "試用中，只對試用名單生效", "being tried: only with the test audience"
)
_CATCH_UP = words(
    "错过后 {n} 小时内补发", "錯過後 {n} 小時內補發", "made up for within {n} hours where it was missed"
)


class Times:
    """Speaks of one programme's days and hours in one language."""

    def __init__(self, programme: Programme, language: str) -> None:
        self.programme = programme
        self.language = language

    def word(self, text: Text, **values: object) -> str:
        return say(text, self.language).format(**values)

    def row(self, parts: Iterable[str]) -> str:
        return self.word(_LIST).join(parts)

    def bounds(self, rule: Rule) -> Iterator[str]:
        """What bounds a rule in time, beside others and to whom."""
        if rule.schedule is not None:
            yield self.word(_CATCH_UP, n=rule.schedule.catch_up_hours)
        if rule.opening is not None:
            said = [each for each in (self._span(rule), self._windows(rule.opening.windows)) if each]
            yield self.word(_OPEN, when=self.row(said))
        if rule.group is not None:
            yield self.word(_BEST if rule.group.pick is Pick.BEST else _FIRST, id=rule.group.id)
        if rule.stop:
            yield self.word(_STOP)
        if rule.trial is not None:
            yield self.word(_TRIAL)

    def _span(self, rule: Rule) -> str:
        assert rule.opening is not None
        starts, ends = rule.opening.starts_at, rule.opening.ends_at
        if starts and ends:
            return self.word(_BETWEEN, start=self._moment(starts), end=self._end(ends))
        if starts:
            return self.word(_SINCE, start=self._moment(starts))
        return self.word(_TILL, end=self._end(ends)) if ends else ""

    def _moment(self, moment: datetime) -> str:
        local = moment.astimezone(self.programme.zone)
        return f"{local:%Y-%m-%d}" if not (local.hour or local.minute) else f"{local:%Y-%m-%d %H:%M}"

    def _end(self, moment: datetime) -> str:
        """An end at midnight is told as the day that ends then."""
        local = moment.astimezone(self.programme.zone)
        if not (local.hour or local.minute):
            return f"{local - timedelta(minutes=1):%Y-%m-%d}"
        return f"{local:%Y-%m-%d %H:%M}"

    def _windows(self, windows: tuple[Window, ...]) -> str:
        return self.word(_OR).join(self.window(each) for each in windows)

    def window(self, window: Window) -> str:
        """`每月 18 日、20:00–22:00`"""
        parts = []
        if window.months:
            parts.append(self.row(self._month(each) for each in sorted(window.months)))
        if window.days:
            days = sorted(window.days, key=lambda day: (day < 0, day))
            parts.append(self.word(_MONTH_DAY, days=self.row(self._day(each) for each in days)))
        if window.weekdays:
            parts.append(
                self.word(
                    _EVERY, days=self.row(self.word(WEEKDAYS[each - 1]) for each in sorted(window.weekdays))
                )
            )
        if window.member_day is not None:
            parts.append(self.word(_MEMBER_DAY, days=self.window(window.member_day)))
        if window.holiday is not None:
            parts.append(self._around(self.word(window.holiday.label), window.holiday_around))
        if window.birthday is not None:
            parts.append(self._yearly(_BIRTHDAY, _BIRTH_MONTH, window.birthday))
        if window.anniversary is not None:
            parts.append(self._yearly(_ANNIVERSARY, _ANNIVERSARY_MONTH, window.anniversary))
        parts += [self.word(_HOURS, start=_clock(start), end=_clock(end)) for start, end in window.hours]
        return self.row(parts)

    def _month(self, number: int) -> str:
        return self.word(_MONTH, n=number, name=_MONTHS[number - 1])

    def _day(self, day: int) -> str:
        if day > 0:
            return self.word(_DAY, n=day)
        return self.word(_LAST) if day == -1 else self.word(_FROM_END, n=-day)

    def _yearly(self, day: Text, month: Text, around: Around) -> str:
        return self.word(month) if around.month else self._around(self.word(day), around)

    def _around(self, day: str, around: Around) -> str:
        sides = [
            self.word(text, n=count)
            for text, count in ((_BEFORE, around.before), (_AFTER, around.after))
            if count
        ]
        return self.word(_AROUND, day=day, around=self.row(sides)) if sides else self.word(_ON, day=day)

    def schedule(self, schedule: Schedule) -> str:
        """When a rule is due, as the beginning of its sentence."""
        if schedule.occasion is Occasion.CRON:
            return self._cron(schedule.cron)
        day = {
            Occasion.BIRTHDAY: lambda: self.word(_BIRTHDAY),
            Occasion.ANNIVERSARY: lambda: self.word(_ANNIVERSARY),
            Occasion.HOLIDAY: lambda: self.word(schedule.holiday.label) if schedule.holiday else "",
            Occasion.MEMBER_DAY: lambda: (
                self.word(_MEMBER_DAY, days=self.window(schedule.member_day)) if schedule.member_day else ""
            ),
        }[schedule.occasion]()
        frame = _ON if not schedule.days_after else _AFTER_DAY if schedule.days_after > 0 else _BEFORE_DAY
        said = self.word(frame, day=day, n=abs(schedule.days_after))
        return self.word(_AT, day=said, at=f"{schedule.at:%H:%M}")

    def _cron(self, cron: str) -> str:
        """The usual ones in words, others as they are written."""
        minute, hour, day, month, weekday = cron.split()
        numbers = minute.isdecimal() and hour.isdecimal()
        if numbers and month == "*":
            at = f"{int(hour):02}:{int(minute):02}"
            days = day.split(",")
            if day == weekday == "*":
                return self.word(_AT, day=self.word(_DAILY), at=at)
            if weekday == "*" and all(each.isdecimal() for each in days):
                return self.word(
                    _AT,
                    day=self.word(_MONTH_DAY, days=self.row(self._day(int(each)) for each in days)),
                    at=at,
                )
            if day == "*" and all(each.isdecimal() for each in weekday.split(",")):
                named = (self.word(WEEKDAYS[(int(each) - 1) % 7]) for each in weekday.split(","))
                return self.word(_AT, day=self.word(_EVERY, days=self.row(named)), at=at)
        return self.word(_CRON, cron=cron)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
