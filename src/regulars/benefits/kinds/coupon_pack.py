"""Several coupons of one kind, used one by one at the till."""

from typing import Annotated, Any

from pydantic import Field

from regulars.benefits.kinds.base import Family, House, Kind, Mode, Settings, Speaker, Terms
from regulars.benefits.kinds.discount import off
from regulars.benefits.kinds.fields import Money, Percent, plain
from regulars.language.problems import words
from regulars.language.text import say


class CouponPackSettings(Settings):
    """`count` coupons, each either `off` an amount or `percent_off`, on orders `from` so much."""

    count: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    off: Money | None = None
    percent_off: Percent | None = None
    least: Annotated[Money | None, Field(alias="from")] = None


def _read(settings: CouponPackSettings, house: House) -> dict[str, Any]:
    if (settings.off is None) == (settings.percent_off is None):
        house.refuse(
            "",
            words(
                "off 与 percent_off 写且只写一个",
                "off 與 percent_off 寫且只寫一個",
                "must state either off or percent_off",
            ),
        )
    least, amount = house.money(settings.least, "from"), house.money(settings.off, "off")
    if amount and least and amount > least:
        house.refuse(
            "off",
            words(
                "不能超过使用门槛 from，否则订单会变成免费",
                "不能超過使用門檻 from，否則訂單會變成免費",
                "must not be more than from, or orders become free",
            ),
        )
    percent = "" if settings.percent_off is None else plain(settings.percent_off)
    return {"count": settings.count, "off_minor": amount, "percent_off": percent, "from_minor": least}


def _say(terms: Terms, speaker: Speaker) -> str:
    if terms["percent_off"]:
        each = off(terms["percent_off"], speaker.language)
    else:
        frame = words("减 {sum}", "折 {sum}", "{sum} off")
        each = say(frame, speaker.language).format(sum=speaker.money(terms["off_minor"]))
    if terms["from_minor"]:
        frame = words("满 {sum}{each}", "滿 {sum}{each}", "{each} from {sum}")
        each = say(frame, speaker.language).format(sum=speaker.money(terms["from_minor"]), each=each)
    if terms["count"] == 1:
        return each
    frame = words("{count} 张{each}的券", "{count} 張{each}的券", "{count} coupons of {each}")
    return say(frame, speaker.language).format(count=terms["count"], each=each)


COUPON_PACK = Kind(
    "coupon_pack",
    Family.ECONOMIC,
    Mode.SINGLE,
    words("优惠券包", "優惠券包", "coupons"),
    CouponPackSettings,
    _read,
    _say,
    lambda terms: int(terms["count"]),
)
