"""What a message says: pure rendering."""

import pytest

from regulars.messaging.contracts import Template
from regulars.messaging.logic import (
    WordingError,
    allowed,
    back_off_seconds,
    choices,
    language_of,
    one_line,
    render,
)  # fmt: skip
from tests.messaging.world import CONTEXT, ORDER, Book

ZONE = Book().zone


def template(body: str, subject: str = "s") -> Template:
    return Template("t", "service", ("inbox",), {"en": subject}, {"en": body})


def test_each_reader_gets_their_language_with_times_in_the_programmes_zone() -> None:
    context = {**CONTEXT, "member": {"name": "小雨"}}
    chinese, english = render(ORDER, context, "zh-hans", ZONE), render(ORDER, context, "en", ZONE)
    assert chinese.subject == "本次消费获得 24 积分"
    assert chinese.body == "小雨，您好：您于 2026年11月22日 10:00 消费 24.60 元。"
    assert english.subject == "You earned 24 points"
    assert english.body == "Hello 小雨, your purchase of 24.60 on 22 Nov 2026, 10:00.\n\nThank you."


def test_a_reader_of_traditional_chinese_gets_simplified_where_nothing_nearer_is_written() -> None:
    assert render(ORDER, CONTEXT, "zh-hant", ZONE).subject == "本次消费获得 24 积分"


def test_texts_and_days_in_the_context_are_shown_in_the_readers_language() -> None:
    words = template("{{ tier.name }} until {{ tier.until }}, {{ tier.until | date: '%Y' }}")
    context = {"tier": {"name": {"en": "Gold", "zh-hans": "金卡"}, "until": "2027-11-30"}}
    assert render(words, context, "en", ZONE).body == "Gold until Nov 30, 2027, 2027"
    chinese = Template(
        "t", "service", ("inbox",), {"zh-hans": "s"}, {"zh-hans": "{{ tier.name }} {{ tier.until }}"}
    )
    assert render(chinese, context, "zh-hans", ZONE).body == "金卡 2027年11月30日"


def test_a_member_without_a_name_is_greeted_as_a_member() -> None:
    assert render(ORDER, {**CONTEXT, "member": {"name": ""}}, "zh-hans", ZONE).body.startswith("会员，您好")
    assert render(ORDER, CONTEXT, "en", ZONE).body.startswith("Hello Member,")


@pytest.mark.parametrize("name", ["{{ order.total }}", "{% raw %}", "{{ 7 | times: 7 }}"])
def test_liquid_in_a_value_stays_text(name: str) -> None:
    assert render(template("{{ member.name }}"), {"member": {"name": name}}, "en", ZONE).body == name


def test_a_subject_is_one_line_and_fits() -> None:
    words = render(
        template("b", "Hi {{ member.name }}"),
        {"member": {"name": "A\r\nBcc: x@y.z\u2028" + "n" * 400}},
        "en",
        ZONE,
    )
    assert words.subject.startswith("Hi A Bcc: x@y.z nnn")
    assert len(words.subject) == 300
    assert one_line("a\x00b\tc") == "a b c"


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in (1..100000) %}x{% endfor %}",
        "{% for a in (1..900) %}{{ big }}{% endfor %}",
        "{% include 'x' %}",
        "{{ a | nonsense }}",
        "{% if %}",
        "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..30) %}{% assign a = a | append: a %}{% endfor %}",
    ],
)
def test_a_template_that_floods_or_is_wrong_is_refused(body: str) -> None:
    with pytest.raises(WordingError):
        render(template(body), {"big": "y" * 1000}, "en", ZONE)


@pytest.mark.parametrize("value", ["2026-13-45", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_what_only_looks_like_a_date_stays_as_it_is(value: str) -> None:
    assert render(template("{{ v }}"), {"v": value}, "en", ZONE).body == value


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh-CN", "zh-hans"),
        ("zh_Hant_HK", "zh-hant"),
        ("zh-TW", "zh-hant"),
        ("en-GB", "en"),
        ("fr", "zh-hans"),
        ("", "zh-hans"),
    ],
)
def test_language_codes_of_all_kinds_are_understood(code: str, language: str) -> None:
    assert language_of(code, "zh-hans") == language


def test_marketing_leaves_the_house_only_with_consent_and_the_record_is_always_kept() -> None:
    assert [(c.channel, c.category, c.allowed, c.fixed) for c in choices({})] == [
        ("inbox", "service", True, True),
        ("inbox", "marketing", True, False),
        ("email", "service", True, False),
        ("email", "marketing", False, False),
    ]
    assert allowed({("email", "marketing"): True}, "email", "marketing")
    assert not allowed({("email", "service"): False}, "email", "service")
    assert allowed({("inbox", "service"): False}, "inbox", "service")


def test_attempts_are_bounded_and_wait_longer_each_time() -> None:
    assert [back_off_seconds(n) for n in range(1, 8)] == [60, 300, 900, 3600, 14400, 43200, None]
