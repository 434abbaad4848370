"""What a programme's file says about time: when rules are open, and when scheduled ones are due."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from itertools import islice, pairwise

from regulars.campaigns.contracts import Around, Holiday, Occasion, Opening, Schedule, Window
from regulars.campaigns.occasions import due_between, is_cron, is_due_day, on_day
from regulars.language.calendar import local_day, start_of
from regulars.language.problems import Errors, Place, words
from regulars.programme.contracts import Programme
from regulars.programme.document import RulePart
from regulars.programme.part_occasions import DaysPart, DuePart, HolidayPart, SchedulePart, WindowPart
from regulars.programme.shape import unknown_text
from regulars.programme.vocabulary.festivals import festival, names
from regulars.programme.vocabulary.holidays import country_of

SAMPLE_START = date(2024, 1, 1)
"""From here on windows and schedules are looked through: a leap year, long enough to meet every weekday."""

SAMPLE_DAYS = 366 * 9

LEAST_MINUTES = 15
"""A schedule is not due more often than this."""

NEVER_OPEN = words(
    "这些条件永远不会同时成立，请核对日期、星期、月份和节日",
    "這些條件永遠不會同時成立，請核對日期、星期、月份和節日",
    "can never be open: its days, weekdays, months and holiday exclude each other",
)
NO_MEMBER_DAY = words(
    "方案没有写 member_day，请先在文件开头写明，例如 member_day: {days: [18]}",
    "方案沒有寫 member_day，請先在檔案開頭寫明，例如 member_day: {days: [18]}",
    "the programme states no member_day: write one at the top, such as member_day: {days: [18]}",
)
EMPTY_WINDOW = words(
    "请写明时间，例如 days: [18]，或删去这一段",
    "請寫明時間，例如 days: [18]，或刪去這一段",
    "must say when, such as days: [18], or be left out",
)


def read_member_day(part: DaysPart | None, errors: Errors) -> Window | None:
    """The brand's own day."""
    if part is None:
        return None
    window = _days(part)
    if window == Window():
        errors.add(("member_day",), EMPTY_WINDOW)
    elif not any(on_day(window, day) for day in _sample()):
        errors.add(("member_day",), NEVER_OPEN)
    return window


def _sample() -> Iterator[date]:
    return (SAMPLE_START + timedelta(days=at) for at in range(SAMPLE_DAYS))


def _days(part: DaysPart) -> Window:
    return Window(
        weekdays=frozenset(part.weekdays),
        days=frozenset(part.days),
        months=frozenset(part.months),
        hours=tuple(_hours(each) for each in part.hours),
    )


def _hours(text: str) -> tuple[int, int]:
    """`22:00-02:30` → (1320, 150)."""
    start, end = text.split("-")
    return _minute(start), _minute(end)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


