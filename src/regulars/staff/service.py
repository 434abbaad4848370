"""Operators and API keys: making, changing, recognising, ending them, and the audit trail of it."""

import secrets
import threading
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q

from regulars.kit import clock
from regulars.staff import keys
from regulars.staff.contracts import KeyHolder, NoSuchOperator, Scope, StaffProblem
from regulars.staff.models import ApiKey, AuditEntry, Operator

NAME_LENGTH = 100
NOTE_USE_EVERY = timedelta(minutes=1)
COMMAND_LINE = "command line"


def audit(actor: str, action: str, subject: str = "", **detail: Any) -> None:
    """Note a deed, in the caller's transaction."""
    AuditEntry.objects.create(actor=actor[:200], action=action, subject=subject[:200], detail=detail)


@transaction.atomic
def create_operator(
    email: str,
    name: str = "",
    role: str = Operator.Role.ADMIN,
    password: str | None = None,
    actor: str = COMMAND_LINE,
) -> tuple[Operator, str]:
    """A new operator and their password, made up where none is given.

    Refuses: an address that is none or is taken, an unknown role, a password that is short or common.
    """
    address = email.strip().lower()
    _check_operator(address, name, role)
    word = password or secrets.token_urlsafe(12)
    try:
        validate_password(word, Operator(email=address, name=name))
    except ValidationError as error:
        raise StaffProblem(_same(" ".join(error.messages)), field="password") from None
    try:
        with transaction.atomic():
            operator = Operator.objects.create_user(address, word, name=name.strip(), role=role)
    except IntegrityError:
        raise StaffProblem(
            {
                "zh-hans": f"运营人员 {address} 已存在。",
                "zh-hant": f"營運人員 {address} 已存在。",
                "en": f"There is an operator {address} already.",
            },
            field="email",
        ) from None
    audit(actor, "operator.created", address, role=role)
    return operator, word


@transaction.atomic
def change_operator(operator_id: int, name: str, role: str, actor: str) -> None:
    """Another name or role. Refuses one's own role (somebody else changes it), and to leave no administrator."""
    _check_name(name)
    _check_role(role)
    operator = _locked(operator_id)
    before = {"name": operator.name, "role": operator.role}
    if role != operator.role:
        _not_oneself(operator, actor, "role")
        if role != Operator.Role.ADMIN:
            _not_the_last_administrator(operator, "role")
    operator.name, operator.role = name.strip(), role
    after = {"name": operator.name, "role": operator.role}
    if after == before:
        return
    operator.save(update_fields=["name", "role"])
    changed = {key: [before[key], after[key]] for key in after if after[key] != before[key]}
    audit(actor, "operator.changed", operator.email, **changed)


@transaction.atomic
def change_own_profile(operator_id: int, name: str, language: str) -> None:
    """What operators say about themselves: their name, and the language of their pages (empty: the browser's)."""
    _check_name(name)
    operator = _locked(operator_id)
    before = operator.name
    operator.name, operator.language = name.strip(), language
    operator.save(update_fields=["name", "language"])
    if operator.name != before:
        audit(operator.email, "operator.changed", operator.email, name=[before, operator.name])


@transaction.atomic
def set_operator_active(operator_id: int, active: bool, actor: str) -> bool:
    """Let an operator sign in or not; whoever is signed in is out with the next click. False: it was so before.

    Refuses to lock out oneself, and to leave no administrator.
    """
    operator = _locked(operator_id)
    if operator.is_active == active:
        return False
    if not active:
        _not_oneself(operator, actor)
        _not_the_last_administrator(operator)
    operator.is_active = active
    operator.save(update_fields=["is_active"])
    audit(actor, "operator.enabled" if active else "operator.disabled", operator.email)
    return True


@transaction.atomic
def reset_password(operator_id: int, actor: str) -> str:
    """A new password, made up and given out this once; it ends the operator's sessions. Refuses one's own."""
    operator = _locked(operator_id)
    _not_oneself(operator, actor)
    word = secrets.token_urlsafe(12)
    operator.set_password(word)
    operator.save(update_fields=["password"])
    audit(actor, "operator.password_reset", operator.email)
    return word


@transaction.atomic
def forget_second_step(operator_id: int, actor: str) -> bool:
    """Take off app, passkeys and recovery codes, for somebody who has lost them. False: there were none.

    Refuses one's own: those are taken off on one's own page, which asks for them first.
    """
    operator = _locked(operator_id)
    _not_oneself(operator, actor)
    gone, _each = Authenticator.objects.filter(user_id=operator.pk).delete()
    if gone:
        audit(actor, "operator.two_step_reset", operator.email)
    return bool(gone)


def _locked(operator_id: int) -> Operator:
    """The operator, with every administrator locked too (in one order), so that two can't unseat each other."""
    wanted = Q(pk=operator_id) | Q(role=Operator.Role.ADMIN)
    found = {each.pk: each for each in Operator.objects.select_for_update().filter(wanted).order_by("pk")}
    if operator_id not in found:
        raise NoSuchOperator
    return found[operator_id]


def _not_oneself(operator: Operator, actor: str, field: str = "") -> None:
    if operator.email == actor:
        raise StaffProblem(
            {
                "zh-hans": "不能对自己这样操作，请另一位管理员来做。",
                "zh-hant": "不能對自己這樣操作，請由另一位管理員處理。",
                "en": "You can't do this to yourself: ask another administrator.",
            },
            field=field,
        )


