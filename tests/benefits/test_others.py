"""Benefits beside the other rooms: merged members, paid plans, and the same answer in SQL as in Python."""

from uuid import UUID

from django.db import connection

from regulars.benefits.models import Code, Entitlement
from regulars.engine import merging
from regulars.engine.operations import Request
from regulars.insight.benefits import Stage, of_member
from regulars.kit import clock
from regulars.language.condition import parse_condition
from regulars.language.problems import Errors
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.programme.held import find
from regulars.programme.service import current
from regulars.programme.vocabulary import fields_for
from tests.benefits.house import HOUSE, buyer, opened
from tests.engine.world import event, fresh, order, today, took, who_is
from tests.plans.shop import paid

TEA = """\
  tea:
    name: Tea
    kind: gift
    item: tea
    grant: {levels: [level/silver+]}
    quota: {times: 1, per: lifetime}
    claim: any_time
    needs_verification: true
  lounge: {name: Lounge, kind: service, grant: {levels: [level/basic, level/gold]}}
  card: {name: Card, kind: discount, percent_off: 10, use: {within_days: 5}}
"""


def test_what_a_merged_member_had_goes_along_and_comes_back() -> None:
    opened(TEA)
    kept, gone = buyer("10.00"), buyer("100.00", order_id="2", who="b")
    gone.did("2026-03-02", "claim", ["tea"])
    code = gone.kept()[0].code
    with today("2026-03-03"):
        merged = merging.merge(
            Request(kept.member_id, "desk", "m1", "key:desk", "same person"), gone.member_id
        )
    assert merged.error is None
    assert gone.rows() == []
    assert kept.kept("tea")[0].code == code
    assert Code.objects.get().member_id == kept.member_id
    with today("2026-03-04"):
        parted = merging.unmerge(Request(kept.member_id, "desk", "m2", "key:desk", "not so"), gone.member_id)
    assert parted.error is None
    assert gone.kept("tea")[0].code == code
    assert Code.objects.get().member_id == gone.member_id
    gone.did("2026-03-05", "use", "tea")


def having(benefit: str) -> set[UUID]:
    """Members of whom SQL says that the benefit is in force."""
    programme = current()
    fields, errors = fields_for(programme, None), Errors()
    raw = {"field": f"benefit.{benefit}.active", "op": "eq", "value": True}
    condition = parse_condition(raw, fields, (), errors)
    errors.check()
    assert condition is not None
    text, params = to_sql(condition, fields, Clock(programme.zone, clock.now()))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT m.id FROM members_member m WHERE {text}", params)
        return {row[0] for row in cursor.fetchall()}


def test_sql_says_what_the_rules_see() -> None:
    asks = "".join(
        f"  - id: {name}\n    name: R\n    on: checkin\n"
        f"    when: {{field: benefit.{name}.active, op: eq, value: true}}\n"
        f"    then: [{{tag: {{add: [{name}]}}}}]\n"
        for name in ("tea", "lounge", "card")
    )
    opened(TEA, asks)
    low, mid, top = (
        buyer("10.00"),
        buyer("100.00", order_id="2", who="b"),
        buyer("300.00", order_id="3", who="c"),
    )
    mid.did("2026-03-02", "claim", ["tea"])
    low.did("2026-03-02", "give", "card")
    from_rules = {}
    for who in ("a", "b", "c"):
        took(event("checkin", who, "2026-03-03"))
        member_id = UUID(str(who_is(who)))
        from_rules[member_id] = tags_of(member_id)
    assert from_rules == {
        low.member_id: {"lounge", "card"},
        mid.member_id: {"tea"},
        top.member_id: {"lounge"},
    }
    for name in ("tea", "lounge", "card"):
        assert having(name) == {one for one, tags in from_rules.items() if name in tags}, name


def tags_of(member_id: UUID) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tags FROM members_member WHERE id = %s", [member_id])
        return set(cursor.fetchone()[0])


def test_a_member_who_is_new_is_offered_what_the_lowest_level_brings() -> None:
    opened(TEA.replace("level/silver+", "level/basic"))
    guest = buyer("1.00")
    assert guest.rows() == [("tea", "granted")]
    took(order("a", "2026-03-02", "1.00", "2"))
    assert guest.rows() == [("tea", "granted")], "and once"
    assert Entitlement.objects.get().origin == "level:level"


LOUNGE_ALONE = "  lounge: {name: Lounge, kind: service, grant: {levels: [level/gold]}}\n"

PLAN = """\
plans:
  vip:
    name: VIP
    periods: [{id: month, months: 1, price: "30.00"}]
rules: []
"""
FOR_VIP = """\
  hotline:
    name: Hotline
    kind: service
    what: support
    grant: {when: {field: plan.vip.active, op: eq, value: true}}
    quota: {times: 1, per: month}
"""


def test_a_plan_brings_its_benefits_as_long_as_it_runs() -> None:
    head = HOUSE % (FOR_VIP, "")
    fresh(head[: head.index("rules:")] + PLAN)
    guest = buyer("10.00", "2026-01-30")
    assert guest.refused("2026-01-31", "use", "hotline") == "not_entitled"
    took(paid("vip", "2026-01-31"))
    guest.did("2026-02-01", "use", "hotline")
    assert guest.refused("2026-02-02", "use", "hotline") == "quota_used"
    with today("2026-02-20"):
        assert of_member(guest.member_id, current(), clock.now()).held[0].stage is Stage.SPENT
    assert guest.refused("2026-03-05", "use", "hotline") == "not_entitled"
    with today("2026-03-05"):
        assert of_member(guest.member_id, current(), clock.now()).held == ()


def test_a_benefit_that_members_can_still_use_does_not_go_unseen() -> None:
    opened(TEA)
    guest = buyer("100.00")
    before = current()
    opened(LOUNGE_ALONE)
    (finding,) = find(before, current())
    assert (finding.place, finding.count, finding.grave) == ("benefits.tea", 1, False)
    assert guest.refused("2026-03-02", "claim", ["tea"]) == "benefit_unknown"
