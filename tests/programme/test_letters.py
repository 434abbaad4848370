"""Messages are proofread before anybody gets one: what is wrong, in which text, on which line."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from regulars.campaigns.logic import Budgets
from regulars.engine.meanings import message_context
from regulars.engine.plan import make_plan
from regulars.engine.telling import recommended
from regulars.engine.turn import Turn
from regulars.language.effects import ToppedUp, TopUpRefunded
from regulars.language.events import Event
from regulars.language.snapshot import Snapshot
from regulars.programme.letters import context_shape
from regulars.programme.loader import load
from tests.engine.world import GROCERY
from tests.programme.test_faults import BASE, faults

NOTE = 'subject: Hello, body: "{{ earned.points }}"'


def written(subject: str, body: str = "x", on: str = "order.paid") -> str:
    source = BASE.replace(NOTE, f"subject: {subject!r}, body: {body!r}".replace("\\n", "\n"))
    return source.replace("on: order.paid\n    when: {field: event.total, op: gte, value: 100}", f"on: {on}").replace(
        "for_each: 1, of: event.total", "amount: 1"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ earned.points", "is no valid template: expected '}}'"),
        ("{% if earned.points %}x", "expected tag endif"),
        ("{% foo %}", "unexpected tag 'foo'"),
        ("{% endif %}", "unexpected tag 'endif'"),
        ("{{ }}", "is no valid template"),
        ("{% if earned.points = 3 %}x{% endif %}", "is no valid template"),
        ("{{ earned.points | nope }}", "there is no filter nope"),
        ("{{ earned.points | plus: }}", "missing 1 required positional argument"),
        ("{{ earned.points | upcase: 1, 2 }}", "positional argument"),
        ('{% include "x" %}', "include can't be used"),
        ("{% for i in (1..9999) %}x{% endfor %}", "loops too often"),
        ("{{ points }}", "there is no points; there are: balances, earned, event, member, order, tiers"),
        ("{{ earned.coins }}", "there is no earned.coins; there are: growth, points"),
        ('{{ earned["coins"] }}', "there is no earned.coins"),
        ("{{ tiers.levl.level }}", "there is no tiers.levl; there are: level"),
        ("{{ tiers.level.rank }}", "there is no tiers.level.rank; there are: level, until"),
        ("{{ member.name.first_name }}", "there is no member.name.first_name: write member.name"),
        ("{{ order.totl }}", "there is no order.totl; there are: order_id, total"),
        ("{% if points %}x{% endif %}", "there is no points"),
        ("{% assign x = coins %}{{ x }}", "there is no coins"),
        ("{{ tier.name }}", "a message on order.paid has no tier"),
        (
            "{{ member.recommendations.name }}",
            "there is no member.recommendations.name: write member.recommendations",
        ),
        (
            "{% for one in member.recommendations %}{{ one.nmae }}{% endfor %}",
            "there is no member.recommendations.first.nmae; there are: name, price, reason",
        ),
    ],
)
def test_a_template_that_cannot_be_written_is_refused(text: str, says: str) -> None:
    for subject, body in ((text, "x"), ("x", text)):
        found = faults(written(subject, body))
        place = "messages.note." + ("subject" if subject == text else "body")
        assert [(line, where) for line, where, _ in found] == [(16, place)], found
        assert says in found[0][2]


@pytest.mark.parametrize(
    "text",
    [
        "{{ earned.points }} {{ balances.growth | plus: 1 }} {{ order.total }} {{ event.time }} {{ event.type }}",
        "{{ member.name | default: 'x' | upcase }} {{ member.name.size }} {{ tiers.level.until }}",
        "{% for one in tiers %}{{ one[0] }} {{ forloop.index }}{% endfor %}",
        "{% for one in member.recommendations limit: 3 %}{{ one.name }} {{ one.price }}{% endfor %}",
        "{% if member.recommendations.size > 0 %}{{ member.recommendations.first.reason }}{% endif %}",
        "{% for order in member.recommendations %}{{ order.name }}{% endfor %}",
        "{% for one in tiers %}{{ one[1].level }}{% endfor %} {{ earned[member.name] }}",
        "{% assign x = earned.points %}{{ x }}{% capture y %}z{% endcapture %}{{ y }}{% increment n %}",
        "{% comment %}{{ nothing | nope }}{% endcomment %}{% raw %}{{ nothing }}{% endraw %}",
        "{% if order.total %}a{% elsif earned.points > 3 %}b{% else %}c{% endif %}",
        "{{ 10 | divided_by: earned.growth }} {{ event.time | date: '%Y' }} 100 % }}",
        "{% case tiers.level.level %}{% when 'gold' %}x{% endcase %}{% unless earned.points %}x{% endunless %}",
    ],
)
def test_a_sound_template_is_not_refused(text: str) -> None:
    assert load(written(text, text)).templates["note"].body["en"] == text


def test_what_one_of_the_events_has_may_be_asked_for() -> None:
    both = written("{% if tier %}{{ tier.name }}{% else %}{{ order.total }}{% endif %}")
    more = "  - {id: up, name: Up, on: tier.upgraded, then: [{message: {template: note}}]}\n"
    assert load(both + more)
    assert "a message on order.paid has no tier" in faults(both)[0][2]
    unsent = both.replace("      - message: {template: note}\n", "")
    assert load(unsent), "nobody says yet on which events it goes out"


VALUE = "{{ units }} {{ asset.name }} {{ asset.id }} {{ expires_on }}"
TOPUP = "{{ topup.wallet }} {{ topup.amount }} {{ topup.bonus }} {{ topup.balance }}"


@pytest.mark.parametrize(
    ("text", "on"),
    [
        (VALUE, "asset.expiring"),
        (VALUE, "asset.expired"),
        (VALUE, "asset.spent"),
        (VALUE, "hold.lapsed"),
        (VALUE, "gift.revoked"),
        (TOPUP, "wallet.topped_up"),
        (TOPUP, "wallet.refunded"),
    ],
)
def test_a_message_about_value_may_name_it(text: str, on: str) -> None:
    assert load(written(text, text, on))
    missing = "units" if text is VALUE else "topup"
    assert f"a message on order.paid has no {missing}" in faults(written(text))[0][2]


def test_the_line_of_a_long_text_is_told_and_each_language_by_itself() -> None:
    long = """
  letter:
    channels: [inbox]
    subject: {zh-hans: "{{ nix }}", en: ok}
    body:
      zh-hans: ok
      en: |
        Hello {{ member.name }},

        you have {{ balances.points | pluss: 1 }}
        and {{ balances.coins }}
