"""How templates are read: laid out over lines for people, sent without what only lays them out.

The line break after a block tag or a comment isn't sent, nor is the indentation of any line. So a line may break after
`%}` and inside a tag wherever it likes; where no space shall be seen, `{%-`, `{{-` and `-}}` take the line break away.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2.ext import Extension

_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Flush(Extension):
    """Every line starts at the margin; their numbers stay what they were."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return _INDENTATION.sub("", source)


OPTIONS: dict[str, Any] = {"trim_blocks": True, "extensions": [Flush]}
