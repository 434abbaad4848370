"""Schemathesis, which nobody here wrote, plays with everything that the OpenAPI promises: no answer is a 5xx."""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from regulars.warehouse.follower import turn
from regulars.wsgi import application
from tests.api.conftest import Caller
from tests.api.test_doors import OPERATIONS
from tests.api.test_events import order

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "5"))
"""For each operation, once with what the schema allows and once with what it forbids."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_operation_answers_with_a_server_error(caller: Caller, mode: GenerationMode) -> None:
    assert caller.post("/events", order()).status_code == 200
    while (done := turn()) is None or done.building:
        pass
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == len(OPERATIONS)
    answered = 0
    for operation in operations:

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def play(case: Any) -> None:
            nonlocal answered
            response = case.call(headers={"Authorization": f"Bearer {caller.key}"})
            assert response.status_code < 500, f"{case.as_curl_command()}\n{response.text}"
            assert response.status_code != 401, case.as_curl_command()
            answered += 1

        play()
    assert answered >= len(operations)
