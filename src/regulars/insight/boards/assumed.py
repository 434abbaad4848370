"""The terms of the cost model: what was typed, else the brand's own figures, else the usual ones; with where each is
from."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeVar

from regulars.insight.boards.counting import during, one, within
from regulars.insight.boards.points import asset_of
from regulars.insight.breakage import Estimate, estimate
from regulars.insight.economics import Base, Card
from regulars.insight.maturing import cohorts, month_after
from regulars.insight.report import BadQuestion, Ground
from regulars.language.problems import words
from regulars.language.text import Text

USUAL_CURVE = (Fraction(3, 10), Fraction(1, 2), Fraction(4, 5))
"""Of a year's points: by the end of the first, the second and the third year, when it goes well."""
USUAL_EXCHANGE = Fraction(100)
USUAL_OPERATIONS = Fraction(1, 5)
MONTHS_TO_LEARN = 12
"""A redemption curve is read off a history of so many whole months, no shorter one."""
MOST = 10**12
_NUMBER = re.compile(r"\d{1,13}(\.\d{1,6})?", re.ASCII)
T = TypeVar("T")
_BETWEEN = re.compile(r"[\s,，、/;；]+")

NAMES: Mapping[str, Text] = {
    "sales": words("一年销售额", "一年銷售額", "Sales a year"),
    "earn": words("每 1 元积分", "每 1 元點數", "Points per 1 of sales"),
    "exchange": words("多少积分抵 1 元礼品", "多少點抵 1 元禮品", "Points for 1 of gifts"),
    "redeemed": words("各年累计兑换率 %", "各年累計兌換率 %", "Redeemed by year, %"),
    "operations": words("运营占比 %", "營運占比 %", "Operations, %"),
    "margin": words("毛利率 %", "毛利率 %", "Margin, %"),
}
"""The terms that can be typed."""
GIVEN = words("填写", "填寫", "as typed")
OWN = words("本品牌实际", "本品牌實際", "the brand's own")
STATED = words("方案", "方案", "the programme")
UNSAID = words("未填写", "未填寫", "not stated")
USUAL = words("行业常用", "業界常用", "usual in the trade")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is calculated with; `sources` says of each term where it is from."""

    sales_minor: int
    card: Card
    years: int
    margin: Fraction | None
    sources: dict[str, Text] = field(default_factory=dict)


def terms_of(ground: Ground) -> Terms:
    """The terms asked about. Refuses (`BadQuestion`) what is no number or can't be, naming the field."""
    sources: dict[str, Text] = {}

    def term(name: str, read: Callable[[str, str], T], otherwise: Callable[[], tuple[T, Text]]) -> T:
        text = ground.asked.choice(name).strip()
        if text:
            sources[name] = GIVEN
            return read(name, text)
        found, sources[name] = otherwise()
        return found

    unit = 10**ground.programme.minor_digits
    sales = term("sales", lambda name, text: int(_number(name, text) * unit), lambda: _own_sales(ground))
    earn = term("earn", _above, lambda: _own_earn(ground))
    exchange = term("exchange", _above, lambda: _own_exchange(ground))
    curve = term("redeemed", _curve, lambda: _own_curve(ground))
    base = Base(ground.asked.choice("base", Base.BUDGET.value))
    operations = term("operations", _share, lambda: (USUAL_OPERATIONS, USUAL))
    if base is Base.BUDGET and operations >= 1:
        raise _wrong("operations", *_LESS_THAN_ALL)
    margin = term("margin", _percent, lambda: _own_margin(ground))
    years = int(ground.asked.choice("years", "3"))
    return Terms(sales, Card(earn, exchange, curve, operations, base), years, margin or None, sources)


def _own_sales(ground: Ground) -> tuple[int, Text]:
    """The period's net sales for a year: a longer or shorter period in proportion."""
    year = 365 if ground.asked.days in (365, 366) else ground.asked.days
    return max(0, round(Fraction(net_sales(ground) * 365, year))), OWN


def net_sales(ground: Ground) -> int:
    """The period's sales less what was given back in it, in the currency's smallest unit."""
    orders, refunds = (
        during(ground.tables.orders, ground.asked), during(ground.tables.refunds, ground.asked)
    )  # fmt: skip
    sold = one(orders.agg(sum=orders.total_minor.sum()))["sum"]
    return int(sold - one(refunds.agg(sum=refunds.amount_minor.sum()))["sum"])


