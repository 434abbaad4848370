"""The mail server of the tests of messages."""

from tests.messaging.conftest import post as post
