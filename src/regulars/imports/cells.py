"""What single cells say: numbers that a spreadsheet has mangled, days as people write them, yes and no. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from regulars.imports.faults import BadCell
from regulars.language.problems import words

TEXT_MOST = 500
WORD_MOST = 60
TAGS_MOST = 50
YEARS = (1900, 2100)
EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar; exact from 1 March 1900 on."""
SERIALS = (61, 73_050)
"""1 March 1900 and 31 December 2099, as such a calendar counts."""
ROC = 1911
"""The Republic of China's year 0 (民國)."""

EXACT = 15
"""Spreadsheets keep so many digits of a number, and show at most `SCIENTIFIC_SHOWS` where they write it with an E."""
SCIENTIFIC_SHOWS = 6

_FORMULA = re.compile(r'=\s*"(.*)"\Z', re.DOTALL)
_SCIENTIFIC = re.compile(r"\+?\d(?:\.\d+)?[eE]\+?\d{1,2}\Z")
_POINT_ZERO = re.compile(r"(\+?\d+)\.0+\Z")
_DAY = re.compile(
    r"(?P<roc>民[國国])?\s*(?P<year>\d{1,4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?\Z"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_SPLIT = re.compile(r"[,，;；、|\n]")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+\Z")
_PHONE = re.compile(r"\+?\d[\d ().-]{6,20}\d\Z")
_DROPPED = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))

YES = frozenset(
    {"是", "有", "同意", "允许", "允許", "接受", "订阅", "訂閱", "yes", "y", "true", "t", "1", "√", "✓"}
)
NO = frozenset(
    {
        "否",
        "无",
        "無",
        "没有",
        "沒有",
        "不同意",
        "拒绝",
        "拒絕",
        "退订",
        "退訂",
        "no",
        "n",
        "false",
        "f",
        "0",
        "×",
    }
)
GENDERS: Mapping[str, str] = {
    **dict.fromkeys(("男", "男性", "先生", "male", "m", "man", "mr", "1"), "male"),
    **dict.fromkeys(("女", "女性", "女士", "小姐", "female", "f", "woman", "ms", "mrs", "2"), "female"),
    **dict.fromkeys(("其他", "其它", "other", "x", "9"), "other"),
    **dict.fromkeys(("未知", "保密", "不详", "不詳", "unknown", "0", "-"), ""),
}
LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "zh",
            "zh-cn",
            "zh-hans",
            "zh-sg",
            "cn",
            "chinese",
            "中文",
            "简体",
            "简体中文",
            "簡體中文",
            "普通话",
        ),
        "zh-hans",
    ),
    **dict.fromkeys(("zh-tw", "zh-hk", "zh-mo", "zh-hant", "tw", "繁体中文", "繁體", "繁體中文"), "zh-hant"),
    **dict.fromkeys(("en", "en-us", "en-gb", "english", "英文", "英语", "英語"), "en"),
}


def plain(cell: str) -> str:
    """A cell without what spreadsheets put around it: `="138…"`, an apostrophe before a sign (as our own exports have
    it), invisible marks. Raises BadCell where control characters are left."""
    text = cell.translate(_DROPPED).replace("\xa0", " ").replace("\u3000", " ").strip()
    found = _FORMULA.match(text)
    if found:
        text = found[1].strip()
    if len(text) > 1 and text[0] == "'" and (text[1] in "=+-@＝＋－＠" or text[1:].isdigit()):
        text = text[1:]
    if not text.isprintable() and any(
        unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") and character not in "\n\r\t"
        for character in text
    ):
        raise BadCell(
            "characters",
            words(
                "含有控制字符，请去掉后重试",
                "含有控制字元，請移除後重試",
                "it has control characters: take them out",
            ),
        )
    return text


def one_line(text: str) -> str:
    """Line breaks inside a cell as spaces."""
    return " ".join(text.split())