def _not_the_last_administrator(operator: Operator, field: str = "") -> None:
    admins = Operator.objects.filter(role=Operator.Role.ADMIN, is_active=True)
    if operator.role == Operator.Role.ADMIN and not admins.exclude(pk=operator.pk).exists():
        raise StaffProblem(
            {
                "zh-hans": "这是唯一可用的管理员，请先指定另一位管理员。",
                "zh-hant": "這是唯一可用的管理員，請先指定另一位管理員。",
                "en": "This is the only administrator left: make somebody else one first.",
            },
            field=field,
        )


@transaction.atomic
def create_api_key(name: str, scopes: list[str], actor: str = COMMAND_LINE) -> str:
    """A new key, in plain this once: only its digest is kept. Refuses a key without name or scope, unknown scopes."""
    label = name.strip()
    if not label or len(label) > NAME_LENGTH:
        raise StaffProblem(
            {
                "zh-hans": f"请给密钥起一个名字，最多 {NAME_LENGTH} 个字符。",
                "zh-hant": f"請為金鑰命名，最多 {NAME_LENGTH} 個字元。",
                "en": f"Give the key a name of at most {NAME_LENGTH} characters.",
            },
            field="name",
        )
    known = [scope.value for scope in Scope]
    unknown = [scope for scope in scopes if scope not in known]
    if unknown or not scopes:
        raise StaffProblem(
            {
                "zh-hans": f"权限范围 {'、'.join(unknown) or '为空'} 无效，可用：{'、'.join(known)}。",
                "zh-hant": f"權限範圍 {'、'.join(unknown) or '為空'} 無效，可用：{'、'.join(known)}。",
                "en": (f"Unknown scope {', '.join(unknown)}" if unknown else "A key needs at least one scope")
                + f"; scopes are {', '.join(known)}.",
            },
            field="scopes",
        )
    plain, prefix = keys.make()
    ApiKey.objects.create(
        name=label,
        prefix=prefix,
        digest=keys.digest(plain),
        scopes=list(dict.fromkeys(scopes)),
        created_by=actor[:200],
    )
    audit(actor, "apikey.created", prefix, name=label, scopes=scopes)
    return plain


def authenticate_key(plain: str) -> KeyHolder | None:
    """Who shows this key; None for one that is unknown or revoked (noticed within seconds)."""
    found = _memory.find(plain)
    if found is None:
        return None
    key_id, holder = found
    _note_use(key_id)
    return holder


@transaction.atomic
def revoke_api_key(key_id: int, actor: str) -> bool:
    """End a key for good; False when it was ended before or never was."""
    ended = ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=clock.now())
    if ended:
        key = ApiKey.objects.only("prefix", "name").get(pk=key_id)
        audit(actor, "apikey.revoked", key.prefix, name=key.name)
        transaction.on_commit(_memory.forget)
    return bool(ended)


def forget_keys() -> None:
    """Make this process ask the database about every key again."""
    _memory.forget()
    _noted.clear()


def _look_up(fingerprint: bytes) -> tuple[int, KeyHolder] | None:
    row = (
        ApiKey.objects.filter(digest=fingerprint, revoked_at=None)
        .only("name", "scopes", "created_by")
        .first()
    )
    return (row.pk, KeyHolder(row.name, frozenset(row.scopes), row.created_by)) if row else None


_memory = keys.Memory(_look_up)
_noted: dict[int, datetime] = {}
_noting = threading.Lock()


def _note_use(key_id: int) -> None:
    """Remember when the key was last used, written at most once a minute by each process, and only if older."""
    now = clock.now()
    with _noting:
        before = _noted.get(key_id)
        if before is not None and now - before < NOTE_USE_EVERY:
            return
        _noted[key_id] = now
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
    ApiKey.objects.filter(stale, pk=key_id).update(last_used_at=now)


def _check_operator(address: str, name: str, role: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise StaffProblem(
            {
                "zh-hans": f"{address!r} 不是有效的邮箱地址。",
                "zh-hant": f"{address!r} 不是有效的電子郵件地址。",
                "en": f"{address!r} is not an e-mail address.",
            },
            field="email",
        ) from None
    _check_name(name)
    _check_role(role)


def _check_name(name: str) -> None:
    if len(name.strip()) > NAME_LENGTH:
        raise StaffProblem(
            {
                "zh-hans": f"姓名最多 {NAME_LENGTH} 个字符。",
                "zh-hant": f"姓名最多 {NAME_LENGTH} 個字元。",
                "en": f"A name has at most {NAME_LENGTH} characters.",
            },
            field="name",
        )


def _check_role(role: str) -> None:
    roles = [choice.value for choice in Operator.Role]
    if role not in roles:
        raise StaffProblem(
            {
                "zh-hans": f"角色 {role!r} 不存在，可选：{'、'.join(roles)}。",
                "zh-hant": f"角色 {role!r} 不存在，可選：{'、'.join(roles)}。",
                "en": f"There is no role {role!r}; roles are {', '.join(roles)}.",
            },
            field="role",
        )


def _same(text: str) -> dict[str, str]:
    """A sentence that Django has translated into the reader's language already."""
    return dict.fromkeys(("zh-hans", "zh-hant", "en"), text)
