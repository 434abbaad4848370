"""How members sign in to the portal, and how often they guess at others."""

from django.db import models


class OneTimeCode(models.Model):
    """A code sent to a phone or an e-mail address. Only its keyed hash is kept; few tries, short life.

    `client` is the keyed hash of the network address that asked for it.
    """

    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=254)
    client = models.CharField(max_length=64, default="")
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["kind", "value", "-created_at"], name="code_address"),
            models.Index(fields=["client", "-created_at"], name="code_client"),
            models.Index(fields=["created_at"], name="code_age"),
        )


class GiftMiss(models.Model):
    """A phone number was tried, for a gift, that no member has. Kept for a day."""

    member_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["member_id", "at"], name="gift_miss"),)
