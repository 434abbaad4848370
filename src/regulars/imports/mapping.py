"""Which column says what: found out from headings in Chinese and English, or from what stands below them. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from regulars.imports import cells
from regulars.imports.delimited import Table
from regulars.imports.refusals import BadFile
from regulars.language.problems import words
from regulars.language.text import Text, say
from regulars.programme.contracts import Programme

LEFT_OUT = ""
"""The target of a column that is not read."""
ID, NAME, GENDER, BIRTHDAY, LANGUAGE = "id", "name", "gender", "birthday", "language"
TAGS, STORE, CHANNEL, JOINED = "tags", "store", "channel", "joined"
IDENTITY = "identity."
ATTRIBUTE = "attribute."
CONSENT = "consent."
EMAIL_CONSENT = f"{CONSENT}email"

FIELDS: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    f"{IDENTITY}phone": (
        words("手机号", "手機號碼", "Phone"),
        ("手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "移动电话", "联系方式", "会员手机",
         "手機", "手機號", "手機號碼", "電話", "電話號碼", "聯絡電話", "行動電話", "連絡電話",
         "phone", "phone number", "mobile", "mobile phone", "mobile number", "cell", "cellphone", "tel", "telephone"),
    ),
    f"{IDENTITY}email": (
        words("邮箱", "電子郵件", "E-mail"),
        ("邮箱", "电子邮箱", "邮箱地址", "电子邮件", "邮件", "郵箱", "電子郵件", "電子信箱", "信箱", "郵件",
         "email", "e-mail", "mail", "email address", "e-mail address"),
    ),
    f"{IDENTITY}card": (
        words("会员卡号", "會員卡號", "Card number"),
        ("卡号", "会员卡号", "会员卡", "实体卡号", "卡號", "會員卡號", "會員卡", "card", "card number", "card no",
         "membership card"),
    ),
    f"{IDENTITY}external": (
        words("会员编号（其他系统）", "會員編號（其他系統）", "Member number (another system)"),
        ("会员号", "会员编号", "会员编码", "客户编号", "客户号", "會員號", "會員編號", "客戶編號", "用户id", "会员id",
         "member number", "member no", "member code", "customer id", "customer number", "external id", "external"),
    ),
    f"{IDENTITY}wechat": (
        words("微信 OpenID", "微信 OpenID", "WeChat OpenID"), ("openid", "微信openid", "wechat", "wechat openid")
    ),
    f"{IDENTITY}wechat_union": (
        words("微信 UnionID", "微信 UnionID", "WeChat UnionID"),
        ("unionid", "微信unionid", "wechat unionid"),
    ),
    f"{IDENTITY}wecom": (
        words("企业微信", "企業微信", "WeCom"), ("企业微信", "企業微信", "wecom", "external_userid")
    ),
    f"{IDENTITY}pos": (
        words("收银系统编号", "POS 編號", "POS id"), ("pos", "pos id", "pos编号", "收银系统编号", "pos 編號")
    ),
    ID: (words("会员 ID", "會員 ID", "Member id"), ("id", "regulars id")),
    NAME: (
        words("姓名", "姓名", "Name"),
        ("姓名", "名字", "会员姓名", "客户姓名", "会员名", "称呼", "昵称", "會員姓名", "客戶姓名", "稱呼", "暱稱",
         "name", "full name", "member name", "customer name", "nickname"),
    ),
    GENDER: (words("性别", "性別", "Gender"), ("性别", "性別", "gender", "sex")),
    BIRTHDAY: (
        words("生日", "生日", "Birthday"),
        ("生日", "出生日期", "出生年月", "出生年月日", "birthday", "birth date", "date of birth", "birthdate", "dob"),
    ),
    LANGUAGE: (words("语言", "語言", "Language"), ("语言", "語言", "language", "lang", "locale")),
    TAGS: (words("标签", "標籤", "Tags"), ("标签", "会员标签", "標籤", "會員標籤", "tag", "tags", "labels")),
    STORE: (
        words("入会门店", "入會門市", "Joined at store"),
        ("门店", "门店编号", "入会门店", "开卡门店", "店铺", "門市", "門店", "入會門市", "店鋪", "store", "shop",
         "store id"),
    ),
    CHANNEL: (
        words("入会渠道", "入會通路", "Joined through channel"),
        ("渠道", "入会渠道", "注册渠道", "通路", "入會通路", "渠道", "channel"),
    ),
    JOINED: (
        words("入会时间", "入會時間", "Joined on"),
        ("入会时间", "入会日期", "注册时间", "注册日期", "开卡日期", "开卡时间", "入會時間", "入會日期", "註冊時間",
         "註冊日期", "joined", "joined at", "joined on", "join date", "registered", "registered at", "signup date"),
    ),
    EMAIL_CONSENT: (
        words("同意接收营销邮件", "同意接收行銷郵件", "Consents to marketing e-mail"),
        ("同意邮件营销", "邮件订阅", "接收邮件", "郵件訂閱", "接收郵件", "email consent", "email opt-in", "newsletter"),
    ),
}  # fmt: skip
"""Target → what it is called, and the headings that mean it."""

SEVERAL = (IDENTITY, TAGS)
"""Targets that several columns may have."""
CONTENT_SHARE = 0.6

_NOISE = re.compile(r"[\s_\-*:：/（）()\[\]【】.·]+")
_ASIDE = re.compile(r"[（(\[【].*?[)）\]】]")


def targets(programme: Programme) -> dict[str, Text]:
    """All that a column can say, under this programme."""
    found = {name: label for name, (label, _headings) in FIELDS.items()}
    return found | {f"{ATTRIBUTE}{one.id}": one.name for one in programme.attributes.values()}


def guess(table: Table, programme: Programme) -> tuple[str, ...]:
    """A target for each column: by its heading, else by what most of its samples are."""
    known = _known() | _attributes(programme)
    found: list[str] = []
    for place, heading in enumerate(table.headings):
        target = _by_heading(heading, known) if table.form.has_header else LEFT_OUT
        target = target or _by_content(table.samples[place])
        if target == ID and not all(map(cells.looks_like_id, table.samples[place])):
            target = f"{IDENTITY}external"
        taken = target in found and not target.startswith(SEVERAL)
        found.append(LEFT_OUT if taken else target)
    return tuple(found)


def check(mapping: Sequence[str], programme: Programme, something_for_all: bool) -> None:
    """That the mapping says whose row it is, and what to do. Raises BadFile."""
    names = targets(programme)
    for target in mapping:
        if target and mapping.count(target) > 1 and not target.startswith(SEVERAL):
            label = names.get(target, {"en": target})
            raise BadFile.twice(say(label, "zh-hans"))
    if not any(target == ID or target.startswith(IDENTITY) for target in mapping):
        raise BadFile.nobody()
    only_id = all(not target or target == ID for target in mapping)
    if only_id and not something_for_all:
        raise BadFile.nothing_to_do()


def _by_heading(heading: str, known: Mapping[str, str]) -> str:
    bare = _bare(_ASIDE.sub("", heading)) or _bare(heading)
    exact = known.get(bare) or known.get(_bare(heading))
    if exact:
        return exact
    inside = [name for name in known if len(name) >= 2 and not name.isascii() and bare.endswith(name)]
    return known[max(inside, key=len)] if inside else LEFT_OUT


def _by_content(samples: Sequence[str]) -> str:
    if not samples:
        return LEFT_OUT
    for looks, target in (
        (cells.looks_like_email, f"{IDENTITY}email"),
        (_mobile, f"{IDENTITY}phone"),
    ):
        if sum(map(looks, samples)) >= len(samples) * CONTENT_SHARE:
            return target
    return LEFT_OUT


def _mobile(text: str) -> bool:
    """A phone and not any long number: a mainland mobile, or one written with its country."""
    if not cells.looks_like_phone(text):
        return False
    clean = re.sub(r"[ ().-]", "", cells.digits(cells.plain(text)))
    return clean.startswith("+") or bool(re.fullmatch(r"(86)?1[3-9]\d{9}|09\d{8}", clean))


def _bare(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {_bare(heading): target for target, (label, headings) in FIELDS.items()
            for heading in (*headings, *label.values())}  # fmt: skip


def _attributes(programme: Programme) -> dict[str, str]:
    return {
        _bare(name): f"{ATTRIBUTE}{one.id}"
        for one in programme.attributes.values()
        for name in (one.id, *one.name.values())
    }
