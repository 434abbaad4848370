"""Who may have an account in the console: whoever was invited, nobody else."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class OperatorAdapter(DefaultAccountAdapter):
    """Operators are created by `regulars operator create` or by an administrator, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False