def digits(text: str) -> str:
    """A number that names something (a phone, a card) as it was before a spreadsheet took it for a quantity:
    `13800138000.0` and `1.3800138E+10` are 13800138000; `1.38E+10` has lost digits. Raises BadCell."""
    found = _POINT_ZERO.match(text)
    if found:
        return found[1]
    if not _SCIENTIFIC.match(text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    shown, whole = len(number.as_tuple().digits), number.adjusted() + 1
    if whole > EXACT or (shown <= SCIENTIFIC_SHOWS and whole > shown):
        raise BadCell(
            "lost_digits",
            words(
                f"“{text}”是科学计数法，尾数已经丢失：请在原表把这一列设为“文本”再导出",
                f"「{text}」是科學記號，尾數已經遺失：請在原表將這一欄設為「文字」再匯出",
                f"“{text}” has lost its last digits: format the column as text where it comes from, and export anew",
            ),
        )
    return format(number.quantize(Decimal(1)), "f")


def several(text: str) -> list[str]:
    """The parts of a cell that lists some: `a; b`, `甲、乙`."""
    return [part for part in (one_line(each) for each in _SPLIT.split(text)) if part]


def tags(text: str) -> tuple[str, ...]:
    """The tags of a cell, each once. Raises BadCell."""
    found = tuple(dict.fromkeys(several(text)))
    if len(found) > TAGS_MOST or any(len(tag) > WORD_MOST or not tag.isprintable() for tag in found):
        raise BadCell(
            "tags",
            words(
                f"一行最多 {TAGS_MOST} 个标签，每个最多 {WORD_MOST} 个字符，用分号隔开",
                f"一列最多 {TAGS_MOST} 個標籤，每個最多 {WORD_MOST} 個字元，用分號隔開",
                f"a row has at most {TAGS_MOST} tags of at most {WORD_MOST} characters, with semicolons between",
            ),
        )
    return found


def short(text: str, most: int) -> str:
    """A line of at most so many characters. Raises BadCell."""
    line = one_line(text)
    if len(line) > most:
        raise BadCell(
            "too_long",
            words(f"最多 {most} 个字符", f"最多 {most} 個字元", f"it has at most {most} characters"),
        )
    return line


def day(text: str) -> date:
    """A day: 2024/1/5, 1990年5月3日, 民國79年5月3日, 20240105, or a spreadsheet's number. Raises BadCell."""
    return moment(text).date()


def moment(text: str) -> datetime:
    """As `day`, with the time of day where the cell has one; without a zone. Raises BadCell."""
    clean = unicodedata.normalize("NFKC", text).strip()
    found = _DAY.match(clean)
    if found and (found["roc"] or len(found["year"]) == 4):
        year = int(found["year"]) + (ROC if found["roc"] else 0)
        time = [int(found[part] or 0) for part in ("hour", "minute", "second")]
        return _built(clean, year, int(found["month"]), int(found["day"]), time)
    compact = _COMPACT.match(clean)
    if compact:
        return _built(clean, int(compact[1]), int(compact[2]), int(compact[3]), [0, 0, 0])
    serial = _serial(clean)
    if serial is not None:
        return serial
    raise BadCell(
        "date",
        words(
            f"“{text}”不是可识别的日期，请按年-月-日写，如 1990-05-03",
            f"「{text}」不是可辨識的日期，請依年-月-日書寫，如 1990-05-03",
            f"“{text}” is no date that can be read: write year, month, day, such as 1990-05-03",
        ),
    )


def _serial(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{2,5}(\.\d+)?", text):
        return None
    number = float(text)
    if not SERIALS[0] <= number <= SERIALS[1]:
        return None
    start = datetime(EPOCH.year, EPOCH.month, EPOCH.day)  # noqa: DTZ001 - a cell has no zone
    return start + timedelta(days=int(number), seconds=round(number % 1 * 86_400))


def _built(text: str, year: int, month: int, number: int, time: Sequence[int]) -> datetime:
    try:
        hour, minute, second = time
        found = datetime(year, month, number, hour, minute, second)  # noqa: DTZ001 - a cell has no zone
    except ValueError:
        raise BadCell(
            "no_such_day",
            words(f"没有“{text}”这一天", f"沒有「{text}」這一天", f"there is no such day as “{text}”"),
        ) from None
    if not YEARS[0] <= year <= YEARS[1]:
        raise BadCell(
            "date_range",
            words(
                f"年份须在 {YEARS[0]} 到 {YEARS[1]} 之间",
                f"年份須在 {YEARS[0]} 到 {YEARS[1]} 之間",
                f"the year must lie between {YEARS[0]} and {YEARS[1]}",
            ),
        )
    return found


def yes(text: str) -> bool:
    """Yes or no. Raises BadCell."""
    clean = text.casefold()
    if clean in YES:
        return True
    if clean in NO:
        return False
    raise BadCell("yes_no", words("请填“是”或“否”", "請填「是」或「否」", "write yes or no"))


def chosen(text: str, choices: Mapping[str, str], *shown: str) -> str:
    """One of several words. Raises BadCell naming those `shown`."""
    found = choices.get(text.casefold())
    if found is None:
        raise BadCell(
            "choice",
            words(
                f"“{text[:40]}”不在可选范围：{'、'.join(shown)}",
                f"「{text[:40]}」不在可選範圍：{'、'.join(shown)}",
                f"“{text[:40]}” is none of: {', '.join(shown)}",
            ),
        )
    return found


def number(text: str) -> float | int:
    """A number, with or without commas between thousands. Raises BadCell."""
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > Decimal(10) ** 12:
        raise BadCell(
            "number",
            words(f"“{text[:40]}”不是数字", f"「{text[:40]}」不是數字", f"“{text[:40]}” is not a number"),
        )
    return int(found) if found == found.to_integral_value() else float(found)


def looks_like_phone(text: str) -> bool:
    """Whether a cell is written like a phone number."""
    try:
        return bool(_PHONE.match(digits(plain(text))))
    except BadCell:
        return False


def looks_like_email(text: str) -> bool:
    """Whether a cell is written like an e-mail address."""
    return bool(_EMAIL.match(text.strip()))


def looks_like_id(text: str) -> bool:
    """Whether a cell is written like a member's own id."""
    return bool(_ID.match(text.strip()))


def looks_like_data(cells: Sequence[str]) -> bool:
    """Whether a first row is no header: it has somebody's phone or address in it."""
    return any(looks_like_phone(cell) or looks_like_email(cell) for cell in cells)
