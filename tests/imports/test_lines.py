"""Cells and headings: what a spreadsheet makes of phones and days, which column says what, what is wrong with a row."""

from datetime import UTC, datetime

import pytest

from regulars.imports import cells, mapping
from regulars.imports.delimited import Row, look_over
from regulars.imports.faults import BadCell
from regulars.imports.lines import Line, reader
from regulars.imports.refusals import BadFile
from regulars.programme.contracts import Programme
from regulars.programme.loader import load
from tests.engine.world import GROCERY

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load(GROCERY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("13800138000", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("1.3800138000E+10", "13800138000"),
        ("1.3800138e+10", "13800138000"),
        ('="13800138000"', "13800138000"),
        ("'+8613800138000", "+8613800138000"),
        ("\u202d138 0013 8000\u202c", "138 0013 8000"),
    ],
)
def test_a_phone_that_a_spreadsheet_took_for_a_quantity(written: str, meant: str) -> None:
    assert cells.digits(cells.plain(written)) == meant


@pytest.mark.parametrize("written", ["1.38E+10", "1.38001E+10", "6.22202020202020e+18"])
def test_digits_that_are_lost_are_not_made_up(written: str) -> None:
    with pytest.raises(BadCell, match="lost its last digits"):
        cells.digits(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1990-05-03", "1990-05-03"),
        ("2024/1/5", "2024-01-05"),
        ("2024.1.5", "2024-01-05"),
        ("19900503", "1990-05-03"),
        ("1990年5月3日", "1990-05-03"),
        ("民國79年5月3日", "1990-05-03"),
        ("２０２４／０２／２９", "2024-02-29"),
        ("2024-01-05 13:30:00", "2024-01-05"),
        ("32996", "1990-05-03"),
        ("32996.75", "1990-05-03"),
    ],
)
def test_days_as_people_and_spreadsheets_write_them(written: str, meant: str) -> None:
    assert cells.day(written).isoformat() == meant


@pytest.mark.parametrize(
    ("written", "code"),
    [("2023-02-29", "no_such_day"), ("1990/13/1", "no_such_day"), ("5/3/1990", "date"), ("5月3日", "date"),
     ("1850-01-01", "date_range"), ("昨天", "date"), ("12", "date")],
)  # fmt: skip
def test_what_is_no_day(written: str, code: str) -> None:
    with pytest.raises(BadCell) as bad:
        cells.day(written)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("headings", "targets"),
    [
        ("手机号,邮箱,卡号,会员号,姓名,生日,性别,标签,门店",
         "identity.phone,identity.email,identity.card,identity.external,name,birthday,gender,tags,store"),
        ("行動電話,電子郵件,會員卡號,會員編號,姓名,出生日期,性別,標籤,入會門市",
         "identity.phone,identity.email,identity.card,identity.external,name,birthday,gender,tags,store"),
        ("Phone Number,E-Mail,Card No.,Full name,Date of Birth,Sex,Join date,备注",
         "identity.phone,identity.email,identity.card,name,birthday,gender,joined,"),
        ("会员手机号码（必填）,*姓名:,客户姓名,注册日期", "identity.phone,name,,joined"),
    ],
)  # fmt: skip
def test_columns_are_found_by_their_headings(headings: str, targets: str, programme: Programme) -> None:
    table = look_over(f"{headings}\n{',' * headings.count(',')}x\n".encode())
    assert mapping.guess(table, programme) == tuple(targets.split(","))


def test_columns_without_headings_are_found_by_what_they_hold(programme: Programme) -> None:
    table = look_over(b"13800138000,li@example.cn,Li\n13900139000,wu@example.cn,Wu\n")
    assert mapping.guess(table, programme) == ("identity.phone", "identity.email", "")


@pytest.mark.parametrize(
    ("targets", "for_all", "code"),
    [
        (("name", ""), True, "no_identity"),
        (("identity.phone", "name", "name"), True, "column_twice"),
        (("id",), False, "nothing_to_do"),
    ],
)
def test_a_mapping_that_says_nothing_is_refused(
    targets: tuple[str, ...], for_all: bool, code: str, programme: Programme
) -> None:
    with pytest.raises(BadFile) as bad:
        mapping.check(targets, programme, for_all)
    assert bad.value.code == code
    mapping.check(("identity.phone", "identity.phone", "tags", "tags", ""), programme, False)


HEADINGS = ("手机号", "邮箱", "姓名", "性别", "生日", "标签", "入会时间")
TARGETS = ("identity.phone", "identity.email", "name", "gender", "birthday", "tags", "joined")


def read(programme: Programme, *cells_: str) -> Line | list[tuple[str, str]]:
    found = reader(HEADINGS, TARGETS, programme, "CN", NOW).read(Row(2, cells_))
    return found if isinstance(found, Line) else [(fault.code, fault.field) for fault in found]


def test_a_row_says_who_it_is_and_what_is_known(programme: Programme) -> None:
    line = read(
        programme,
        "13800138000; 13900139000",
        "Li@Example.CN",
        "李 娜",
        "女",
        "1990年5月3日",
        "新客；老客、新客",
        "2020/3/1",
    )
    assert isinstance(line, Line)
    assert line.identities == [
        ("phone", "+8613800138000"),
        ("phone", "+8613900139000"),
        ("email", "li@example.cn"),
    ]
    assert line.data == {"name": "李 娜", "gender": "female", "birthday": "1990-05-03"}
    assert line.tags == ("新客", "老客")
    assert line.joined is not None
    assert line.joined.isoformat() == "2020-03-01T00:00:00+08:00"


def test_everything_that_is_wrong_with_a_row_is_told(programme: Programme) -> None:
    assert read(programme, "123", "nobody", "x" * 201, "？", "2030-01-01", "t" * 61, "1999-12-31") == [
        ("bad_identity", "手机号"), ("bad_identity", "邮箱"), ("too_long", "姓名"), ("choice", "性别"),
        ("future", "生日"), ("tags", "标签"), ("too_early", "入会时间"),
    ]  # fmt: skip
    assert read(programme, "", "", "李娜", "", "", "", "") == [("no_identity", "")]
    assert read(programme, "138\x000013", "", "", "", "", "", "") == [("characters", "手机号")]
    many = "; ".join(f"1380013800{number}" for number in range(10)) + "; 13900139000"
    assert read(programme, many, "", "", "", "", "", "") == [("too_many_identities", "")]
