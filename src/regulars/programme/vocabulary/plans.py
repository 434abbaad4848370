"""Fields of the member's paid plans."""

from collections.abc import Callable, Iterator
from typing import Any

from regulars.language.fields import Choice, Facts, Field, Read, Style, Type
from regulars.language.problems import words
from regulars.language.snapshot import RUNNING, Subscription
from regulars.language.sql_text import Clock, Sql, param, sql
from regulars.language.tree import Op
from regulars.plans.contracts import PaidPlan
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary.member import suffixed

_RUNS = ", ".join(f"'{status}'" for status in sorted(RUNNING))


def plan_fields(programme: Programme) -> Iterator[Field]:
    """For each plan: whether the member has it now, since when, for how much longer, and how it is paid."""
    for plan in programme.plans.values():
        yield _active(plan)
        yield _days(plan, "days_left", _days_left, "p.until - {0}")
        yield _days(plan, "since_days", _since_days, "{0} - p.since")
        yield _period(plan)


def running(facts: Facts, plan_id: str) -> Subscription | None:
    """The plan, if it runs on the facts' day."""
    found = facts.member.plans.get(plan_id)
    if found is None or not found.runs or found.since is None or found.last_day is None:
        return None
    return found if found.since <= facts.day <= found.last_day else None


def _running_sql(plan: PaidPlan, clock: Clock, what: Sql) -> Sql:
    """`what` of the plan's row, NULL where it does not run on the clock's day."""
    return sql(
        "(SELECT {0} FROM plans_subscription p WHERE p.member_id = m.id AND p.bucket = m.bucket AND p.plan = {1} "
        f"AND p.status IN ({_RUNS}) AND p.since <= {{2}} AND p.last_day >= {{2}})",
        what,
        param(plan.id, "text"),
        clock.day,
    )


def _active(plan: PaidPlan) -> Field:
    plan_id = plan.id
    return Field(
        f"plan.{plan.id}.active",
        Type.BOOLEAN,
        suffixed(words("", "", ""), plan.name, words("有效", "有效", " is active")),
        lambda _: lambda facts: running(facts, plan_id) is not None,
        lambda clock, _: sql("COALESCE({}, false)", _running_sql(plan, clock, Sql("true"))),
        never_missing=True,
        part="plans",
        phrases={
            Op.IS_SET: suffixed(words("是", "是", "has "), plan.name, words("", "", "")),
            Op.IS_NOT_SET: suffixed(words("不是", "不是", "does not have "), plan.name, words("", "", "")),
        },
    )


def _days_left(facts: Facts, one: Subscription) -> int | None:
    return (one.until - facts.day).days if one.until is not None else None


def _since_days(facts: Facts, one: Subscription) -> int | None:
    return (facts.day - one.since).days if one.since is not None else None


def _days(plan: PaidPlan, name: str, count: Callable[[Facts, Subscription], int | None], days: str) -> Field:
    plan_id = plan.id
    label = {
        "days_left": words("剩余天数", "剩餘天數", ": days left"),
        "since_days": words("已开通天数", "已開通天數", ": days so far"),
    }[name]

    def read(facts: Facts) -> int | None:
        found = running(facts, plan_id)
        return None if found is None else count(facts, found)

    return Field(
        f"plan.{plan.id}.{name}",
        Type.INTEGER,
        suffixed(words("", "", ""), plan.name, label),
        lambda _: read,
        lambda clock, _: _running_sql(plan, clock, sql(f"({days})", clock.day)),
        part="plans",
        style=Style.AMOUNT,
        unit=words("天", "天", "day|days"),
    )


def _period(plan: PaidPlan) -> Field:
    plan_id = plan.id

    def read(_: Any) -> Read:
        def period(facts: Facts) -> str | None:
            found = running(facts, plan_id)
            return (found.period or None) if found is not None else None

        return period

    return Field(
        f"plan.{plan.id}.period",
        Type.CHOICE,
        suffixed(words("", "", ""), plan.name, words("付费周期", "付費週期", ": period")),
        read,
        lambda clock, _: _running_sql(plan, clock, Sql("NULLIF(p.period, '')::text")),
        choices=tuple(Choice(one.id, one.name) for one in plan.periods),
        part="plans",
    )
