"""The paid plans of a programme file: what they cost, who may have them, what they do."""

from collections.abc import Mapping
from dataclasses import replace

from regulars.events.contracts import EventType, FieldKind, PayloadField
from regulars.language.condition import parse_condition
from regulars.language.problems import Errors, Place, words
from regulars.language.text import Text
from regulars.ledger.contracts import Asset
from regulars.plans.contracts import Entry, Evidence, EvidenceKind, Growth, PaidPlan, Period, Placing
from regulars.programme.amounts import smallest
from regulars.programme.contracts import Programme
from regulars.programme.document import DailyPart, Document, EntryPart, PlanPart
from regulars.programme.shape import follows_text, unknown_text
from regulars.programme.vocabulary import fields_for
from regulars.programme.wallets import principal_text, principals, read_wallets

APPLIED = "plan.applied"
TAKEN = frozenset({"plan", "type", "source", "time", "by", "reason", "approved_by"})
"""What an application says beside its evidence."""

LEAST_DAYS = 28
"""No month has fewer days."""

PLAN_COLOURS = ("#4a6fa5", "#8a6d3b", "#6b4c9a", "#1f2937", "#0f766e", "#9f1239")

KINDS = {
    EvidenceKind.TEXT: FieldKind.TEXT,
    EvidenceKind.NUMBER: FieldKind.NUMBER,
    EvidenceKind.DATE: FieldKind.DATE,
    EvidenceKind.FILE: FieldKind.TEXT,
}


def read_plans(
    document: Document, assets: Mapping[str, Asset], digits: int, errors: Errors
) -> dict[str, PaidPlan]:
    """All plans, their entry conditions not yet read; `digits` are the currency's decimals."""
    plans = {}
    ranks: dict[tuple[str, int], str] = {}
    for index, (plan_id, part) in enumerate(document.plans.items()):
        place: Place = ("plans", plan_id)
        family = part.family or plan_id
        twin = ranks.setdefault((family, part.rank), plan_id)
        if twin != plan_id:
            errors.add(
                (*place, "rank"),
                words(
                    f"与 {twin} 同族同级，请写不同的 rank",
                    f"與 {twin} 同族同級，請寫不同的 rank",
                    f"{twin} of the same family has this rank: state which of them is the higher one",
                ),
            )
        if part.level is not None:
            _level(part, document, place, errors)
        plans[plan_id] = PaidPlan(
            plan_id,
            part.name,
            family,
            part.rank,
            _periods(part, digits, place, errors),
            part.perks or {},
            part.colour or PLAN_COLOURS[index % len(PLAN_COLOURS)],
            part.trial.days if part.trial else 0,
            None,
            part.grace_days,
            _reminder(part, place, errors),
            part.refund,
            Placing(part.level.ladder, part.level.level) if part.level else None,
            _daily(part.daily, part, document, assets, digits, (*place, "daily"), errors)
            if part.daily
            else None,
        )
    return plans


def _periods(part: PlanPart, digits: int, place: Place, errors: Errors) -> tuple[Period, ...]:
    found: dict[str, Period] = {}
    for index, one in enumerate(part.periods):
        here = (*place, "periods", index)
        if one.id in found:
            errors.add(
                (*here, "id"),
                words(f"编号 {one.id} 重复", f"編號 {one.id} 重複", f"{one.id} is used twice"),
            )
        price = smallest(one.price, digits, (*here, "price"), errors)
        found[one.id] = Period(one.id, one.name or _usual_name(one.months), one.months, price)
    return tuple(found.values())


def _usual_name(months: int) -> Text:
    """What a period of so many months is called where the file does not say."""
    known = {
        1: words("月付", "月付", "monthly"),
        3: words("季付", "季付", "quarterly"),
        6: words("半年付", "半年付", "half-yearly"),
        12: words("年付", "年付", "yearly"),
    }
    return known.get(months) or words(f"{months} 个月", f"{months} 個月", f"{months} months")


