"""The words that sentences about a programme are put together from."""

from regulars.campaigns.contracts import Rounding, WhenShort
from regulars.language.calendar import Per, RoundUp
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.ledger.contracts import Clawback, SpendOrder, WalletOrder

WHEN: dict[str, Text] = {
    "member.joined": words("会员入会时", "會員入會時", "When a member joins"),
    "member.updated": words("会员更新资料时", "會員更新資料時", "When a member’s profile changes"),
    "order.paid": words("会员消费时", "會員消費時", "When a member buys"),
    "order.refunded": words("订单退款时", "訂單退款時", "When an order is refunded"),
    "order.completed": words("订单完成时", "訂單完成時", "When an order is completed"),
    "order.cancelled": words("订单取消时", "訂單取消時", "When an order is cancelled"),
    "wallet.topped_up": words("会员充值时", "會員儲值時", "When a member tops up a wallet"),
    "wallet.refunded": words("储值退款时", "儲值退款時", "When a top-up is paid back"),
    "checkin": words("会员签到时", "會員簽到時", "When a member checks in"),
    "product.viewed": words("会员浏览商品时", "會員瀏覽商品時", "When a member views a product"),
    "page.viewed": words("会员浏览页面时", "會員瀏覽頁面時", "When a member views a page"),
    "search.made": words("会员搜索时", "會員搜尋時", "When a member searches"),
    "review.posted": words("会员发表评价时", "會員發表評價時", "When a member posts a review"),
    "content.shared": words("会员分享内容时", "會員分享內容時", "When a member shares something"),
    "member.invited": words("会员邀请好友时", "會員邀請好友時", "When a member invites a friend"),
    "survey.answered": words("会员填写问卷时", "會員填寫問卷時", "When a member answers a survey"),
    "tier.upgraded": words("会员升级时", "會員升級時", "When a member moves up"),
    "tier.downgraded": words("会员降级时", "會員降級時", "When a member moves down"),
    "tier.kept": words("会员保级时", "會員保級時", "When a member keeps the level"),
    "tier.period_ended": words("会员等级到期时", "會員等級到期時", "When a level’s period ends"),
    "tier.placed": words("人工定级时", "人工定級時", "When a level is decided by hand"),
    "tier.released": words("解除人工定级时", "解除人工定級時", "When a level decided by hand is released"),
    "tier.recomputed": words("按新方案重新定级时", "依新方案重新定級時", "When a new version moves a member"),
    "tier.reviewed": words("会员等级复核时", "會員等級複核時", "When a level is looked at again"),
    "tier.grace_began": words("会员等级进入宽限期时", "會員等級進入寬限期時", "When a level’s grace begins"),
    "asset.expired": words("会员资产到期时", "會員資產到期時", "When a member’s balance expires"),
    "asset.expiring": words(
        "会员资产即将到期时", "會員資產即將到期時", "When a member’s balance is about to expire"
    ),
    "asset.decayed": words("会员资产衰减时", "會員資產衰減時", "When a member’s balance decays"),
    "asset.matured": words("待生效资产生效时", "待生效資產生效時", "When a pending balance matures"),
    "asset.received": words("会员收到赠送时", "會員收到贈送時", "When a member receives a gift"),
    "asset.withdrawn": words(
        "收到的赠送被撤回时", "收到的贈送被撤回時", "When a gift is withdrawn from a member"
    ),
    "asset.credited": words("资产发放时", "資產發放時", "When value is credited"),
    "asset.spent": words("会员使用资产时", "會員使用資產時", "When a member spends"),
    "asset.held": words("资产冻结时", "資產凍結時", "When value is held"),
    "asset.reversed": words("资产变动撤销时", "資產變動撤銷時", "When an operation is reversed"),
    "asset.corrected": words("资产变动更正时", "資產變動更正時", "When an operation is corrected"),
    "asset.adjusted": words("人工调整资产时", "人工調整資產時", "When an operator adjusts a balance"),
    "asset.ended": words("资产提前到期时", "資產提前到期時", "When value is ended early"),
    "asset.converted": words("会员兑换资产时", "會員兌換資產時", "When a member converts value"),
    "asset.gifted": words("会员赠送资产时", "會員贈送資產時", "When a member gives a gift"),
    "gift.revoked": words("会员撤回赠送时", "會員撤回贈送時", "When a member takes a gift back"),
    "member.merged": words("会员合并时", "會員合併時", "When members are merged"),
    "member.unmerged": words("合并被撤销时", "合併被取消時", "When a merge is undone"),
    "member.merged_away": words(
        "会员被并入其他会员时", "會員被併入其他會員時", "When a member is merged into another"
    ),
    "member.restored": words("会员恢复独立时", "會員恢復獨立時", "When a member is one of their own again"),
    "asset.moved_out": words("合并会员转出资产时", "合併會員轉出資產時", "When a merge moves value out"),
    "asset.moved_in": words("合并会员转入资产时", "合併會員轉入資產時", "When a merge moves value in"),
    "asset.parted": words(
        "撤销合并分开资产时", "取消合併分開資產時", "When value is set apart as a merge is undone"
    ),
    "tier.reckoned": words("等级重新计算时", "等級重新計算時", "When a level is reckoned anew"),
    "plan.applied": words("会员申请付费会员时", "會員申請付費會員時", "When a member applies for a plan"),
    "plan.approved": words(
        "付费会员申请通过时", "付費會員申請通過時", "When an application for a plan is approved"
    ),
    "plan.refused": words(
        "付费会员申请未通过时", "付費會員申請未通過時", "When an application for a plan is refused"
    ),
    "plan.paid": words("会员支付会员费时", "會員支付會員費時", "When a member pays for a plan"),
    "plan.payment_failed": words("会员费扣款失败时", "會員費扣款失敗時", "When a payment for a plan fails"),
    "plan.refunded": words("会员费退款时", "會員費退款時", "When a plan’s payment is refunded"),
    "plan.cancelled": words(
        "会员关闭自动续费时", "會員關閉自動續費時", "When a member stops renewing a plan"
    ),
    "plan.renewal_on": words("会员开启自动续费时", "會員開啟自動續費時", "When a member switches renewal on"),
    "plan.quoted": words("付费会员报价时", "付費會員報價時", "When a plan is quoted"),
    "plan.started": words("付费会员开通时", "付費會員開通時", "When a plan starts"),
    "plan.renewed": words("付费会员续费时", "付費會員續費時", "When a plan is renewed"),
    "plan.resumed": words("付费会员恢复时", "付費會員恢復時", "When a lapsed plan is resumed"),
    "plan.changed": words("付费会员更换方案时", "付費會員更換方案時", "When a member changes plans"),
    "plan.turned": words("付费周期切换时", "付費週期切換時", "When a plan’s next period begins"),
    "plan.day": words("付费会员期间每天", "付費會員期間每天", "On each day of a plan"),
    "plan.expiring": words("付费会员即将到期时", "付費會員即將到期時", "When a plan is about to end"),
    "plan.lapsed": words("付费会员到期时", "付費會員到期時", "When a plan lapses"),
    "plan.trial_taken": words("会员领取试用时", "會員領取試用時", "When a member asks for a trial"),
    "plan.trial_started": words("试用开始时", "試用開始時", "When a trial starts"),
    "plan.trial_ended": words("试用结束时", "試用結束時", "When a trial ends"),
    "hold.captured": words("冻结转为使用时", "凍結轉為使用時", "When a hold is captured"),
    "hold.released": words("冻结释放时", "凍結釋放時", "When a hold is released"),
    "benefit.granted": words("会员获得权益时", "會員獲得權益時", "When a member is granted a benefit"),
    "benefit.given": words("人工发放权益时", "人工發放權益時", "When a benefit is given by hand"),
    "benefit.claimed": words("会员领取权益时", "會員領取權益時", "When a member claims a benefit"),
    "benefit.used": words("会员使用权益时", "會員使用權益時", "When a member uses a benefit"),
    "benefit.restored": words("撤销权益使用时", "撤銷權益使用時", "When the use of a benefit is undone"),
    "benefit.expired": words("权益过期时", "權益過期時", "When a benefit expires"),
    "benefit.expiring_claim": words(
        "权益即将截止领取时", "權益即將截止領取時", "When a benefit can soon be claimed no more"
    ),
    "benefit.expiring_use": words(
        "权益即将到期时", "權益即將到期時", "When a claimed benefit is about to expire"
    ),
    "benefit.renewed": words("权益新一期开始时", "權益新一期開始時", "When a new turn of a benefit begins"),
    "benefit.taken_back": words("权益被收回时", "權益被收回時", "When a benefit is taken back"),
    "benefit.withdrawn": words("人工收回权益时", "人工收回權益時", "When an operator takes a benefit back"),
    "audience.entered": words("会员进入人群时", "會員進入人群時", "When a member enters an audience"),
    "audience.left": words("会员离开人群时", "會員離開人群時", "When a member leaves an audience"),
    "audience.listed": words(
        "会员被加入或移出名单时", "會員被加入或移出名單時", "When a member is put on or taken off a list"
    ),
    "audience.reviewed": words("人群复核时", "人群複核時", "When audiences are reviewed"),
    "member.tagged": words("人工打标签时", "手動貼標籤時", "When a member is tagged by hand"),
    "schedule.due": words("到了设定的时间", "到了設定的時間", "At the time set"),
    "hold.lapsed": words("冻结超时释放时", "凍結逾時釋放時", "When a hold lapses"),
}
"""How a rule on a built-in type of event begins."""
FOR_EVERYBODY = words("，对全体会员", "，對全體會員", ", for every member")
FOR_THOSE = words("，对符合（{when}）的会员", "，對符合（{when}）的會員", ", for members with: {when}")
WHEN_OTHER = words("发生“{event}”时", "發生「{event}」時", "When “{event}” happens")

