"""What is recommended to a member stands in messages that ask for it, and is read for no others."""

import pytest

from regulars.engine.plan import make_plan
from regulars.kit.ids import bucket_of
from regulars.members.models import Recommendation
from regulars.members.recommending import of_member
from regulars.messaging import queries
from regulars.messaging.contracts import Reader
from regulars.programme.loader import load
from regulars.programme.service import version
from tests.engine.world import EARN, event, fresh, joined, shop, today, took, who_is
from tests.messaging.test_email import part
from tests.messaging.test_end_to_end import deliver
from tests.messaging.world import Post

SHORT = (
    "{% for one in member.recommendations limit: 2 %}{{ one.name }} {{ one.price | default: '—' }}"
    "（{{ one.reason }}）{% else %}欢迎再来{% endfor %}"
)
LONG = (
    "{% for one in member.recommendations %}{{ one.name }} {{ one.price }} ({{ one.reason }}). {% endfor %}"
)
MISSED = f"""\
  missed:
    channels: [inbox, email]
    subject: {{zh-hans: 为您推荐, en: For you}}
    body: {{zh-hans: "{SHORT}", en: "{LONG}"}}
event_types:
"""
RULE = "  - {id: missed, name: Missed, on: checkin, then: [{message: {template: missed}}]}\n"


def asking(rule: str = RULE) -> str:
    return shop(EARN + rule).replace("event_types:\n", MISSED)


def offer(who: str, *offers: tuple[str, str, int | None, str]) -> None:
    member = who_is(who)
    for rank, (sku, name, price, reason) in enumerate(offers, start=1):
        Recommendation.objects.create(
            member_id=member,
            rank=rank,
            bucket=bucket_of(member),
            sku=sku,
            name=name,
            price_minor=price,
            reason=reason,
        )


@pytest.mark.django_db(transaction=True)
def test_a_letter_names_what_was_recommended_when_it_was_written(post: Post) -> None:
    fresh(asking())
    with today("2026-03-02 12:00"):
        for who, language in (("a", "zh-hans"), ("b", "en"), ("c", "zh-hans")):
            person = {"pos": who, "email": f"{who}@example.cn"}
            took(joined(who, "2026-03-01", member=person, data={"language": language}))
        offer(
            "a",
            ("t", "茶", 1_280, "again"),
            ("n", "", 10, "again"),
            ("c", "杯", None, "together"),
            ("x", "水", 1, "popular"),
        )
        offer("b", ("t", "Tea", 1_280, "again"), ("c", "Cup", None, "alike"))
        took(*(event("checkin", who, "2026-03-02") for who in "abc"))
        Recommendation.objects.all().delete()
        deliver()
    said = {mail["To"]: part(mail, "plain").split("\n")[0] for mail in post.mails()}
    assert said == {
        "a@example.cn": "茶 12.80（您常买）杯 —（与您常买的搭配）",
        "b@example.cn": "Tea 12.80 (You buy it often). Cup  (Others with your taste like it).",
        "c@example.cn": "欢迎再来",
    }
    assert of_member(who_is("a")) == []
    [item] = queries.inbox(who_is("a"), version, Reader("", "zh-hans")).items
    assert item.body == said["a@example.cn"]


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        ("", None),
        (RULE, [False, True]),
        (RULE.replace("checkin", "tier.upgraded"), [True, True]),
        (RULE.replace("missed}", "note}"), None),
    ],
)
def test_it_is_read_for_events_that_may_send_such_a_letter_alone(rule: str, read: list[bool] | None) -> None:
    found = make_plan(load(asking(rule))).recommends
    assert (found and [found.may_follow([one]) for one in ("order.paid", "checkin")]) == read
