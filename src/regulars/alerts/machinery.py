"""What the house raises about its own machinery: loops and jobs that keep failing, and history that is kept weakly."""

from regulars.alerts.contracts import Kind, Severity
from regulars.language.problems import words

LOOP_FAILING = Kind(
    "work.loop_failing",
    words("后台循环任务连续出错", "背景循環工作連續出錯", "Background work keeps failing"),
    words(
        "后台任务出错后会自动重试，恢复后这条提醒自行解除。"
        "若持续出现，请在日志中查找 loop_failed，并确认数据库与邮件服务正常。",
        "背景工作出錯後會自動重試，恢復後此警示自行解除。"
        "若持續出現，請在日誌中尋找 loop_failed，並確認資料庫與郵件服務正常。",
        "It is tried again by itself, and this goes when it succeeds. If it stays, look for loop_failed in the log, and"
        " see that the database and the mail server answer.",
    ),
)

JOB_FAILING = Kind(
    "work.job_failing",
    words("定时任务连续失败", "排程工作連續失敗", "A scheduled job keeps failing"),
    words(
        "定时任务到下一个时间点会再次运行，成功后这条提醒自行解除。原因见日志中同名任务的报错。",
        "排程工作到下一個時間點會再次執行，成功後此警示自行解除。原因見日誌中同名工作的錯誤訊息。",
        "The job runs again at its next hour, and this goes when it succeeds. The log says under the job's name why it"
        " failed.",
    ),
    lasting=True,
)

ONE_ROLE = Kind(
    "house.one_role",
    words(
        "历史记录仅由触发器保护",
        "歷史紀錄僅由觸發器保護",
        "History is kept by triggers only",
    ),
    words(
        "对外服务的数据库账号就是表的所有者，因此它有能力改写分录和事件。"
        "请按 docs/deployment.md 分成两个账号；下次启动后这条提醒自行解除。",
        "對外服務的資料庫帳號就是資料表的擁有者，因此它有能力改寫分錄和事件。"
        "請依 docs/deployment.md 分成兩個帳號；下次啟動後此警示自行解除。",
        "The database role that serves owns the tables, so it could rewrite entries and events. docs/deployment.md says"
        " how to have two roles; this goes at the next start after that.",
    ),
    Severity.WARNING,
    lasting=True,
)

KINDS = (LOOP_FAILING, JOB_FAILING, ONE_ROLE)