IN_BRACKETS = words("（{when}）", "（{when}）", " ({when})")
ONLY_IF = words("，仅当{when}", "，僅當{when}", ", only if {when}")
COLON = words("：", "：", ": ")
ROW = words("；", "；", "; ")
STOP = words("。", "。", ".")
LIST = words("、", "、", ", ")
AND = words("和", "和", " and ")
QUOTES = words("“{}”", "「{}」", "“{}”")

GIVE = words("送 {amount} {asset}", "贈送 {amount} {asset}", "give {amount} {asset}")
GIVE_ONE = words("送 {amount} {asset}", "贈送 {amount} {asset}", "give {asset}, {amount} each time")
GIVE_PER_FULL = words(
    "{base}每满 {step}送 {each} {asset}",
    "{base}每滿 {step}贈送 {each} {asset}",
    "give {asset}, {each} for every full {step} of {base}",
)
GIVE_PER = words(
    "{base}每 {step}送 {each} {asset}",
    "{base}每 {step}贈送 {each} {asset}",
    "give {asset}, {each} for every {step} of {base}",
)
ROUNDED: dict[Rounding, Text] = {
    Rounding.DOWN: words("，向下取整", "，無條件捨去", ", rounded down"),
    Rounding.HALF_UP: words("，四舍五入", "，四捨五入", ", rounded to the nearest"),
    Rounding.UP: words("，向上取整", "，無條件進位", ", rounded up"),
}
FIELD = words("{}", "{}", "the {}")
LINES = words("商品金额", "商品金額", "the items")
LINES_OF = words("{where}的商品，金额", "{where}的商品，金額", "the items whose {where}")
LINES_WHERE = words(
    "符合（{where}）的商品，金额", "符合（{where}）的商品，金額", "the items that satisfy ({where})"
)
TIMES = words("，按 {factor} 倍发放", "，以 {factor} 倍發放", ", times {factor}")
CAP = words("，单次最多 {cap}", "，單次最多 {cap}", ", at most {cap} each time")
TAKE = words("扣除 {amount} {asset}", "扣除 {amount} {asset}", "take {amount} {asset}")
TAKE_SHORT: dict[WhenShort, Text] = {
    WhenShort.PARTIAL: words("，不足则扣完为止", "，不足則扣完為止", ", or what is left of them"),
    WhenShort.SKIP: words("，不足则不扣", "，不足則不扣", ", or nothing if there is less"),
}
RAISE = words(
    "升为{level}，已在更高等级的不变",
    "升為{level}，已在更高等級者不變",
    "raise to {level}, unless already higher",
)
PUT = words("等级定为{level}", "等級定為{level}", "set the level to {level}")
ON_LADDER = words("“{ladder}”{said}", "「{ladder}」{said}", "{said} ({ladder})")
TAG = words("打上标签{tags}", "加上標籤{tags}", "add the tag {tags}")
TAGS = words("打上标签{tags}", "加上標籤{tags}", "add the tags {tags}")
UNTAG = words("去掉标签{tags}", "移除標籤{tags}", "remove the tag {tags}")
UNTAGS = words("去掉标签{tags}", "移除標籤{tags}", "remove the tags {tags}")
GRANT = words("发放权益“{benefit}”", "發放權益「{benefit}」", "grant the benefit “{benefit}”")
TELL = words("发送消息“{subject}”", "傳送訊息「{subject}」", "send “{subject}”")

