"""Every setting. Regulars reads `REGULARS_*`, `DATABASE_URL` and `DATABASE_OWNER_URL` from the environment."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from regulars.kit import postgres


class Config(BaseSettings):
    """What an installation can set."""

    model_config = SettingsConfigDict(env_prefix="REGULARS_", extra="ignore")

    data: Path = Field(default=Path("data"), description="The data folder: database, secret key, files.")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    database_owner_url: str = Field(
        default="",
        validation_alias="DATABASE_OWNER_URL",
        description="Who owns the tables and migrates them.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="Where members and operators reach us."
    )
    allowed_hosts: list[str] = Field(default=["*"])
    debug: bool = False
    demo: bool = Field(default=False, description="Show one-time codes and the demo operator on the pages.")
    smtp_url: str = Field(default="", description="smtp://user:password@host:port, or smtps:// for TLS.")
    mail_from: str = "Regulars <regulars@localhost>"
    proxies: int = Field(
        default=0, ge=0, le=10, description="Reverse proxies of yours in front, which write X-Forwarded-For."
    )
    workers: int = Field(default=2, ge=1, le=64, description="Server processes.")
    threads: int = Field(default=32, ge=1, le=512, description="Threads per server process.")
    background: int = Field(default=min(2, os.cpu_count() or 1), ge=1, le=64, description="Worker processes.")
    batch_events: int = Field(default=500, ge=1, le=5000, description="Most events in one transaction.")
    warehouse_folder: Path | None = Field(
        default=None, description="Where history is kept as Parquet; default: `warehouse` in the data folder."
    )
    warehouse_seconds: float = Field(
        default=10.0, ge=1.0, le=3600.0, description="How often the warehouse looks for news."
    )
    warehouse_threads: int = Field(
        default=os.cpu_count() or 1, ge=1, le=256, description="Threads that count a report, in each process."
    )
    warehouse_memory: str = Field(
        default="1GB",
        pattern=r"^[1-9]\d* ?(MB|GB)$",
        description="Most memory for counting reports, in each process; what needs more goes to disk.",
    )
    warehouse_url: str = Field(
        default="",
        validation_alias="WAREHOUSE_URL",
        description="Another database in which reports are counted, as Ibis names it: clickhouse://, trino://, …",
    )
    log_level: str = "INFO"

    @field_validator("database_owner_url")
    @classmethod
    def _database_owner_url(cls, value: str, others: ValidationInfo) -> str:
        if value and not others.data.get("database_url"):
            raise ValueError("needs DATABASE_URL beside it, the role that serves on the same database")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("smtp", "smtps") or not urlsplit(value).hostname):
            raise ValueError("must look like smtp://user:password@host:587 or smtps://host:465")
        return value


CONFIG = Config()
DATA = CONFIG.data.absolute()


def secret_key() -> str:
    """The installation's own key, made at the first start and kept in the data folder."""
    path = DATA / "secret_key"
    if path.exists():
        return path.read_text().strip()
    DATA.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()


def database(url: str) -> dict[str, object]:
    """Django's settings for a `postgresql://` URL; its query parameters become libpq options."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "regulars",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": parts.port or options.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


SECRET_KEY = secret_key()
DEBUG = CONFIG.debug
ALLOWED_HOSTS = CONFIG.allowed_hosts
CSRF_TRUSTED_ORIGINS = [CONFIG.public_url]
DATABASES = {"default": database(CONFIG.database_url or postgres.serving_url(DATA / "postgres"))}
DATABASE_OWNER = database(CONFIG.database_owner_url or CONFIG.database_url or postgres.url(DATA / "postgres"))
"""For migrations only: `processes.owner`."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.Operator"
ROOT_URLCONF = "regulars.wiring"
WSGI_APPLICATION = "regulars.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "ninja",  # the OpenAPI page's own scripts, so that it needs no CDN
    "template_partials",
    "regulars.console",  # before allauth, whose pages it dresses
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "regulars.staff",
    "regulars.alerts",
    "regulars.members",
    "regulars.events",
    "regulars.ledger",
    "regulars.orders",
    "regulars.messaging",
    "regulars.benefits",
    "regulars.tiers",
    "regulars.plans",
    "regulars.audiences",
    "regulars.campaigns",
    "regulars.programme",
    "regulars.engine",
    "regulars.approvals",
    "regulars.imports",
    "regulars.insight.scoring",
    "regulars.insight.subscriptions",
    "regulars.insight.simulating",
    "regulars.insight.bulk",
    "regulars.portal",
]

MIDDLEWARE = [
    "regulars.ops.middleware.MeasureRequests",
    "regulars.ops.middleware.SpareTheApi",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "regulars.console.middleware.OperatorPlace",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "regulars.console.shell.frame",
            ],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"/dist/assets/[^/]+-[\w-]{8}\.\w+$"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.public_url.startswith("https://")

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "regulars.console.accounts.OperatorAdapter"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/console/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Regulars"
MFA_TOTP_TOLERANCE = 1  # a code of the 30 seconds before or after serves too (RFC 6238, 5.2)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = CONFIG.public_url.startswith("http://")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

LOGGING_CONFIG = None  # each process says where its logs go: kit.log
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # regulars.work names every job
