"""Pure rules about messages: which words, in which language, over which channels."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from liquid import BoundTemplate, Environment

from regulars.language.text import LANGUAGES, Text, say
from regulars.messaging.contracts import ALWAYS, CATEGORIES, CHANNELS, INBOX, UNASKED, Book, Choice, Template

SUBJECT_MAX = 300
DETAIL_MAX = 300
BACK_OFF_SECONDS = (60, 300, 900, 3600, 4 * 3600, 12 * 3600)
"""How long to wait after the first, second, … attempt that failed for the moment; after the last: failed."""

_LOCALES = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW", "en": "en"}
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
_NAMELESS: Text = {"zh-hans": "会员", "zh-hant": "會員", "en": "Member"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_DEPTH_MAX = 8


class _Bounded(Environment):
    """Liquid that a mistake in a template can't turn into a flood."""

    loop_iteration_limit = 1_000
    local_namespace_limit = 200_000
    output_stream_limit = 50_000


LIQUID = _Bounded(autoescape=False)


@dataclass(frozen=True, slots=True)
class Words:
    """A message as a member reads it: plain text, `subject` on one line."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Route:
    """Which way a message takes. `asks`: unless the member refused, it stands in the inbox as `inbox` says;
    `leaves`: a worker has to send it; `skipped`: channels that it does not take → why."""

    inbox: bool
    asks: bool
    leaves: bool
    skipped: Mapping[str, str]


class WordingError(Exception):
    """The template can't be rendered; says why in the template language's own words."""


class _Day(date):
    """A day that prints as the reader's language writes it."""

    locale = "en"

    @classmethod
    def of(cls, text: str, locale: str) -> Self:
        day = cls.fromisoformat(text)
        day.locale = locale
        return day

    def __str__(self) -> str:
        return _day_text(self.isoformat(), self.locale)


class _Moment(datetime):
    """A moment that prints as the reader's language writes it, in the programme's zone."""

    locale = "en"

    @classmethod
    def of(cls, text: str, locale: str, zone: ZoneInfo) -> Self:
        moment = cls.fromisoformat(text).astimezone(zone)
        moment.locale = locale
        return moment

    def __str__(self) -> str:
        return _moment_text(self.isoformat(timespec="minutes"), self.locale)


@lru_cache(maxsize=4096)
def _day_text(day: str, locale: str) -> str:
    style = "long" if locale.startswith("zh") else "medium"
    return format_date(date.fromisoformat(day), format=style, locale=locale)


@lru_cache(maxsize=4096)
def _moment_text(moment: str, locale: str) -> str:
    pattern = "y年M月d日 HH:mm" if locale.startswith("zh") else "d MMM y, HH:mm"
    return format_datetime(datetime.fromisoformat(moment), format=pattern, locale=locale)


def language_of(code: str, default: str) -> str:
    """The interface language nearest to `code` (`zh-CN`, `zh_TW`, `en-GB`, …), else `default`."""
    wanted = code.lower().replace("_", "-")
    if wanted.startswith(_TRADITIONAL):
        return "zh-hant"
    if wanted.startswith("zh"):
        return "zh-hans"
    return "en" if wanted.startswith("en") else default


def render(template: Template, context: Mapping[str, Any], language: str, zone: ZoneInfo) -> Words:
    """The message in `language` (the nearest the template is written in).

    Values of `context` are shown as the reader writes them: a mapping of languages by its text, an ISO time
    or day as a date in `zone`. Nothing in a value is taken for Liquid. Raises WordingError.
    """
    shown = _greeted(context, language, zone)
    subject, body = _filled(template.subject, shown, language), _filled(template.body, shown, language)
    return Words(one_line(subject)[:SUBJECT_MAX], _CONTROL.sub("", body).strip())


def render_subject(template: Template, context: Mapping[str, Any], language: str, zone: ZoneInfo) -> str:
    """The subject alone, as `render` gives it. Raises WordingError."""
    return one_line(_filled(template.subject, _greeted(context, language, zone), language))[:SUBJECT_MAX]


def route(channels: tuple[str, ...], category: str, unready: Mapping[str, str]) -> Route:
    """Which way messages of a template go. `unready`: channels that can't be used at all → why."""
    pair = (INBOX, category)
    inside = INBOX in channels
    outside = [channel for channel in channels if channel != INBOX]
    skipped = {channel: unready[channel] for channel in outside if unready.get(channel)}
    return Route(
        inbox=inside and (pair in ALWAYS or pair in UNASKED),
        asks=inside and pair not in ALWAYS,
        leaves=len(skipped) < len(outside),
        skipped=skipped,
    )


def localise(value: Mapping[str, Any], language: str, zone: ZoneInfo) -> dict[str, Any]:
    """`value` with texts, times and days put into the reader's language."""
    return {str(name): _shown(item, language, zone, 1) for name, item in value.items()}


def one_line(text: str) -> str:
    """`text` without line breaks and control characters, so that it can stand in a mail header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def allowed(preferences: Mapping[tuple[str, str], bool], channel: str, category: str) -> bool:
    """Whether the category may go out over the channel, given what the member has said."""
    pair = (channel, category)
    return pair in ALWAYS or preferences.get(pair, pair in UNASKED)


def choices(preferences: Mapping[tuple[str, str], bool]) -> list[Choice]:
    """Every pair of channel and category with what holds for the member."""
    return [
        Choice(channel, category, allowed(preferences, channel, category), (channel, category) in ALWAYS)
        for channel in CHANNELS
        for category in CATEGORIES
    ]


def back_off_seconds(attempts: int) -> int | None:
    """How long to wait before the next attempt when `attempts` have failed; None: no more attempts."""
    return BACK_OFF_SECONDS[attempts - 1] if attempts <= len(BACK_OFF_SECONDS) else None


def reader_language(member_language: str, book: Book) -> str:
    """The language in which a member is addressed: their own, else the programme's."""
    return language_of(member_language, language_of(book.language, "zh-hans"))


def _greeted(context: Mapping[str, Any], language: str, zone: ZoneInfo) -> dict[str, Any]:
    """The context as the reader sees it, in which the member has a name at all events."""
    shown = localise(context, language, zone)
    member = shown.get("member")
    if not isinstance(member, dict) or not member.get("name"):
        shown["member"] = {**(member if isinstance(member, dict) else {}), "name": say(_NAMELESS, language)}
    return shown


def _filled(text: Text, shown: dict[str, Any], language: str) -> str:
    try:
        return str(_parsed(say(text, language)).render(**shown))
    except Exception as error:  # what a brand wrote must not hold up anybody else's messages
        raise WordingError(f"{type(error).__name__}: {error}"[:DETAIL_MAX]) from error


@lru_cache(maxsize=1024)
def _parsed(source: str) -> BoundTemplate:
    return LIQUID.from_string(source)


def _shown(value: Any, language: str, zone: ZoneInfo, depth: int) -> Any:
    if depth > _DEPTH_MAX:
        return ""
    if isinstance(value, Mapping):
        if value and all(name in LANGUAGES for name in value):
            return say(value, language)
        return {str(name): _shown(item, language, zone, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_shown(item, language, zone, depth + 1) for item in value]
    return _dated(value, language, zone) if isinstance(value, str) else value


def _dated(value: str, language: str, zone: ZoneInfo) -> Any:
    locale = _LOCALES.get(language, "en")
    try:
        if _DAY.match(value):
            return _Day.of(value, locale)
        if _MOMENT.match(value):
            return _Moment.of(value, locale, zone)
    except (ValueError, OverflowError):
        return value
    return value
