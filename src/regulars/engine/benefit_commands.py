"""What commands on benefits mean, and what time does to entitlements. A refusal comes before anything has changed."""

from collections.abc import Callable, Sequence
from uuid import UUID

from regulars.benefits import logic
from regulars.benefits.contracts import Benefit, Loss, Mode
from regulars.engine.contracts import Rejected
from regulars.engine.entitling import Entitling, Title
from regulars.engine.stated import refusal
from regulars.engine.turn import Turn
from regulars.language.snapshot import CLAIMED, GRANTED, OPEN, TAKEN, USED, Entitlement


def given(turn: Turn) -> None:
    """An operator grants it by hand, on top of any quota."""
    benefit = _benefit(turn, turn.event.data["benefit"])
    if benefit.kind == "cashback":
        raise refusal(
            "needs_order",
            "benefit",
            "返现由订单产生，不能人工发放",
            "現金回饋由訂單產生，不能人工發放",
            "comes from an order, and can't be given by hand",
        )
    if benefit.claim is None and not turn.in_stock(benefit):
        raise _out_of_stock()
    turn.grant(benefit, logic.BY_HAND, turn.turn_name(benefit, None), "", turn.worth(benefit))


def claimed(turn: Turn) -> None:
    """The member claims one benefit or several, all or none."""
    wanted: list[tuple[Benefit, Entitlement | None, Title | None]] = []
    if "entitlement" in turn.event.data:
        row = _row(turn, turn.event.data["entitlement"])
        benefit = _benefit(turn, row.benefit)
        if row.state != GRANTED:
            raise _stands(row)
        wanted.append((benefit, row, None))
    for benefit_id in turn.event.data.get("benefits", ()):
        benefit = _benefit(turn, benefit_id)
        if any(benefit is each for each, _, _ in wanted):
            raise refusal("twice", "benefits", "重复出现", "重複出現", "is given twice")
        wanted.append((benefit, *_claimable(turn, benefit)))
    _choice_allows(turn, wanted)
    for benefit, _, _ in wanted:
        if not turn.in_stock(benefit):
            raise _out_of_stock()
    for benefit, granted, title in wanted:
        turn.claim(benefit, granted, title)


def _claimable(turn: Turn, benefit: Benefit) -> tuple[Entitlement | None, Title | None]:
    """What of it can be claimed: an entitlement that was granted, or a title to one."""
    row = logic.claimable_row(turn.snapshot.entitlements().values(), benefit.id, turn.event.time)
    if row is not None:
        return row, None
    if benefit.claim is None and not benefit.needs_verification:
        raise refusal(
            "nothing_to_claim",
            "benefits",
            "无需领取，可直接使用",
            "無需領取，可直接使用",
            "has not to be claimed: it can be used as it is",
        )
    title = _titled(turn, benefit)
    until = turn.claim_by(benefit, title)
    if until is not None and until <= turn.event.time:
        raise refusal(
            "claim_window",
            "benefits",
            "已过领取时间",
            "已過領取時間",
            "can't be claimed any more: its time is over",
        )
    return None, title


def _titled(turn: Turn, benefit: Benefit) -> Title:
    """The member's title to the benefit, with some of its quota left. Raises Rejected."""
    title = turn.title(benefit)
    if title is None:
        raise refusal(
            "not_entitled",
            "benefit",
            "该会员目前不享有此权益",
            "該會員目前不享有此權益",
            "is not something that this member is entitled to now",
        )
    if turn.left(benefit, turn.turn_name(benefit, title)) == 0:
        raise refusal(
            "quota_used",
            "benefit",
            "本期次数已用完",
            "本期次數已用完",
            "has been had as often as it can be for now",
        )
    return title


def _choice_allows(turn: Turn, wanted: Sequence[tuple[Benefit, Entitlement | None, Title | None]]) -> None:
    """Refuse more of a group than can be picked."""
    rows = turn.snapshot.entitlements().values()
    picked: dict[tuple[str, str], set[str]] = {}
    for benefit, row, title in wanted:
        if benefit.choice is None or (row is not None and row.origin == logic.BY_HAND):
            continue
        group = benefit.choice.group
        name = (group, row.period if row else turn.turn_name(benefit, title))
        if name not in picked:
            picked[name] = logic.chosen(rows, turn.benefits.groups[group], name[1])
        picked[name].add(benefit.id)
        if len(picked[name]) > benefit.choice.pick:
            most = benefit.choice.pick
            raise refusal(
                "choice_made",
                "benefits",
                f"这一组只能选 {most} 项",
                f"這一組只能選 {most} 項",
                f"is one too many: {most} of its group can be picked",
            )


def used(turn: Turn) -> None:
    """One piece of it is used: of what was claimed, or of what nobody has to claim."""
    data = turn.event.data
    if "entitlement" in data:
        row = _row(turn, data["entitlement"])
        benefit = _benefit(turn, row.benefit)
        if row.state != CLAIMED:
            raise _stands(row)
        _still_entitled(turn, benefit, row)
        turn.use(benefit, row, None)
        return
    benefit = _benefit(turn, data["benefit"])
    found = logic.usable_row(turn.snapshot.entitlements().values(), benefit.id, turn.event.time)
    if found is not None:
        _still_entitled(turn, benefit, found)
        turn.use(benefit, found, None)
        return
    if benefit.claim is not None or benefit.needs_verification or benefit.mode is Mode.VALUE:
        raise refusal(
            "not_claimed",
            "benefit",
            "尚未领取，请先领取",
            "尚未領取，請先領取",
            "has not been claimed yet",
        )
    title = _titled(turn, benefit)
    if not turn.in_stock(benefit):
        raise _out_of_stock()
    turn.use(benefit, None, title)


