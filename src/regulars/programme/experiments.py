"""Experiments and the control group of a programme file: groups that come to the whole, named where they are used."""

from fractions import Fraction

from regulars.campaigns.contracts import Campaign, Rule
from regulars.campaigns.experiments import (
    CONTROL,
    HELD_OUT,
    TREATED,
    ControlGroup,
    Experiment,
    Metric,
    lay_out,
)
from regulars.language.problems import Errors, Place, words
from regulars.language.text import Text
from regulars.programme.contracts import Programme
from regulars.programme.document import Document, RulePart
from regulars.programme.occasions import Occasions
from regulars.programme.part_experiments import ExperimentPart, ExperimentRefPart
from regulars.programme.shape import unknown_text

HOLDOUT_NAME = words("对照组", "對照組", "Held out")
TREATED_NAME = words("实验组", "實驗組", "Treated")
_RESERVED = (HELD_OUT, TREATED)


def read_experiments(document: Document, programme: Programme, errors: Errors) -> dict[str, Experiment]:
    """Every experiment with its groups laid out."""
    occasions = Occasions(programme, errors)
    found = {}
    for experiment_id, part in document.experiments.items():
        place: Place = ("experiments", experiment_id)
        if experiment_id == CONTROL:
            errors.add(place, _taken(CONTROL))
        ends = occasions.moment(part.until, (*place, "until"), ends=True)
        if part.metric == "margin" and programme.insight.margin_percent is None:
            errors.add((*place, "metric"), _NO_MARGIN)
        groups = lay_out(_shares(part, place, errors))
        found[experiment_id] = Experiment(
            experiment_id, part.name, groups, Metric(part.metric), part.days, ends
        )
    return found


def _shares(part: ExperimentPart, place: Place, errors: Errors) -> list[tuple[str, Text, Fraction]]:
    held = part.holdout or Fraction(0)
    shares: list[tuple[str, Text, Fraction]] = [(HELD_OUT, HOLDOUT_NAME, held)] if held else []
    for variant_id, variant in part.variants.items():
        if variant_id in _RESERVED:
            errors.add((*place, "variants", variant_id), _taken(variant_id))
        shares.append((variant_id, variant.name or words(variant_id, variant_id, variant_id), variant.share))
    total = sum((share for _, _, share in shares), Fraction(0))
    if len(part.variants) == 1 or not shares:
        errors.add(place, _NO_COMPARISON)
    elif not part.variants:
        if held >= 1:
            errors.add((*place, "holdout"), _ALL_HELD_OUT)
        shares.append((TREATED, TREATED_NAME, 1 - held))
    elif total != 1:
        errors.add((*place, "variants"), _not_whole(total))
    return shares


def read_control(document: Document, programme: Programme, errors: Errors) -> ControlGroup | None:
    """The programme's control group; what it is not kept from must exist."""
    part = document.control_group
    if part is None:
        return None
    place: Place = ("control_group",)
    since = Occasions(programme, errors).moment(part.since, (*place, "from"))
    known = [*document.campaigns, *(rule.id for rule in document.rules)]
    for index, name in enumerate(part.except_):
        if name not in known:
            errors.add((*place, "except", index), unknown_text("campaign or rule", known))
    if part.share > Fraction(1, 2):
        errors.add((*place, "share"), _TOO_LARGE)
    return None if since is None else ControlGroup(part.share, since, frozenset(part.except_), part.days)


def check_campaigns(document: Document, programme: Programme, errors: Errors) -> None:
    """The experiments that campaigns name must exist."""
    for campaign_id, part in document.campaigns.items():
        if part.experiment is not None:
            _known(part.experiment, ("campaigns", campaign_id, "experiment"), programme, errors)
            if part.experiment.variant is not None:
                errors.add(("campaigns", campaign_id, "experiment", "variant"), _RULES_HAVE_VARIANTS)


