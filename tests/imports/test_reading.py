"""Files as people send them: encodings, separators, headers, and everything that can be wrong with a whole file."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from regulars.imports import delimited, refusals, workbook
from regulars.imports.delimited import Form, Row, look_over
from regulars.imports.refusals import BadFile

HANS = "手机号,姓名,标签\r\n13800138000,王小明,新客;高价值\r\n13900139000,李娜,老客户\r\n"
HANT = "手機號碼,姓名,標籤\r\n0912345678,陳怡君,新客;高價值\r\n0922333444,林志豪,老客戶\r\n"


def sheet(*rows: tuple[Any, ...], name: str = "会员") -> bytes:
    """A workbook with these rows on its second sheet; the first is blank."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("blank")
    page, day = book.add_worksheet(name), book.add_format({"num_format": "yyyy/m/d"})
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(place, column, value, day)
            elif value is not None:
                page.write(place, column, value)
    book.close()
    return out.getvalue()


def zipped(name: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "written", "found", "first"),
    [
        (HANS, "utf-8", "utf-8-sig", "手机号"),
        (HANS, "utf-8-sig", "utf-8-sig", "手机号"),
        (HANS, "gb18030", "gb18030", "手机号"),
        (HANS, "utf-16", "utf-16", "手机号"),
        (HANT, "cp950", "cp950", "手機號碼"),
        (HANT, "gb18030", "gb18030", "手機號碼"),
        ("phone,name\n13800138000,Li\n", "utf-16-le", "utf-16-le", "phone"),
        ("phone,name\n13800138000,Li\n", "ascii", "utf-8-sig", "phone"),
    ],
)
def test_the_encoding_is_found(text: str, written: str, found: str, first: str) -> None:
    table = look_over(text.encode(written))
    assert (table.form.encoding, table.headings[0], table.count) == (found, first, text.count("\n") - 1)


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found_and_quotes_are_understood(separator: str) -> None:
    lines = [("phone", "name"), ("13800138000", f'"Li{separator} ""Na"""'), ("", ""), ("13900139000", "Wu")]
    data = "\n".join(separator.join(cells) for cells in lines).encode()
    table = look_over(data)
    assert table.form == Form("utf-8-sig", separator, True)
    assert table.samples == (("13800138000", "13900139000"), (f'Li{separator} "Na"', "Wu"))
    assert [row.number for row in delimited.rows(data, table.form)] == [2, 4], "as a spreadsheet counts"


def test_a_file_without_a_header_and_one_of_a_single_column() -> None:
    table = look_over(b"13800138000\n13900139000\n")
    assert (table.form.has_header, table.headings, table.count) == (False, ("A",), 2)
    table = look_over("卡号,卡号,\n1,2,3\n".encode())
    assert table.headings == ("卡号", "卡号 (2)")
    assert list(delimited.rows("卡号,卡号\n1,2,3\n4\n".encode(), table.form))[1] == Row(3, ("4", ""))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("手机号,姓名\r\n".encode(), "no_rows"),
        ("手机号,姓名\r\n,\r\n".encode(), "no_rows"),
        (b'phone,name\n13800138000,"Li\n13900139000,Wu\n', "unclosed_quote"),
        (bytes(range(256)) * 40, "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not_a_table"),
        ("手机".encode() * 20 + b"\xff\xff\xff", "encoding"),
        (",".join(f"c{place}" for place in range(101)).encode() + b"\n1,2\n", "too_many_columns"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_format"),
        (b"%PDF-1.7 ...", "old_format"),
        (b"PK\x03\x04 not a zip at all", "broken_workbook"),
        (zipped("Index/Document.iwa"), "old_format"),
        (zipped("readme.txt"), "not_a_table"),
        (zipped("xl/workbook.xml", b"<not a workbook"), "broken_workbook"),
        (sheet(("手机号", "姓名")), "no_rows"),
        (sheet(), "empty"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_way_out(data: bytes, code: str) -> None:
    with pytest.raises(BadFile) as refused:
        look_over(workbook.as_text(data))
    assert refused.value.code == code
    assert [(each.field, each.code) for each in refused.value.errors] == [("file", code)]
    assert all(refused.value.say(language) for language in ("zh-hans", "zh-hant", "en"))


def test_the_row_of_a_quotation_mark_that_is_never_closed_is_named() -> None:
    with pytest.raises(BadFile, match=r"Row 3 opens a quotation mark"):
        look_over(b'phone,name\n1,a\n2,"b\n3,c\n4,d\n')


def test_another_encoding_than_the_file_is_in_is_refused() -> None:
    with pytest.raises(BadFile, match="not written in UTF-8"):
        look_over(HANS.encode("gb18030"), encoding="utf-8-sig")
    assert look_over(HANS.encode("utf-8"), separator=";").headings == ("手机号,姓名,标签",)


def test_rows_that_can_not_be_read_are_faults_and_the_others_go_on() -> None:
    data = b'phone,name\n1,"a"b\n2,' + b"x" * 3000 + b"\n3," + b"y" * 10_000_000 + b"\n4,d,e\n5,ok\n"
    rows = list(delimited.rows(data, Form("utf-8-sig", ",")))
    assert [(row.number, row.fault.code if row.fault else "") for row in rows] == [
        (2, "quote"), (3, "too_long"), (4, "too_long"), (5, "too_wide"), (6, ""),
    ]  # fmt: skip


def test_a_file_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "ROWS_MOST", 2)
    with pytest.raises(BadFile) as refused:
        look_over(b"phone\n1\n2\n3\n")
    assert refused.value.code == "too_many_rows"


def test_a_workbook_as_excel_writes_it() -> None:
    data = workbook.as_text(
        sheet(("手机号", "生日", "卡号", "折扣"), (13800138000, date(1990, 5, 3), 6222020202020203123, 0.5),
              (), ("13900139000", 32996, "8800 12", True))
    )  # fmt: skip
    table = look_over(data)
    assert table.count == 2
    assert [row.cells for row in delimited.rows(data, table.form)] == [
        ("13800138000", "1990-05-03", "6.22202020202020e+18", "0.5"),
        ("13900139000", "32996", "8800 12", "1"),
    ]
    assert [row.number for row in delimited.rows(data, table.form)] == [2, 4]


def _far() -> bytes:
    return sheet(("手机号",), *[()] * 200, tuple([None] * 16_383 + ["x"]))


def _lying() -> bytes:
    """A package that says it unpacks to more than is read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    return out.getvalue()


@pytest.mark.parametrize(("made", "code"), [(_far, "too_many_columns"), (_lying, "unpacks_too_large")])
def test_a_workbook_that_unpacks_to_too_much_is_refused(
    made: Callable[[], bytes], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_MOST", 1_000_000)
    with pytest.raises(BadFile) as refused:
        workbook.as_text(made())
    assert refused.value.code == code


def test_a_workbook_of_two_far_cells_ends_its_own_process_only() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.write(0, 0, "手机号")
    page.write(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(BadFile) as refused:
        workbook.as_text(out.getvalue())
    assert refused.value.code == "unpacks_too_large"
    assert refusals.ROWS_MOST < 1_048_575
