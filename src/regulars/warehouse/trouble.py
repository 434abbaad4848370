"""What can be the matter with the warehouse: errors that readers meet, and the alert that the house gets."""

from typing import ClassVar

from regulars.alerts.contracts import Kind, Severity
from regulars.kit.problems import Problem, Sentence
from regulars.language.problems import words

REBUILDING = Kind(
    "warehouse.rebuilding",
    words("数据仓库正在重建", "資料倉儲正在重建", "The warehouse is being made anew"),
    words(
        "报表所用的历史文件缺失、损坏或已不适用，系统正在根据事件日志自动重建，不影响收单、积分和核销。"
        "重建完成后这条提醒自行解除；进度可用 regulars warehouse status 查看。",
        "報表所用的歷史檔案遺失、損壞或已不適用，系統正在依事件日誌自動重建，不影響收單、點數與核銷。"
        "重建完成後此警示自行解除；進度可用 regulars warehouse status 查看。",
        "The files behind the reports were missing, damaged or of no use any more, and are being made anew from the"
        " log. Orders, points and benefits go on. This goes when it is done; `regulars warehouse status` shows how far"
        " it is.",
    ),
    Severity.WARNING,
    lasting=True,
)

DIFFERS = Kind(
    "warehouse.differs",
    words("数据仓库与数据库不符", "資料倉儲與資料庫不符", "The warehouse is not what the database says"),
    words(
        "夜间核对发现报表所用的历史文件与数据库里的行数或合计不同，收单、积分和核销不受影响，但报表可能有误。"
        "regulars warehouse verify 列出差异，regulars warehouse rebuild 依据事件日志重建；下次核对一致后自行解除。",
        "夜間核對發現報表所用的歷史檔案與資料庫裡的筆數或合計不同，收單、點數與核銷不受影響，但報表可能有誤。"
        "regulars warehouse verify 列出差異，regulars warehouse rebuild 依事件日誌重建；下次核對一致後自行解除。",
        "The nightly check found other rows or sums in the files behind the reports than in the database. Orders,"
        " points and benefits are not touched, but reports may be wrong. `regulars warehouse verify` lists what"
        " differs, `regulars warehouse rebuild` makes the files anew from the log; this goes when a check"
        " finds both alike.",
    ),
)


class WarehouseUnavailable(Problem):
    """No report can be counted now; everything else goes on. Pages show the sentence as a banner."""

    status = 503
    code = "warehouse_unavailable"
    title: ClassVar[Sentence] = {
        "zh-hans": "报表暂不可用",
        "zh-hant": "報表暫時無法使用",
        "en": "Reports are not available",
    }


class WarehouseNotReady(WarehouseUnavailable):
    """History is still being read; `percent` of the log, where that is known."""

    code = "warehouse_not_ready"

    def __init__(self, percent: int | None = None) -> None:
        hans, hant, en = (
            (f"（已完成 {percent}%）", f"（已完成 {percent}%）", f" ({percent} % done)")
            if percent is not None
            else ("", "", "")
        )
        super().__init__(
            {
                "zh-hans": f"历史数据还在整理{hans}，完成后即可查看报表；收单、积分和核销不受影响。",
                "zh-hant": f"歷史資料仍在整理{hant}，完成後即可查看報表；收單、點數與核銷不受影響。",
                "en": f"History is still being read{en}. Reports can be opened when that is done; orders, points and"
                " benefits go on.",
            }
        )


class WarehouseDamaged(WarehouseUnavailable):
    """A file is missing or not as it was written. The follower will make the warehouse anew."""

    code = "warehouse_damaged"

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "报表所用的历史文件有缺失或损坏，系统正在自动重建，稍后请再打开；收单、积分和核销不受影响。",
                "zh-hant": "報表所用的歷史檔案有遺失或損壞，系統正在自動重建，請稍後再開啟；收單、點數與核銷不受影響。",
                "en": "Files behind the reports are missing or damaged; they are being made anew. Please come back in a"
                " while; orders, points and benefits go on.",
            }
        )


class BackendDown(WarehouseUnavailable):
    """The database that `WAREHOUSE_URL` names does not answer, or lacks a table."""

    code = "warehouse_backend_down"

    def __init__(self, kind: str, said: str) -> None:
        self.said = said
        super().__init__(
            {
                "zh-hans": f"分析数据库（{kind}）没有响应，请联系管理员检查 WAREHOUSE_URL；收单、积分和核销不受影响。",
                "zh-hant": f"分析資料庫（{kind}）沒有回應，請聯絡管理員檢查 WAREHOUSE_URL；收單、點數與核銷不受影響。",
                "en": f"The database for reports ({kind}) does not answer: ask whoever set WAREHOUSE_URL to look."
                " Orders, points and benefits go on.",
            }
        )
