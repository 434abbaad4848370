"""Pure rules about members: how an identity is written, so that one person has one spelling."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers

from regulars.members.contracts import BadIdentity

KIND = re.compile(r"[a-z_]{2,20}\Z")
VALUE_MAX = 254
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[\w](?:[\w-]{0,61}[\w])?\Z")
_PHONE = re.compile(r"\+?[0-9 ().\-/]{3,40}\Z")
_FORBIDDEN = frozenset({"Cc", "Cs", "Co", "Cn"})


@lru_cache(maxsize=32_768)
def normalise_identity(kind: str, value: str, region: str = "CN") -> tuple[str, str]:
    """The one spelling of an identity: `("phone", "138 0000 0000")` → `("phone", "+8613800000000")`.

    Phones become E.164 (`region` says which country a number without `+` is in), e-mail addresses lower
    case, card numbers lose their spaces; every other kind (`wechat`, `wecom`, `pos`, a brand's own in
    `[a-z_]{2,20}`) keeps its case and loses only the space around it.
    Raises `BadIdentity` where kind or value can't be one.
    """
    if not KIND.match(kind):
        raise BadIdentity.kind(kind)
    text = unicodedata.normalize("NFKC", value).strip()
    if not text:
        raise BadIdentity.empty(kind)
    if len(text) > VALUE_MAX:
        raise BadIdentity.long(kind, VALUE_MAX)
    if any(unicodedata.category(character) in _FORBIDDEN for character in text):
        raise BadIdentity.characters(kind)
    if kind == "phone":
        return kind, _phone(text, region)
    if kind == "email":
        return kind, _email(text)
    if kind == "card":
        return kind, "".join(text.split())
    return kind, text


def _phone(text: str, region: str) -> str:
    """E.164; refuses what no country could dial."""
    if not _PHONE.match(text):
        raise BadIdentity.phone(text)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise BadIdentity.phone(text) from None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise BadIdentity.phone(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str:
    lowered = text.lower()
    if not _EMAIL.match(lowered) or ".." in lowered or lowered.startswith(".") or ".@" in lowered:
        raise BadIdentity.email(text)
    return lowered


def split_reference(reference: str) -> tuple[str, str] | None:
    """`phone:+8613800000000` → its kind and value as written; None where `reference` names no kind."""
    kind, colon, value = reference.partition(":")
    return (kind, value) if colon and KIND.match(kind) else None
