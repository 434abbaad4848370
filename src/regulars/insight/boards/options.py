"""Choices that several reports have."""

from collections.abc import Callable, Mapping

from regulars.insight.report import Option
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.programme.contracts import Programme


def fixed(choices: Mapping[str, Text]) -> Callable[[Programme], Mapping[str, Text]]:
    """The same choices whatever the programme."""
    return lambda _programme: choices


def assets(programme: Programme) -> Mapping[str, Text]:
    """The programme's assets, those that can be spent first."""
    found = sorted(programme.assets.values(), key=lambda asset: not asset.spendable)
    return {asset.id: asset.name for asset in found}


ASSET = Option("asset", words("资产", "資產", "Asset"), assets)
START = Option(
    "start",
    words("从谁开始", "從誰開始", "Beginning with"),
    fixed(
        {
            "all": words("期末全部会员", "期末全部會員", "all members"),
            "new": words("本期新会员", "本期新會員", "who joined in the period"),
        }
    ),
)
COHORT = Option(
    "by",
    words("起始月", "起始月", "Cohorts by"),
    fixed(
        {
            "joined": words("入会月", "入會月", "month of joining"),
            "ordered": words("首购月", "首購月", "month of the first order"),
        }
    ),
)
GOODS = Option(
    "by",
    words("按", "依", "By"),
    fixed(
        {
            "category": words("品类", "品類", "category"),
            "brand": words("品牌", "品牌", "brand"),
            "sku": words("商品", "商品", "product"),
        }
    ),
)
