"""Who may have an account in the console: whoever was invited, nobody else. What they do about signing in is kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from regulars.staff.models import Operator
from regulars.staff.service import audit

DEEDS = {
    "account/email/password_changed": "account.password_changed",
    "mfa/email/totp_activated": "account.app_added",
    "mfa/email/totp_deactivated": "account.app_removed",
    "mfa/email/webauthn_added": "account.passkey_added",
    "mfa/email/webauthn_removed": "account.passkey_removed",
    "mfa/email/recovery_codes_generated": "account.recovery_codes_made",
}
"""What allauth would write a mail about, and how the audit trail calls it."""


class OperatorAdapter(DefaultAccountAdapter):
    """Operators are added by an administrator, in the console or by `regulars operator create`, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, *args: Any, **kwargs: Any
    ) -> None:
        """Where allauth tells that something about signing in has changed: noted in the audit trail."""
        if template_prefix in DEEDS and isinstance(user, Operator):
            audit(user.email, DEEDS[template_prefix], user.email)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)
