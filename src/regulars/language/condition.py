"""Conditions, in one place to import from: the tree, reading it from YAML or JSON, and matching it.

`parse_condition` checks and types what an author wrote; `compile_condition` makes the functions that the
engine calls; `compile_lines` does the same for a condition on order lines alone.
"""

from regulars.language.fields import Facts, Field, Fields, Scope, UnknownFieldError
from regulars.language.matching import Compiled, Needs, asks_lines, compile_condition, compile_lines
from regulars.language.parsing import parse_condition
from regulars.language.problems import Problem, RefusedError
from regulars.language.tree import Condition, Group, Items, Leaf, Op, Quantifier, Window

__all__ = [
    "Compiled",
    "Condition",
    "Facts",
    "Field",
    "Fields",
    "Group",
    "Items",
    "Leaf",
    "Needs",
    "Op",
    "Problem",
    "Quantifier",
    "RefusedError",
    "Scope",
    "UnknownFieldError",
    "Window",
    "asks_lines",
    "compile_condition",
    "compile_lines",
    "parse_condition",
]
