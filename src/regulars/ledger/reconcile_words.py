"""What `reconcile` says of a difference, in every language."""

from regulars.alerts.contracts import Kind
from regulars.kit.problems import Sentence

PREFIX = "books."


def _text(hans: str, hant: str, english: str) -> Sentence:
    return {"zh-hans": hans, "zh-hant": hant, "en": english}


CHECKS: dict[str, Sentence] = {
    "balance": _text(
        "余额与分录合计不符",
        "餘額與分錄合計不符",
        "The balance is not the sum of its entries",
    ),
    "lots": _text(
        "各批次剩余与分录合计不符",
        "各批次剩餘與分錄合計不符",
        "What remains of the lots is not the sum of the entries",
    ),
    "earned": _text(
        "累计获得与分录不符", "累計獲得與分錄不符", "What was earned in all is not what the entries say"
    ),
    "spent": _text(
        "累计使用与分录不符", "累計使用與分錄不符", "What was spent in all is not what the entries say"
    ),
    "expired": _text(
        "累计到期与分录不符", "累計到期與分錄不符", "What expired in all is not what the entries say"
    ),
    "reversed": _text(
        "累计追回与分录不符", "累計追回與分錄不符", "What was taken back in all is not what the entries say"
    ),
    "moved": _text(
        "调整、兑换、转赠合计与分录不符",
        "調整、兌換、轉贈合計與分錄不符",
        "Adjustments, conversions and gifts in all are not what the entries say",
    ),
    "held": _text(
        "余额中的冻结数与分录不符",
        "餘額中的凍結數與分錄不符",
        "What the balance holds is not what the entries say",
    ),
    "pending": _text(
        "余额中的待生效数与分录不符",
        "餘額中的待生效數與分錄不符",
        "What is pending in the balance is not what the entries say",
    ),
    "lots_held": _text(
        "各批次冻结合计与分录不符",
        "各批次凍結合計與分錄不符",
        "What the lots hold is not what the entries say",
    ),
    "lots_pending": _text(
        "各批次待生效合计与分录不符",
        "各批次待生效合計與分錄不符",
        "What is pending in the lots is not what the entries say",
    ),
    "draws_held": _text(
        "未结冻结合计与各批次冻结不符",
        "未結凍結合計與各批次凍結不符",
        "Open holds are not what the lots hold",
    ),
    "account": _text(
        "有分录记在未知科目下", "有分錄記在未知科目下", "There are entries on an account that does not exist"
    ),
    "due": _text(
        "下一次到期处理的时间缺失或过晚",
        "下一次到期處理的時間遺漏或過晚",
        "Time's next task is missing or noted too late",
    ),
    "lot": _text(
        "批次各部分之和与发放数量不符",
        "批次各部分之和與發放數量不符",
        "A lot's parts do not add up to what was credited",
    ),
    "lot_amount": _text("批次数量与发放分录不符", "批次數量與發放分錄不符", "A lot is not what was credited"),
    "lot_remaining": _text(
        "批次剩余与其分录不符",
        "批次剩餘與其分錄不符",
        "What remains of a lot is not what its entries left",
    ),
    "lot_expired": _text(
        "批次到期数与到期分录不符",
        "批次到期數與到期分錄不符",
        "What expired of a lot is not what the entries say",
    ),
    "lot_held": _text(
        "批次冻结数与冻结分录不符",
        "批次凍結數與凍結分錄不符",
        "What is held of a lot is not what the entries say",
    ),
    "lot_pending": _text(
        "批次待生效数与分录不符",
        "批次待生效數與分錄不符",
        "What is pending of a lot is not what the entries say",
    ),
    "lot_drawn": _text(
        "批次冻结数与未结冻结不符",
        "批次凍結數與未結凍結不符",
        "What is held of a lot is not what open holds say",
    ),
    "draw": _text(
        "一笔使用记录自相矛盾", "一筆使用紀錄自相矛盾", "A record of what was taken contradicts itself"
    ),
    "draw_taken": _text(
        "使用记录与其分录不符",
        "使用紀錄與其分錄不符",
        "A record of what was taken is not what its entries took",
    ),
    "topup": _text(
        "储值退款超过充值金额", "儲值退款超過加值金額", "More of a top-up was paid back than was paid in"
    ),
    "house": _text(
        "发出与会员持有之和不为零",
        "發出與會員持有之和不為零",
        "What the house gave and what members have do not come to zero",
    ),
    "gifts": _text(
        "全部会员之间的转赠之和不为零",
        "全體會員之間的轉贈之和不為零",
        "Gifts among all members do not come to zero",
    ),
    "merges": _text(
        "合并会员时转出与转入之和不为零",
        "合併會員時轉出與轉入之和不為零",
        "What merges of members moved does not come to zero",
    ),
    "effects": _text(
        "事件的结果与其分录不符",
        "事件的結果與其分錄不符",
        "An event's effects are not what its entries moved",
    ),
    "unreadable": _text(
        "部分数据无法读取，未能核对",
        "部分資料無法讀取，未能核對",
        "Something can't be read, so it was not compared",
    ),
}
"""Check → what is wrong, in few words."""

ADVICE = _text(
    "请不要手工改数。先运行 regulars verify 确认分录未被改动：若有改动，请从备份恢复；"
    "若无改动，则分录为准，请保留 regulars reconcile --json 的结果并联系技术支持。",
    "請勿手動修改數字。先執行 regulars verify 確認分錄未遭更動：若有更動，請從備份還原；"
    "若無更動，則以分錄為準，請保留 regulars reconcile --json 的結果並聯絡技術支援。",
    "Change nothing by hand. Run `regulars verify` to see whether entries were altered: if so, restore a backup; "
    "if not, the entries are right: keep what `regulars reconcile --json` prints and ask for support.",
)

KINDS = {check: Kind(PREFIX + check, title, ADVICE) for check, title in CHECKS.items()}
"""Check → the alert that a difference is."""
