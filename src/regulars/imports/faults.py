"""What is wrong with one row, in words that name the column and the way out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.language.problems import words
from regulars.language.text import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """`field`: the heading of the column, as the file has it; empty: the row as a whole."""

    code: str
    field: str
    text: Text

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the row."""
        return {"code": self.code, "field": self.field, "text": dict(self.text)}

    @staticmethod
    def read(kept: Mapping[str, Any]) -> "Fault":
        """The other way round."""
        return Fault(kept["code"], kept["field"], kept["text"])


def broke_off(times: int, reason: str) -> Text:
    """An import that workers could not bring to its end, and what to do. `reason`: what a technician can use."""
    said = f"：{reason}" if reason else ""
    return words(
        f"系统连续 {times} 次处理到一半中断。已导入的会员不受影响，也不会重复导入，可以稍后继续；"
        f"如果仍然中断，请联系技术人员{said}",
        f"系統連續 {times} 次處理到一半中斷。已匯入的會員不受影響，也不會重複匯入，可以稍後繼續；"
        f"如果仍然中斷，請聯絡技術人員{said}",
        f"the system broke off {times} times in a row. What was imported stays and is not imported twice: go on later;"
        f" if it breaks off again, tell whoever runs the server{f': {reason}' if reason else ''}",
    )


class BadCell(ValueError):
    """A cell that can't be what its column says."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text["en"])
        self.code = code
        self.text = text
