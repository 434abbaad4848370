"""What is said of a difference between the books and the chain, in every language, and the alerts of it."""

from regulars.alerts.contracts import Kind as AlertKind
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.ledger.proof.report import Kind

DIFFERENCES: dict[Kind, Text] = {
    Kind.CHANGED: words(
        "账页 {page}：{found} 条分录的内容与写入时不同",
        "帳頁 {page}：{found} 筆分錄的內容與寫入時不同",
        "Page {page}: among its {found} entries at least one is not as it was written",
    ),
    Kind.REMOVED: words(
        "账页 {page}：写入时有 {written} 条分录，现在只有 {found} 条",
        "帳頁 {page}：寫入時有 {written} 筆分錄，現在只有 {found} 筆",
        "Page {page}: entries were removed, {written} were written and {found} are there",
    ),
    Kind.INSERTED: words(
        "账页 {page}：写入时有 {written} 条分录，现在有 {found} 条",
        "帳頁 {page}：寫入時有 {written} 筆分錄，現在有 {found} 筆",
        "Page {page}: entries were inserted, {written} were written and {found} are there",
    ),
    Kind.LOOSE: words(
        "账页 {page} 不存在，却有 {found} 条分录写在上面",
        "帳頁 {page} 不存在，卻有 {found} 筆分錄寫在上面",
        "Page {page} does not exist, but {found} entries say that they are on it",
    ),
    Kind.PAGE_REPEATED: words("账页 {page} 出现两次", "帳頁 {page} 出現兩次", "Page {page} is there twice"),
    Kind.PAGE_REMOVED: words(
        "封签 {seal}：所封的账页 {page} 已不存在",
        "封籤 {seal}：所封的帳頁 {page} 已不存在",
        "Seal {seal}: its page {page} was removed",
    ),
    Kind.SEAL_CHANGED: words(
        "封签 {seal}：与账页 {page} 和前一个封签不符，三者之一被改动",
        "封籤 {seal}：與帳頁 {page} 和前一個封籤不符，三者之一遭更動",
        "Seal {seal}: does not follow from page {page} and the seal before it; one of the three was changed",
    ),
    Kind.SEALS_REMOVED: words(
        "从封签 {seal} 起缺少 {found} 个封签",
        "自封籤 {seal} 起缺少 {found} 個封籤",
        "From seal {seal} on, {found} seals were removed",
    ),
    Kind.SEAL_REPEATED: words(
        "封签 {seal} 的编号重复或小于 1",
        "封籤 {seal} 的編號重複或小於 1",
        "Seal {seal}: the number is there twice or is below 1",
    ),
    Kind.PAGE_SEALED_TWICE: words(
        "有 {found} 个封签重复封了同一账页",
        "有 {found} 個封籤重複封了同一帳頁",
        "{found} seals are for pages that were sealed already",
    ),
    Kind.HEAD_DIFFERS: words(
        "封签 {seal} 与记下的不同：链被重做过",
        "封籤 {seal} 與記下的不同：鏈曾被重做",
        "Seal {seal} is not the one that was noted: the chain was made anew",
    ),
    Kind.HEAD_REMOVED: words(
        "链在封签 {found} 处就结束了，记下的是封签 {seal}：后面的被删除",
        "鏈在封籤 {found} 處就結束了，記下的是封籤 {seal}：後面的遭刪除",
        "The chain ends at seal {found}, seal {seal} was noted: what came after was removed",
    ),
}
"""With `{page}`, `{seal}`, `{written}` and `{found}` of the difference."""

ADVICE = words(
    "有人绕过系统直接改动了数据库中的账本。请停止改动、保留现场，运行 regulars verify 查看全部差异，并与备份比对。",
    "有人繞過系統直接更動了資料庫中的帳本。請停止更動、保留現場，執行 regulars verify 檢視全部差異，並與備份比對。",
    "The books were changed in the database, past the system. Leave everything as it is, run `regulars verify` for the"
    " whole list, and compare with a backup.",
)

ALERTS = {kind: AlertKind(f"chain.{kind.value}", text, ADVICE) for kind, text in DIFFERENCES.items()}
"""What the console is told of each kind of difference."""