def _own_earn(ground: Ground) -> tuple[Fraction, Text]:
    """Units issued by the period's sales, less those taken back."""
    orders = during(ground.tables.orders, ground.asked)
    sales = one(orders.agg(sum=orders.total_minor.sum()))["sum"]
    entries = during(ground.people.entries, ground.asked)
    wanted = entries.filter((entries.asset == asset_of(ground)) & entries.account.isin(("issue", "reverse")))
    units = one(wanted.agg(sum=wanted.units.sum()))["sum"]
    asset = ground.programme.assets.get(asset_of(ground))
    if sales <= 0 or units <= 0 or asset is None:
        return Fraction(1), USUAL
    exact = Fraction(units, 10**asset.scale) / Fraction(sales, 10**ground.programme.minor_digits)
    return Fraction(round(exact * 10_000), 10_000) or exact, OWN


def _own_exchange(ground: Ground) -> tuple[Fraction, Text]:
    asset = ground.programme.assets.get(asset_of(ground))
    if asset is None or not asset.cost:
        return USUAL_EXCHANGE, USUAL
    return 1 / Fraction(asset.cost), STATED


def _own_curve(ground: Ground) -> tuple[tuple[Fraction, ...], Text]:
    """By the end of each year from issuing, as units were spent by their age; the usual one where there is too little
    history or nothing was spent yet."""
    last = last_whole_month(ground)
    entries = within(ground.people.entries, date(1970, 1, 1), ground.asked.last)
    found = estimate(cohorts(entries, asset_of(ground)), last, sure=False)
    if len(found.spent) < MONTHS_TO_LEARN or not found.spent[-1]:
        return USUAL_CURVE, USUAL
    return curve_of(found), OWN


def curve_of(found: Estimate) -> tuple[Fraction, ...]:
    """The shares spent by ages of 12, 24, … months, to a tenth of a per cent, as far as they are known."""
    ages = [*range(11, len(found.spent), 12)]
    if len(found.spent) % 12 and len(found.spent) > 12:
        ages.append(len(found.spent) - 1)
    return tuple(Fraction(round(found.spent[age] * 1000), 1000) for age in ages)


def last_whole_month(ground: Ground) -> date:
    """The last month that is over by the end of the period."""
    end = min(ground.asked.last, ground.today)
    month = end.replace(day=1)
    return month if month_after(month, 1).toordinal() - 1 == end.toordinal() else month_after(month, -1)


def _own_margin(ground: Ground) -> tuple[Fraction, Text]:
    stated = ground.programme.insight.margin_percent
    return (Fraction(stated) / 100, STATED) if stated else (Fraction(0), UNSAID)


def _number(name: str, text: str) -> Fraction:
    plain = text.replace(",", "").replace("，", "")
    if not _NUMBER.fullmatch(plain) or Fraction(plain) > MOST:
        raise _wrong(name, *_NO_NUMBER)
    return Fraction(plain)


def _above(name: str, text: str) -> Fraction:
    found = _number(name, text)
    if not found:
        raise _wrong(name, *_ABOVE)
    return found


def _share(name: str, text: str) -> Fraction:
    return _number(name, text.rstrip("%％ ")) / 100


def _percent(name: str, text: str) -> Fraction:
    found = _share(name, text)
    if found > 1:
        raise _wrong(name, *_MOST_ALL)
    return found


def _curve(name: str, text: str) -> tuple[Fraction, ...]:
    found = tuple(_percent(name, part) for part in _BETWEEN.split(text.strip(" ,，、/;；")) if part)
    if not 1 <= len(found) <= 10 or list(found) != sorted(found):
        raise _wrong(name, *_FALLING)
    return found


def _wrong(name: str, hans: str, hant: str, en: str) -> BadQuestion:
    """Naming the field as the page does, and as an address does."""
    named = [f"{NAMES[name][code]} ({name})" for code in ("zh-hans", "zh-hant", "en")]
    return BadQuestion(words(hans.format(named[0]), hant.format(named[1]), en.format(named[2])), field=name)


_NO_NUMBER = (
    "{} 不是数字，请写成 1000000 或 0.5，不超过一万亿。",
    "{} 不是數字，請寫成 1000000 或 0.5，不超過一兆。",
    "{} is no number: write it as 1000000 or 0.5, up to a trillion.",
)
_ABOVE = ("{} 必须大于 0。", "{} 必須大於 0。", "{} must be more than 0.")
_MOST_ALL = ("{} 最多 100%。", "{} 最多 100%。", "{} is 100% at most.")
_FALLING = (
    "{} 要一年一个，只升不降，例如 30,50,80。",
    "{} 要一年一個，只升不降，例如 30,50,80。",
    "{}: the share redeemed by the end of each year, never falling, such as 30,50,80.",
)
_LESS_THAN_ALL = (
    "{} 按总预算计必须小于 100%。",
    "{} 以總預算計必須小於 100%。",
    "{} of the budget must be less than 100%.",
)
