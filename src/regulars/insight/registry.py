"""Every report there is, in the order in which they are listed. Adding one here gives it a page, an address in the
API, a command and a place in scheduled mails."""

from collections.abc import Mapping

from regulars.insight.boards.cohorts import COHORTS
from regulars.insight.boards.costs import COSTS
from regulars.insight.boards.deferrals import DEFERRALS
from regulars.insight.boards.economics import ECONOMICS
from regulars.insight.boards.experiments import EXPERIMENT, EXPERIMENTS
from regulars.insight.boards.foretold import FORETOLD
from regulars.insight.boards.funnel import FUNNEL
from regulars.insight.boards.levels import LEVELS
from regulars.insight.boards.lifecycle import LIFECYCLE
from regulars.insight.boards.mix import MIX
from regulars.insight.boards.overview import OVERVIEW
from regulars.insight.boards.places import CHANNELS, STORES
from regulars.insight.boards.points import POINTS
from regulars.insight.boards.products import PRODUCTS
from regulars.insight.boards.rates import RATES
from regulars.insight.boards.rfm import RFM
from regulars.insight.report import NoSuchReport, Report
from regulars.language.problems import words
from regulars.language.text import Text

BUSINESS, LOOP, PEOPLE, MONEY, EFFECT = "business", "loop", "people", "money", "effect"

SECTIONS: tuple[tuple[str, Text, tuple[Report, ...]], ...] = (
    (
        BUSINESS,
        words("经营情况", "經營狀況", "How business goes"),
        (OVERVIEW, MIX, CHANNELS, STORES, PRODUCTS),
    ),
    (LOOP, words("会员闭环", "會員閉環", "The loop"), (FUNNEL, RATES, COHORTS, LEVELS, POINTS)),
    (PEOPLE, words("认识会员", "認識會員", "Who members are"), (RFM, LIFECYCLE, FORETOLD)),
    (MONEY, words("成本与收益", "成本與收益", "Costs and return"), (ECONOMICS, COSTS, DEFERRALS)),
    (EFFECT, words("活动效果", "活動成效", "Did it work?"), (EXPERIMENTS, EXPERIMENT)),
)
"""Reports by what somebody comes to find out."""

REPORTS: tuple[Report, ...] = tuple(report for *_, some in SECTIONS for report in some)

_BY_ID: Mapping[str, Report] = {report.id: report for report in REPORTS}


def report_of(ident: str) -> Report:
    """The report of that id; refuses one that there is not."""
    if ident not in _BY_ID:
        raise NoSuchReport(ident)
    return _BY_ID[ident]
