"""A hundred threads of several processes, released together. Nothing is spent twice, given twice or lost.

| test | line of the pitfalls |
|---|---|
| `test_pitfall_1_…` | 1 a refund keeps the points, charges twice, pays cash |
| `test_pitfall_2_…` | 2 two requests use the same points; also on an account that has no row yet |
| `test_pitfall_4_…` | 4 a replayed command pays twice; the same key with another content |
| `test_pitfall_13_…` | 13 limits checked outside the transaction; budgets that are refreshed late |
| `test_pitfalls.py` | 1, 3, 5, 10, 12, 15 as stories |
| `test_core.py`, `test_postgres.py` | 1, 3, 10 in random lives |

Every test leaves books that add up.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from regulars.campaigns.models import BudgetUse
from regulars.engine import operations
from regulars.engine.operations import Request
from regulars.kit import clock
from regulars.ledger.models import Entry
from tests.books.raids import ROUNDS, Job, Raiders, Result, command, raiders, told
from tests.engine.world import fresh, incoming, submit_all
