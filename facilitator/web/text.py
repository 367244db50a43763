"""Text that people send: cleaned when it comes in, masked when others read it."""

from __future__ import annotations

import re
import unicodedata

# Direction overrides and invisible marks would let one person's line disturb the next one's.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
MARKS_TOGETHER = 3


def clean(text: str) -> str:
    """One line of text: NFC, no control or direction marks, at most three combining marks in a row."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return _calm(" ".join(text.split()))


def mask(text: str) -> str:
    """Hide the middle of mobile and identity numbers (Chinese formats)."""
    return _PHONE.sub(r"\1****\2", _IDENTITY.sub(r"\1********\2", text))


def mask_name(name: str) -> str:
    """王小明 → 王**; what leaves the room names nobody in full."""
    return name[:1] + "*" * min(2, max(1, len(name) - 1)) if name else ""


def _calm(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= MARKS_TOGETHER:
            kept.append(char)
    return "".join(kept)
