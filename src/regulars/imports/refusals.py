"""What is wrong with a whole file, and the way out. Pure."""

from typing import Self

from regulars.kit.problems import Problem
from regulars.language.problems import words

FILE_MOST = 50 * 1024 * 1024
ROWS_MOST = 300_000
COLUMNS_MOST = 100
CELL_MOST = 2_000


class BadFile(Problem):
    """A file that can't be read as a table. `code` names the reason."""

    status = 422

    @classmethod
    def _of(cls, code: str, hans: str, hant: str, en: str) -> Self:
        return cls(words(hans, hant, en), field="file", code=code)

    @classmethod
    def missing(cls) -> Self:
        return cls._of(
            "missing",
            "请选择一个 CSV、TSV 或 XLSX 文件。",
            "請選擇一個 CSV、TSV 或 XLSX 檔案。",
            "Choose a CSV, TSV or XLSX file.",
        )

    @classmethod
    def large(cls) -> Self:
        most = FILE_MOST // 1024 // 1024
        return cls._of(
            "too_large",
            f"文件超过 {most} MB，请拆成几个文件分别导入。",
            f"檔案超過 {most} MB，請拆成數個檔案分別匯入。",
            f"The file is larger than {most} MB: split it and import the parts.",
        )

    @classmethod
    def empty(cls) -> Self:
        return cls._of("empty", "文件是空的。", "檔案是空的。", "The file is empty.")

    @classmethod
    def no_rows(cls) -> Self:
        return cls._of(
            "no_rows",
            "文件里只有表头，没有数据行。请确认数据在第一个工作表，并从表头的下一行开始。",
            "檔案裡只有表頭，沒有資料列。請確認資料在第一個工作表，並從表頭的下一列開始。",
            "The file has a header and no rows: they belong on the first sheet, from the line below the header on.",
        )

    @classmethod
    def rows(cls) -> Self:
        return cls._of(
            "too_many_rows",
            f"文件超过 {ROWS_MOST:,} 行，请拆成几个文件分别导入。",
            f"檔案超過 {ROWS_MOST:,} 列，請拆成數個檔案分別匯入。",
            f"The file has more than {ROWS_MOST:,} rows: split it and import the parts.",
        )

    @classmethod
    def columns(cls) -> Self:
        return cls._of(
            "too_many_columns",
            f"文件超过 {COLUMNS_MOST} 列，请删去用不到的列。",
            f"檔案超過 {COLUMNS_MOST} 欄，請刪除用不到的欄。",
            f"The file has more than {COLUMNS_MOST} columns: take out those that are not needed.",
        )

    @classmethod
    def not_text(cls) -> Self:
        return cls._of(
            "not_a_table",
            "这不是表格文件。请在 Excel、WPS 或 Numbers 里另存为 XLSX 或 CSV 后再上传。",
            "這不是表格檔案。請在 Excel、WPS 或 Numbers 中另存為 XLSX 或 CSV 後再上傳。",
            "This is not a table: save it as XLSX or CSV in Excel, WPS or Numbers and upload that.",
        )

    @classmethod
    def old(cls, name: str) -> Self:
        return cls._of(
            "old_format",
            f"不支持 {name} 格式。请另存为 XLSX（有密码的先去掉密码）或 CSV 后再上传。",
            f"不支援 {name} 格式。請另存為 XLSX（有密碼的先移除密碼）或 CSV 後再上傳。",
            f"{name} is not read: save it as XLSX (without a password) or CSV and upload that.",
        )

    @classmethod
    def broken_workbook(cls) -> Self:
        return cls._of(
            "broken_workbook",
            "这个 XLSX 文件已损坏，或不是真正的 XLSX。请用 Excel 或 WPS 打开并重新另存。",
            "這個 XLSX 檔案已損壞，或不是真正的 XLSX。請用 Excel 或 WPS 開啟並重新另存。",
            "This XLSX file is damaged, or is none: open it in Excel or WPS and save it anew.",
        )

    @classmethod
    def bomb(cls) -> Self:
        return cls._of(
            "unpacks_too_large",
            "这个 XLSX 展开后过大，无法读取。请删去空白的行列和多余的工作表，或另存为 CSV。",
            "這個 XLSX 展開後過大，無法讀取。請刪除空白的列欄與多餘的工作表，或另存為 CSV。",
            "This XLSX unpacks to too much: take out blank rows, columns and other sheets, or save it as CSV.",
        )

    @classmethod
    def encoding(cls) -> Self:
        return cls._of(
            "encoding",
            "认不出文件的编码。请另存为“CSV UTF-8”后再上传，或手动选择编码。",
            "無法辨識檔案的編碼。請另存為「CSV UTF-8」後再上傳，或手動選擇編碼。",
            "The file's encoding is not recognised: save it as “CSV UTF-8”, or choose the encoding by hand.",
        )

    @classmethod
    def not_in(cls, encoding: str) -> Self:
        return cls._of(
            "encoding",
            f"文件不是 {encoding} 编码，请选择另一种编码。",
            f"檔案不是 {encoding} 編碼，請選擇另一種編碼。",
            f"The file is not written in {encoding}: choose another encoding.",
        )

    @classmethod
    def unclosed(cls, row: int) -> Self:
        return cls._of(
            "unclosed_quote",
            f"第 {row:,} 行开头的双引号没有配对，后面的内容都被它吞掉了。请补上或删去这个引号。",
            f"第 {row:,} 列開頭的雙引號沒有成對，後面的內容都被它吃掉了。請補上或刪除這個引號。",
            f"Row {row:,} opens a quotation mark that is never closed, so all that follows belongs to it:"
            " close it or take it out.",
        )

    @classmethod
    def nobody(cls) -> Self:
        return cls._of(
            "no_identity",
            "没有一列说明是哪位会员。请至少把一列对应到手机号、邮箱、卡号或其他会员标识。",
            "沒有一欄說明是哪位會員。請至少將一欄對應到手機號碼、電子郵件、卡號或其他會員識別。",
            "No column says whose row it is: let one be the phone, e-mail, card or another identity.",
        )

    @classmethod
    def twice(cls, name: str) -> Self:
        return cls._of(
            "column_twice",
            f"有两列都对应到“{name}”，请只保留一列。",
            f"有兩欄都對應到「{name}」，請只保留一欄。",
            f"Two columns are both “{name}”: keep one of them.",
        )

    @classmethod
    def nothing_to_do(cls) -> Self:
        return cls._of(
            "nothing_to_do",
            "没有要写入的内容：请对应一列资料或标签，或选择一个名单、填写一个标签。",
            "沒有要寫入的內容：請對應一欄資料或標籤，或選擇一個名單、填寫一個標籤。",
            "There is nothing to write: give a column of details or tags, or choose a list or a tag for all.",
        )
