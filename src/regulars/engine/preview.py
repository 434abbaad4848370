"""What a command would do now, decided as it will be and written nowhere."""

from dataclasses import replace

import structlog

from regulars.engine.batch import rehearse
from regulars.engine.contracts import Incoming, Outcome
from regulars.engine.service import failed, leaving_out_what_fails
from regulars.kit.problems import Problem

log = structlog.get_logger("regulars.engine")


def preview(one: Incoming) -> Outcome:
    """What would become of `one`: status `preview`, or `rejected` with the reason.

    The member is locked for the moment of deciding; afterwards nothing is locked and nothing has changed. A name
    that was used before answers as it will: with the first result (`duplicate`) or a conflict. Raises NotPublished
    and Unavailable.
    """
    try:
        (outcome,) = leaving_out_what_fails(lambda failing: rehearse([one], failing))
    except Problem:
        raise
    except Exception as error:
        log.exception("preview_failed", source=one.source, type=one.type)
        return Outcome(one.key, "rejected", error=failed(error))
    assert outcome is not None
    return replace(outcome, status="preview") if outcome.status == "processed" else outcome
