"""Refusals that a person can act on: each has its HTTP status, its place, and its sentence in every language.

Any room raises a `Problem`; the API turns it into problem details (RFC 9457), pages and the command line
into a sentence. `Sentence` is the same shape as `regulars.language.text.Text`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

Sentence = Mapping[str, str]
"""Language code (`zh-hans`, `zh-hant`, `en`) → the text."""

LANGUAGES = ("zh-hans", "zh-hant", "en")


def speak(text: Sentence, language: str, **values: object) -> str:
    """`text` in `language` with `{names}` filled in; a Chinese reader gets Chinese first, others English."""
    order = (language, *LANGUAGES) if language.startswith("zh") else (language, "en", *LANGUAGES)
    found = next((text[code] for code in order if code in text), "")
    return found.format(**values) if values else found


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `field` is its path as the sender wrote it: `data.items[0].price`."""

    field: str
    code: str
    message: Sentence


class Problem(Exception):
    """Something the caller asked for can't be done, and why. Subclasses name the reason; one of many reasons gives its
    `code`."""

    status: int = 400
    code: str = "bad_request"
    title: ClassVar[Sentence] = {"zh-hans": "请求有误", "zh-hant": "請求有誤", "en": "Bad request"}

    def __init__(
        self, detail: Sentence, field: str = "", errors: tuple[FieldError, ...] = (), code: str = ""
    ) -> None:
        super().__init__(speak(detail, "en"))
        self.code = code or self.code
        self.detail = detail
        self.errors = errors or ((FieldError(field, self.code, detail),) if field else ())

    def say(self, language: str) -> str:
        """The sentence that tells the reader what to do."""
        return speak(self.detail, language)


class NotFound(Problem):
    """There is nothing under that name."""

    status = 404
    code = "not_found"
    title: ClassVar[Sentence] = {"zh-hans": "未找到", "zh-hant": "找不到", "en": "Not found"}


class BadCursor(Problem):
    """The cursor was not given out by this list, or was cut on the way."""

    code = "bad_cursor"

    def __init__(self) -> None:
        detail = {
            "zh-hans": "翻页游标 cursor 无效，请原样使用上一页返回的 next，或去掉它从第一页开始。",
            "zh-hant": "翻頁游標 cursor 無效，請原樣使用上一頁傳回的 next，或移除它從第一頁開始。",
            "en": "The cursor is not valid: pass back `next` exactly as the last page gave it,"
            " or leave it out to start from the first page.",
        }
        super().__init__(detail, field="cursor")
