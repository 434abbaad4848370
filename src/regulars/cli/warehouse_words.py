"""What `regulars warehouse` says."""

from regulars.language.problems import words

FRESH = words(
    "截至 {at}（{seconds} 秒前）的数据都已入库。",
    "截至 {at}（{seconds} 秒前）的資料都已入庫。",
    "Everything is in up to {at} ({seconds} s ago).",
)
NOT_READY = words(
    "数据仓库还没有就绪：后台任务会从事件日志建立它，也可以运行 regulars warehouse rebuild。",
    "資料倉儲尚未就緒：背景工作會從事件日誌建立它，也可以執行 regulars warehouse rebuild。",
    "There is no warehouse yet: the worker makes it from the log, or run `regulars warehouse rebuild`.",
)
BUILDING = words(
    "正在从事件日志重建，已处理 {events} 个事件。",
    "正在從事件日誌重建，已處理 {events} 個事件。",
    "It is being made anew from the log: {events} events so far.",
)
REBUILT = words("数据仓库已重建。", "資料倉儲已重建。", "The warehouse has been made anew.")
SAME = words(
    "与数据库一致，共核对 {rows} 行。",
    "與資料庫一致，共核對 {rows} 列。",
    "It is what the database says: {rows} rows compared.",
)
DIFFERS = words(
    "与数据库不一致，共 {count} 处（应有 / 实有）。请运行 regulars warehouse rebuild 重建。",
    "與資料庫不一致，共 {count} 處（應有 / 實有）。請執行 regulars warehouse rebuild 重建。",
    "It differs from the database in {count} places (expected / found): run `regulars warehouse rebuild`.",
)
EXPORTED = words(
    "已导出 {files} 个文件（{size} MB）到 {folder}。",
    "已匯出 {files} 個檔案（{size} MB）到 {folder}。",
    "{files} files ({size} MB) are in {folder}.",
)
TABLE = words("表", "資料表", "table")
ROWS = words("行数", "列數", "rows")
FILES = words("文件", "檔案", "files")
SIZE = words("大小", "大小", "size")
