"""Experiments and the control group in words."""

from collections.abc import Iterator
from fractions import Fraction

from regulars.campaigns.contracts import Campaign, Rule
from regulars.campaigns.experiments import HELD_OUT, ControlGroup, Experiment, Metric
from regulars.language.calendar import local_day
from regulars.language.problems import words
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme
from regulars.programme.experiments import experiment_of, kept_from_control

METRICS: dict[Metric, Text] = {
    Metric.SALES: words("人均消费", "人均消費", "sales per member"),
    Metric.ORDERS: words("人均订单数", "人均訂單數", "orders per member"),
    Metric.MARGIN: words("人均毛利", "人均毛利", "margin per member"),
}
_GROUP = words("{name} {share}", "{name} {share}", "{name} {share}")
_LIST = words("、", "、", ", ")
_EXPERIMENT = words(
    "{groups}；按首次符合规则后 {days} 天的{metric}比较",
    "{groups}；以首次符合規則後 {days} 天的{metric}比較",
    "{groups}; compared by {metric} in the {days} days after a rule first applies",
)
_UNTIL = words(
    "，只计 {day} 前进入的会员", "，只計 {day} 前進入的會員", ", of members who first come before {day}"
)
_CONTROL = words(
    "{share} 的会员自 {day} 起不参加任何活动{but}，按 {days} 天的消费比较",
    "{share} 的會員自 {day} 起不參加任何活動{but}，以 {days} 天的消費比較",
    "{share} of members get no campaign from {day} on{but}; compared over {days} days",
)
_BUT = words("（{names} 除外）", "（{names} 除外）", " but {names}")
_IN = words(
    "在实验“{name}”中，对照组不发放",
    "在實驗「{name}」中，對照組不發放",
    "in the experiment “{name}”: not for those held out",
)
_FOR = words(
    "在实验“{name}”中，只给“{group}”组",
    "在實驗「{name}」中，只給「{group}」組",
    "in the experiment “{name}”: for “{group}” only",
)
_NOT_CONTROL = words("全局对照组除外", "全域對照組除外", "not for the control group")
_STOP = words("。", "。", ".")


def percent(share: Fraction) -> str:
    """2.5%"""
    return f"{float(share * 100):g}%"


def experiment_in_words(experiment: Experiment, programme: Programme, language: str) -> str:
    """Who is in it, and what it is decided by."""
    groups = say(_LIST, language).join(
        say(_GROUP, language).format(name=say(group.name, language), share=percent(group.share))
        for group in experiment.groups
    )
    metric = say(METRICS[experiment.metric], language)
    said = say(_EXPERIMENT, language).format(groups=groups, days=experiment.days, metric=metric)
    if experiment.ends_at is not None:
        said += say(_UNTIL, language).format(day=local_day(experiment.ends_at, programme.zone))
    return said[:1].upper() + said[1:] + say(_STOP, language)


def control_in_words(control: ControlGroup, programme: Programme, language: str) -> str:
    """Who is kept from campaigns, and since when."""
    but = ""
    if control.except_:
        named = say(_LIST, language).join(
            sorted(_name(each, programme, language) for each in control.except_)
        )
        but = say(_BUT, language).format(names=named)
    values = {"share": percent(control.share), "day": local_day(control.since, programme.zone), "but": but}
    return say(_CONTROL, language).format(**values, days=control.days) + say(_STOP, language)


def bounds_in_words(rule: Rule, programme: Programme, language: str) -> Iterator[str]:
    """Whom of its members a rule leaves out, so that it can be told what it is worth."""
    experiment = programme.experiments.get(experiment_of(rule, programme.campaigns.get(rule.campaign)))
    if experiment is not None and rule.trial is None:
        name = say(experiment.name, language)
        group = next((one for one in experiment.groups if one.id == rule.variant), None)
        if group is not None:
            yield say(_FOR, language).format(name=name, group=say(group.name, language))
        elif experiment.base.id == HELD_OUT:
            yield say(_IN, language).format(name=name)
    control = programme.control_group
    if control is not None and rule.trial is None and kept_from_control(rule, control):
        yield say(_NOT_CONTROL, language)


def _name(ident: str, programme: Programme, language: str) -> str:
    named: Campaign | Rule | None = programme.campaigns.get(ident)
    if named is None:
        named = next((rule for rule in programme.rules if rule.id == ident), None)
    return say(named.name, language) if named is not None else ident