PER_MEMBER: dict[Per, Text] = {
    Per.DAY: words("每人每天", "每人每日", " a day"),
    Per.WEEK: words("每人每周", "每人每週", " a week"),
    Per.MONTH: words("每人每月", "每人每月", " a month"),
    Per.YEAR: words("每人每年", "每人每年", " a year"),
    Per.LIFETIME: words("每人", "每人", ""),
}
LIMIT_ONCE = words("{per}限 {n} 次", "{per}限 {n} 次", "once{per} per member")
LIMIT_TIMES = words("{per}限 {n} 次", "{per}限 {n} 次", "at most {n} times{per} per member")
LIMIT_UNITS = words("{per}最多 {units}", "{per}最多 {units}", "at most {units}{per} per member")
LIMIT_MONEY = words(
    "{per}最多 {money}（按成本计）",
    "{per}最多 {money}（以成本計）",
    "at most {money}{per} per member, at cost",
)
PER_BUDGET: dict[Per, Text] = {
    Per.DAY: words("每天", "每日", " a day"),
    Per.WEEK: words("每周", "每週", " a week"),
    Per.MONTH: words("每月", "每月", " a month"),
    Per.YEAR: words("每年", "每年", " a year"),
    Per.LIFETIME: words("总", "總", ""),
}
BUDGET = words("{per}预算 {units}", "{per}預算 {units}", "a budget of {units}{per} for all members")
BUDGET_MONEY = words(
    "{per}预算 {money}（按成本计）",
    "{per}預算 {money}（以成本計）",
    "a budget of {money}{per} for all members, at cost",
)
IN_CAMPAIGN = words("属于活动“{name}”", "屬於活動「{name}」", "part of the campaign “{name}”")
SHARED = words("{said}，共用{budget}", "{said}，共用{budget}", "{said}, which has {budget}")
NO_BUDGET = words("没有共同的预算。", "沒有共同的預算。", "Its rules share no budget.")
BUDGET_SHORT: dict[WhenShort, Text] = {
    WhenShort.PARTIAL: words(
        "，送完为止，最后一次送剩余部分",
        "，送完為止，最後一次贈送剩餘部分",
        ", the last one gets what is left",
    ),
    WhenShort.SKIP: words("，余额不够一次就不送", "，餘額不足一次即不贈送", ", nothing where less is left"),
}
SUM = words("{amount} {asset}", "{amount} {asset}", "{amount} {asset}")
SUM_OF_MANY = words("{asset}合计 {amount}", "{asset}合計 {amount}", "{amount} of {asset} together")
UNITS = words("个单位", "個單位", "units")

