"""Drafts: several at once, saved by whoever is first, kept byte for byte."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from regulars.kit import clock
from regulars.kit.ids import time_id
from regulars.programme import drafts
from regulars.programme.drafts import BadDraft, DraftChanged, UnknownDraft
from tests.engine.world import moved, shop, tables

ALICE, BOB = "alice@example.cn", "bob@example.cn"


@pytest.mark.django_db
def test_a_draft_is_kept_as_it_was_sent() -> None:
    text = "# 注释\r\nprogramme: x  \n\n\ttabs and trailing  "
    made = drafts.create(" 双11 ", text, ALICE, based_on=3)
    assert (made.name, made.source, made.based_on, made.revision) == ("双11", text, 3, 1)
    again = drafts.save(made.id, 1, BOB, text + "\n")
    assert (again.source, again.revision, again.updated_by, again.created_by) == (text + "\n", 2, BOB, ALICE)
    assert [each.id for each in drafts.every()] == [made.id]


@pytest.mark.django_db
def test_the_later_of_two_editors_is_told_and_overwrites_nothing() -> None:
    made = drafts.create("x", shop(), ALICE)
    drafts.save(made.id, 1, BOB, "bob's")
    with pytest.raises(DraftChanged, match=r"bob@example\.cn has saved") as told:
        drafts.save(made.id, 1, ALICE, "alice's")
    assert (told.value.draft.source, told.value.draft.revision) == ("bob's", 2)
    assert drafts.get(made.id).source == "bob's"


@pytest.mark.django_db
def test_the_same_text_again_changes_nothing() -> None:
    made = drafts.create("x", "a", ALICE)
    saved = drafts.save(made.id, 1, ALICE, "b")
    assert drafts.save(made.id, 1, ALICE, "b") == saved, "a double click is no conflict"
    before = tables()
    assert drafts.save(made.id, 2, ALICE, "b", "x").revision == 2
    assert moved(before) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "text", "field"), [("", "a", "name"), ("x" * 101, "a", "name"), ("x", "\0", "source")]
)
def test_what_no_draft_can_be(name: str, text: str, field: str) -> None:
    before = tables()
    with pytest.raises(BadDraft) as told:
        drafts.create(name, text, ALICE)
    assert told.value.errors[0].field == field
    assert moved(before) == {}


@pytest.mark.django_db
def test_a_draft_that_is_gone() -> None:
    made = drafts.create("x", "a", ALICE)
    drafts.delete(made.id, BOB)
    for act in (
        lambda: drafts.get(made.id),
        lambda: drafts.delete(made.id, BOB),
        lambda: drafts.save(made.id, 1, BOB, "b"),
        lambda: drafts.get(time_id(clock.now())),
    ):
        with pytest.raises(UnknownDraft):
            act()


@pytest.mark.django_db
def test_a_draft_may_be_faulty_and_says_where() -> None:
    faulty = drafts.check(shop().replace("asset: growth, months", "asset: growths, months"))
    assert faulty.programme is None
    (fault,) = faulty.faults
    assert (fault.line, ".".join(map(str, fault.problem.place))) == (11, "ladders.level.measure.asset")
    sound = drafts.check(shop())
    assert sound.faults == ()
    assert sound.programme is not None
    assert sound.programme.number == 0


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_save_at_once_one_wins() -> None:
    made = drafts.create("x", "a", ALICE)
    start = Barrier(8)

    def run(number: int) -> bool:
        start.wait()
        try:
            drafts.save(made.id, 1, ALICE, f"text {number}")
            return True
        except DraftChanged:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(run, range(8)))
    assert won.count(True) == 1
    assert drafts.get(made.id).source == f"text {won.index(True)}"
    assert drafts.get(made.id).revision == 2
