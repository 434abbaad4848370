"""What members are entitled to, from the grant to its end."""

from datetime import UTC, datetime

import pytest

from regulars.benefits.queries import place_of
from regulars.messaging.models import Message
from tests.benefits.house import Guest, buyer, night, opened
from tests.engine.world import event, order, refund, took, who_is

LOUNGE = """\
  lounge:
    name: Lounge
    kind: service
    what: lounge
    grant: {levels: [level/silver+]}
    quota: {times: 2, per: month}
    cost: "30.00"
"""
GIFT = """\
  tea:
    name: Tea
    kind: gift
    item: A box of tea
    grant: {levels: [level/gold]}
    quota: {times: 1, per: lifetime}
    claim: {within_days: 30, remind_days: 3}
    use: {within_days: 10, remind_days: 2}
    needs_verification: true
    taken_back: [downgrade]
    cost: "20.00"
"""
BONUS = """\
  bonus: {name: Bonus, kind: credit, asset: points, amount: 50, claim: {within_days: 7}, taken_back: [refund]}
  coupon:
    name: Coupons
    kind: coupon_pack
    count: 3
    off: "5.00"
    from: "50.00"
    use: {within_days: 30}
    taken_back: [refund]
"""
BIG = """\
  - id: big
    name: Big
    on: order.paid
    when: {field: event.total, op: gte, value: "200.00"}
    then: [{grant: {benefit: bonus}}, {grant: {benefit: coupon}}]
"""


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_what_a_level_brings_is_there_at_once_and_its_quota_is_counted_by_the_month() -> None:
    opened(LOUNGE)
    guest = buyer("50.00")
    assert guest.refused("2026-03-02", "use", "lounge") == "not_entitled"
    took(order("a", "2026-03-03", "60.00", "2"))
    guest.did("2026-03-04", "use", "lounge")
    guest.did("2026-03-31 23:59", "use", "lounge")
    assert guest.refused("2026-03-31 23:59", "use", "lounge") == "quota_used"
    guest.did("2026-04-01 00:00", "use", "lounge")
    assert guest.rows() == [("lounge", "used")] * 3
    assert [one.period for one in guest.kept()] == ["2026-03", "2026-03", "2026-04"]
    assert [one.cost_minor for one in guest.kept()] == [3000] * 3


def test_a_use_that_is_undone_was_not_had() -> None:
    opened(LOUNGE)
    guest = buyer("100.00")
    first = guest.did("2026-03-04", "use", "lounge")
    guest.did("2026-03-05", "use", "lounge")
    assert guest.refused("2026-03-06", "use", "lounge") == "quota_used"
    guest.did("2026-03-06", "restore", first)
    assert guest.refused("2026-03-06", "restore", first) == "operation_unknown"
    guest.did("2026-03-07", "use", "lounge")
    assert guest.rows() == [("lounge", "taken_back"), ("lounge", "used"), ("lounge", "used")]
    assert sum(one.cost_minor for one in guest.kept()) == 6000


def test_the_same_key_claims_once() -> None:
    opened(GIFT)
    guest = buyer("300.00")
    first = guest.do("2026-03-02", "claim", ["tea"], key="same")
    again = guest.do("2026-03-02", "claim", ["tea"], key="same")
    assert (first.status, again.status) == ("processed", "duplicate")
    assert again.event_id == first.event_id
    assert guest.rows() == [("tea", "claimed")]


def test_an_upgrade_offers_a_gift_that_is_claimed_shown_and_used_once() -> None:
    opened(GIFT)
    guest = buyer("300.00", "2026-03-01")
    (tea,) = guest.kept()
    assert (tea.state, tea.origin) == ("granted", "level:level")
    assert tea.claim_by == instant("2026-04-01T00:00+08:00"), "through the 30th day after"
    guest.did("2026-03-02", "claim", ["tea"])
    (tea,) = guest.kept()
    assert tea.use_by == instant("2026-03-13T00:00+08:00")
    assert len(tea.code) == 12
    place = place_of(f"{tea.code[:4]}-{tea.code[4:8]}-{tea.code[8:]}".lower())
    assert place is not None
    assert (place.member_id, place.entitlement_id) == (guest.member_id, tea.id)
    guest.did("2026-03-03", "use_entitlement", tea.id)
    assert guest.refused("2026-03-03", "use_entitlement", tea.id) == "already_used"
    assert guest.refused("2026-03-04", "claim", ["tea"]) == "quota_used"
    assert guest.told() == ["granted", "claimed", "used"]


