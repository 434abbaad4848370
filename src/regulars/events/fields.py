"""The fields of built-in event types: what each is called, and which a payload can't do without."""

from typing import Any

from regulars.events.contracts import FieldKind, PayloadField
from regulars.language.text import Text

TEXTS: dict[str, Text] = {
    "rule": {"zh-hans": "规则", "zh-hant": "規則", "en": "rule"},
    "order_id": {"zh-hans": "订单号", "zh-hant": "訂單編號", "en": "order number"},
    "total": {"zh-hans": "订单金额", "zh-hant": "訂單金額", "en": "order total"},
    "amount": {"zh-hans": "退款金额", "zh-hant": "退款金額", "en": "amount refunded"},
    "currency": {"zh-hans": "币种", "zh-hant": "幣別", "en": "currency"},
    "channel": {"zh-hans": "渠道", "zh-hant": "通路", "en": "channel"},
    "store": {"zh-hans": "门店", "zh-hant": "門市", "en": "store"},
    "sku": {"zh-hans": "商品编码", "zh-hant": "商品編號", "en": "product code"},
    "category": {"zh-hans": "品类", "zh-hant": "品類", "en": "category"},
    "rating": {"zh-hans": "评分", "zh-hant": "評分", "en": "rating"},
    "network": {"zh-hans": "分享平台", "zh-hant": "分享平台", "en": "network"},
    "invitee": {"zh-hans": "被邀请人", "zh-hant": "受邀人", "en": "person invited"},
    "survey": {"zh-hans": "问卷", "zh-hant": "問卷", "en": "survey"},
    "page": {"zh-hans": "页面", "zh-hant": "頁面", "en": "page"},
    "query": {"zh-hans": "搜索词", "zh-hant": "搜尋詞", "en": "search words"},
    "name": {"zh-hans": "名称", "zh-hant": "名稱", "en": "name"},
    "with_photo": {"zh-hans": "带图", "zh-hant": "附照片", "en": "with a photo"},
    "ladder": {"zh-hans": "等级体系", "zh-hant": "等級體系", "en": "ladder"},
    "before": {"zh-hans": "原等级", "zh-hant": "原等級", "en": "level before"},
    "after": {"zh-hans": "新等级", "zh-hant": "新等級", "en": "level after"},
    "level": {"zh-hans": "等级", "zh-hant": "等級", "en": "level"},
    "until": {"zh-hans": "有效期至", "zh-hant": "有效期限", "en": "until"},
    "asset": {"zh-hans": "资产", "zh-hant": "資產", "en": "asset"},
    "units": {"zh-hans": "数量", "zh-hant": "數量", "en": "units"},
    "reason": {"zh-hans": "原因", "zh-hant": "原因", "en": "reason"},
    "conversion": {"zh-hans": "兑换项目", "zh-hant": "兌換項目", "en": "conversion"},
    "wallet": {"zh-hans": "储值账户", "zh-hant": "儲值帳戶", "en": "wallet"},
    "topup": {"zh-hans": "充值金额", "zh-hant": "儲值金額", "en": "amount paid in"},
    "topup_back": {"zh-hans": "退还金额", "zh-hant": "退還金額", "en": "amount paid back"},
    "benefit": {"zh-hans": "权益", "zh-hant": "權益", "en": "benefit"},
    "audience": {"zh-hans": "人群", "zh-hant": "人群", "en": "audience"},
    "on": {"zh-hans": "加入", "zh-hant": "加入", "en": "put on"},
    "was": {"zh-hans": "此前状态", "zh-hant": "先前狀態", "en": "state before"},
    "topup_id": {"zh-hans": "充值单号", "zh-hant": "儲值單號", "en": "top-up number"},
}


def fields(
    shape: Any = None, **kinds: FieldKind | tuple[FieldKind, str] | tuple[FieldKind, str, str]
) -> dict[str, PayloadField]:
    """The fields of these kinds (with the key that they are stored under, and that of their name, where these are
    others); those that the payload's TypedDict can't do without are required."""
    needed = shape.__required_keys__ if shape is not None else ()
    found = {}
    for name, given in kinds.items():
        kind, path, text = (*given, name)[:3] if isinstance(given, tuple) else (given, name, name)
        found[name] = PayloadField(name, TEXTS[text], kind, path, path in needed)
    return found
