"""Reading what the engine made: a member's life as one stream, and why each event did what it did."""

from regulars.engine.explain import Explanation, Verdict, explain
from regulars.engine.records import amount_of, balances_of, money_of, told
from regulars.engine.timeline import Kind, Moment, moments, timeline

__all__ = [
    "Explanation", "Kind", "Moment", "Verdict", "amount_of", "balances_of", "explain", "moments", "money_of",
    "timeline", "told",
]  # fmt: skip
