"""What a programme may well say, and hardly means: rules that never come to apply, and such as chase each other.

Faults stop publishing; cautions are told beside it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from regulars.campaigns.contracts import CreditAction, LevelAction, Pick, Rule
from regulars.campaigns.experiments import HELD_OUT
from regulars.language.problems import Place, Problem, words
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme
from regulars.programme.doubts import doubts
from regulars.programme.experiments import kept_from_control, rules_of

UP, DOWN, KEPT = "tier.upgraded", "tier.downgraded", "tier.kept"


def cautions(programme: Programme, now: datetime) -> list[Problem]:
    """All that is worth a second look: experiments, what can't come to be, then rules in their order."""
    found = [
        *_ended(programme, now),
        *_tried(programme),
        *_shadowed(programme),
        *_stopped(programme),
        *_own_ladder(programme),
        *_up_and_down(programme),
    ]
    found.sort(key=lambda one: one.place[1] if len(one.place) > 1 else 0)
    return [*_without_rules(programme), *doubts(programme), *found]


def _places(programme: Programme) -> Iterator[tuple[Place, Rule]]:
    return ((("rules", index), rule) for index, rule in enumerate(programme.rules))


def _named(rule: Rule) -> dict[str, str]:
    return {language: say(rule.name, language) or rule.id for language in ("zh-hans", "zh-hant", "en")}


def _text(rule: Rule, hans: str, hant: str, en: str) -> Text:
    name = _named(rule)
    return words(hans.format(name["zh-hans"]), hant.format(name["zh-hant"]), en.format(name["en"]))


def _ended(programme: Programme, now: datetime) -> Iterator[Problem]:
    for place, rule in _places(programme):
        if rule.opening is not None and rule.opening.ends_at is not None and rule.opening.ends_at <= now:
            yield Problem(
                (*place, "until"),
                _text(
                    rule,
                    "“{}”已经结束，不会再生效；可以删去，或改 until",
                    "「{}」已經結束，不會再生效；可以刪去，或改 until",
                    "“{}” has ended and never applies again: remove it or move until",
                ),
            )


def _tried(programme: Programme) -> Iterator[Problem]:
    for place, rule in _places(programme):
        if rule.trial is not None:
            yield Problem(
                (*place, "test"),
                _text(
                    rule,
                    "“{}”仍在试用，只对试用名单生效；正式生效请删去 test",
                    "「{}」仍在試用，只對試用名單生效；正式生效請刪去 test",
                    "“{}” is still being tried with its test audience: remove test to have it apply to everybody",
                ),
            )


def _unbounded(rule: Rule) -> bool:
    """Whether nothing but its condition keeps a rule from applying."""
    return not (rule.limit or rule.budget or rule.campaign or rule.opening or rule.trial)


def _covers(first: Rule, later: Rule) -> bool:
    """Whether the first certainly holds and gives whenever the later one holds."""
    return _unbounded(first) and (first.when is None or first.when == later.when)


def _in_order(programme: Programme, rules: Iterable[Rule]) -> list[tuple[int, Rule]]:
    """Rules as they are asked, with their places in the file."""
    places = {rule.id: index for index, rule in enumerate(programme.rules)}
    return [(places[rule.id], rule) for rule in rules]


def _shadowed(programme: Programme) -> Iterator[Problem]:
    for some in programme.rules_on.values():
        asked = _in_order(programme, some)
        for at, (index, rule) in enumerate(asked):
            if rule.group is None or rule.group.pick is not Pick.FIRST:
                continue
            before = [one for _, one in asked[:at] if one.group is not None and one.group.id == rule.group.id]
            first = next((one for one in before if _covers(one, rule)), None)
            if first is not None:
                yield Problem(
                    ("rules", index, "group"),
                    _text(
                        first,
                        "永远轮不到：同组的“{}”在它之前，凡它成立时也成立；请调整 priority 或条件",
                        "永遠輪不到：同組的「{}」在它之前，凡它成立時也成立；請調整 priority 或條件",
                        "never applies: “{}” of its group comes first and holds whenever it does; "
                        "change priority or when",
                    ),
                )