class Occasions:
    """Reads what one programme's rules say about time."""

    def __init__(self, programme: Programme, errors: Errors) -> None:
        self.programme = programme
        self.errors = errors
        self.country = country_of(programme.zone, programme.currency)

    def opening(self, part: RulePart, place: Place) -> Opening | None:
        """When the rule can be asked; None: always."""
        starts = self.moment(part.starts, (*place, "from"))
        ends = self.moment(part.until, (*place, "until"), ends=True)
        windows = tuple(
            self._window(each, (*place, "windows", index)) for index, each in enumerate(part.windows)
        )
        if starts is not None and ends is not None and starts >= ends:
            self.errors.add(
                (*place, "until"),
                words("必须晚于 from", "必須晚於 from", "must be later than from"),
            )
        elif starts and ends and windows and not self._ever(windows, starts, ends):
            self.errors.add(
                (*place, "windows"),
                words(
                    "在 from 与 until 之间没有一天符合，规则永远不会生效",
                    "在 from 與 until 之間沒有一天符合，規則永遠不會生效",
                    "no day between from and until is one of these: the rule would never be open",
                ),
            )
        return Opening(starts, ends, windows) if starts or ends or windows else None

    def _ever(self, windows: Sequence[Window], starts: datetime, ends: datetime) -> bool:
        first = local_day(starts, self.programme.zone)
        last = local_day(ends - timedelta(seconds=1), self.programme.zone)
        days = range(min((last - first).days, SAMPLE_DAYS) + 1)
        return any(on_day(one, first + timedelta(days=at)) for at in days for one in windows)

    def moment(self, text: str | None, place: Place, ends: bool = False) -> datetime | None:
        """A moment; a day is its beginning, or as an end the beginning of the day after it."""
        if text is None:
            return None
        zone = self.programme.zone
        try:
            if len(text) == len("2026-11-23"):
                day = date.fromisoformat(text)
                return start_of(day + timedelta(days=1) if ends else day, zone)
            found = datetime.fromisoformat(text)
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.errors.add(
                place,
                words(
                    "必须是日期（2026-11-22）或时刻（2026-11-22T10:00）",
                    "必須是日期（2026-11-22）或時刻（2026-11-22T10:00）",
                    "must be a day (2026-11-22) or a moment (2026-11-22T10:00)",
                ),
            )
            return None

    def _window(self, part: WindowPart, place: Place) -> Window:
        plain = _days(part)
        window = Window(
            plain.weekdays,
            plain.days,
            plain.months,
            plain.hours,
            self._holiday(part.holiday, (*place, "holiday")) if part.holiday else None,
            Around(part.holiday.before, part.holiday.after) if part.holiday else Around(),
            Around(part.birthday.before, part.birthday.after, part.birthday.month) if part.birthday else None,
            Around(part.anniversary.before, part.anniversary.after, part.anniversary.month)
            if part.anniversary
            else None,
            self._member_day((*place, "member_day")) if part.member_day else None,
        )
        for index, (start, end) in enumerate(plain.hours):
            if start == end or start > 24 * 60 or end > 24 * 60:
                self.errors.add(
                    (*place, "hours", index),
                    words(
                        "起止时刻不能相同，最晚 24:00",
                        "起迄時刻不能相同，最晚 24:00",
                        "must begin and end at different times, 24:00 at the latest",
                    ),
                )
        if 0 in plain.days:
            self.errors.add(
                (*place, "days"),
                words(
                    "没有 0 日；月底最后一天写 -1",
                    "沒有 0 日；月底最後一天寫 -1",
                    "there is no day 0; the last day of the month is -1",
                ),
            )
        if part == WindowPart():
            self.errors.add(place, EMPTY_WINDOW)
        elif not any(on_day(window, day) for day in _sample()):
            self.errors.add(place, NEVER_OPEN)
        return window

    def _holiday(self, part: HolidayPart | str, place: Place) -> Holiday | None:
        name = part if isinstance(part, str) else part.name
        found = festival(name, self.country)
        if found is None:
            known = names()
            self.errors.add(
                (*place, "name"), unknown_text("holiday", get_close_matches(name, known) or known)
            )
        return found

    def _member_day(self, place: Place) -> Window | None:
        if self.programme.member_day is None:
            self.errors.add(place, NO_MEMBER_DAY)
        return self.programme.member_day

    def schedule(self, part: SchedulePart, place: Place) -> Schedule | None:
        """When the rule is due; None after adding what is wrong."""
        given = [each.value for each in Occasion if getattr(part, each.value) is not None]
        if len(given) != 1:
            self.errors.add(
                place,
                words(
                    "cron、birthday、anniversary、holiday、member_day 写且只写一个",
                    "cron、birthday、anniversary、holiday、member_day 寫且只寫一個",
                    "must be exactly one of cron, birthday, anniversary, holiday, member_day",
                ),
            )
            return None
        if part.cron is not None:
            return self._cron(part, part.cron, place)
        return self._yearly(part, Occasion(given[0]), place)

    def _yearly(self, part: SchedulePart, occasion: Occasion, place: Place) -> Schedule | None:
        due: DuePart = getattr(part, occasion.value)
        inner = (*place, occasion.value)
        if due.days_before and due.days_after:
            self.errors.add(
                inner,
                words(
                    "days_before 与 days_after 只能写一个",
                    "days_before 與 days_after 只能寫一個",
                    "must state days_before or days_after, not both",
                ),
            )
        holiday = self._holiday(part.holiday.name, inner) if part.holiday else None
        member_day = self._member_day(inner) if part.member_day else None
        if (part.holiday and holiday is None) or (part.member_day and member_day is None):
            return None
        schedule = Schedule(
            occasion,
            at=part.at or time(9),
            days_after=due.days_after - due.days_before,
            holiday=holiday,
            member_day=member_day,
            catch_up_hours=part.catch_up_hours,
        )
        if not any(is_due_day(schedule, day) for day in _sample()):
            self.errors.add(inner, NEVER_OPEN)
        return schedule

    def _cron(self, part: SchedulePart, cron: str, place: Place) -> Schedule | None:
        inner = (*place, "cron")
        if part.at is not None:
            self.errors.add(
                (*place, "at"),
                words(
                    "时刻已写在 cron 里，请删去 at",
                    "時刻已寫在 cron 裡，請刪去 at",
                    "the time is in cron already: leave at out",
                ),
            )
        if not is_cron(cron):
            self.errors.add(
                inner,
                words(
                    '不是 cron 表达式：分 时 日 月 星期，例如 "0 9 18 * *"（每月 18 日 9:00）',
                    '不是 cron 運算式：分 時 日 月 星期，例如 "0 9 18 * *"（每月 18 日 9:00）',
                    'is no cron: minute hour day month weekday, such as "0 9 18 * *" (the 18th at 9:00)',
                ),
            )
            return None
        schedule = Schedule(Occasion.CRON, cron, catch_up_hours=part.catch_up_hours)
        start = datetime(SAMPLE_START.year, 1, 1, tzinfo=UTC)
        end = start + timedelta(days=SAMPLE_DAYS)
        moments = list(islice(due_between(schedule, start, end, self.programme.zone), 200))
        if not moments:
            self.errors.add(
                inner,
                words(
                    "永远不会到这一天，请核对日和月",
                    "永遠不會到這一天，請核對日和月",
                    "is never due: check its day and month",
                ),
            )
        elif any(later - earlier < timedelta(minutes=LEAST_MINUTES) for earlier, later in pairwise(moments)):
            self.errors.add(
                inner,
                words(
                    f"至少间隔 {LEAST_MINUTES} 分钟",
                    f"至少間隔 {LEAST_MINUTES} 分鐘",
                    f"must not be due more often than every {LEAST_MINUTES} minutes",
                ),
            )
        return schedule
