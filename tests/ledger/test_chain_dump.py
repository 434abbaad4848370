"""The books in a dump: the same answer without a database, and refusals that say the way out."""

import gzip
import subprocess
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from regulars.kit import postgres
from regulars.kit.errors import CliError
from regulars.ledger.proof import dump
from regulars.ledger.proof.checks import verify
from regulars.ledger.proof.report import Head, Kind, Report
from regulars.ledger.proof.sorting import Sorter
from regulars.ledger.sealing import Sealer
from regulars.settings import DATA
from tests.ledger.chained import books, entries, kinds, page_ids, sql, verified, write

TABLES = ("ledger_entry", "ledger_page", "ledger_seal")


def pg_dump(path: Path, *options: str, zone: str = "UTC") -> Path:
    """What `pg_dump` makes of the test's database."""
    url = postgres.url(DATA / "postgres", str(connection.settings_dict["NAME"]))
    command = [postgres.binaries() / "pg_dump", "--file", path, *options, url]
    subprocess.run(command, check=True, env={"PGTZ": zone})
    return path


def verified_dump(path: Path, expect: Head | None = None) -> Report:
    with dump.opened(path) as opened:
        return verify(opened, expect)


@pytest.mark.django_db(transaction=True)
class TestRoundTrip:
    @pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/St_Johns"])
    def test_the_dump_says_what_the_database_says(self, tmp_path: Path, zone: str) -> None:
        books(5, 40)
        write(entries(1, 77))
        assert verified_dump(pg_dump(tmp_path / "books.sql", zone=zone)) == verified()
        assert verified().ok

    def test_packed(self, tmp_path: Path) -> None:
        books()
        plain = pg_dump(tmp_path / "books.sql")
        packed = tmp_path / "books.sql.gz"
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        assert verified_dump(packed) == verified()

    def test_some_tables_only(self, tmp_path: Path) -> None:
        books()
        options = [option for table in TABLES for option in ("--table", table)]
        report = verified_dump(pg_dump(tmp_path / "books.sql", *options))
        assert (report.ok, report.entries) == (True, 42)

    def test_rows_in_any_order_and_more_than_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(*[entries(9, seed) for seed in range(60)])
        Sealer().run()
        lines = pg_dump(tmp_path / "books.sql").read_bytes().splitlines(keepends=True)
        for table in TABLES:
            begin = (
                next(n for n, line in enumerate(lines) if line.startswith(b"COPY public." + table.encode()))
                + 1
            )
            end = lines.index(b"\\.\n", begin)
            rows = lines[begin:end]
            Random(5).shuffle(rows)
            lines[begin:end] = rows
        (tmp_path / "mixed.sql").write_bytes(b"".join(lines))
        monkeypatch.setattr(Sorter.__init__, "__defaults__", (2000,))
        assert verified_dump(tmp_path / "mixed.sql") == verified()
        assert verified().ok

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (
                "UPDATE ledger_entry SET amount = amount + 1 WHERE page = {page} AND amount = {amount}",
                Kind.CHANGED,
            ),
            ("DELETE FROM ledger_entry WHERE page = {page} AND amount = {amount}", Kind.REMOVED),
            ("UPDATE ledger_entry SET page = 0 WHERE page = {page}", Kind.LOOSE),
            ("UPDATE ledger_entry SET time = 'infinity' WHERE page = {page}", Kind.CHANGED),
            ("DELETE FROM ledger_page WHERE id = {page}", Kind.PAGE_REMOVED),
            ("UPDATE ledger_page SET time = time + interval '1 second' WHERE id = {page}", Kind.SEAL_CHANGED),
            ("DELETE FROM ledger_seal WHERE page = {page}", Kind.SEALS_REMOVED),
            ("UPDATE ledger_seal SET hash = '' WHERE page = {page}", Kind.SEAL_CHANGED),
        ],
    )
    def test_tampering_is_found_as_in_the_database(self, tmp_path: Path, change: str, expected: Kind) -> None:
        books()
        page = page_ids()[2]
        ((amount,),) = sql("SELECT min(amount) FROM ledger_entry WHERE page = %s", page)
        sql(change.format(page=page, amount=amount))
        report = verified_dump(pg_dump(tmp_path / "books.sql"))
        assert expected in kinds(report)
        assert kinds(report) == kinds(verified())
        assert [one.page for one in report.differences] == [one.page for one in verified().differences]

    def test_the_dump_itself_edited(self, tmp_path: Path) -> None:
        books()
        path = pg_dump(tmp_path / "books.sql")
        text = path.read_text()
        path.write_text(text.replace("\tissue\t", "\tspend\t", 1))
        assert kinds(verified_dump(path)) == {Kind.CHANGED: 1}

    def test_rows_twice(self, tmp_path: Path) -> None:
        """No key guards a file."""
        books()
        lines = pg_dump(tmp_path / "books.sql").read_bytes().splitlines(keepends=True)
        twice: list[bytes] = []
        before = b""
        for line in lines:
            twice += [line, line] if before.startswith(b"COPY public.ledger_") else [line]
            before = line
        (tmp_path / "twice.sql").write_bytes(b"".join(twice))
        found = kinds(verified_dump(tmp_path / "twice.sql"))
        assert found[Kind.INSERTED] == found[Kind.PAGE_REPEATED] == found[Kind.SEAL_REPEATED] == 1

    def test_a_value_that_looks_like_another_table(self, tmp_path: Path) -> None:
        """A member's word that reads like SQL is a value and no more."""
        books()
        honest = pg_dump(tmp_path / "books.sql").read_text()
        trap = "COPY public.ledger_seal (number, page, hash) FROM stdin;"
        first = f"COPY public.aaa (name) FROM stdin;\n{trap}\n1\t2\t\\\\x00\n\\.\n"
        (tmp_path / "trap.sql").write_text(first + honest)
        assert verified_dump(tmp_path / "trap.sql") == verified()

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--format=custom"], "pg_restore --file=-"),
            (["--inserts"], "without --inserts"),
            (["--schema-only"], "no rows of ledger_entry, ledger_page, ledger_seal"),
            (["--exclude-table", "ledger_seal"], "no rows of ledger_seal"),
            (["--encoding=LATIN1", "--exclude-table-data", "ledger_entry"], "--encoding=UTF8"),
        ],
    )
    def test_other_dumps_are_refused(self, tmp_path: Path, options: list[str], said: str) -> None:
        books()
        with pytest.raises(CliError, match=said):
            verified_dump(pg_dump(tmp_path / "books.sql", *options))

    def test_dumps_that_break_off_are_refused(self, tmp_path: Path) -> None:
        books()
        whole = pg_dump(tmp_path / "books.sql").read_bytes()
        middle = whole.index(b"COPY public.ledger_page")
        (tmp_path / "cut.sql").write_bytes(whole[: whole.index(b"\n", middle) + 1])
        with pytest.raises(CliError, match="breaks off within a table"):
            verified_dump(tmp_path / "cut.sql")
        packed = gzip.compress(whole)
        (tmp_path / "cut.sql.gz").write_bytes(packed[: len(packed) // 2])
        with pytest.raises(CliError, match="can't be unpacked"):
            verified_dump(tmp_path / "cut.sql.gz")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1\t2\tabc\n", "line 4: that is no row"),
        ("1\t2\n", "line 4: that is no row"),
        ("1\t\\N\t\\\\x00\n", "line 4: that is no row"),
        ("9223372036854775808\t2\t\\\\x00\n", "line 4: that is no row"),
    ],
)
def test_rows_that_are_none_are_named_by_line(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "books.sql"
    path.write_text(f"--\n\nCOPY public.ledger_seal (number, page, hash) FROM stdin;\n{row}\\.\n")
    with pytest.raises(CliError, match=said):
        verified_dump(path)


def test_another_version_and_two_schemas_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "books.sql"
    path.write_text("COPY public.ledger_seal (number, page) FROM stdin;\n\\.\n")
    with pytest.raises(CliError, match="ledger_seal has no column hash"):
        verified_dump(path)
    path.write_text("COPY {}.ledger_seal (number, page, hash) FROM stdin;\n\\.\n".format("a") * 2)
    with pytest.raises(CliError, match="ledger_seal twice"):
        verified_dump(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CliError, match=r"nothing\.sql: No such file or directory"):
        verified_dump(tmp_path / "nothing.sql")


@pytest.mark.parametrize("run_bytes", [1, 100, 10_000, 10**9])
def test_sorting_in_runs_is_sorting(run_bytes: int) -> None:
    random = Random(3)
    items = [random.randbytes(random.randrange(20)) for _ in range(3000)]
    if run_bytes == 1:
        items = items[:200]
    sorter = Sorter(run_bytes)
    for item in items:
        sorter.add(item)
    assert list(sorter.sorted()) == sorted(items)
    sorter.close()
