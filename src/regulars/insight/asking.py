"""A question to a report as it stands in an address: names and texts, read strictly."""

from collections.abc import Mapping
from datetime import date

from regulars.insight.periods import PRESETS, USUAL, days_of
from regulars.insight.report import Against, Asked, BadQuestion, Report
from regulars.language.problems import words

FIELDS = ("from", "to", "period", "against", "audience", "channel", "store", "level", "ladder")
VALUE_MOST = 200


def asked_of(given: Mapping[str, str], report: Report, today: date) -> Asked:
    """The question; the usual period where none is named. Refuses what can't be read, naming the field."""
    first, last = _period(given, today)
    options = tuple(
        (option.id, given[option.id][:VALUE_MOST]) for option in report.options if given.get(option.id)
    )
    filters = {name: given.get(name, "")[:VALUE_MOST] for name in FIELDS[4:]}
    for name, value in filters.items():
        if value and name not in report.filters and not (name == "ladder" and "level" in report.filters):
            raise BadQuestion(
                words(
                    f"这份报表不能按 {name} 筛选，请去掉它。",
                    f"這份報表不能依 {name} 篩選，請移除它。",
                    f"This report can't be narrowed by `{name}`: leave it out.",
                ),
                field=name,
            )
    against, other = read_against(given.get("against") or "")
    return Asked(first, last, against, **filters, options=options, other=other)


def address_of(asked: Asked, preset: str = "") -> dict[str, str]:
    """The question as names and texts, what is empty left out; `asked_of` reads it back. The period by its name, where
    it has one: such an address asks, on another day, for the period as of that day."""
    days = {} if preset else {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    named = {
        **days,
        "against": against_of(asked),
        **{name: getattr(asked, name) for name in FIELDS[4:]},
        **dict(asked.options),
        "period": preset,
    }
    return {name: value for name, value in named.items() if value}


def _period(given: Mapping[str, str], today: date) -> tuple[date, date]:
    name = given.get("period") or ""
    if name and name not in PRESETS:
        known = ", ".join(PRESETS)
        raise BadQuestion(
            words(f"没有时间段 {name}，可选：{known}。", f"沒有期間 {name}，可選：{known}。",
                  f"There is no period {name!r}; choose one of: {known}."),
            field="period",
        )  # fmt: skip
    start, end = days_of(name or USUAL, today)
    if not name and (given.get("from") or given.get("to")):
        end = _day(given, "to") or today
        start = _day(given, "from") or min(start, end)
    return start, end


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name) or ""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(
            words(
                f"{name} 不是日期，请写成 2026-01-31。",
                f"{name} 不是日期，請寫成 2026-01-31。",
                f"`{name}` is not a day: write it as 2026-01-31.",
            ),
            field=name,
        ) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise BadQuestion(
            words(
                f"{name} 的年份要在 {_FIRST_YEAR} 到 {_LAST_YEAR} 之间。",
                f"{name} 的年份要在 {_FIRST_YEAR} 到 {_LAST_YEAR} 之間。",
                f"`{name}` is a day of a year from {_FIRST_YEAR} to {_LAST_YEAR}.",
            ),
            field=name,
        )
    return found


_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def against_of(asked: Asked) -> str:
    """What is compared with, as an address has it: `previous`, `everybody`, `audience:ID`; empty: nothing."""
    if asked.against is Against.AUDIENCE:
        return f"{asked.against.value}:{asked.other}"
    return "" if asked.against is Against.NOTHING else asked.against.value


def read_against(text: str) -> tuple[Against, str]:
    """What is compared with and, where that is an audience, its id. Refuses what can't be read."""
    kind, _, other = text.partition(":")
    try:
        found = Against(kind or "none")
    except ValueError:
        found = None
    if found is None or bool(other) is not (found is Against.AUDIENCE):
        known = ", ".join(each if each is not Against.AUDIENCE else f"{each}:ID" for each in Against)
        raise BadQuestion(
            words(f"没有对比方式 {text[:50]}，可选：{known}。", f"沒有比較方式 {text[:50]}，可選：{known}。",
                  f"There is no comparison {text[:50]!r}; choose one of: {known}."),
            field="against",
        )  # fmt: skip
    return found, other[:VALUE_MOST]