def check_rule(part: RulePart, place: Place, programme: Programme, errors: Errors) -> None:
    """What a rule says of its experiment; one of a campaign is in no other than that."""
    if part.experiment is None:
        return
    place = (*place, "experiment")
    _known(part.experiment, place, programme, errors)
    campaign = programme.campaigns.get(part.campaign or "")
    if campaign is not None and campaign.experiment not in ("", part.experiment.id):
        errors.add(
            place,
            words(
                f"所属活动已在实验 {campaign.experiment} 中，一条规则只能属于一个实验",
                f"所屬活動已在實驗 {campaign.experiment} 中，一條規則只能屬於一個實驗",
                f"its campaign is part of the experiment {campaign.experiment}: a rule is part of one only",
            ),
        )


def _known(part: ExperimentRefPart, place: Place, programme: Programme, errors: Errors) -> None:
    experiment = programme.experiments.get(part.id)
    if experiment is None:
        errors.add((*place, "id"), unknown_text("experiment", programme.experiments))
        return
    if part.variant is None:
        return
    variants = [group.id for group in experiment.groups if group.id not in _RESERVED]
    if part.variant not in variants:
        errors.add((*place, "variant"), unknown_text("variant", variants))


def experiment_of(rule: Rule, campaign: Campaign | None) -> str:
    """The experiment that a rule is part of, by itself or with its campaign; empty: none."""
    return rule.experiment or (campaign.experiment if campaign is not None else "")


def rules_of(experiment_id: str, programme: Programme) -> tuple[Rule, ...]:
    """The rules of an experiment."""
    return tuple(
        rule
        for rule in programme.rules
        if experiment_of(rule, programme.campaigns.get(rule.campaign)) == experiment_id
    )


def kept_from_control(rule: Rule, control: ControlGroup) -> bool:
    """Whether the control group does not get this rule: what belongs to a campaign is kept from it, unless excepted.
    Rules of no campaign are what every member was promised."""
    return bool(rule.campaign) and rule.campaign not in control.except_ and rule.id not in control.except_


def _taken(name: str) -> Text:
    return words(
        f"{name} 另有含义，请换个名称",
        f"{name} 另有含義，請換個名稱",
        f"{name} means something else: choose another name",
    )


_NO_COMPARISON = words(
    "没有可比较的组：请写 holdout，或至少两个 variants",
    "沒有可比較的組：請寫 holdout，或至少兩個 variants",
    "has nothing to compare: state holdout, or two variants at least",
)
_NO_MARGIN = words(
    "按毛利比较，请先写 insight: {margin: 35}",
    "以毛利比較，請先寫 insight: {margin: 35}",
    "needs to know the margin: state insight: {margin: 35}",
)
_ALL_HELD_OUT = words(
    "不能把所有会员都放进对照组，请写小于 100% 的比例，例如 10%",
    "不能把所有會員都放進對照組，請寫小於 100% 的比例，例如 10%",
    "would hold everybody out: write less than 100%, such as 10%",
)
_RULES_HAVE_VARIANTS = words(
    "活动只写实验编号；variant 写在规则上",
    "活動只寫實驗編號；variant 寫在規則上",
    "belongs to rules: a campaign names the experiment alone",
)
_TOO_LARGE = words(
    "超过一半会员将收不到任何活动；请写不超过 50% 的比例，通常 1%–5%",
    "超過一半會員將收不到任何活動；請寫不超過 50% 的比例，通常 1%–5%",
    "would keep campaigns from more than half of all members: write 50% at most, usually 1% to 5%",
)


def _not_whole(total: Fraction) -> Text:
    said = f"{float(total * 100):g}%"
    return words(
        f"各组比例合计为 {said}，须正好 100%（含 holdout）；不参加实验的会员请用 when 排除",
        f"各組比例合計為 {said}，須正好 100%（含 holdout）；不參加實驗的會員請用 when 排除",
        f"come to {said} with holdout and must come to 100%: leave members out by the rule’s when",
    )