SPENDABLE = words("会员可以使用。", "會員可以使用。", "Members can spend it.")
COUNTED = words("只用于累计，不能使用。", "只供累計，不能使用。", "It is counted, not spent.")
NEVER_EXPIRES = words("永不过期。", "永不到期。", "It never expires.")
EXPIRES: dict[RoundUp, Text] = {
    RoundUp.DAY: words(
        "获得之日起 {span}后到期。", "自獲得日起 {span}後到期。", "It expires {span} after it was earned."
    ),
    RoundUp.MONTH: words(
        "获得之日起 {span}后，到当月月底到期。",
        "自獲得日起 {span}後，於當月月底到期。",
        "It expires {span} after it was earned, at the end of that month.",
    ),
    RoundUp.QUARTER: words(
        "获得之日起 {span}后，到当季季末到期。",
        "自獲得日起 {span}後，於當季季末到期。",
        "It expires {span} after it was earned, at the end of that quarter.",
    ),
    RoundUp.YEAR: words(
        "获得之日起 {span}后，到当年年底到期。",
        "自獲得日起 {span}後，於當年年底到期。",
        "It expires {span} after it was earned, at the end of that year.",
    ),
}
CLAWBACK: dict[Clawback, Text] = {
    Clawback.DEBT: words(
        "订单退款时，追回该订单所得；已使用的部分记为欠账。",
        "訂單退款時，追回該訂單所得；已使用的部分記為欠帳。",
        "When an order is refunded, what it earned is taken back; who has spent it owes the rest.",
    ),
    Clawback.CAP: words(
        "订单退款时，在余额范围内追回该订单所得。",
        "訂單退款時，在餘額範圍內追回該訂單所得。",
        "When an order is refunded, what it earned is taken back as far as the balance goes.",
    ),
    Clawback.WAIVE: words(
        "订单退款时，只追回该订单所得中尚未使用的部分。",
        "訂單退款時，只追回該訂單所得中尚未使用的部分。",
        "When an order is refunded, only what is left of what it earned is taken back.",
    ),
}
EXPIRES_ON = words("统一于 {day}到期。", "統一於 {day}到期。", "It expires on {day}.")
EXPIRES_YEARLY = words("每年 {day}到期。", "每年 {day}到期。", "It expires every year on {day}.")
LAPSES: dict[RoundUp, Text] = {
    RoundUp.DAY: words(
        "连续 {span}没有获得或使用，就全部到期。",
        "連續 {span}沒有獲得或使用，即全部到期。",
        "All of it expires {span} after the last earning or spending.",
    ),
    RoundUp.MONTH: words(
        "连续 {span}没有获得或使用，就在当月月底全部到期。",
        "連續 {span}沒有獲得或使用，即於當月月底全部到期。",
        "All of it expires {span} after the last earning or spending, at the end of that month.",
    ),
    RoundUp.QUARTER: words(
        "连续 {span}没有获得或使用，就在当季季末全部到期。",
        "連續 {span}沒有獲得或使用，即於當季季末全部到期。",
        "All of it expires {span} after the last earning or spending, at the end of that quarter.",
    ),
    RoundUp.YEAR: words(
        "连续 {span}没有获得或使用，就在当年年底全部到期。",
        "連續 {span}沒有獲得或使用，即於當年年底全部到期。",
        "All of it expires {span} after the last earning or spending, at the end of that year.",
    ),
}
WITH_LEVEL = words(
    "与会员等级同时到期；等级没有有效期的，不会过期。",
    "與會員等級同時到期；等級沒有有效期限者，不會到期。",
    "It expires with the period of the member’s level; on a level without a period it does not.",
)
DAY_OF_YEAR = words("{y} 年 {m} 月 {d} 日", "{y} 年 {m} 月 {d} 日", "{d} {month} {y}")
DAY_EVERY_YEAR = words("{m} 月 {d} 日", "{m} 月 {d} 日", "{d} {month}")