def test_an_undone_use_of_what_was_claimed_can_be_used_again_under_the_same_code() -> None:
    opened(GIFT)
    guest = buyer("300.00", "2026-03-01")
    guest.did("2026-03-02", "claim", ["tea"])
    (before,) = guest.kept()
    used = guest.did("2026-03-03", "use", "tea")
    guest.did("2026-03-03", "restore", used)
    (after,) = guest.kept()
    assert (after.state, after.code, after.uses, after.cost_minor) == ("claimed", before.code, 0, 0)
    guest.did("2026-03-04", "use", "tea")
    assert guest.rows() == [("tea", "used")]


def test_windows_are_announced_and_end() -> None:
    opened(
        GIFT,
        """\
  - {id: soon, name: Soon, on: benefit.expiring_claim, then: [{message: {template: soon}}]}
  - {id: last, name: Last, on: benefit.expiring_use, then: [{message: {template: soon}}]}
""",
    )
    claimer, sleeper = buyer("300.00", "2026-03-01"), buyer("300.00", "2026-03-01", "2", who="b")
    claimer.did("2026-03-20", "claim", ["tea"])
    night("2026-03-28 23:59")
    assert sleeper.told() == ["granted"]
    night("2026-03-29 00:01")
    assert sleeper.told() == ["granted", "expiring_claim"]
    night("2026-03-29 00:02")
    assert claimer.told() == ["granted", "claimed", "expiring_use"]
    night("2026-04-01 00:00")
    assert sleeper.told() == ["granted", "expiring_claim", "expired"]
    assert claimer.told() == ["granted", "claimed", "expiring_use", "expired"]
    assert sleeper.rows() == claimer.rows() == [("tea", "expired")]
    assert sleeper.refused("2026-04-02", "claim", ["tea"]) == "quota_used"
    (told,) = Message.objects.filter(member_id=sleeper.member_id)
    name = {"zh-hans": "Tea", "zh-hant": "Tea", "en": "Tea"}
    assert told.context["benefit"] == {"id": "tea", "name": name, "description": {}, "until": "2026-03-31"}
    night("2027-01-01")
    assert sleeper.told() == ["granted", "expiring_claim", "expired"], "nothing is due any more"


def test_a_downgrade_takes_back_what_is_not_used_where_the_benefit_says_so() -> None:
    opened(GIFT + GIFT.replace("tea", "cup").replace("taken_back: [downgrade]", "taken_back: []"))
    guest = buyer("300.00", "2026-03-01")
    guest.did("2026-03-02", "claim", ["tea", "cup"])
    took(refund("a", "2026-03-03", "250.00", "1"))
    assert sorted(guest.rows()) == [("cup", "claimed"), ("tea", "taken_back")]
    assert guest.refused("2026-03-04", "claim", ["tea"]) == "not_entitled"
    guest.did("2026-03-04", "use", "cup")


def test_a_monthly_gift_is_offered_anew_while_the_level_lasts() -> None:
    opened(GIFT.replace("per: lifetime", "per: month").replace("within_days: 30", "within_days: 10"))
    guest = buyer("300.00", "2026-03-20")
    guest.did("2026-03-21", "claim", ["tea"])
    night("2026-04-01 00:00")
    assert guest.rows() == [("tea", "expired"), ("tea", "granted")], "used by 1 April, and a new one"
    assert guest.kept()[1].claim_by == instant("2026-04-12T00:00+08:00")
    night("2026-05-01 00:00")
    assert guest.rows() == [("tea", "expired"), ("tea", "expired"), ("tea", "granted")]
    took(refund("a", "2026-05-02", "250.00", "1"))
    night("2026-08-01")
    assert guest.rows() == [("tea", "expired"), ("tea", "expired"), ("tea", "taken_back")]


