"""The loop: saw the brand, got to know it, joined, bought, reached a level, claimed a reward, bought again.

Every step counts members once. From joining on the funnel is nested: who stands in a step passed all those before it,
so no step is larger than the one above. Steps that the programme or the brand's events do not know are left out of the
nesting and say so. Beside it stands how many did each thing whatever else they did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards.counting import during, rate, read
from regulars.insight.boards.options import START
from regulars.insight.boards.overview import buyers
from regulars.insight.boards.standing import above
from regulars.insight.defining import Metric, Unit
from regulars.insight.ground import ladder_of
from regulars.insight.report import (
    Answer,
    Asked,
    Cell,
    Chart,
    Column,
    Draw,
    Figure,
    Ground,
    Report,
    Sentence,
    Table,
)
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.warehouse.contracts import Tables

SEEN = ("page.viewed", "placement.viewed")
CLOSER = ("product.viewed", "search.made", "placement.clicked", "content.shared", "survey.answered")


def _people(ground: Ground) -> ir.Table:
    """Members at the end."""
    members = ground.people.members
    return members.filter(members.joined_day <= ibis.date(ground.asked.last)).select("member")


def _new(ground: Ground) -> ir.Table:
    """Who joined in the period."""
    return during(ground.people.members, ground.asked, "joined_day").select("member")


def _did(tables: Tables, asked: Asked, types: tuple[str, ...]) -> ir.Table:
    """Who had an event of one of these types in the period."""
    events = during(tables.events, asked)
    return events.filter(events.type.isin(types)).select("member").distinct()


def _familiar(ground: Ground) -> ir.Table:
    messages = ground.people.messages
    read = messages.filter(
        messages.read_at.notnull()
        & messages.day.between(ibis.date(ground.asked.first), ibis.date(ground.asked.last))
    )
    return _did(ground.people, ground.asked, CLOSER).union(read.select("member"), distinct=True)


def _bought(ground: Ground) -> ir.Table:
    return buyers(ground.tables, ground.asked).select("member")


def _reached(ground: Ground) -> ir.Table:
    ladder = ladder_of(ground.asked, ground.programme)
    return above(ground.people, ladder, ground.asked) if ladder else _people(ground).limit(0)


def _claimed(ground: Ground) -> ir.Table:
    people, asked = ground.people, ground.asked
    claimed = during(people.entitlements, asked, "claimed_day").select("member")
    used = during(people.entitlements, asked, "used_day").select("member")
    entries = during(people.entries, asked)
    spent = entries.filter((entries.account == "spend") & (entries.units < 0)).select("member")
    return claimed.union(used).union(spent, distinct=True)


def _again(ground: Ground) -> ir.Table:
    bought = buyers(ground.tables, ground.asked)
    return bought.filter(bought.orders > 1).select("member")


@dataclass(frozen=True, slots=True)
class _Step:
    """`who` gives everybody who took it, each once."""

    metric: Metric
    who: Callable[[Ground], ir.Table]
    nested: bool = True
    missing: Text | None = None
    """What is said where nobody did it: how it would come to be counted."""


STEPS = (
    _Step(metrics.EXPOSED, lambda ground: _did(ground.people, ground.asked, SEEN), False, words(
        "没有收到浏览事件。接入 page.viewed 后，这里就有曝光人数。",
        "沒有收到瀏覽事件。串接 page.viewed 後，這裡就有曝光人數。",
        "No views are sent. Send page.viewed and this step counts.",
    )),
    _Step(metrics.FAMILIAR, _familiar, False, words(
        "没有收到浏览商品、搜索等事件，也没有消息被读过。接入 product.viewed、search.made 后，这里就有人数。",
        "沒有收到瀏覽商品、搜尋等事件，也沒有訊息被讀過。串接 product.viewed、search.made 後，這裡就有人數。",
        "Neither product views nor searches are sent, and no message was read. Send product.viewed or search.made.",
    )),
    _Step(metrics.MEMBERS_END, _people),
    _Step(metrics.BOUGHT, _bought),
    _Step(metrics.REACHED, _reached, True, words(
        "本期没有会员处于最低等级以上。",
        "本期沒有會員處於最低等級以上。",
        "Nobody stood above the lowest level in this period.",
    )),
    _Step(metrics.CLAIMED, _claimed, True, words(
        "本期没有人领取或使用权益、使用积分，这一步不参与收窄。",
        "本期沒有人領取或使用權益、使用點數，這一步不參與收窄。",
        "Nobody claimed or used a benefit, or spent points, in this period: the step does not narrow the funnel.",
    )),
    _Step(metrics.REBOUGHT, _again),
)  # fmt: skip
BASE = 2
"""The step that the funnel begins with."""


@dataclass(frozen=True, slots=True)
class _Level:
    """A step as it was counted: `passed` went through all steps before too, `did` whatever else they did."""

    step: _Step
    did: int
    passed: int | None


def build(ground: Ground) -> Answer:
    levels = _levels(ground)
    counted = [level for level in levels if level.passed is not None]
    first = counted[0].passed or 0
    last = counted[-1].passed or 0
    return Answer(
        _sentence(counted, len(counted) == len(STEPS) - BASE),
        tuple(_figure(level) for level in levels),
        (_table(ground, levels), _loop(ground, counted)),
        (Chart("funnel", words("会员闭环", "會員循環", "The loop"), Draw.FUNNEL, "loop", "step", ("passed",)),),
        empty=not first and not last,
    )  # fmt: skip


def _figure(level: _Level) -> Figure:
    """Of a step that no event tells of nobody knows whether members took it: that is not 0."""
    metric = level.step.metric
    if not level.did and not level.step.nested:
        return Figure(metric, None, untold=level.step.missing)
    return Figure(metric, level.did, drill=metric.id if level.did else "")


def _start(ground: Ground) -> ir.Table:
    return _new(ground) if ground.asked.choice("start", "all") == "new" else _people(ground)


def _flags(ground: Ground) -> ir.Table:
    """One row for each of those the funnel begins with: the bits of the steps that they took."""
    taken: ir.Table | None = None
    for number, step in enumerate(STEPS):
        who = _start(ground) if number == BASE else step.who(ground)
        who = who.select("member", bit=ibis.literal(1 << number, "int64"))
        taken = who if taken is None else taken.union(who)
    assert taken is not None
    flags = taken.group_by("member").agg(bits=taken.bit.sum().cast("int64"))
    return flags.filter(_has(flags, BASE))


def _has(flags: ir.Table, number: int) -> ir.BooleanValue:
    found: ir.BooleanValue = (flags.bits & (1 << number)) > 0
    return found


def _levels(ground: Ground) -> list[_Level]:
    flags = _flags(ground)
    by_bits = [(row["bits"], row["people"]) for row in read(flags.group_by("bits").agg(people=flags.count()))]
    found, before = [], 0
    for number, step in enumerate(STEPS):
        did = sum(people for bits, people in by_bits if bits >> number & 1)
        if not step.nested or (not did and step.missing):
            found.append(_Level(step, did, None))
            continue
        before |= 1 << number
        found.append(_Level(step, did, sum(people for bits, people in by_bits if bits & before == before)))
    return found


def _sentence(counted: list[_Level], whole: bool) -> Sentence:
    first, last = counted[0].passed or 0, counted[-1].passed or 0
    if not first:
        return Sentence(
            words(
                "这个范围内还没有会员。",
                "這個範圍內還沒有會員。",
                "There are no members within these bounds yet.",
            )
        )
    drops = [
        (rate(below.passed or 0, upper.passed or 0), below)
        for upper, below in pairwise(counted)
        if upper.passed
    ]
    worst = min(drops, key=lambda drop: drop[0] or 0.0)
    return Sentence(
        _ROUND if whole else _AS_FAR,
        {
            "first": (Unit.COUNT, first),
            "last": (Unit.COUNT, last),
            "rate": (Unit.RATE, rate(last, first)),
            "step": (Unit.TEXT, worst[1].step.metric.name),
            "share": (Unit.RATE, worst[0]),
        },
    )


_ROUND = words(
    "{first} 位会员中有 {last} 位（{rate}）走完整个闭环；流失最多的一步是“{step}”，只有 {share} 走到。",
    "{first} 位會員中有 {last} 位（{rate}）走完整個循環；流失最多的一步是「{step}」，只有 {share} 走到。",
    "Of {first} {first|member|members} {last} ({rate}) went all the way round; most are lost before “{step}”:"
    " {share} got there.",
)
_AS_FAR = words(
    "{first} 位会员中有 {last} 位（{rate}）走完了有数据的各步，有的步骤还没有数据；"
    "流失最多的一步是“{step}”，只有 {share} 走到。",
    "{first} 位會員中有 {last} 位（{rate}）走完了有資料的各步驟，有的步驟還沒有資料；"
    "流失最多的一步是「{step}」，只有 {share} 走到。",
    "Of {first} {first|member|members} {last} ({rate}) took every step that is known of (some are not); most are"
    " lost before “{step}”: {share} got there.",
)


def _name(level: _Level, ground: Ground) -> Text:
    if level.step.metric is not metrics.MEMBERS_END:
        return level.step.metric.name
    new = ground.asked.choice("start", "all") == "new"
    return metrics.JOINED.name if new else words("入会", "入會", "Joined")


def _table(ground: Ground, levels: list[_Level]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    before: int | None = None
    first = next((level.passed for level in levels if level.passed is not None), None)
    for level in levels:
        of_before = rate(level.passed, before) if level.passed is not None and before is not None else None
        of_first = rate(level.passed, first) if level.passed is not None and first else None
        note = level.step.missing if not level.did else None
        rows.append((_name(level, ground), level.passed, of_before, of_first, level.did, note))
        before = before if level.passed is None else level.passed
    return Table(
        "steps",
        words("各步", "各步驟", "Step by step"),
        (
            Column("step", words("步骤", "步驟", "Step"), Unit.TEXT),
            Column("passed", words("走到这一步", "走到這一步", "Got this far"), Unit.COUNT, definition=words(
                "本步和之前参与收窄的各步都做到的会员数。", "本步與之前參與收窄的各步都做到的會員數。",
                "Members who did this and everything before it.")),
            Column("of_before", words("占上一步", "占上一步", "Of the step before"), Unit.RATE, definition=words(
                "走到这一步的会员数 ÷ 走到上一个参与收窄的步骤的会员数。",
                "走到這一步的會員數 ÷ 走到上一個參與收窄的步驟的會員數。",
                "Members who got this far ÷ those who got to the step before that narrows the funnel.",
            )),
            Column("of_first", words("占全部", "占全部", "Of all"), Unit.RATE, definition=words(
                "走到这一步的会员数 ÷ 漏斗第一步的会员数。",
                "走到這一步的會員數 ÷ 漏斗第一步的會員數。",
                "Members who got this far ÷ those with whom the funnel begins.",
            )),
            Column("did", words("做过这件事", "做過這件事", "Did it at all"), Unit.COUNT, definition=words(
                "本期内做过这件事的会员数，不论其他步骤。", "本期內做過這件事的會員數，不論其他步驟。",
                "Members who did this in the period, whatever else they did.")),
            Column("note", words("说明", "說明", "Note"), Unit.TEXT),
        ),
        tuple(rows),
        tuple(_drill(level) for level in levels),
    )  # fmt: skip


def _drill(level: _Level) -> str:
    if level.passed is None:
        return level.step.metric.id if level.did else ""
    return f"passed:{level.step.metric.id}" if level.passed else ""


def _loop(ground: Ground, counted: list[_Level]) -> Table:
    """Just what the funnel draws."""
    return Table(
        "loop",
        words("闭环", "循環", "The loop"),
        (
            Column("step", words("步骤", "步驟", "Step"), Unit.TEXT),
            Column("passed", words("走到这一步", "走到這一步", "Got this far"), Unit.COUNT),
        ),
        tuple((_name(level, ground), level.passed) for level in counted),
        tuple(_drill(level) for level in counted),
    )


def members(ground: Ground, key: str) -> ir.Table:
    """Who did the step of that metric; `passed:<id>` who did all before it too, `lost:<id>` who did all before it and
    not this."""
    kind, _, ident = key.rpartition(":")
    flags = _flags(ground)
    wanted = next(number for number, step in enumerate(STEPS) if step.metric.id == ident)
    if kind:
        for number, level in enumerate(_levels(ground)[:wanted]):
            if level.passed is not None:
                flags = flags.filter(_has(flags, number))
    did = _has(flags, wanted)
    return flags.filter(~did if kind == "lost" else did).select("member")


FUNNEL = Report(
    "funnel",
    words("会员闭环漏斗", "會員循環漏斗", "The loop as a funnel"),
    words(
        "从看到品牌到再次购买，会员走到了哪一步，在哪里流失？",
        "從看到品牌到再次購買，會員走到哪一步，在哪裡流失？",
        "From seeing the brand to buying again: how far do members get, and where are they lost?",
    ),
    build,
    tuple(step.metric for step in STEPS),
    (START,),
    members,
    ("audience", "level", "channel", "store", "ladder"),
)
