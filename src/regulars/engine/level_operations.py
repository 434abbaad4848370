"""Commands on levels. Each is an event of its own kind, named by the caller's key, as those on value are."""

from datetime import date

from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request, command


def place(request: Request, ladder: str, level: str, until: date, *, exact: bool = False) -> Outcome:
    """At least this level through the day `until`, or (`exact`) just this one; the request's reason is kept."""
    said = {"ladder": ladder, "level": level, "until": until.isoformat()}
    return command("tier.placed", request, {**said, **({"exact": True} if exact else {})})


def release(request: Request, ladder: str) -> Outcome:
    """What was decided by hand ends now; what is earned decides."""
    return command("tier.released", request, {"ladder": ladder})
