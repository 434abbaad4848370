"""Readable pseudonyms. They name nobody: a household's number picks a family name and a given name."""

FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀兰",
    "霞",
    "平",
    "刚",
    "桂英",
    "志强",
    "建国",
    "建华",
    "小红",
    "海燕",
    "文博",
    "子涵",
    "雨欣",
    "思远",
    "嘉怡",
    "晓东",
    "佳琪",
    "梓轩",
    "若曦",
    "一诺",
    "俊熙",
    "诗琪",
    "欣妍",
    "浩然",
    "婉清",
    "立新",
    "春梅",
    "国栋",
    "玉兰",
    "雪梅",
    "云飞",
    "少华",
    "景行",
    "知远",
)


def pseudonym(household: int) -> str:
    """The name of a household, always the same; 2,500 households have 2,500 different names."""
    number = (household * 1009 + 77) % (len(FAMILY) * len(GIVEN))
    return FAMILY[number % len(FAMILY)] + GIVEN[number // len(FAMILY)]