def _reminder(part: PlanPart, place: Place, errors: Errors) -> int:
    shortest = min(one.months for one in part.periods) * LEAST_DAYS
    if part.renew_reminder_days >= shortest:
        errors.add(
            (*place, "renew_reminder_days"),
            words(
                f"必须少于最短周期的天数（{shortest}）",
                f"必須少於最短週期的天數（{shortest}）",
                f"must be fewer days than the shortest period has ({shortest})",
            ),
        )
    return part.renew_reminder_days


def _level(part: PlanPart, document: Document, place: Place, errors: Errors) -> None:
    assert part.level is not None
    ladder = document.ladders.get(part.level.ladder)
    if ladder is None:
        errors.add((*place, "level", "ladder"), unknown_text("ladder", document.ladders))
        return
    if ladder.period is None:
        errors.add((*place, "level", "ladder"), follows_text(part.level.ladder))
    known = [level.id for level in ladder.levels]
    if part.level.level not in known:
        errors.add((*place, "level", "level"), unknown_text("level", known))
    elif part.level.level == known[0]:
        errors.add(
            (*place, "level", "level"),
            words(
                "最低等级人人都有，请写更高的等级",
                "最低等級人人都有，請寫更高的等級",
                "everybody stands on the lowest level: name a higher one",
            ),
        )


def _daily(
    daily: DailyPart,
    part: PlanPart,
    document: Document,
    assets: Mapping[str, Asset],
    digits: int,
    place: Place,
    errors: Errors,
) -> Growth | None:
    asset = assets.get(daily.asset)
    if asset is None:
        errors.add((*place, "asset"), unknown_text("asset", assets))
        return None
    wallet = principals(read_wallets(document, assets, digits, Errors())).get(daily.asset)
    if wallet is not None:
        errors.add((*place, "asset"), principal_text(wallet))
    known = [one.id for one in part.periods]
    by_period = {}
    for period, units in daily.by_period.items():
        if period not in known:
            errors.add((*place, "by_period", period), unknown_text("period", known))
        by_period[period] = smallest(units, asset.scale, (*place, "by_period", period), errors)
    return Growth(asset.id, smallest(daily.units, asset.scale, (*place, "units"), errors), by_period)


def read_entries(document: Document, programme: Programme, errors: Errors) -> dict[str, PaidPlan]:
    """The programme's plans with their entry conditions, which may ask for all that is known of a member, plans
    included, and for the evidence."""
    plans = dict(programme.plans)
    for plan_id, part in document.plans.items():
        if part.entry is not None:
            entry = _entry(part.entry, programme, ("plans", plan_id, "entry"), errors)
            plans[plan_id] = replace(plans[plan_id], entry=entry)
    return plans


def _entry(part: EntryPart, programme: Programme, place: Place, errors: Errors) -> Entry:
    if part.when is None and not part.approval:
        errors.add(
            place,
            words(
                "请写 when（条件）或 approval: true（人工审批），否则谁都能通过",
                "請寫 when（條件）或 approval: true（人工審批），否則誰都能通過",
                "state a condition (when) or approval: true; as it stands everybody passes",
            ),
        )
    evidence: list[Evidence] = []
    for index, one in enumerate(part.evidence):
        here = (*place, "evidence", index, "id")
        if one.id in TAKEN or one.id.endswith("_minor"):
            errors.add(
                here,
                words("是保留名称，请换一个", "是保留名稱，請換一個", "is reserved: choose another name"),
            )
        if one.id in [known.id for known in evidence]:
            errors.add(here, words(f"编号 {one.id} 重复", f"編號 {one.id} 重複", f"{one.id} is used twice"))
        evidence.append(Evidence(one.id, one.name, one.kind, one.required))
    fields = {
        one.id: PayloadField(one.id, one.name, KINDS[one.kind], one.id, one.required) for one in evidence
    }
    known = programme.event_types[APPLIED]
    asked = EventType(known.id, known.name, {**known.fields, **fields}, command=True)
    when = None
    if part.when is not None:
        when = parse_condition(part.when, fields_for(programme, asked), (*place, "when"), errors)
    return Entry(when, tuple(evidence), part.approval, asked, part.hint or {})
