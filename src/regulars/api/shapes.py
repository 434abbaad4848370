"""From what rooms tell to what the API answers: money as decimals, names in the reader's language."""

from typing import Any

from regulars.api import schemas
from regulars.audiences.contracts import Stay
from regulars.engine.queries import Explanation, Moment, balances_of, money_of, told
from regulars.events.contracts import RecordedEvent
from regulars.insight.members import MemberLine
from regulars.language.sentence import Line
from regulars.language.text import say
from regulars.ledger.contracts import BalanceRow
from regulars.members.contracts import MemberProfile, MergeRow
from regulars.orders.contracts import OrderRow
from regulars.programme.contracts import Programme
from regulars.tiers.contracts import Progress


def payload(value: Any, digits: int) -> Any:
    """Data as its sender wrote it: `{"total_minor": 12800}` → `{"total": "128.00"}`, wherever it stands."""
    if isinstance(value, dict):
        return {
            name.removesuffix("_minor"): money_of(each, digits)
            if name.endswith("_minor") and isinstance(each, int)
            else payload(each, digits)
            for name, each in value.items()
        }
    return [payload(each, digits) for each in value] if isinstance(value, list) else value


def event(found: RecordedEvent, programme: Programme) -> schemas.EventOut:
    made = schemas.EventOut.model_validate(found, from_attributes=True)
    made.data = payload(found.data, programme.minor_digits)
    made.effects = [told(each, programme) for each in found.effects]
    made.outcome = _outcome(found.outcome, programme)
    return made


def _outcome(found: dict[str, Any], programme: Programme) -> dict[str, Any]:
    """Balances as the answer to the event gave them, and what followed from it."""
    made = dict(found)
    if "balances" in found:
        made["balances"] = balances_of(found["balances"], programme)
    if "follows" in found:
        made["follows"] = [told(each, programme) for each in found["follows"]]
    return made


def member(found: MemberProfile) -> schemas.MemberOut:
    return schemas.MemberOut.model_validate(found, from_attributes=True)


def whole_member(found: MemberProfile, merges: list[MergeRow], stays: list[Stay]) -> schemas.MemberWholeOut:
    merged = [
        schemas.MergeOut(id=one.gone, into=one.kept, at=one.at, by=one.by, reason=one.reason)
        for one in merges
    ]
    audiences = [schemas.InAudienceOut(id=one.audience, since=one.since) for one in stays]
    return schemas.MemberWholeOut(**member(found).model_dump(), merged=merged, audiences=audiences)


def member_line(found: MemberLine, programme: Programme) -> schemas.MemberLineOut:
    digits = programme.minor_digits
    return schemas.MemberLineOut(
        **member(found.member).model_dump(),
        level=found.level,
        level_until=found.level_until,
        balance=found.balance,
        orders=found.totals.orders,
        spend=money_of(found.totals.spend_minor, digits),
        refunded=money_of(found.totals.refunded_minor, digits),
        last_order_at=found.totals.last_at,
    )


def balance(
    found: BalanceRow, programme: Programme, language: str, expiry: tuple[Any, int] | None
) -> schemas.BalanceOut:
    asset = programme.assets.get(found.asset)
    return schemas.BalanceOut(
        asset=found.asset,
        name=say(asset.name, language) if asset else found.asset,
        scale=asset.scale if asset else 0,
        balance=found.balance,
        earned=found.earned,
        spent=found.spent,
        expired=found.expired,
        reversed=found.reversed,
        moved=found.moved,
        held=found.held,
        pending=found.pending,
        expires_next_at=expiry[0] if expiry else None,
        expires_next=expiry[1] if expiry else 0,
    )


def tier(found: Progress, programme: Programme, language: str) -> schemas.TierOut:
    ladder = programme.ladders[found.ladder]
    names = {level.id: say(level.name, language) for level in ladder.levels}
    return schemas.TierOut(
        ladder=found.ladder,
        name=say(ladder.name, language),
        asset=ladder.asset,
        level=found.level,
        level_name=names[found.level],
        since=found.since,
        until=found.until,
        grace=found.grace,
        held=found.held or None,
        held_until=found.held_until,
        measure=found.measure,
        next_level=found.next_level,
        next_level_name=names[found.next_level] if found.next_level else None,
        next_at=found.next_at,
        missing=found.missing,
        keep_at=found.keep_at,
        keep_measure=found.keep_measure,
        keep_missing=found.keep_missing,
    )


def order(found: OrderRow, digits: int) -> schemas.OrderOut:
    return schemas.OrderOut(
        id=found.id,
        source=found.source,
        order_id=found.order_id,
        total=money_of(found.total_minor, digits),
        refunded=money_of(found.refunded_minor, digits),
        currency=found.currency,
        channel=found.channel,
        store=found.store,
        lines=found.lines,
        paid_at=found.paid_at,
    )


def moment(found: Moment, digits: int) -> schemas.MomentOut:
    return schemas.MomentOut(
        id=found.id,
        kind=found.kind.value,
        type=found.type,
        source=found.source,
        key=found.key,
        time=found.time,
        cause=found.cause,
        data=payload(found.data, digits),
        orders=[order(each, digits) for each in found.orders],
        entries=[schemas.MovementOut.model_validate(each, from_attributes=True) for each in found.entries],
        levels=[schemas.LevelStepOut.model_validate(each, from_attributes=True) for each in found.levels],
        messages=[each.template for each in found.messages],
        tags_added=list(found.tags_added),
        tags_removed=list(found.tags_removed),
    )


def explanation(found: Explanation, programme: Programme) -> schemas.ExplanationOut:
    event = found.event
    return schemas.ExplanationOut(
        id=event.id,
        source=event.source,
        key=event.key,
        type=event.type,
        time=event.time,
        member_id=event.member_id,
        version=found.version,
        rules=[
            schemas.VerdictOut(
                rule=each.rule,
                name=each.name,
                held=each.held,
                sentence=each.sentence,
                when=each.when,
                parts=[_part(part) for part in each.parts],
                notes=list(each.notes),
                effects=[told(effect, programme) for effect in each.effects],
            )
            for each in found.verdicts
        ],
        own=[told(effect, programme) for effect in found.own],
        followed=[explanation(each, programme) for each in found.followed],
    )


def _part(line: Line) -> schemas.PartOut:
    return schemas.PartOut(
        text=line["text"], held=line["held"], seen=line["seen"], parts=[_part(part) for part in line["parts"]]
    )