def test_what_a_rule_grants_goes_with_its_order() -> None:
    opened(BONUS, BIG)
    guest = buyer("250.00", "2026-03-01")
    assert guest.rows() == [("bonus", "granted"), ("coupon", "claimed")]
    guest.did("2026-03-02", "claim", ["bonus"])
    assert guest.points() == 250 + 50
    guest.did("2026-03-02", "use", "coupon")
    took(refund("a", "2026-03-03", "100.00", "1"))
    assert guest.rows() == [("bonus", "taken_back"), ("coupon", "taken_back")]
    assert guest.points() == 150
    assert guest.kept("coupon")[0].uses == 1


def test_a_pack_is_used_piece_by_piece() -> None:
    opened(BONUS, BIG)
    guest = buyer("250.00", "2026-03-01")
    for day in ("02", "03", "04"):
        guest.did(f"2026-03-{day}", "use", "coupon")
    assert guest.rows() == [("bonus", "granted"), ("coupon", "used")]
    assert guest.refused("2026-03-05", "use", "coupon") == "not_entitled"


def test_a_small_order_grants_nothing() -> None:
    opened(BONUS, BIG)
    assert buyer("199.99").rows() == []


def test_cashback_is_a_share_of_the_order() -> None:
    opened(
        "  back: {name: Back, kind: cashback, asset: points, percent: 10, most: 30}\n",
        "  - {id: back, name: Back, on: order.paid, then: [{grant: {benefit: back}}]}\n",
    )
    guest = buyer("199.90")
    assert guest.points() == 199 + 19
    took(order("a", "2026-03-02", "500.00", "2"))
    assert guest.points() == 199 + 19 + 500 + 30
    assert guest.rows() == [("back", "used")] * 2


def test_a_multiplier_works_by_itself_as_long_as_it_is_in_force() -> None:
    opened(
        "  fast: {name: Fast, kind: multiplier, asset: points, factor: 1.5, grant: {levels: [level/silver+]}}\n"
        "  card: {name: Card, kind: multiplier, asset: points, factor: 2, use: {within_days: 7}}\n"
    )
    guest = buyer("99.00")
    took(order("a", "2026-03-02", "1.00", "2"))
    assert guest.points() == 100, "the order that brings the level is counted before it"
    took(order("a", "2026-03-03", "11.00", "3"))
    assert guest.points() == 116
    guest.did("2026-03-04", "give", "card")
    took(order("a", "2026-03-05", "11.00", "4"))
    assert guest.points() == 116 + 22, "the better of two"
    took(order("a", "2026-03-12", "10.00", "5"))
    assert guest.points() == 116 + 22 + 15


def test_two_of_three_can_be_picked() -> None:
    three = "".join(
        f"""\
  {name}:
    name: {name}
    kind: gift
    item: {name}
    grant: {{levels: [level/silver+]}}
    quota: {{times: 1, per: year}}
    choice: {{group: yearly, pick: 2}}
    claim: any_time
"""
        for name in ("pen", "mug", "bag")
    )
    opened(three)
    guest = buyer("100.00")
    assert guest.rows() == [("pen", "granted"), ("mug", "granted"), ("bag", "granted")]
    assert guest.refused("2026-03-02", "claim", ["pen", "mug", "bag"]) == "choice_made"
    assert guest.refused("2026-03-02", "claim", ["pen", "pen"]) == "twice"
    guest.did("2026-03-02", "claim", ["mug"])
    assert guest.rows() == [("pen", "granted"), ("mug", "claimed"), ("bag", "granted")]
    guest.did("2026-03-02", "claim", ["bag"])
    assert guest.rows() == [("pen", "taken_back"), ("mug", "claimed"), ("bag", "claimed")]
    assert guest.refused("2026-03-03", "claim", ["pen"]) == "choice_made"
    night("2027-01-01 00:00")
    assert sorted(guest.rows()[3:]) == [("bag", "granted"), ("mug", "granted"), ("pen", "granted")]


