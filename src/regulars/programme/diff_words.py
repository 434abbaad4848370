"""The words in which changes of a programme are told."""

from regulars.language.problems import words
from regulars.language.text import Text

PARTS: dict[str, Text] = {
    "frame": words("基本设置", "基本設定", "Frame"),
    "assets": words("资产", "資產", "Assets"),
    "wallets": words("储值", "儲值", "Wallets"),
    "conversions": words("兑换", "兌換", "Conversions"),
    "ladders": words("等级", "等級", "Levels"),
    "tag_groups": words("标签组", "標籤組", "Groups of tags"),
    "matrices": words("等级矩阵", "等級矩陣", "Matrices"),
    "plans": words("付费会员", "付費會員", "Paid plans"),
    "benefits": words("权益", "權益", "Benefits"),
    "campaigns": words("活动", "活動", "Campaigns"),
    "experiments": words("实验", "實驗", "Experiments"),
    "control_group": words("全局对照组", "全域對照組", "Control group"),
    "member_day": words("会员日", "會員日", "Member day"),
    "insight": words("会员分析", "會員分析", "Insight"),
    "rules": words("规则", "規則", "Rules"),
    "templates": words("消息", "訊息", "Messages"),
    "attributes": words("资料字段", "資料欄位", "Profile fields"),
    "event_types": words("事件类型", "事件類型", "Event types"),
}

ADDED = words("新增{name}", "新增{name}", "{name} is new")
TELLING = words("{head}：{said}", "{head}：{said}", "{head}: {said}")
REMOVED = words("删除{name}", "刪除{name}", "{name} is gone")
RENAMED = words("{before}改名为{after}", "{before}改名為{after}", "{before} is called {after} now")
NOW_ALSO = words("{name}：增加“{after}”", "{name}：增加「{after}」", "{name}: now also “{after}”")
NO_MORE = words("{name}：不再“{before}”", "{name}：不再「{before}」", "{name}: no longer “{before}”")
TURNED = words(
    "{name}：“{before}” → “{after}”", "{name}：「{before}」 → 「{after}」", "{name}: “{before}” → “{after}”"
)
FIELD = words(
    "{name}的{field}由 {before} 改为 {after}",
    "{name}的{field}由 {before} 改為 {after}",
    "{name}: {field} is {after} instead of {before}",
)
WHOLE = words(
    "{field}由 {before} 改为 {after}",
    "{field}由 {before} 改為 {after}",
    "The {field} is {after} instead of {before}",
)
OTHERWISE = words("{name}的{field}已修改", "{name}的{field}已修改", "{name}: the {field} was rewritten")
WHOLE_OTHERWISE = words("{field}已修改", "{field}已修改", "The {field} was rewritten")
THRESHOLD = words(
    "“{name}”门槛由 {before} 改为 {after}",
    "「{name}」門檻由 {before} 改為 {after}",
    "“{name}” starts at {after} instead of {before}",
)
OF_KIND = words("{kind}，{what}。", "{kind}，{what}。", "{kind}: {what}.")
CONDITION = words("条件：{when}", "條件：{when}", "if {when}")
ALWAYS = words("无", "無", "always")
ORDER = words("调整了先后顺序", "調整了先後順序", "They stand in another order")
QUOTED = words("“{name}”", "「{name}」", "“{name}”")
NOTHING = words("（无）", "（無）", "nothing")
YES = words("是", "是", "yes")
NO = words("否", "否", "no")
LIST = words("、", "、", ", ")

FIELDS: dict[str, Text] = {
    "id": words("编号", "編號", "id"),
    "name": words("名称", "名稱", "name"),
    "about": words("说明", "說明", "description"),
    "zone": words("时区", "時區", "time zone"),
    "currency": words("币种", "幣別", "currency"),
    "language": words("默认语言", "預設語言", "language"),
    "quiet_after_days": words(
        "历史事件静默天数", "歷史事件靜默天數", "number of days after which history is quiet"
    ),
    "second_person": words("发布需第二人审批", "發布需第二人簽核", "need for a second person to publish"),
    "scale": words("小数位", "小數位", "number of decimals"),
    "colour": words("颜色", "顏色", "colour"),
    "priority": words("优先级", "優先順序", "priority"),
    "period_round": words("等级到期取整", "等級到期取整", "rounding of the period"),
    "subject": words("标题", "標題", "subject"),
    "body": words("正文", "內文", "text"),
    "channels": words("渠道", "通路", "channels"),
    "category": words("类别", "類別", "category"),
    "choices": words("选项", "選項", "choices"),
    "kind": words("类型", "類型", "type"),
    "joins": words("可带来新会员", "可帶來新會員", "whether it may bring members"),
    "required": words("必填", "必填", "whether it is required"),
    "margin_percent": words("毛利率（%）", "毛利率（%）", "margin (%)"),
    "window_days": words("统计天数", "統計天數", "days looked back"),
    "bounds": words("分档", "級距", "bounds of the scores"),
    "new_days": words("新客天数", "新客天數", "days as new"),
    "active_days": words("活跃天数", "活躍天數", "days as active"),
    "sleeping_days": words("沉睡天数", "沉睡天數", "days until sleeping"),
    "lost_days": words("流失天数", "流失天數", "days until lost"),
    "loyal_orders": words("忠诚所需订单数", "忠誠所需訂單數", "orders of a loyal member"),
    "high_value_percent": words("高价值占比（%）", "高價值占比（%）", "share of high value (%)"),
    "high_value_minor": words(
        "高价值消费门槛（最小货币单位）",
        "高價值消費門檻（最小貨幣單位）",
        "spend of high value (smallest unit)",
    ),
    "horizon_days": words("价值预测天数", "價值預測天數", "days of value looked ahead"),
    "discount_percent": words("年折现率（%）", "年折現率（%）", "yearly discount (%)"),
    "points_value": words("积分售价与沉淀率", "點數售價與沉澱率", "what points sell for"),
    "price": words("单位售价", "單位售價", "price of a unit"),
    "breakage_percent": words("沉淀率（%）", "沉澱率（%）", "breakage (%)"),
    "description": words("说明", "說明", "description"),
    "perks": words("权益说明", "權益說明", "text on what it brings"),
    "hint": words("开通条件说明", "開通條件說明", "text on who may have it"),
    "entry": words("开通条件", "開通條件", "entry conditions"),
    "cost": words("单位成本", "單位成本", "cost of a unit"),
    "experiment": words("所属实验", "所屬實驗", "experiment"),
    "groups": words("分组", "分組", "groups"),
}
"""Fields by their last name; one that is not here is told as it is written in the file."""


def part(name: str) -> Text:
    """A name of the file, as it stands there."""
    return words(f" {name} ", f" {name} ", name)
