"""What `regulars reconcile` says, in every language."""

from regulars.kit.problems import Sentence


def _text(hans: str, hant: str, english: str) -> Sentence:
    return {"zh-hans": hans, "zh-hant": hant, "en": english}


STEPS = {
    "entry": _text("正在汇总分录 …", "正在彙總分錄 …", "Adding up the entries …"),
    "lot": _text("正在汇总批次 …", "正在彙總批次 …", "Adding up the lots …"),
    "draw": _text("正在汇总冻结 …", "正在彙總凍結 …", "Adding up what is held …"),
    "effect": _text("正在汇总事件的结果 …", "正在彙總事件的結果 …", "Adding up the events' effects …"),
    "compare": _text("正在核对 …", "正在核對 …", "Comparing …"),
}
COMPARED = _text(
    "用时 {seconds} 秒，核对了 {entries} 条分录、{effects} 项结果、{lots} 个批次、{balances} 个余额、"
    "{draws} 笔使用记录、{topups} 笔充值。",
    "用時 {seconds} 秒，核對了 {entries} 筆分錄、{effects} 項結果、{lots} 個批次、{balances} 個餘額、"
    "{draws} 筆使用紀錄、{topups} 筆加值。",
    "Compared {entries} entries, {effects} effects, {lots} lots, {balances} balances, {draws} records of use and"
    " {topups} top-ups in {seconds} s.",
)
IN_ORDER = _text("账目全部相符。", "帳目全部相符。", "Everything adds up.")
DIFFER = _text("有 {count} 处不符：", "有 {count} 處不符：", "Differences: {count}")
MORE = _text(
    "  另有 {count} 处；用 --json 可看前 100 处。",
    "  另有 {count} 處；用 --json 可看前 100 處。",
    "  and {count} more; --json prints the first 100.",
)
MEMBER = _text("会员 {id}", "會員 {id}", "member {id}")
VALUES = _text(
    "应为 {expected}，实为 {found}", "應為 {expected}，實為 {found}", "expected {expected}, found {found}"
)
NOTHING = _text("无", "無", "nothing")
ASSET = _text("资产", "資產", "asset")
SUM = _text("合计", "合計", "sum")
ACCOUNTS = {
    "issue": _text("发放", "發放", "issued"),
    "spend": _text("使用", "使用", "spent"),
    "expire": _text("到期", "到期", "expired"),
    "reverse": _text("追回", "追回", "taken back"),
    "adjust": _text("调整", "調整", "adjusted"),
    "convert": _text("兑换", "兌換", "converted"),
    "gift": _text("转赠", "轉贈", "gifts"),
    "merge": _text("合并会员", "合併會員", "merges"),
    "members": _text("会员可用", "會員可用", "members' free"),
    "held": _text("冻结", "凍結", "held"),
    "pending": _text("待生效", "待生效", "pending"),
}
