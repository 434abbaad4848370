"""Which encoding a text file is in. Pure.

A byte order mark says it; without one UTF-8 is nearly never right by accident. What is left in Chinese offices is GBK
(GB 18030) and Big5, whose bytes look alike: the one in which most characters are among the common ones of its own
table (level 1 of GB 2312: lead bytes B0 to D7; of Big5: A4 to C6) is it.
"""

import codecs
from collections.abc import Mapping

from regulars.imports.refusals import BadFile

UTF_8, GB, BIG5, UTF_16 = "utf-8-sig", "gb18030", "cp950", "utf-16"
ENCODINGS: Mapping[str, str] = {UTF_8: "UTF-8", GB: "GBK / GB 18030", BIG5: "Big5", UTF_16: "UTF-16"}
"""What a file may be in, and how it is called."""

CHUNK = 1 << 20
LOOKED_AT = 1 << 18
SURE_PAIRS = 10
COMMON_LEAST = 0.4
_MARKS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, UTF_16), (codecs.BOM_UTF16_BE, UTF_16))
_COMMON = {GB: (0xB0, 0xD7), BIG5: (0xA4, 0xC6)}
_CONTROL = frozenset(range(32)) - {9, 10, 13, 27}


def detect(data: bytes) -> str:
    """The encoding of `data`. Raises BadFile where it is no text, or in none that is known."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return require(data, encoding)
    head = data[:LOOKED_AT]
    if b"\0" in head:
        if _halves(head):
            return require(data, "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be")
        raise BadFile.not_text()
    if sum(byte in _CONTROL for byte in head) > len(head) / 200:
        raise BadFile.not_text()
    if decodes(data, UTF_8):
        return UTF_8
    pairs = _pairs(head)
    shares = {encoding: _share(pairs, *_COMMON[encoding]) for encoding in _COMMON if decodes(data, encoding)}
    best = max(shares, key=lambda encoding: shares[encoding], default=None)
    if best is None or (len(pairs) >= SURE_PAIRS and shares[best] < COMMON_LEAST):
        raise BadFile.encoding()
    return best


def require(data: bytes, encoding: str) -> str:
    """`encoding`, where `data` is written in it. Raises BadFile."""
    if not decodes(data, encoding):
        raise BadFile.not_in(name_of(encoding))
    return encoding


def name_of(encoding: str) -> str:
    """How people call it."""
    return ENCODINGS.get(encoding) or ENCODINGS[UTF_16]


def decodes(data: bytes, encoding: str) -> bool:
    """Whether all of `data` is written in it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), CHUNK):
            decoder.decode(data[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _halves(head: bytes) -> bool:
    """Whether every other byte is nearly always nothing: UTF-16 without a mark, of mostly western text."""
    half = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    return half > 0 and max(even, odd) > half * 0.3 and min(even, odd) < half * 0.05


def _pairs(head: bytes) -> list[int]:
    """The lead bytes of what two bytes write."""
    found, place = [], 0
    while place < len(head) - 1:
        if head[place] < 0x80:
            place += 1
        else:
            found.append(head[place])
            place += 2
    return found


def _share(pairs: list[int], first: int, last: int) -> float:
    return sum(first <= lead <= last for lead in pairs) / len(pairs) if pairs else 0.0