def _still_entitled(turn: Turn, benefit: Benefit, row: Entitlement) -> None:
    """Who has left the audience that brought it can't use it, where the benefit says so."""
    lost = Loss.DOWNGRADE in benefit.lost_on and row.origin == logic.BY_AUDIENCE
    if lost and turn.title(benefit) is None:
        raise refusal(
            "not_entitled",
            "benefit",
            "该会员目前不享有此权益",
            "該會員目前不享有此權益",
            "is not something that this member is entitled to now",
        )


def restored(turn: Turn) -> None:
    """A use is undone, as long as it is the last one of its entitlement."""
    operation = UUID(turn.event.data["operation"])
    row = next(
        (one for one in turn.snapshot.entitlements().values() if one.use_event == operation),
        None,
    )
    if row is None:
        raise refusal(
            "operation_unknown",
            "operation_id",
            "该会员没有这次使用，或已撤销",
            "該會員沒有這次使用，或已撤銷",
            "is no use by this member, or has been undone",
        )
    benefit = turn.benefits.by_id.get(row.benefit)
    if row.units:
        raise refusal(
            "use_reversal",
            "operation_id",
            "已入账的权益请用收回",
            "已入帳的權益請用收回",
            "was credited: take the benefit back instead",
        )
    if row.state not in (CLAIMED, USED):
        raise _stands(row)
    turn.unuse(row, benefit.cost_minor if benefit else 0)


def withdrawn(turn: Turn) -> None:
    """An operator takes it back; what claiming it credited goes with it."""
    row = _row(turn, turn.event.data["entitlement"])
    if row.state == USED and row.units and row.claim_event is not None:
        turn.take_back_value(row)
    elif row.state not in OPEN:
        raise _stands(row)
    turn.close(row, TAKEN, "hand")


def expired(turn: Turn) -> None:
    """Its time to be claimed, or to be used, is over."""
    row = turn.entitlement(turn.event.data["entitlement"])
    if row is not None and row.state in OPEN:
        turn.lapse(row)


def expiring(turn: Turn) -> None:
    """An end has been announced; it is not announced again."""
    row = turn.entitlement(turn.event.data["entitlement"])
    if row is not None:
        row.remind_at, row.changed = None, True


def renewed(turn: Turn) -> None:
    """A new turn of the quota begins: who still has the level is offered it again."""
    row = turn.entitlement(turn.event.data["entitlement"])
    if row is None:
        return
    row.renews_at, row.changed = None, True
    benefit = turn.plan.benefits.by_id.get(row.benefit) if turn.plan.benefits else None
    if benefit is None or benefit.claim is None:
        return
    title = turn.title(benefit)
    if title is not None and title.origin != logic.BY_AUDIENCE:
        turn.offer(benefit, title)


def announced(turn: Turn) -> None:
    """What only tells of something that another event did."""


def _benefit(turn: Entitling, benefit_id: str) -> Benefit:
    planned = turn.plan.benefits
    found = planned.by_id.get(benefit_id) if planned else None
    if found is None:
        known = ", ".join(planned.by_id) if planned else ""
        raise refusal(
            "benefit_unknown",
            "benefit",
            f"没有这项权益，现有：{known}" if known else "方案里没有权益",
            f"沒有這項權益，現有：{known}" if known else "方案裡沒有權益",
            f"is no benefit; there are: {known}" if known else "is no benefit: the programme has none",
        )
    return found


def _row(turn: Turn, entitlement_id: str) -> Entitlement:
    row = turn.entitlement(entitlement_id)
    if row is None:
        raise refusal(
            "entitlement_unknown",
            "entitlement_id",
            "该会员没有这项权益",
            "該會員沒有這項權益",
            "is no entitlement of this member",
        )
    return row


def _stands(row: Entitlement) -> Rejected:
    """It can't be done with an entitlement that stands so."""
    codes = {
        GRANTED: ("not_claimed", "尚未领取", "尚未領取", "has not been claimed yet"),
        CLAIMED: ("already_claimed", "已经领取", "已經領取", "has been claimed already"),
        USED: ("already_used", "已经使用", "已經使用", "has been used already"),
        TAKEN: ("taken_back", "已被收回", "已被收回", "has been taken back"),
    }
    code, *said = codes.get(row.state, ("too_late", "已过期", "已過期", "has expired"))
    return refusal(code, "entitlement_id", *said)


def _out_of_stock() -> Rejected:
    return refusal("out_of_stock", "benefit", "已领完", "已領完", "has run out")


BENEFITS: dict[str, Callable[[Turn], None]] = {
    "benefit.given": given,
    "benefit.claimed": claimed,
    "benefit.used": used,
    "benefit.restored": restored,
    "benefit.withdrawn": withdrawn,
    "benefit.expired": expired,
    "benefit.expiring_claim": expiring,
    "benefit.expiring_use": expiring,
    "benefit.renewed": renewed,
    "benefit.granted": announced,
    "benefit.taken_back": announced,
}