def test_an_audience_is_asked_at_the_moment_of_the_claim() -> None:
    opened(
        """\
  cake:
    name: Cake
    kind: gift
    item: cake
    grant: {when: {field: tags, op: has, value: baker}}
    quota: {times: 1, per: month}
    claim: {within_days: 9}
    taken_back: [downgrade]
""",
        "  - {id: tag, name: Tag, on: checkin, then: [{tag: {add: [baker]}}]}\n"
        "  - {id: untag, name: Untag, on: page.viewed, then: [{tag: {remove: [baker]}}]}\n",
    )
    guest = buyer()
    assert guest.refused("2026-03-02", "claim", ["cake"]) == "not_entitled"
    took(event("checkin", "a", "2026-03-02"))
    assert guest.rows() == []
    assert guest.refused("2026-03-11", "claim", ["cake"]) == "claim_window"
    guest.did("2026-04-10", "claim", ["cake"])
    took(event("page.viewed", "a", "2026-04-11"))
    assert guest.refused("2026-04-11", "use", "cake") == "not_entitled"
    took(event("checkin", "a", "2026-04-12"))
    guest.did("2026-04-12", "use", "cake")


def test_stock_is_first_come_and_comes_back_with_what_was_not_used() -> None:
    opened(GIFT.replace("needs_verification", "stock: {units: 1}\n    needs_verification"))
    first, second = buyer("300.00"), buyer("300.00", order_id="2", who="b")
    first.did("2026-03-02", "claim", ["tea"])
    assert second.refused("2026-03-02", "claim", ["tea"]) == "out_of_stock"
    night("2026-03-20")
    assert first.rows() == [("tea", "expired")]
    second.did("2026-03-20", "claim", ["tea"])
    second.did("2026-03-20", "use", "tea")
    assert first.refused("2026-03-21", "give", "nothing") == "benefit_unknown"
    first.did("2026-03-21", "give", "tea")
    assert first.refused("2026-03-21", "claim", ["tea"]) == "out_of_stock"


def test_what_is_given_by_hand_comes_on_top_and_can_be_taken_back() -> None:
    opened(GIFT + BONUS)
    guest = buyer("300.00")
    guest.did("2026-03-02", "give", "tea")
    guest.did("2026-03-02", "claim", ["tea"])
    guest.did("2026-03-02", "claim", ["tea"])
    assert guest.rows() == [("tea", "claimed")] * 2
    guest.did("2026-03-03", "take_back", guest.kept()[1].id)
    assert guest.refused("2026-03-03", "take_back", guest.kept()[1].id) == "taken_back"
    guest.did("2026-03-03", "give", "bonus")
    guest.did("2026-03-03", "claim", ["bonus"])
    assert guest.points() == 350
    guest.did("2026-03-04", "take_back", guest.kept()[2].id)
    assert guest.points() == 300
    assert guest.rows() == [("tea", "claimed"), ("tea", "taken_back"), ("bonus", "taken_back")]


@pytest.mark.parametrize("who", ["a", "b"])
def test_nobody_has_what_is_anothers(who: str) -> None:
    opened(GIFT)
    mine = buyer("300.00")
    other = buyer("300.00", order_id="2", who="b")
    row = mine.kept()[0].id
    guest = Guest(who_is(who))
    if who == "b":
        assert guest.refused("2026-03-02", "claim_entitlement", row) == "entitlement_unknown"
    else:
        guest.did("2026-03-02", "claim_entitlement", row)
    assert other.rows() == [("tea", "granted")]


def test_a_rule_can_ask_for_a_benefit() -> None:
    opened(
        LOUNGE,
        "  - id: extra\n    name: E\n    on: order.paid\n"
        "    when: {field: benefit.lounge.active, op: eq, value: true}\n"
        "    then: [{credit: {asset: points, amount: 7}}]\n",
    )
    guest = buyer("100.00")
    assert guest.points() == 100
    took(order("a", "2026-03-02", "10.00", "2"))
    assert guest.points() == 117
