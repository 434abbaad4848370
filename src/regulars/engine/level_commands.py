"""Commands on levels: somebody decides where a member stands until a day, or takes that back; and what a new version
of the programme does to who stands on its ladders."""

from collections.abc import Callable
from datetime import date, timedelta

from regulars.engine.stated import refusal
from regulars.engine.turn import Turn
from regulars.language.effects import LevelStep
from regulars.tiers import logic as tiers
from regulars.tiers.contracts import Ladder, OnChange

LONGEST = timedelta(days=3_653)
"""Nothing is decided by hand for longer than ten years."""


def placed(turn: Turn) -> None:
    """At least this level, or exactly it, through a day. What is earned above goes on to count."""
    data, ladder = turn.event.data, _ladder(turn)
    level = next((one for one in ladder.levels if one.id == data["level"]), None)
    if level is None:
        known = ", ".join(one.id for one in ladder.levels)
        raise refusal(
            "level_unknown",
            "level",
            f"没有这个等级，现有：{known}",
            f"沒有這個等級，現有：{known}",
            f"is no level; there are: {known}",
        )
    until = date.fromisoformat(data["until"])
    if not turn.day <= until <= turn.day + LONGEST:
        raise refusal(
            "until_range",
            "until",
            "应为今天或以后、十年以内的日期",
            "應為今天或以後、十年以內的日期",
            "must be today or later, and within ten years",
        )
    exact, standing = data.get("exact", False), turn.standing(ladder.id)
    if not exact and level.rank < ladder.level(standing.level).rank:
        raise refusal(
            "below_level",
            "level",
            "低于会员现在的等级；要压低等级，请选择“固定在这一级”",
            "低於會員目前的等級；要壓低等級，請選擇「固定在這一級」",
            "is below where the member stands: to hold the member there, place them on exactly this level",
        )
    turn.step(ladder.id, tiers.place(ladder, standing, turn.day, level, until, exact))


def released(turn: Turn) -> None:
    """What was decided by hand ends now; what is earned decides, by the ladder's way down."""
    ladder = _ladder(turn)
    standing = turn.standing(ladder.id)
    if standing.held_until is None or standing.held_until < turn.day:
        raise refusal(
            "nothing_placed",
            "ladder",
            "没有人工设定的等级",
            "沒有人工設定的等級",
            "has no level that was decided by hand",
        )
    turn.step(ladder.id, tiers.release(turn.life(ladder), standing, turn.day))


def recomputed(turn: Turn) -> None:
    """A new version asks for something else: rises come at once, falls at once or when the period ends."""
    ladder = turn.plan.programme.ladders.get(turn.event.data["ladder"])
    if ladder is None:
        return
    standing, days, enters = turn.standing(ladder.id), turn.days(ladder), turn.enters(ladder)
    now, measured = ladder.level(standing.level), tiers.measure(days, ladder, turn.day, turn.joined)
    by_hand = standing.held_until is not None and standing.held_until >= turn.day
    reached = tiers.level_for(ladder, measured, enters, turn.day)
    after = None
    if reached.rank > now.rank and not (by_hand and standing.exact):
        after = reached
    elif measured < now.keep_at and ladder.on_change is OnChange.AT_ONCE and not by_hand:
        fallen = tiers.falls_to(ladder, now, measured)
        after = fallen if fallen.rank < now.rank else None
    if after is not None:
        until = tiers.period_end(ladder, after, turn.day)
        turn.step(ladder.id, LevelStep(turn.day, now.id, after.id, "revised", until))
    turn.redue(ladder, turn.day)


def _ladder(turn: Turn) -> Ladder:
    ladder = turn.plan.programme.ladders.get(turn.event.data["ladder"])
    if ladder is None:
        known = ", ".join(turn.plan.programme.ladders)
        raise refusal(
            "ladder_unknown",
            "ladder",
            f"没有这个等级体系，现有：{known}",
            f"沒有這個等級體系，現有：{known}",
            f"is no ladder; there are: {known}",
        )
    return ladder


LEVEL_COMMANDS: dict[str, Callable[[Turn], None]] = {
    "tier.placed": placed,
    "tier.released": released,
    "tier.recomputed": recomputed,
}
