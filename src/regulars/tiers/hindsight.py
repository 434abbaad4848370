"""How often forecasts came true: what would have been said at the beginning of each past month, beside what happened
then, and beside two straight lines: the pace of the last three months, and of all the time before, drawn out.

A forecast of the past knows the days before it as they are known today: what went back since is off them already.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.events.queries import tallies
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import rows
from regulars.language.calendar import add_months
from regulars.language.effects import LevelStep
from regulars.tiers.contracts import Ladder, Span, StandingRow
from regulars.tiers.forecast import HORIZON_DAYS, NEAR_DAYS, forecast
from regulars.tiers.logic import standing_at
from regulars.tiers.pace import LEAST_EXPOSURE, Population, Sums, population_of
from regulars.tiers.progress import measure_progress
from regulars.tiers.windows import DAY, Days

MEMBERS = 5_000
LEADS = ((1, 30), (31, 90), (91, HORIZON_DAYS))
"""How far ahead a forecast looks, in days."""


@dataclass(frozen=True, slots=True)
class Case:
    """At the end of `today` it was said `likely`, `half`, `most`; it came on `came` (None: not by now)."""

    today: date
    likely: date | None
    half: Span | None
    most: Span | None
    came: date | None

    @property
    def right(self) -> bool:
        """Whether it came within two weeks of what was said."""
        if self.likely is None or self.came is None:
            return False
        return abs((self.likely - self.came).days) <= NEAR_DAYS

    def over(self, today: date) -> bool:
        """Whether a date was said whose two weeks are over by `today`."""
        return self.likely is not None and self.likely + timedelta(days=NEAR_DAYS) <= today


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """How one way of forecasting did.

    `foreseen`: of the upgrades that happened, those within two weeks of the date said for them. `true`: of the dates
    said whose two weeks are over by now, those that came true; `common` the same where every way had such a date,
    `by_lead` by how far ahead they lay. `half`, `most`: of the intervals that are over, those that held the upgrade.
    `miss_days`: by how many days the upgrades that had a date missed it, in the middle.
    """

    name: str
    foreseen: Share
    true: Share
    common: Share
    by_lead: tuple[Share, ...]
    half: Share
    most: Share
    miss_days: float


def look_back(ladder: Ladder, zone: ZoneInfo, today: date, months: int = 12) -> list[Score]:
    """The scores of the forecast and of the straight lines, over up to `MEMBERS` members and the beginnings of the
    last `months` months before which there is enough to go by. Empty where there is none."""
    people = _people(zone)
    lives = _lives(people, ladder)
    steps = _steps(people, ladder)
    firsts = [min(days) for days in lives.values() if days]
    origins = [add_months(today.replace(day=1), -back) for back in range(months - 1, -1, -1)]
    origins = [day for day in origins if firsts and (day - min(firsts)).days > LEAST_EXPOSURE]
    said: dict[str, list[Case]] = {"forecast": [], "last 3 months": [], "all time": []}
    for origin in origins:
        everybody = population_of(_sums(people, lives, origin - DAY))
        for member, joined in people.items():
            if joined < origin:
                for name, case in _cases(
                    ladder, lives[member], steps.get(member, ()), origin - DAY, joined, everybody
                ):
                    said[name].append(case)
    common = [all(case.over(today) for case in cases) for cases in zip(*said.values(), strict=True)]
    return [_score(name, cases, common, today) for name, cases in said.items() if cases]


def _people(zone: ZoneInfo) -> dict[UUID, date]:
    """The members to look at, with the local day of joining; which they are is chance."""
    found = rows(
        "SELECT id, (joined_at AT TIME ZONE %s)::date FROM members_member WHERE status = 'active'"
        " ORDER BY right(id::text, 12), id LIMIT %s",
        [str(zone), MEMBERS],
    )
    return dict(found)


def _lives(people: Mapping[UUID, date], ladder: Ladder) -> dict[UUID, dict[date, int]]:
    done = tallies(list(people), ladder.tallies, date.min)
    lives: dict[UUID, dict[date, int]] = {member: {} for member in people}
    for part in ladder.measure.parts:
        for (member, name), cells in done.items():
            if name == part.tally:
                days = lives[member]
                for day, cell in cells.items():
                    days[day] = days.get(day, 0) + part.sign * cell[part.of]
    return lives


def _steps(people: Mapping[UUID, date], ladder: Ladder) -> dict[UUID, list[LevelStep]]:
    found = rows(
        "SELECT member_id, since, before, after, reason, until, held, held_until FROM tiers_change"
        " WHERE ladder = %s AND member_id = ANY(%s) AND bucket = ANY(%s) ORDER BY member_id, id",
        [ladder.id, list(people), sorted({bucket_of(member) for member in people})],
    )
    by_member: dict[UUID, list[LevelStep]] = {}
    for member, *columns in found:
        by_member.setdefault(member, []).append(LevelStep(*columns))
    return by_member


def _sums(people: Mapping[UUID, date], lives: Mapping[UUID, Days], today: date) -> Iterator[Sums]:
    for member, joined in people.items():
        if joined < today:
            days = [units for day, units in lives[member].items() if joined < day <= today and units > 0]
            yield Sums((today - joined).days, len(days), sum(days), sum(units * units for units in days))


def _cases(
    ladder: Ladder,
    life: Days,
    steps: Sequence[LevelStep],
    today: date,
    joined: date,
    everybody: Population | None,
) -> Iterator[tuple[str, Case]]:
    """What each way would have said of one member at the end of `today`; nothing on the highest level."""
    days = {day: units for day, units in life.items() if day <= today}
    now = standing_at(ladder, steps, today + DAY)
    standing = StandingRow(
        ladder.id, now.level, now.since, now.until, now.grace, now.held, now.held_until, now.exact
    )
    progress = measure_progress(ladder, standing, days, today, joined)
    if progress.next_level is None or not progress.missing:
        return
    rank = ladder.level(progress.next_level).rank
    came = next((one.day for one in steps if one.day > today and ladder.level(one.after).rank >= rank), None)
    told = forecast(ladder, progress, days, today, joined, everybody, exact=now.exact)
    yield "forecast", Case(today, told.likely, told.half, told.most, came)
    for name, window in (("last 3 months", 91), ("all time", HORIZON_DAYS)):
        yield name, Case(today, _line(days, today, joined, progress.missing, window), None, None, came)


def _line(days: Days, today: date, joined: date, missing: int, window: int) -> date | None:
    """The pace of the last `window` days (or since joining) drawn out."""
    begin = max(today - timedelta(days=window), joined)
    done = sum(units for day, units in days.items() if begin < day <= today)
    if done <= 0:
        return None
    ahead = ceil(missing * (today - begin).days / done)
    return today + timedelta(days=ahead) if ahead <= HORIZON_DAYS else None


def _score(name: str, cases: Sequence[Case], common: Sequence[bool], today: date) -> Score:
    happened = [case for case in cases if case.came is not None]
    over = [case for case in cases if case.over(today)]
    missed = [abs((case.likely - case.came).days) for case in happened if case.likely and case.came]
    return Score(
        name,
        _share(case.right for case in happened),
        _share(case.right for case in over),
        _share(case.right for case, shared in zip(cases, common, strict=True) if shared),
        tuple(
            _share(
                case.right for case in over if case.likely and low <= (case.likely - case.today).days <= high
            )
            for low, high in LEADS
        ),
        _held(((case.half, case.came) for case in cases), today),
        _held(((case.most, case.came) for case in cases), today),
        float(median(missed)) if missed else 0.0,
    )


def _share(hits: Iterable[bool]) -> Share:
    found = list(hits)
    return Share(sum(found), len(found))


def _held(spans: Iterable[tuple[Span | None, date | None]], today: date) -> Share:
    """Of the intervals that have ended, those in which it came."""
    over = [(span, came) for span, came in spans if span and span.last and span.last <= today]
    return _share(
        came is not None and span.first <= came and span.last is not None and came <= span.last
        for span, came in over
    )
