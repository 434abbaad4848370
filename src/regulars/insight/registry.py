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

REPORTS: tuple[Report, ...] = (
    OVERVIEW, FUNNEL, RATES, COHORTS, LEVELS, POINTS, MIX, CHANNELS, STORES, PRODUCTS, RFM,
    LIFECYCLE, FORETOLD, EXPERIMENTS, EXPERIMENT, ECONOMICS, COSTS, DEFERRALS,
)  # fmt: skip

_BY_ID: Mapping[str, Report] = {report.id: report for report in REPORTS}


def report_of(ident: str) -> Report:
    """The report of that id; refuses one that there is not."""
    if ident not in _BY_ID:
        raise NoSuchReport(ident)
    return _BY_ID[ident]
