"""What a programme's benefits can't be: each is refused at its place, with the way out."""

import pytest

from regulars.programme.loader import InvalidProgramme, load
from tests.benefits.house import HOUSE

TEA = "  tea: {name: Tea, kind: gift, item: tea%s}\n"


def faults(benefits: str, rules: str = "") -> list[tuple[str, str]]:
    """(place, what it says) of all that is wrong."""
    try:
        load(HOUSE % (benefits, rules))
    except InvalidProgramme as invalid:
        return [
            (".".join(map(str, one.problem.place)), one.problem.say("en").partition(": ")[2])
            for one in invalid.faults
        ]
    return []


def tea(settings: str) -> str:
    return TEA % f", {settings}"


@pytest.mark.parametrize(
    ("benefits", "place", "says"),
    [
        (
            tea("grant: {levels: [level/ruby]}"),
            "grant.levels.0",
            "there is no such level; there are: level/basic",
        ),
        (
            tea("grant: {levels: [ladder/gold]}"),
            "grant.levels.0",
            "there is no such ladder; there are: level",
        ),
        (tea("grant: {when: {field: nothing, op: eq, value: 1}}"), "grant.when.field", "nothing"),
        (tea("claim: {within_days: 0}"), "claim.within_days", "greater than or equal to 1"),
        (tea("use: {within_days: 0}"), "use.within_days", "greater than or equal to 1"),
        (tea("stock: {units: 0}"), "stock.units", "greater than or equal to 1"),
        (tea("stock: {per: day}"), "stock.units", "is missing"),
        (tea("stock: {units: 5, per: period}"), "stock.per", "is shared by all members"),
        (tea("quota: {times: 0, per: day}"), "quota.times", "greater than or equal to 1"),
        (tea("quota: {per: period}"), "quota.per", "goes with grant: {levels"),
        (tea("claim: {remind_days: 3}"), "claim.remind_days", "has no end to announce"),
        (
            tea("claim: {within_days: 2, remind_days: 3}"),
            "claim.within_days",
            "must not be below remind_days",
        ),
        (
            tea("grant: {levels: [level/gold]}, use: {within_days: 2, with_level: true}"),
            "use",
            "either within_days or with_level",
        ),
        (tea("use: {with_level: true}"), "use.with_level", "goes with grant: {levels"),
        (tea("taken_back: [downgrade]"), "taken_back", "goes with grant: {levels"),
        (tea("taken_back: [boredom]"), "taken_back.0", "must be 'downgrade' or 'refund'"),
        (tea("grant: {levels: [level/gold]}, claim: any_time"), "quota", "or they claim it without end"),
        (
            tea(
                "grant: {when: {field: tags, op: has, value: x}}, claim: {within_days: 3}, quota: {per: lifetime}"
            ),
            "claim.within_days",
            "an audience has no first day",
        ),
        (tea("choice: {group: g, pick: 1}"), "choice", "is made by claiming"),
        (
            tea("choice: {group: g, pick: 2}, claim: any_time, quota: {per: year}"),
            "choice.pick",
            "is more than the 1 that g has to choose from",
        ),
        (tea("worth: 0"), "worth", "greater than 0"),
        (tea("colour: red"), "colour", "is not known here"),
        ("  x: {name: X, kind: magic}\n", "kind", "there is no such kind of benefit; there are: service"),
        ("  x: {name: X, kind: credit, asset: gold, amount: 5}\n", "asset", "there is no such asset"),
        (
            "  x: {name: X, kind: credit, asset: points, amount: 5, use: {within_days: 3}}\n",
            "use",
            "left out",
        ),
        ("  x: {name: X, kind: multiplier, asset: points, factor: 1}\n", "factor", "greater than 1"),
        (
            "  x: {name: X, kind: multiplier, asset: points, factor: 2, on: [moon]}\n",
            "on",
            "no such event type",
        ),
        ("  x: {name: X, kind: coupon_pack}\n", "", "either off or percent_off"),
        (
            '  x: {name: X, kind: coupon_pack, off: "50.00", from: "20.00"}\n',
            "off",
            "must not be more than from, or orders become free",
        ),
        ("  x: {name: X, kind: discount, percent_off: 101}\n", "percent_off", "less than or equal to 100"),
        (
            "  x: {name: X, kind: cashback, asset: points, percent: 5, grant: {levels: [level/gold]},"
            " quota: {per: day}, claim: any_time}\n",
            "grant",
            "a rule on order.paid",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(benefits: str, place: str, says: str) -> None:
    found = faults(benefits)
    name = "x" if benefits.startswith("  x") else "tea"
    assert [where for where, _ in found] == [f"benefits.{name}.{place}".rstrip(".")], found
    assert says in found[0][1]


def test_a_group_is_told_apart_by_its_members() -> None:
    pair = "  a: {name: A, kind: gift, item: a, claim: any_time, quota: {per: year}, choice: {group: g, pick: 1}}\n"
    other = pair.replace("a: {name: A", "b: {name: B").replace("pick: 1", "pick: 2").replace("year", "month")
    assert faults(pair + other) == [
        ("benefits.b.choice.pick", "must be 1, as a has it"),
        ("benefits.b.quota.per", "must be year, as a of the same group has it"),
    ]


def test_a_rule_grants_what_there_is() -> None:
    rule = "  - {id: r, name: R, on: checkin, then: [{grant: {benefit: wine}}]}\n"
    assert faults(tea("worth: 5"), rule) == [
        ("rules.1.then.0.grant.benefit", "there is no such benefit; there are: tea")
    ]
    back = "  back: {name: B, kind: cashback, asset: points, percent: 5}\n"
    assert faults(back, rule.replace("wine", "back"))[0][0] == "rules.1.then.0.grant.benefit"


def test_a_grant_that_grants_itself_is_refused_and_a_chain_that_ends_is_not() -> None:
    two = tea("worth: 5") + "  cup: {name: Cup, kind: gift, item: cup}\n"
    loop = "  - {id: r, name: R, on: benefit.granted, then: [{grant: {benefit: tea}}]}\n"
    assert [place for place, _ in faults(two, loop)] == ["rules.1.then.0.grant.benefit"]
    when = "when: {field: event.benefit, op: eq, value: %s}"
    chain = loop.replace("then", f"{when % 'cup'}, then")
    assert faults(two, chain) == []
    back = chain.replace("id: r", "id: s").replace("cup", "TEA").replace("benefit: tea", "benefit: cup")
    circle = chain + back.replace("TEA", "tea")
    assert [place for place, _ in faults(two, circle)] == [
        "rules.1.then.0.grant.benefit",
        "rules.2.then.0.grant.benefit",
    ]
