"""Codes that a clerk scans from the member's screen."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str) -> SafeString:
    """`text` as an inline SVG that scales with its box: black on white, with its quiet zone."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=3, dark="#000", light="#fff",
        svgclass="qr", lineclass=None, title=None,
    )  # fmt: skip
    return mark_safe(out.getvalue().decode())  # segno draws a path; `text` itself is not in it
