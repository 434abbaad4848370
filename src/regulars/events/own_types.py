"""The types of event that nobody outside can send: what follows from others or comes with time, and commands."""

from regulars.events.contracts import EventType, FieldKind
from regulars.events.fields import fields
from regulars.language.text import Text

TEXT, INTEGER, YES = FieldKind.TEXT, FieldKind.INTEGER, FieldKind.BOOLEAN


def _derived(type_id: str, hans: str, hant: str, en: str, **kinds: FieldKind) -> EventType:
    name: Text = {"zh-hans": hans, "zh-hant": hant, "en": en}
    return EventType(type_id, name, fields(**kinds), derived=True)


def _command(type_id: str, hans: str, hant: str, en: str, **kinds: FieldKind) -> EventType:
    name: Text = {"zh-hans": hans, "zh-hant": hant, "en": en}
    return EventType(type_id, name, fields(**kinds), command=True)


TAGGED = "member.tagged"
"""Tags put on or taken off by hand."""

OWN_TYPES: tuple[EventType, ...] = (
    _derived("tier.upgraded", "升级", "升級", "moved up", ladder=TEXT, before=TEXT, after=TEXT),
    _derived("tier.downgraded", "降级", "降級", "moved down", ladder=TEXT, before=TEXT, after=TEXT),
    _derived("tier.kept", "保级", "保級", "level kept", ladder=TEXT, after=TEXT),
    _derived("tier.period_ended", "等级到期", "等級到期", "level period ended", ladder=TEXT),
    _command(
        "tier.placed",
        "人工定级",
        "人工定級",
        "level decided by hand",
        ladder=TEXT,
        level=TEXT,
        until=FieldKind.DATE,
        reason=TEXT,
    ),
    _command(
        "tier.released",
        "解除人工定级",
        "解除人工定級",
        "level by hand released",
        ladder=TEXT,
        reason=TEXT,
    ),
    _derived(
        "tier.recomputed",
        "按新方案重新定级",
        "依新方案重新定級",
        "level under a new version",
        ladder=TEXT,
    ),
    _derived("tier.reviewed", "等级复核", "等級複核", "level reviewed", ladder=TEXT),
    _derived(
        "tier.grace_began",
        "进入等级宽限期",
        "進入等級寬限期",
        "level grace began",
        ladder=TEXT,
        after=TEXT,
    ),
    _derived("asset.expired", "资产到期", "資產到期", "value expired", asset=TEXT, units=INTEGER),
    _derived(
        "asset.matured",
        "待生效转为可用",
        "待生效轉為可用",
        "pending value matured",
        asset=TEXT,
        units=INTEGER,
    ),
    _derived(
        "asset.expiring",
        "资产即将到期",
        "資產即將到期",
        "value about to expire",
        asset=TEXT,
        units=INTEGER,
    ),
    _derived("asset.decayed", "资产衰减", "資產衰減", "value decayed", asset=TEXT),
    _derived("asset.received", "收到赠送", "收到贈送", "gift received", asset=TEXT, units=INTEGER),
    _derived("asset.withdrawn", "赠送被撤回", "贈送被撤回", "gift withdrawn", asset=TEXT, units=INTEGER),
    _derived("schedule.due", "到了设定的时间", "到了設定的時間", "scheduled", rule=TEXT),
    _derived("hold.lapsed", "冻结超时释放", "凍結逾時釋放", "hold lapsed", asset=TEXT, units=INTEGER),
    _command(
        "asset.credited",
        "发放",
        "發放",
        "credited",
        asset=TEXT,
        units=INTEGER,
        reason=TEXT,
        order_id=TEXT,
    ),
    _command("asset.spent", "使用", "使用", "spent", asset=TEXT, units=INTEGER, reason=TEXT, order_id=TEXT),
    _command("asset.held", "冻结", "凍結", "held", asset=TEXT, units=INTEGER, reason=TEXT, order_id=TEXT),
    _command("hold.captured", "冻结转使用", "凍結轉使用", "hold captured", units=INTEGER),
    _command("hold.released", "冻结释放", "凍結釋放", "hold released", units=INTEGER),
    _command("asset.reversed", "撤销", "撤銷", "reversed", units=INTEGER, reason=TEXT),
    _command("asset.corrected", "更正", "更正", "corrected", units=INTEGER, reason=TEXT),
    _command("asset.adjusted", "调整", "調整", "adjusted", asset=TEXT, units=INTEGER, reason=TEXT),
    _command("asset.ended", "提前到期", "提前到期", "ended early", asset=TEXT, units=INTEGER, reason=TEXT),
    _command("asset.converted", "兑换", "兌換", "converted", conversion=TEXT, units=INTEGER),
    _command("asset.gifted", "赠送", "贈送", "gifted", asset=TEXT, units=INTEGER, reason=TEXT),
    _command("member.merged", "会员合并", "會員合併", "members merged", reason=TEXT),
    _command("member.unmerged", "撤销合并", "取消合併", "merge undone", reason=TEXT),
    _derived("member.merged_away", "并入其他会员", "併入其他會員", "merged into another member"),
    _derived("member.restored", "恢复为独立会员", "恢復為獨立會員", "a member of their own again"),
    _derived("asset.moved_out", "资产转出（合并会员）", "資產轉出（合併會員）", "value moved out by a merge"),
    _derived("asset.moved_in", "资产转入（合并会员）", "資產轉入（合併會員）", "value moved in by a merge"),
    _derived(
        "asset.parted",
        "资产分开（撤销合并）",
        "資產分開（取消合併）",
        "value set apart by a merge",
    ),
    _derived("tier.reckoned", "等级重新计算", "等級重新計算", "level reckoned anew"),
    _command(
        "benefit.given",
        "人工发放权益",
        "人工發放權益",
        "benefit given by hand",
        benefit=TEXT,
        reason=TEXT,
    ),
    _command("benefit.claimed", "领取权益", "領取權益", "benefit claimed"),
    _command("benefit.used", "使用权益", "使用權益", "benefit used", benefit=TEXT, store=TEXT, order_id=TEXT),
    _command("benefit.restored", "撤销权益使用", "撤銷權益使用", "benefit use undone"),
    _command("benefit.withdrawn", "人工收回权益", "人工收回權益", "benefit taken back by hand", reason=TEXT),
    _derived("benefit.granted", "获得权益", "獲得權益", "benefit granted", benefit=TEXT),
    _derived("benefit.expired", "权益过期", "權益過期", "benefit expired", benefit=TEXT, was=TEXT),
    _derived(
        "benefit.expiring_claim",
        "权益即将截止领取",
        "權益即將截止領取",
        "benefit to be claimed soon",
        benefit=TEXT,
    ),
    _derived("benefit.expiring_use", "权益即将到期", "權益即將到期", "benefit to be used soon", benefit=TEXT),
    _derived("benefit.renewed", "权益新一期开始", "權益新一期開始", "benefit renewed", benefit=TEXT),
    _derived("benefit.taken_back", "权益收回", "權益收回", "benefit taken back", benefit=TEXT),
    _command("gift.revoked", "撤回赠送", "撤回贈送", "gift taken back"),
    _derived("audience.entered", "进入人群", "進入人群", "entered an audience", audience=TEXT),
    _derived("audience.left", "离开人群", "離開人群", "left an audience", audience=TEXT),
    _derived("audience.reviewed", "人群复核", "人群複核", "audiences reviewed"),
    _command(TAGGED, "人工打标签", "手動貼標籤", "tagged by hand", reason=TEXT),
    _command(
        "audience.listed",
        "加入或移出名单",
        "加入或移出名單",
        "put on or taken off a list",
        audience=TEXT,
        on=YES,
        reason=TEXT,
    ),
)
