"""Every channel there is."""

from collections.abc import Mapping

from regulars.messaging.channels.base import Channel
from regulars.messaging.channels.email.channel import Email
from regulars.messaging.channels.inbox import Inbox

CHANNELS: Mapping[str, Channel] = {"inbox": Inbox(), "email": Email()}
