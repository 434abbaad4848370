"""Every fault of a programme file is named with its line and its field, all at once."""

import pytest

from regulars.language.text import LANGUAGES
from regulars.programme.loader import SIZE_LIMIT, InvalidProgramme, load
from tests.engine.world import GROCERY

BASE = """\
programme: shop
name: Shop
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: points, expires: {months: 6}}
  growth: {name: growth}
ladders:
  level:
    name: Level
    measure: {asset: growth, months: 12}
    levels:
      - {id: basic, name: Basic, at: 0}
      - {id: gold, name: Gold, at: 250}
messages:
  note: {channels: [inbox], subject: Hello, body: "{{ earned.points }}"}
attributes:
  city: {name: City, choices: [a, b]}
event_types:
  visit: {name: Visit, fields: {steps: {type: integer}, place: {type: text}}}
rules:
  - id: base
    name: Base
    on: order.paid
    when: {field: event.total, op: gte, value: 100}
    limit: {times: 1, per: day}
    budget: {units: 100, per: month}
    then:
      - credit: {asset: points, for_each: 1, of: event.total}
      - message: {template: note}
"""


def faults(source: str) -> list[tuple[int, str, str]]:
    with pytest.raises(InvalidProgramme) as caught:
        load(source)
    found = caught.value.faults
    for fault in found:
        for language in LANGUAGES:
            assert fault.say(language)
    return [(one.line, ".".join(map(str, one.problem.place)), one.problem.text["en"]) for one in found]


def test_the_base_and_the_grocery_are_sound() -> None:
    assert load(BASE).rules[0].id == "base"
    grocery = load(GROCERY, 3)
    assert grocery.number == 3
    assert [rule.id for rule in grocery.rules_on["order.paid"]] == ["base_points", "member_day"]


