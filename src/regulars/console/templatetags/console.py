"""What the console's templates need beyond Django's: formats, icons, assets, links that keep the query."""

import json
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from regulars.console import assets, formats
from regulars.console import icons as drawn
from regulars.console.asked import person as person_name
from regulars.engine.queries import Verdict
from regulars.language.channels import channel_name
from regulars.language.text import Text
from regulars.language.text import say as say_text
from regulars.ledger.contracts import Asset
from regulars.orders.contracts import TotalsRow
from regulars.programme import sentences
from regulars.programme.contracts import Programme

register = template.Library()

IDENTITIES = {
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "card": gettext_lazy("Card number"),
    "wechat": gettext_lazy("WeChat"),
    "wechat_union": gettext_lazy("WeChat (union ID)"),
    "wecom": gettext_lazy("WeCom"),
    "weibo": gettext_lazy("Weibo"),
    "alipay": gettext_lazy("Alipay"),
    "pos": gettext_lazy("Till"),
    "external": gettext_lazy("External ID"),
}
SOURCES = {
    "timer": gettext_lazy("Calendar"),
    "rules": gettext_lazy("Rules"),
    "portal": gettext_lazy("Members' pages"),
    "console": gettext_lazy("Console"),
    "approvals": gettext_lazy("Approvals"),
    "import": gettext_lazy("Import"),
}
"""Sources that are Regulars itself."""
STATUSES = {"active": gettext_lazy("Active"), "merged": gettext_lazy("Merged")}
GENDERS = {"male": gettext_lazy("Male"), "female": gettext_lazy("Female"), "other": gettext_lazy("Other")}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    return drawn.icon(name, extra)


@register.simple_tag
def console_assets() -> SafeString:
    """The console's style sheet and script."""
    sheets = format_html_join("", '<link rel="stylesheet" href="{}">', ((url,) for url in assets.styles()))
    return format_html('{}<script type="module" src="{}"></script>', sheets, assets.script())


@register.simple_tag
def demo_operator() -> dict[str, str] | None:
    """The demo's operator, whom the sign-in page names; None outside the demo."""
    if not settings.CONFIG.demo:
        return None
    try:
        found = json.loads((settings.DATA / "demo.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return {"email": str(found["email"]), "password": str(found["password"])}


@register.simple_tag(takes_context=True)
def passkeys_here(context: Context) -> bool:
    """Whether browsers allow passkeys at the page's address: a host name (no IP address), over TLS or localhost."""
    request: HttpRequest = context["request"]
    host = (urlsplit(f"//{request.get_host()}").hostname or "").rstrip(".")
    try:
        ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The page's own address with these parameters changed; None or "" takes one out, `cursor` never stays."""
    request: HttpRequest = context["request"]
    values = request.GET.copy()
    values.pop("cursor", None)
    for name, value in changes.items():
        if value in (None, ""):
            values.pop(name, None)
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}" if values else "?"


@register.simple_tag(takes_context=True)
def query_at(context: Context, cursor: str) -> str:
    """The page's own address, further on."""
    values = context["request"].GET.copy()
    values["cursor"] = cursor
    return f"?{values.urlencode()}"


@register.filter
def net(totals: TotalsRow, programme: Programme) -> str:
    """What a member spent, less what went back."""
    return formats.money(totals.spend_minor - totals.refunded_minor, programme)


@register.filter
def num(value: Any) -> str:
    return formats.number(value)


@register.filter
def money(minor: int | None, programme: Programme) -> str:
    return formats.money(minor, programme)


@register.filter
def units(amount: int | None, asset: Asset | None) -> str:
    return formats.units(amount, asset)


@register.filter
def percent(share: float | None) -> str:
    return formats.percent(share)


@register.filter
def day(value: date | datetime | None) -> str:
    return formats.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    return formats.moment(value)


@register.filter
def ago(value: datetime | None) -> str | SafeString:
    """Relative, with the exact moment on hover."""
    if value is None:
        return formats.NOTHING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        formats.exactly(value),
        formats.ago(value),
    )


@register.filter
def at(value: datetime | None) -> str | SafeString:
    """Absolute, with seconds and zone on hover."""
    if value is None:
        return formats.NOTHING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        formats.exactly(value),
        formats.moment(value),
    )


@register.filter
def say(text: Text | None) -> str:
    """A brand's text in the reader's language."""
    return say_text(text, get_language() or "en") if text else ""


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.filter
def pretty(value: Any) -> str:
    """JSON as a person reads it."""
    return json.dumps(value, ensure_ascii=False, indent=2)


@register.filter
def last_day(ends: datetime | None) -> str:
    """The last day on which something that ends at that moment can be used."""
    return formats.day(ends - timedelta(microseconds=1) if ends else None)


@register.filter
def identity_kind(kind: str) -> str:
    return str(IDENTITIES.get(kind, kind))


@register.filter
def member_status(status: str) -> str:
    return str(STATUSES.get(status, status))


@register.filter
def person(by: str) -> str:
    return person_name(by)


@register.filter
def gender_name(gender: str) -> str:
    return str(GENDERS.get(gender, gender))


@register.filter
def unsigned(amount: str) -> str:
    """`+24 points` without its sign."""
    return amount.lstrip("+-−")


@register.filter
def reasons(verdict: Verdict) -> str:
    """Why a rule held or not, without its name, which stands before it."""
    said = verdict.sentence
    for opening, closing in ("“”", "「」"):
        said = said.removeprefix(f"{opening}{verdict.name}{closing}")
    said = said.strip()
    return said[:1].upper() + said[1:]


@register.filter
def source_name(source: str) -> str:
    """Where an event came from: Regulars' own sources by what they are, others by the name they gave themselves."""
    if source in SOURCES:
        return str(SOURCES[source])
    named = channel_name(source)
    return say_text(named, get_language() or "en") if named else source


@register.filter
def stated(field: BoundField) -> str:
    """What was filled in, as it reads: a choice by its name."""
    value = field.data
    choices = dict(getattr(field.field, "choices", ()))
    return str(choices.get(value, value))


@register.filter
def blanks(text: str) -> str:
    """A message's wording with “…” for what is put in."""
    return sentences.blanks(text)


@register.filter
def chance(share: float) -> str:
    """A chance as one says it: 42%, never quite none or all where it is not."""
    whole = round(share * 100)
    if share < 1 and whole > 99:
        return "> 99%"
    return "< 1%" if share > 0 and whole < 1 else f"{whole}%"
