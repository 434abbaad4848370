"""The inbox of the portal: the message's row is what the member reads, so it arrives exactly once."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import ClassVar

from regulars.messaging.channels.base import Carrier, no_carrier


class Inbox:
    """Every member has one."""

    id: ClassVar[str] = "inbox"
    inside: ClassVar[bool] = True

    def unready(self) -> str:
        return ""

    def address(self, identities: Mapping[str, str]) -> str | None:  # noqa: ARG002 - every member has an inbox
        return ""

    def carrier(self) -> AbstractContextManager[Carrier]:
        return no_carrier()
