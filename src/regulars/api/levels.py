"""Levels decided by hand, over the API."""

from ninja import Router

from regulars.api import value_examples as examples
from regulars.api.commands import COMMANDS
from regulars.api.endpoints import Endpoint, add

router = Router(tags=["members"])

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "levels",
        "Decide on a member's level",
        "placeLevel",
        "Until a day, with a reason: at least this level (what is earned above it counts), or exactly it. When"
        " it ends, what is earned decides.",
    ),
    Endpoint(
        "levels/release",
        "Take back what was decided on a level",
        "releaseLevel",
        "What is earned decides from now. 422 `nothing_placed`.",
    ),
)

add(router, ENDPOINTS, COMMANDS, examples.of)
