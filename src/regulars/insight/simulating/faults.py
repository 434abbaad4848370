"""Why a simulation did not finish, and what to do about it, in every language. Pure."""

from collections.abc import Sequence

from regulars.language.problems import words
from regulars.language.text import LANGUAGES, Text
from regulars.programme.loader import Fault

TOLD_MOST = 3


def broke_off(times: int, reason: str) -> Text:
    """Workers could not bring it to its end. `reason`: what a technician can use."""
    said = f"：{reason}" if reason else ""
    if times == 1:
        return words(
            f"系统推演到一半中断。没有任何会员受影响，可以重新推演；如果仍然中断，请联系技术人员{said}",
            f"系統推演到一半中斷。沒有任何會員受影響，可以重新推演；如果仍然中斷，請聯絡技術人員{said}",
            "the system broke off. No member was touched: ask again; if it breaks off again, tell whoever runs the"
            f" server{f': {reason}' if reason else ''}",
        )
    return words(
        f"系统连续 {times} 次推演到一半中断。没有任何会员受影响，可以重新推演；如果仍然中断，请联系技术人员{said}",
        f"系統連續 {times} 次推演到一半中斷。沒有任何會員受影響，可以重新推演；如果仍然中斷，請聯絡技術人員{said}",
        f"the system broke off {times} times in a row. No member was touched: ask again; if it breaks off again, tell"
        f" whoever runs the server{f': {reason}' if reason else ''}",
    )


def unsound(faults: Sequence[Fault]) -> Text:
    """What was asked about was sound when it was asked, and is so no more: Regulars was updated meanwhile."""
    told = {
        language: ("; " if language == "en" else "；").join(
            fault.say(language).rstrip(".。") for fault in faults[:TOLD_MOST]
        )
        for language in LANGUAGES
    }
    return words(
        f"系统更新后，这份方案已不能使用，请修正后重新推演：{told['zh-hans']}",
        f"系統更新後，這份方案已無法使用，請修正後重新推演：{told['zh-hant']}",
        f"since Regulars was updated this is no sound programme any more; correct it and ask again: {told['en']}",
    )
