"""What is wrong with a programme file, in sentences that several of its parts need."""

from collections.abc import Iterable, Sequence
from typing import Any

from regulars.language.problems import Errors, Place, words
from regulars.programme.amounts import SAID


def shape_problem(error: Any) -> dict[str, str]:
    """A sentence for what pydantic, or one of the file's own readers, found."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in SAID:
        return SAID[kind]
    if kind == "missing":
        return words("缺少此项", "缺少此項", "is missing")
    if kind == "extra_forbidden":
        return words(
            "没有这一项，请检查拼写", "沒有這一項，請檢查拼寫", "is not known here: check the spelling"
        )
    if kind in ("literal_error", "enum"):
        expected = context.get("expected", "")
        return words(f"只能是 {expected}", f"只能是 {expected}", f"must be {expected}")
    if kind == "string_pattern_mismatch":
        return words(
            "只能用小写字母、数字和下划线", "只能用小寫字母、數字和底線", f"must match {context['pattern']}"
        )
    message = error["msg"][0].lower() + error["msg"][1:]
    return words(f"填写有误（{message}）", f"填寫有誤（{message}）", message)


def unknown_text(what: str, known: Iterable[str]) -> dict[str, str]:
    """`there is no such asset; there are: points, growth`."""
    names = ", ".join(known)
    if not names:
        return words(
            "没有这一项，方案里还没有定义",
            "沒有這一項，方案裡尚未定義",
            f"there is no such {what}, nor any other yet",
        )
    return words(
        f"没有这一项，现有：{names}",
        f"沒有這一項，現有：{names}",
        f"there is no such {what}; there are: {names}",
    )


def not_below(other: str) -> dict[str, str]:
    """A bound that would lie under another one."""
    return words(f"不能小于 {other}", f"不能小於 {other}", f"must not be below {other}")


def no_twins(ids: Sequence[str], place: Place, errors: Errors) -> None:
    """Every id stands once."""
    for index, one in enumerate(ids):
        if one in ids[:index]:
            errors.add(
                (*place, index, "id"), words(f"编号 {one} 重复", f"編號 {one} 重複", f"{one} is used twice")
            )


def follows_text(ladder: str) -> dict[str, str]:
    """A level placed on a ladder that takes none but by its measure."""
    return words(
        f"{ladder} 没有有效期，随时按现值定级，不能另定；请给它写 period",
        f"{ladder} 沒有有效期限，隨時依現值定級，不能另定；請為它寫 period",
        f"{ladder} has period: none and always follows its measure: give it a period, or leave this out",
    )
