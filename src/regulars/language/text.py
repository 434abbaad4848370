"""Texts that a brand writes in several languages."""

from collections.abc import Mapping

LANGUAGES = ("zh-hans", "zh-hant", "en")
"""What every interface text exists in, in the order tried when a language is missing."""

Text = Mapping[str, str]
"""Language code (lower case, one of `LANGUAGES`) → the text."""


def say(text: Text, language: str) -> str:
    """`text` in `language`, else in the nearest language that has it; a Chinese reader gets Chinese first."""
    if language in text:
        return text[language]
    order = LANGUAGES if language.startswith("zh") else ("en", *LANGUAGES)
    return next((text[code] for code in order if code in text), "")