CASES = (
    ("programme: shop", "programme: Shop!", 1, "programme", "must match"),
    ("timezone: Asia/Shanghai", "timezone: Asia/Nowhere", 3, "timezone", "is no time zone"),
    ("timezone: Asia/Shanghai", "timezone: ../../etc/passwd", 3, "timezone", "is no time zone"),
    ("currency: CNY", "currency: yuan", 4, "currency", "must match"),
    ("currency: CNY", "currency: CNY\ncolour: red", 5, "colour", "not known here"),
    ("currency: CNY\n", "", 1, "currency", "is missing"),
    ("  growth: {name: growth}", "  growth: {nam: growth}", 7, "assets.growth.name", "is missing"),
    ("expires: {months: 6}", "expires: {months: -6}", 6, "assets.points.expires.months", "greater than"),
    ("expires: {months: 6}", "expires: sometimes", 6, "assets.points.expires", "never"),
    ("expires: {months: 6}", "clawback: steal", 6, "assets.points.clawback", "must be"),
    ("expires: {months: 6}", "scale: 9", 6, "assets.points.scale", "less than"),
    (
        "{asset: growth, months: 12}",
        "{asset: grow, months: 12}",
        11,
        "ladders.level.measure.asset",
        "there is no such asset; there are: points, growth",
    ),
    ("name: Basic, at: 0", "name: Basic, at: 5", 13, "ladders.level.levels.0.at", "must start at 0"),
    (
        "name: Gold, at: 250",
        "name: Gold, at: 0",
        14,
        "ladders.level.levels.1.at",
        "must be above the level before it",
    ),
    ("name: Gold, at: 250", 'name: Gold, at: "2.5"', 14, "ladders.level.levels.1.at", "no decimals"),
    ("name: Gold, at: 250", "name: Gold, at: 2.5", 14, "ladders.level.levels.1.at", "whole number"),
    ("id: gold", "id: basic", 14, "ladders.level.levels.1.id", "basic is used twice"),
    ("id: gold, name: Gold", "id: gold, name: {fr: Or}", 14, "ladders.level.levels.1.name", "zh-hans"),
    ("channels: [inbox]", "channels: [pigeon]", 16, "messages.note.channels.0", "must be"),
    ("channels: [inbox]", "channels: []", 16, "messages.note.channels", "at least 1"),
    ("choices: [a, b]", "choices: []", 18, "attributes.city", "list its choices"),
    ("choices: [a, b]", "type: colour", 18, "attributes.city.type", "must be"),
    ("  visit: {name", "  order.paid: {name", 20, "event_types.order.paid", "is built in"),
    ("steps: {type: integer}", "steps: {type: int}", 20, "event_types.visit.fields.steps.type", "must be"),
    ("  visit: {name", "  tier.visit: {name", 20, "event_types.tier.visit", "choose another, such as visit"),
    ("  visit: {name", "  asset.sold: {name", 20, "event_types.asset.sold", "choose another, such as sold"),
    ("  visit: {name", "  hold.it: {name", 20, "event_types.hold.it", "choose another, such as it"),
    ("  visit: {name", "  gift.it: {name", 20, "event_types.gift.it", "choose another, such as it"),
    ("  visit: {name", "  wallet.topped_up: {name", 20, "event_types.wallet.topped_up", "is built in"),
    ("place: {type: text}", "type: {type: text}", 20, "event_types.visit.fields.type", "such as visit_type"),
    (
        "place: {type: text}",
        "source: {type: text}",
        20,
        "event_types.visit.fields.source",
        "such as visit_source",
    ),
    (
        "place: {type: text}",
        "time: {type: time}",
        20,
        "event_types.visit.fields.time",
        "event.time is the event's own",
    ),
    (
        "place: {type: text}",
        "cost_minor: {type: integer}",
        20,
        "event_types.visit.fields.cost_minor",
        "type: money",
    ),
    ("id: base", "id: 7base", 22, "rules.0.id", "must match"),
    ("on: order.paid", "on: order.payed", 24, "rules.0.on", "there is no such event type"),
    ("field: event.total", "field: event.totl", 25, "rules.0.when.field", "event.total"),
    ("op: gte", "op: bigger", 25, "rules.0.when.op", ""),
    ("value: 100}", "value: many}", 25, "rules.0.when.value", ""),
    ("value: 100}", "value: 100, unit: x}", 25, "rules.0.when.unit", ""),
    (
        "limit: {times: 1, per: day}",
        "limit: {per: day}",
        26,
        "rules.0.limit",
        "must state times, units, money, or several of them",
    ),
    ("limit: {times: 1, per: day}", "limit: {times: 0, per: day}", 26, "rules.0.limit.times", "greater than"),
    ("limit: {times: 1, per: day}", "limit: {times: 1, per: hour}", 26, "rules.0.limit.per", "must be"),
    ("limit: {times: 1, per: day}", "limit: {times: true, per: day}", 26, "rules.0.limit.times", "integer"),
    (
        "budget: {units: 100, per: month}",
        "budget: {units: 1.5, per: month}",
        27,
        "rules.0.budget.units",
        "must be a whole number of smallest units above 0",
    ),
    (
        "asset: points, for_each",
        "asset: coins, for_each",
        29,
        "rules.0.then.0.credit.asset",
        "there is no such asset; there are: points, growth",
    ),
    (
        "for_each: 1, of",
        "for_each: 1, amount: 1, of",
        29,
        "rules.0.then.0.credit",
        "either amount or for_each",
    ),
    (
        "for_each: 1, of: event.total",
        "of: event.total",
        29,
        "rules.0.then.0.credit",
        "either amount or for_each",
    ),
    ("for_each: 1", "for_each: 0", 29, "rules.0.then.0.credit.for_each", "greater than"),
    ("for_each: 1", "for_each: .nan", 29, "rules.0.then.0.credit.for_each", ""),
    ("of: event.total}", "of: event.channel}", 29, "rules.0.then.0.credit.of", "there is no such amount"),
    (
        "of: event.total}",
        "of: event.total, where: {field: item.sku, op: eq, value: a}}",
        29,
        "rules.0.then.0.credit.where",
        "goes with of: items only",
    ),
    (
        "of: event.total}",
        "of: items, where: {field: item.sko, op: eq, value: a}}",
        29,
        "rules.0.then.0.credit.where.field",
        "item.sku",
    ),
    (
        "of: event.total}",
        "of: event.total, roundin: up}",
        29,
        "rules.0.then.0.credit.roundin",
        "not known here",
    ),
    (
        "message: {template: note}",
        "message: {template: not}",
        30,
        "rules.0.then.1.message.template",
        "there is no such message; there are: note",
    ),
    (
        "message: {template: note}",
        "debit: {asset: coins, amount: 5}",
        30,
        "rules.0.then.1.debit.asset",
        "there is no such asset",
    ),
    (
        "message: {template: note}",
        "tier: {ladder: lvl, level: gold}",
        30,
        "rules.0.then.1.tier.ladder",
        "there is no such ladder",
    ),
    (
        "message: {template: note}",
        "tier: {ladder: level, level: goldy}",
        30,
        "rules.0.then.1.tier.level",
        "there is no such level; there are: basic, gold",
    ),
    ("message: {template: note}", "tag: {}", 30, "rules.0.then.1.tag", "must state add, remove or both"),
    ("message: {template: note}", "{}", 30, "rules.0.then.1", "must be exactly one of"),
    (
        "message: {template: note}",
        "{message: {template: note}, tag: {add: [a]}}",
        30,
        "rules.0.then.1",
        "must be exactly one of",
    ),
)


