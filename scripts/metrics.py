"""docs/metrics.md, made from the definitions that the pages show: `metrics.py write | check`."""

import sys
from pathlib import Path

from regulars.insight.cost_metrics import COST_METRICS
from regulars.insight.metrics import METRICS
from regulars.insight.period_metrics import PERIOD_METRICS
from regulars.insight.scoring.metrics import SCORE_METRICS

PAGE = Path(__file__).parents[1] / "docs/metrics.md"
HEAD = """# What every figure means 指标口径

Made from the definitions in `src/regulars/insight` (`metrics.py`, `period_metrics.py`, `cost_metrics.py`,
`scoring/metrics.py`) with `scripts/metrics.py write`: the same words stand beside each figure in the console. Days,
weeks (from Monday) and months are in the programme's time zone; a period holds its first and its last day. Money is
before refunds unless a definition says otherwise.
"""


def page() -> str:
    """The whole page."""
    period = {metric.id for metric in (*PERIOD_METRICS, *SCORE_METRICS, *COST_METRICS)}
    parts = [HEAD]
    for title, wanted in (("In reports, over a period 报表", True), ("On the home page 首页", False)):
        parts.append(f"## {title}\n")
        for metric in METRICS.values():
            if (metric.id in period) is wanted:
                name, said = metric.name, metric.definition
                parts.append(f"### `{metric.id}` {name['en']} · {name['zh-hans']} · {name['zh-hant']}\n")
                parts += [f"- {said['en']}", f"- {said['zh-hans']}", f"- {said['zh-hant']}\n"]
    return "\n".join(parts)


def main() -> int:
    if sys.argv[1:] == ["write"]:
        PAGE.write_text(page())
        return 0
    current = PAGE.exists() and PAGE.read_text() == page()
    print(
        "docs/metrics.md is current"
        if current
        else "docs/metrics.md is not current: scripts/metrics.py write"
    )
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
