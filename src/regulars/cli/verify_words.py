"""What `regulars verify` says, in three languages."""

from regulars.language.problems import words

GOOD = words(
    "账本完好：{entries} 条分录、{pages} 个账页、{seals} 个封签全部相符。",
    "帳本完好：{entries} 筆分錄、{pages} 個帳頁、{seals} 個封籤全部相符。",
    "The books are as they were written: {entries} entries, {pages} pages, {seals} seals.",
)
BAD = words(
    "账本与写入时不符：发现 {found} 处差异（共核对 {entries} 条分录、{pages} 个账页、{seals} 个封签）。",
    "帳本與寫入時不符：發現 {found} 處差異（共核對 {entries} 筆分錄、{pages} 個帳頁、{seals} 個封籤）。",
    "The books are not as they were written: {found} differences in {entries} entries, {pages} pages, {seals} seals.",
)
UNSEALED = words(
    "{unsealed} 个账页尚未封签，最早写于 {since}。通常一秒内完成；如果一直如此，请检查后台进程（worker）是否在运行。",
    "{unsealed} 個帳頁尚未封籤，最早寫於 {since}。通常一秒內完成；若一直如此，請確認背景程序（worker）是否在執行。",
    "{unsealed} pages are not sealed yet, the oldest written at {since}. That takes a second as a rule; if it stays"
    " so, see whether the worker runs.",
)
HEAD = words(
    "最新封签：{head}\n请记在别处。以后用 --expect {head} 核对，整条链被重做也能发现。",
    "最新封籤：{head}\n請另外記下。日後以 --expect {head} 核對，即使整條鏈被重做也能發現。",
    "The chain's head: {head}\nNote it elsewhere. Later --expect {head} finds even a chain that was made anew.",
)
NO_HEAD = words("还没有封签。", "尚無封籤。", "Nothing is sealed yet.")
MORE = words("……另有 {more} 处。", "……另有 {more} 處。", "… and {more} more.")
MEMBERS = words("涉及会员：{members}", "涉及會員：{members}", "members: {members}")

READING = words("读取备份", "讀取備份", "Reading the dump")
CHECKING = words("核对分录", "核對分錄", "Checking entries")
