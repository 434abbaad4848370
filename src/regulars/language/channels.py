"""What the usual channels are called. A brand's own codes have no name: they are shown as codes. Pure."""

from regulars.language.problems import words
from regulars.language.text import Text

CHANNELS: dict[str, Text] = {
    "store": words("门店", "門市", "Stores"),
    "pos": words("收银台", "收銀台", "Till"),
    "online": words("线上", "線上", "Online"),
    "web": words("官网", "官網", "Website"),
    "app": words("App", "App", "App"),
    "miniprogram": words("小程序", "小程式", "Mini program"),
    "wechat": words("微信", "微信", "WeChat"),
    "wecom": words("企业微信", "企業微信", "WeCom"),
    "line": words("LINE", "LINE", "LINE"),
    "tmall": words("天猫", "天貓", "Tmall"),
    "taobao": words("淘宝", "淘寶", "Taobao"),
    "jd": words("京东", "京東", "JD.com"),
    "pinduoduo": words("拼多多", "拼多多", "Pinduoduo"),
    "douyin": words("抖音", "抖音", "Douyin"),
    "xiaohongshu": words("小红书", "小紅書", "Xiaohongshu"),
    "meituan": words("美团", "美團", "Meituan"),
    "eleme": words("饿了么", "餓了麼", "Ele.me"),
    "phone": words("电话", "電話", "Phone"),
    "email": words("邮件", "電子郵件", "E-mail"),
}
SPELT = {"mini_program": "miniprogram", "mini-program": "miniprogram", "website": "web", "offline": "store"}
"""Other ways to write them."""


def channel_name(code: str) -> Text | None:
    """What a channel is called; None: the brand's own code, which has no name."""
    known = code.strip().lower()
    return CHANNELS.get(SPELT.get(known, known))
