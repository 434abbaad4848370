"""The fields that a programme offers."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from regulars.language.condition import Scope, UnknownFieldError
from regulars.language.operators import operators_of
from regulars.language.text import LANGUAGES
from regulars.members.scores import SCORES
from regulars.programme.gallery import template
from regulars.programme.loader import load
from regulars.programme.vocabulary import fields_for
from regulars.programme.vocabulary.holidays import all_holidays, country_of, holidays_on
from tests.language.sample import CHECKIN, ORDER, programme

PROGRAMME = programme()


def names(event: object) -> set[str]:
    return {field.name for field in fields_for(PROGRAMME, event)}  # type: ignore[arg-type]


def test_rules_on_orders_can_ask_for_all_this() -> None:
    assert names(ORDER) == {
        "event.type", "event.source", "event.time", "event.total", "event.channel", "event.rating", "event.weight",
        "event.gift", "event.due", "event.shipped",
        "item.sku", "item.name", "item.category", "item.brand", "item.quantity", "item.price", "item.total",
        "member.name", "member.gender", "member.birthday", "member.language", "member.source", "member.joined_at",
        "member.days_since_joining", "member.age", "member.identities",
        "member.attribute.city", "member.attribute.size", "member.attribute.pet", "member.attribute.married",
        "member.attribute.age_group",
        "tags", "audience", "level.level", "level.vip", "balance.points", "balance.credit", "wallet.purse",
        "orders.count", "orders.spend", "orders.average", "orders.first_at", "orders.last_at", "orders.days_since_last",
        "earned.points", "earned.credit", "events.order.paid.count", "events.checkin.count",
        "calendar.day", "calendar.weekday", "calendar.month", "calendar.date", "calendar.hour", "calendar.holiday",
        "calendar.days_to_birthday", "calendar.is_birthday",
    } | {f"score.{name}" for name in SCORES}  # fmt: skip


def test_an_event_without_lines_offers_none_and_an_audience_no_event() -> None:
    gone = {name for name in names(ORDER) if name.startswith(("item.", "event."))}
    assert names(CHECKIN) == names(ORDER) - gone | {"event.type", "event.source", "event.time"}
    assert names(None) == names(ORDER) - gone


def test_every_field_has_a_label_in_three_languages_and_operators() -> None:
    for field in fields_for(PROGRAMME, ORDER):
        assert set(field.label) == set(LANGUAGES), field.name
        assert all(field.label.values()), field.name
        assert operators_of(field), field.name
        assert (field.scope is Scope.LINE) is field.name.startswith("item.")


def test_events_about_value_know_what_there_is() -> None:
    """A rule can't wait for an asset that the programme has not."""
    mall = load(template("mall"))
    asked = {
        (type_id, name): [
            choice.value for choice in fields_for(mall, mall.event_types[type_id])[name].choices
        ]
        for type_id, name in (
            ("asset.expiring", "event.asset"),
            ("asset.spent", "event.asset"),
            ("asset.converted", "event.conversion"),
            ("wallet.topped_up", "event.wallet"),
        )
    }
    assets = ["points", "growth", "coins", "cash", "gift_cash"]
    assert asked == {
        ("asset.expiring", "event.asset"): assets,
        ("asset.spent", "event.asset"): [*assets, "wallet"],
        ("asset.converted", "event.conversion"): ["points_to_coins"],
        ("wallet.topped_up", "event.wallet"): ["wallet"],
    }
    assert "wallet.wallet" in {field.name for field in fields_for(mall, None)}


def test_a_brands_own_event_may_say_anything() -> None:
    own = "event_types:\n  loan: {name: Loan, fields: {asset: {type: text}, wallet: {type: text}}}\n"
    programme = load(template("mall") + own)
    fields = fields_for(programme, programme.event_types["loan"])
    assert fields["event.asset"].choices == fields["event.wallet"].choices == ()


def test_what_is_not_counted_is_not_offered() -> None:
    """Commands and what Regulars makes itself are not counted; everything that comes from outside is."""
    mall = load(template("mall"))
    offered = {field.name for field in fields_for(mall, None) if field.name.startswith("events.")}
    outside = [each.id for each in mall.event_types.values() if not (each.derived or each.command)]
    assert offered == {f"events.{each}.count" for each in outside}
    assert "order.completed" in outside
    assert "asset.spent" not in outside


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownFieldError) as caught:
        fields_for(PROGRAMME, ORDER)["member.brithday"]
    assert caught.value.near[0] == "member.birthday"


@pytest.mark.parametrize(
    ("zone", "currency", "country"),
    [
        ("Asia/Shanghai", "CNY", "CN"),
        ("Asia/Urumqi", "CNY", "CN"),
        ("Asia/Taipei", "TWD", "TW"),
        ("Asia/Hong_Kong", "HKD", "HK"),
        ("Asia/Singapore", "SGD", "SG"),
        ("Europe/Berlin", "EUR", "DE"),
        ("UTC", "USD", "US"),
        ("UTC", "EUR", "CN"),
    ],
)
def test_the_country_follows_from_zone_and_currency(zone: str, currency: str, country: str) -> None:
    assert country_of(ZoneInfo(zone), currency) == country


def test_holidays() -> None:
    assert {"国庆节", "國慶節", "National Day"} <= holidays_on("CN", date(2026, 10, 1))
    assert holidays_on("CN", date(2026, 11, 22)) == frozenset()
    assert {"和平纪念日", "和平紀念日", "Peace Memorial Day"} == holidays_on("TW", date(2026, 2, 28))
    assert "Christmas Day" in holidays_on("US", date(2026, 12, 25))


def test_holidays_end_where_the_list_for_sql_ends() -> None:
    years = {day.year for day, _ in all_holidays("CN")}
    assert (min(years), max(years)) == (2000, 2049)
    assert holidays_on("CN", date(2050, 1, 1)) == holidays_on("CN", date(1999, 1, 1)) == frozenset()