def _stopped(programme: Programme) -> Iterator[Problem]:
    for some in programme.rules_on.values():
        asked = _in_order(programme, some)
        for at, (index, rule) in enumerate(asked):
            first = next((one for _, one in asked[:at] if one.stop and _covers(one, rule)), None)
            if first is not None:
                yield Problem(
                    ("rules", index),
                    _text(
                        first,
                        "永远轮不到：“{}”在它之前生效并停止（stop）；请调整 priority 或去掉 stop",
                        "永遠輪不到：「{}」在它之前生效並停止（stop）；請調整 priority 或去掉 stop",
                        "never asked: “{}” applies before it and stops; change priority or remove stop",
                    ),
                )


def _own_ladder(programme: Programme) -> Iterator[Problem]:
    """A level that gives what the level is measured by."""
    measured = {ladder.asset for ladder in programme.ladders.values()}
    for place, rule in _places(programme):
        if rule.on not in (UP, KEPT) or rule.limit is not None:
            continue
        for number, action in enumerate(rule.then):
            if isinstance(action, CreditAction) and action.asset in measured:
                yield Problem(
                    (*place, "then", number, "credit"),
                    _text(
                        rule,
                        "“{}”因等级变动发放的正是定级用的资产，可能一次连升几级；请加 limit，或发放别的资产",
                        "「{}」因等級變動發放的正是定級用的資產，可能一次連升幾級；請加 limit，或發放別的資產",
                        "“{}” credits on a level what levels are measured by, so one step may bring the next: "
                        "add a limit, or credit another asset",
                    ),
                )


def _up_and_down(programme: Programme) -> Iterator[Problem]:
    """Rules by which going up leads down, and going down up again."""
    down = [
        (place, rule)
        for place, rule in _places(programme)
        if rule.on == UP and any(isinstance(one, LevelAction) and not one.up_only for one in rule.then)
    ]
    up = [rule for _, rule in _places(programme) if rule.on == DOWN and _lifts(rule, programme)]
    if not up:
        return
    for place, _ in down:
        yield Problem(
            (*place, "then"),
            _text(
                up[0],
                "与“{}”互相触发：升级后降级，降级后又升级，最多 8 层后中断；请加 limit 或条件",
                "與「{}」互相觸發：升級後降級，降級後又升級，最多 8 層後中斷；請加 limit 或條件",
                "chases “{}”: up, down and up again, until it is cut off 8 deep; add a limit or a condition",
            ),
        )


def _without_rules(programme: Programme) -> Iterator[Problem]:
    """Experiments and a control group from which nothing is kept."""
    for one in programme.experiments.values():
        rules = rules_of(one.id, programme)
        place: Place = ("experiments", one.id)
        if not rules:
            yield Problem(place, _NO_RULE)
        elif one.base.id != HELD_OUT and not any(rule.variant for rule in rules):
            yield Problem((*place, "variants"), _NO_DIFFERENCE)
    control = programme.control_group
    if control is not None and not any(kept_from_control(rule, control) for rule in programme.rules):
        yield Problem(("control_group",), _NO_CAMPAIGN)


_NO_RULE = words(
    "没有规则或活动属于这个实验，不会有结果；请在规则或活动上写 experiment",
    "沒有規則或活動屬於這個實驗，不會有結果；請在規則或活動上寫 experiment",
    "no rule and no campaign is part of it, so it will never say anything: write experiment at a rule or campaign",
)
_NO_DIFFERENCE = words(
    "各组得到的完全一样；请在规则上写明 variant",
    "各組得到的完全一樣；請在規則上寫明 variant",
    "all groups get the same: say at its rules for which variant they are",
)
_NO_CAMPAIGN = words(
    "没有属于活动（campaign）的规则，对照组与其他会员没有区别",
    "沒有屬於活動（campaign）的規則，對照組與其他會員沒有區別",
    "no rule belongs to a campaign, so the control group gets what everybody gets",
)


def _lifts(rule: Rule, programme: Programme) -> bool:
    measured = {ladder.asset for ladder in programme.ladders.values()}
    return any(
        isinstance(one, LevelAction) or (isinstance(one, CreditAction) and one.asset in measured)
        for one in rule.then
    )
