"""Channels that have a name, offered wherever a condition asks for one; a brand's own codes may be asked for too."""

from regulars.language.channels import CHANNELS
from regulars.language.fields import Choice

KNOWN_CHANNELS = tuple(Choice(code, name) for code, name in CHANNELS.items())