attributes:"""
    found = faults(BASE.replace("\nattributes:", long, 1))
    assert [one[:2] for one in found] == [
        (19, "messages.letter.subject.zh-hans"), (25, "messages.letter.body.en"), (26, "messages.letter.body.en"),
    ]  # fmt: skip


def test_other_faults_are_told_beside() -> None:
    found = faults(written("{{ x }}").replace("template: note", "template: nota"))
    assert [one[1] for one in found] == ["messages.note.subject", "rules.0.then.1.message.template"]


def test_what_is_published_already_stays_in_force() -> None:
    assert load(written("{{ nothing | nope }}"), 3).number == 3


def paths(value: Any, before: str = "") -> set[str]:
    if not isinstance(value, dict) or set(value) <= {"en", "zh-hans", "zh-hant"}:
        return {before}
    return {path for name, inner in value.items() for path in paths(inner, f"{before}.{name}")}


def test_the_proofreader_knows_what_the_engine_gives() -> None:
    own = "event_types:\n  bid: {name: Bid, fields: {total: {type: money}}}\nrules:\n"
    programme = load(GROCERY.replace("rules:\n", own, 1))
    plan = make_plan(programme)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    for event_type in programme.event_types.values():
        data: dict[str, Any] = {"total_minor": 100}
        if event_type.id == "order.paid":
            data["order_id"] = "1"
        if event_type.id.startswith("tier."):
            data = {"ladder": "level", "before": "basic", "after": "silver"}
        if event_type.id.startswith(("asset.", "hold.", "gift.")):
            data = {"asset": "points", "units": 5}
        if event_type.id.startswith("wallet."):
            data = {"wallet": "wallet", "topup_id": "1", "amount_minor": 50_000}
        snapshot = Snapshot(UUID(int=1), recommended=[("Tea", 1_280, "again")])
        event = Event(UUID(int=2), "s", "k", event_type.id, UUID(int=1), moment, data)
        turn = Turn(plan, snapshot, event, moment, Budgets())
        turn.day = date(2026, 3, 1)
        turn.standing("level")
        if event_type.id == "wallet.topped_up":
            turn.effects.append(ToppedUp("s", "1", "wallet", 50_000, 5_000, moment))
        if event_type.id == "wallet.refunded":
            turn.effects.append(TopUpRefunded("s", "1", "r", "wallet", 50_000, 5_000))
        given = message_context(turn)
        given["member"] |= recommended(turn)
        assert paths(given) == paths(context_shape(programme, event_type)), event_type.id
