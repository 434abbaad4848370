"""Operators, what they did, and the keys that other systems use in their place."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from regulars.kit.models import AppendOnly


class OperatorManager(BaseUserManager["Operator"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Operator":
        """An operator who signs in with `email` (kept in lower case)."""
        operator = self.model(email=email.strip().lower(), **fields)
        operator.set_password(password)
        operator.save()
        return operator

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Operator":
        return self.create_user(email, password, role=Operator.Role.ADMIN, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Operator":
        return self.get(email=(username or "").lower())


class Operator(AbstractBaseUser, PermissionsMixin):
    """Somebody who works in the console."""

    class Role(models.TextChoices):
        ADMIN = "admin"
        OPERATOR = "operator"
        READER = "reader"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OPERATOR)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[OperatorManager] = OperatorManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        return self.role == self.Role.ADMIN


class ApiKey(models.Model):
    """A key for another system. Only its SHA-256 is kept; `prefix` lets a person recognise it."""

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=200, blank=True, default="")
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class AuditEntry(AppendOnly):
    """One deed of an operator or a key: append-only."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
