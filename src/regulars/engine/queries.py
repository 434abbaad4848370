"""Reading what the engine made: a member's life as one stream, and why each event did what it did."""

from regulars.engine.explain import Explanation, Verdict, explain
from regulars.engine.timeline import Kind, Moment, moments, timeline

__all__ = ["Explanation", "Kind", "Moment", "Verdict", "explain", "moments", "timeline"]
