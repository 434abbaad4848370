"""Experiments as reports: all of them in a table, and one with its groups, differences and course."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from regulars.campaigns.experiments import CONTROL
from regulars.insight.defining import Unit
from regulars.insight.experiments import answer
from regulars.insight.experiments.design import (
    CONTROL_NAME,
    Design,
    definitions,
    design_of,
    design_of_control,
)
from regulars.insight.experiments.queries import reading
from regulars.insight.experiments.reading import Reading
from regulars.insight.report import Answer, Chart, Column, Draw, Ground, Option, Report, Sentence, Table
from regulars.language.calendar import start_of
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.programme.contracts import Programme

_NONE = words(
    "方案里还没有实验。给活动写上 experiment 和 holdout，或加上 control_group，就能知道它值多少。",
    "方案裡還沒有實驗。為活動寫上 experiment 和 holdout，或加上 control_group，就能知道它值多少。",
    "The programme has no experiments yet. With experiment and holdout at a campaign, or a control_group, it can be"
    " told what they are worth.",
)
_SEVERAL = words(
    "{count} 个实验，其中 {read} 个已有结论可看。",
    "{count} 個實驗，其中 {read} 個已有結論可看。",
    "{count} {count|experiment|experiments}, {read} of which can be read.",
)


def _designs(programme: Programme) -> dict[str, Design]:
    """Of the programme in force: what a report is asked about."""
    found: dict[str, Design] = {}
    if programme.control_group is not None:
        found[CONTROL] = design_of_control(programme.control_group, programme)
    for ident, (experiment, rules) in definitions([programme]).items():
        found[ident] = design_of(experiment, rules, programme)
    return found


def choices(programme: Programme) -> Mapping[str, Text]:
    """The experiments by their ids."""
    found: dict[str, Text] = {} if programme.control_group is None else {CONTROL: CONTROL_NAME}
    return found | {one.id: one.name for one in programme.experiments.values()}


def _until(ground: Ground) -> datetime:
    """The end of the period, or of yesterday: whole days only."""
    day = min(ground.asked.last + timedelta(days=1), ground.today)
    return start_of(day, ground.programme.zone)


def _read(ground: Ground, design: Design) -> Reading:
    return reading(ground.people, design, _until(ground))


def build_one(ground: Ground) -> Answer:
    """One experiment as of the period's end."""
    found = _designs(ground.programme)
    design = found.get(ground.asked.choice("id")) or next(iter(found.values()), None)
    if design is None:
        return Answer(Sentence(_NONE), empty=True)
    said = _read(ground, design)
    paths = [answer.path_table(said, arm.id) for arm in design.others] if said.path else []
    charts = (
        Chart(table.id, table.title, Draw.TIME, table.id, "day", ("low", "difference", "high"),
              ("low", "difference", "high"))
        for table in paths
    )  # fmt: skip
    return Answer(
        answer.sentence(said),
        tables=(answer.groups_table(said), answer.effects_table(said), *paths),
        charts=tuple(charts),
        empty=said.since is None,
    )


def build_all(ground: Ground) -> Answer:
    """All experiments, a row for each group that is compared."""
    found = [_read(ground, design) for design in _designs(ground.programme).values()]
    if not found:
        return Answer(Sentence(_NONE), empty=True)
    rows = tuple(
        (
            said.design.name, answer.arm_of(said, ident).name, answer.STATES[said.state],
            sum(row.came for row in said.arms), answer.MEASURES[said.metric],
            effect.relative(effect.difference), effect.relative(effect.low), effect.relative(effect.high),
            answer.VERDICTS[effect.verdict],
        )
        for said in found
        for ident, effect in said.main.items()
    )  # fmt: skip
    told = answer.TOLD
    columns = (
        Column("experiment", words("实验", "實驗", "Experiment"), Unit.TEXT),
        Column("group", words("组", "組", "Group"), Unit.TEXT),
        Column("state", words("状态", "狀態", "State"), Unit.TEXT),
        Column("came", words("进入人数", "進入人數", "Came"), Unit.COUNT, definition=told["came"]),
        Column("measure", words("指标", "指標", "Measure"), Unit.TEXT),
        Column(
            "difference",
            words("相对差异", "相對差異", "Difference"),
            Unit.RATE,
            definition=told["relative"],
        ),
        Column("low", words("区间下限", "區間下限", "Low"), Unit.RATE, definition=told["low"]),
        Column("high", words("区间上限", "區間上限", "High"), Unit.RATE, definition=told["high"]),
        Column("verdict", words("结论", "結論", "Verdict"), Unit.TEXT),
    )
    read = sum(any(effect.low is not None for effect in said.main.values()) for said in found)
    values = {"count": (Unit.COUNT, len(found)), "read": (Unit.COUNT, read)}
    table = Table("experiments", words("实验", "實驗", "Experiments"), columns, rows)
    return Answer(
        Sentence(_SEVERAL, values), tables=(table,), empty=all(said.since is None for said in found)
    )


EXPERIMENTS = Report(
    "experiments",
    words("实验一览", "實驗一覽", "Experiments"),
    words("哪些活动真的有效？", "哪些活動真的有效？", "Which campaigns really work?"),
    build_all,
    filters=("audience",),
    compares=False,
)
EXPERIMENT = Report(
    "experiment",
    words("实验", "實驗", "One experiment"),
    words(
        "它有没有用？截至期末，与对照组比。",
        "它有沒有用？截至期末，與對照組比。",
        "Did it work? As of the end of the period, against those held out.",
    ),
    build_one,
    options=(Option("id", words("实验", "實驗", "Experiment"), choices),),
    filters=("audience",),
    compares=False,
)