PENDING_DAYS = words(
    "消费所得 {span}后生效，此前退款则取消。",
    "消費所得 {span}後生效，此前退款則取消。",
    "What an order earns takes effect {span} later; a refund before that cancels it.",
)
PENDING_COMPLETED = words(
    "消费所得在订单完成后生效，此前退款则取消。",
    "消費所得於訂單完成後生效，此前退款則取消。",
    "What an order earns takes effect once the order is completed; a refund before that cancels it.",
)
PENDING_AT_MOST = words(
    "消费所得在订单完成后生效，最迟 {span}后；此前退款则取消。",
    "消費所得於訂單完成後生效，最遲 {span}後；此前退款則取消。",
    "What an order earns takes effect once the order is completed, after {span} at the latest; a refund "
    "before that cancels it.",
)
CAPS = words(
    "每人按规则获得的上限：{caps}。",
    "每人依規則獲得的上限：{caps}。",
    "Rules give a member at most {caps}.",
)
CAP_DAY = words("每天 {amount}", "每日 {amount}", "{amount} a day")
CAP_MONTH = words("每月 {amount}", "每月 {amount}", "{amount} a month")
CAP_LIFETIME = words("累计 {amount}", "累計 {amount}", "{amount} in all")
SPENT_FIRST: dict[SpendOrder, Text] = {
    SpendOrder.EXPIRING: words("先用先到期的。", "先用先到期的。", "What expires first is spent first."),
    SpendOrder.OLDEST: words("先用最早获得的。", "先用最早獲得的。", "What was earned first is spent first."),
    SpendOrder.NEWEST: words("先用最近获得的。", "先用最近獲得的。", "What was earned last is spent first."),
}
FLOOR = words(
    "欠账最多 {amount}，超出部分不再追回。",
    "欠帳最多 {amount}，超出部分不再追回。",
    "A member owes {amount} at most; what is beyond is written off.",
)
NO_DEBT = words("不记欠账。", "不記欠帳。", "A member never owes any.")
GRACE = words(
    "退回时已经到期的，延期 {span}。",
    "退回時已經到期者，延期 {span}。",
    "What comes back after its end lives for another {span}.",
)
GIFTS = words(
    "会员之间可以赠送：{terms}。",
    "會員之間可以贈送：{terms}。",
    "Members can give it to each other: {terms}.",
)
GIFT_FROM = words("每次 {least} 起", "每次 {least} 起", "from {least} at a time")
GIFT_BETWEEN = words("每次 {least} 至 {most}", "每次 {least} 至 {most}", "{least} to {most} at a time")
GIFT_DAY = words("每天最多 {amount}", "每日最多 {amount}", "at most {amount} a day")
GIFT_REVOKE = words("{hours} 小时内可撤回", "{hours} 小時內可撤回", "taken back within {hours} hours")
ONE_HOUR = words("1 小时内可撤回", "1 小時內可撤回", "taken back within 1 hour")
ADJUST = words(
    "人工调整超过 {amount} 须第二人审批。",
    "人工調整超過 {amount} 須第二人審批。",
    "Adjustments of more than {amount} need a second person.",
)
ADJUST_ALL = words(
    "人工调整都须第二人审批。", "人工調整皆須第二人審批。", "Every adjustment needs a second person."
)
CREDIT_MOST = words(
    "其他系统经接口每次最多发放 {amount}。",
    "其他系統經介面每次最多發放 {amount}。",
    "Another system credits at most {amount} at a time.",
)
REMIND = words("到期前 {span}发出预告。", "到期前 {span}發出預告。", "Its end is announced {span} ahead.")
COST = words("每 1 {asset}成本 {money}。", "每 1 {asset}成本 {money}。", "Cost: {money} for each unit.")