@pytest.mark.parametrize(
    ("right", "wrong", "line", "field", "says"), CASES, ids=[case[1].strip() for case in CASES]
)
def test_a_fault_is_named_with_line_and_field(
    right: str, wrong: str, line: int, field: str, says: str
) -> None:
    assert BASE.count(right) == 1 or right in ("id: base",)
    found = faults(BASE.replace(right, wrong, 1))
    assert (line, field) in [one[:2] for one in found], found
    assert all(one[0] >= 1 for one in found)
    assert any(says in text for at, where, text in found if (at, where) == (line, field)), found


def test_several_at_once_in_the_order_of_the_file() -> None:
    source = (
        BASE.replace("at: 250", "at: 0")
        .replace("template: note", "template: x")
        .replace("asset: points", "asset: y")
    )
    assert [one[:2] for one in faults(source)] == [
        (14, "ladders.level.levels.1.at"),
        (29, "rules.0.then.0.credit.asset"),
        (30, "rules.0.then.1.message.template"),
    ]


def test_a_key_given_twice() -> None:
    assert (5, "currency", "is given twice") in faults(
        BASE.replace("currency: CNY", "currency: CNY\ncurrency: CNY")
    )


def test_two_rules_of_one_name() -> None:
    again = BASE[BASE.index("  - id: base") :]
    assert (31, "rules.1.id", "base is used twice") in faults(BASE + again)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "# nothing",
        "just words",
        "- a\n- b",
        "42",
        "null",
        "programme: [",
        "a: b: c",
        "\tname: x",
        "a: &x 1\nb: *x",
        "!!python/object/apply:os.system [ls]",
        "x" * (SIZE_LIMIT + 1),
        "a: !!binary x",
        "? [a, b]\n: c",
        "? {a: b}\n: c",
        "1: 2\ntrue: 3",
        "---\na: 1\n---\nb: 2",
        "\x00",
        "<<: {a: 1}",
        "a: 2026-13-45",
        "- " * 3000,
        "[" * 3000,
    ],
    ids=range(22),
)
def test_what_is_no_programme_at_all(source: str) -> None:
    assert faults(source)[0][0] >= 1


def test_aliases_are_refused_with_a_way_out() -> None:
    found = faults(
        BASE.replace("{name: points, expires: {months: 6}}", "&p {name: points}").replace(
            "{name: growth}", "*p"
        )
    )
    assert found[0][0] == 7
    assert found[0][2] == "YAML aliases (*) are not read: write the part out"


def test_words_are_words_and_numbers_numbers() -> None:
    source = BASE.replace("choices: [a, b]", "choices: [on, no, 1, 19-24, 2026-01-01]")
    programme = load(source.replace("name: Gold", "name: on").replace("at: 250", "at: 1_000"))
    assert programme.attributes["city"].choices == ("on", "no", "1", "19-24", "2026-01-01")
    assert programme.ladders["level"].levels[1].name["en"] == "on"
    assert programme.ladders["level"].levels[1].at == 1000
    assert [rule.on for rule in programme.rules] == ["order.paid"]


@pytest.mark.parametrize("number", ["1000000", "10"])
def test_round_numbers(number: str) -> None:
    rule = load(BASE.replace("units: 100", f"units: {number}").replace("for_each: 1", "for_each: 10")).rules[
        0
    ]
    assert rule.budget is not None
    assert rule.budget.units == int(number)
    action = rule.then[0]
    assert str(getattr(action, "for_each", "")) == "10"
