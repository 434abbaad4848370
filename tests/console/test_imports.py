"""Members from a file in the console: uploaded, its columns chosen, checked, imported, and what was left out."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from regulars.audiences import queries as audiences
from regulars.audiences.contracts import Kind, Wish
from regulars.engine import audiences as listing
from regulars.imports.tasks import import_due
from regulars.members.queries import get, profile
from regulars.staff.models import AuditEntry, Operator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
HOME = "/console/members/import/"
FILE = """\
手机号,姓名,标签
13800001234,林小雨,新客
13900139000,"=HYPERLINK(""http://x"")",
12,@SUM(A1),
"""


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def upload(desk: Client, content: bytes, name: str = "春季.csv", **more: str) -> str:
    response = desk.post(HOME, {"file": SimpleUploadedFile(name, content), **more})
    assert response.status_code == 302
    return response.headers["Location"]


def work() -> None:
    while import_due():
        pass


def test_uploaded_checked_imported_and_the_rest_is_downloaded(desk: Client) -> None:
    listing.create("spring", Wish({"en": "Spring"}, Kind.LIST, None, ""), "tests", "alice")
    assert "?audience=spring" in text(desk, "/console/members/audiences/spring/")
    assert "Nothing imported yet" in text(desk, HOME)
    here = upload(desk, FILE.encode("gb18030"), audience="spring")
    page = text(desk, here)
    assert "林小雨" in page, "the encoding was found"
    assert '<option value="gb18030" selected>' in page
    assert "GBK / GB 18030</span></summary>" in page
    columns = {
        "c0": "identity.phone",
        "c1": "name",
        "c2": "tags",
        "audience": "spring",
        "tag": "Spring mailing",
    }
    assert [
        f'value="{target}" selected' in page for target in ("identity.phone", "name", "tags", "spring")
    ] == [True] * 4
    assert desk.post(f"{here}check", columns).headers["Location"] == here
    assert "Waiting for the worker." in text(desk, here)
    assert "春季.csv" in text(desk, "/console/insight/what-if/running")
    work()
    assert desk.get(f"{here}progress").headers["HX-Refresh"] == "true"
    page = text(desk, here)
    for said in ("2 rows will be imported.", "go onto the list “Spring”", "tagged “Spring mailing”", "1 row left out",
                 "手机号: “12” is not a phone number"):  # fmt: skip
        assert said in page
    desk.post(f"{here}start")
    desk.post(f"{here}start")
    work()
    page = text(desk, here)
    assert [
        word in page
        for word in ("New members joined", "Known like this already", "Put on the list", "Members tagged")
    ] == [True] * 4
    assert audiences.size("spring") == 2
    new = profile(get("phone:13900139000").id)
    assert new is not None
    assert (new.name, new.tags) == ('=HYPERLINK("http://x")', ("Spring mailing",))
    assert "· Import</p>" in text(desk, f"/console/members/{new.id}/")
    sheet = b"".join(desk.get(f"{here}left-out.csv")).decode("utf-8-sig")  # type: ignore[call-overload]
    head, row = csv.reader(io.StringIO(sheet))
    assert head == ["手机号", "姓名", "标签", "Row in the file", "Reason"]
    assert row[:4] == ["12", "'@SUM(A1)", "", "4"], "no cell is a formula"
    assert "is not a phone number" in row[4]
    deeds = AuditEntry.objects.filter(action__startswith="members.").order_by("id")
    done = list(deeds.values_list("action", flat=True))
    assert done == ["members.imported", "members.left_out_exported"]
    mended = upload(desk, sheet.replace("12,", "13700137000,").encode("utf-8-sig"))
    assert text(desk, mended).count(" selected>") == 3 + 2, (
        "three columns, the encoding and the separator: no reason"
    )


def test_what_is_no_table_is_said_and_columns_are_read_otherwise(desk: Client) -> None:
    for content, said in (
        (b"", "submitted file is empty"),
        (b"%PDF-1.7", "PDF is not read"),
        (b"phone\n", "no rows"),
    ):
        assert upload(desk, content, "x.csv") == HOME
        page = text(desk, HOME)
        assert said in page or "The file is empty" in page
    assert desk.post(HOME).headers["Location"] == HOME
    assert "Choose a CSV" in text(desk, HOME)
    here = upload(desk, "姓名,生日\n王,1990-05-03\n".encode())
    desk.post(f"{here}check", {"c0": "name", "c1": "birthday"})
    assert "No column says whose row it is" in text(desk, here)
    desk.post(f"{here}read", {"encoding": "utf-8-sig", "separator": ";"})
    assert "姓名,生日" in text(desk, here)
    desk.post(f"{here}read", {"encoding": "utf-16", "separator": ","})
    assert "not written in UTF-16" in text(desk, here)
    desk.post(f"{here}cancel")
    assert "called off" in text(desk, here)


def test_readers_do_not_import(bob: Operator, desk: Client) -> None:
    here = upload(desk, FILE.encode())
    reader = Client()
    reader.force_login(bob)
    for path in (HOME, here, f"{here}left-out.csv"):
        assert reader.get(path).status_code == 403
    for path in (HOME, f"{here}check", f"{here}start", f"{here}read", f"{here}cancel", f"{here}go-on"):
        assert reader.post(path).status_code == 403
    assert HOME not in text(reader, "/console/members/")