CONVERSION = words(
    "每 {give} {source}换 {get} {target}{per_day}。",
    "每 {give} {source}換 {get} {target}{per_day}。",
    "{get} {target} for every {give} {source}{per_day}.",
)
CONVERSION_DAY = words(
    "，每人每天最多用 {amount} {source}",
    "，每人每日最多用 {amount} {source}",
    ", at most {amount} {source} a day per member",
)
WALLET_SIDES = words(
    "充值金额记为“{principal}”，赠送金额记为“{bonus}”；只退前者。",
    "儲值金額記為「{principal}」，贈送金額記為「{bonus}」；只退前者。",
    "What is paid in is kept as “{principal}”, what comes on top as “{bonus}”; only the former is paid back.",
)
WALLET_ORDER: dict[WalletOrder, Text] = {
    WalletOrder.PRINCIPAL_FIRST: words(
        "支付时先用本金，再用赠送。", "付款時先用本金，再用贈送。", "Payments take what was paid in first."
    ),
    WalletOrder.BONUS_FIRST: words(
        "支付时先用赠送，再用本金。", "付款時先用贈送，再用本金。", "Payments take what came on top first."
    ),
    WalletOrder.RATIO: words(
        "支付时按本金与赠送的余额比例使用。",
        "付款時依本金與贈送的餘額比例使用。",
        "Payments take from both, in the ratio of what the wallet holds.",
    ),
}
WALLET_STEP = words("充 {at}送 {bonus}", "儲 {at}送 {bonus}", "{bonus} on top of {at}")
WALLET_LEAST = words("每次最少充 {money}", "每次最少儲 {money}", "at least {money} at a time")
WALLET_AT_ONCE = words("每次最多充 {money}", "每次最多儲 {money}", "at most {money} at a time")
WALLET_MOST = words("账户最多存 {money}", "帳戶最多存 {money}", "at most {money} in the wallet")

ONE_MONTH = words("{n} 个月", "{n} 個月", "{n} month")
MONTHS = words("{n} 个月", "{n} 個月", "{n} months")
ONE_DAY = words("{n} 天", "{n} 天", "{n} day")
DAYS = words("{n} 天", "{n} 天", "{n} days")

DECAY = words(
    "连续 {span}没有获得或使用，之后每天减少 {amount}，最低到 {floor}。",
    "連續 {span}沒有獲得或使用，之後每日減少 {amount}，最低到 {floor}。",
    "After {span} without earning or spending, {amount} go every day, down to {floor}.",
)
DECAY_PLAN = words(
    "“{plan}”到期 {span}后，每天减少 {amount}，最低到 {floor}；续费即停止。",
    "「{plan}」到期 {span}後，每日減少 {amount}，最低到 {floor}；續費即停止。",
    "{span} after “{plan}” lapsed, {amount} go every day, down to {floor}, until it runs again.",
)
