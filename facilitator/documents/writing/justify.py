"""Both margins straight for Chinese: WeasyPrint 70 stretches spaces only, and Chinese has none.

The spare width of a line is shared among the gaps after ideographs and spaces (CSS Text 3, `inter-ideograph`). Three
functions of WeasyPrint are replaced; the version is pinned, and a test measures a set line.
"""

from __future__ import annotations

import re
from typing import Any

# Ideographs, kana-free CJK punctuation, full-width forms, and the dashes and quotes that stand among them.
WIDE = "—‘’“”…⺀-〿ㄅ-ㄯ㈀-鿿豈-﫿︰-﹏＀-￯\U00020000-\U0003ffff"
GAP = re.compile(f"[{WIDE} \u00a0]")
RUN = re.compile(f"[{WIDE}]+")
SLACK = 3
"""A line that lacks more than so many characters looks better ragged."""


def install() -> None:
    """Teach the imported WeasyPrint; calling it twice changes nothing."""
    from weasyprint.layout import inline
    from weasyprint.text import line_break

    if inline.justify_line is _justify_line:
        return
    inline.count_expandable_spaces = _gaps
    inline.justify_line = _justify_line
    line_break.Layout.set_text = _with_spread_ideographs(line_break.Layout.set_text)


def _gaps(box: Any) -> int:
    if hasattr(box, "text"):
        return len(GAP.findall(box.text))
    return sum(_gaps(child) for child in getattr(box, "children", ())) if _is_inline(box) else 0


def _is_inline(box: Any) -> bool:
    from weasyprint.formatting_structure import boxes

    return isinstance(box, boxes.LineBox | boxes.InlineBox)


def _justify_line(context: Any, line: Any, spare: float) -> None:
    from weasyprint.layout import inline

    gaps = _gaps(line)
    if not gaps or spare > SLACK * line.style["font_size"]:
        return
    # The last character's gap falls beyond the margin, so the others share what it would have had.
    if gaps > 1 and GAP.match(_last_char(line)):
        spare *= gaps / (gaps - 1)
    inline.add_word_spacing(context, line, spare / gaps, 0)


def _last_char(line: Any) -> str:
    box = line
    while getattr(box, "children", None):
        box = box.children[-1]
    return (getattr(box, "text", "") or "x")[-1]


def _with_spread_ideographs(set_text: Any) -> Any:
    def spread(layout: Any, text: str, justify: bool = False) -> None:
        set_text(layout, text, justify)
        if justify and layout.justification_spacing and RUN.search(layout.text):
            _space_letters(layout)

    return spread


def _space_letters(layout: Any) -> None:
    from weasyprint.text.ffi import TO_UNITS, ffi, pango

    marks = pango.pango_layout_get_attributes(layout.layout)
    if marks == ffi.NULL:
        marks = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    letter_spacing = layout.style["letter_spacing"]
    base = 0 if letter_spacing == "normal" else letter_spacing
    for run in RUN.finditer(layout.text):
        mark = pango.pango_attr_letter_spacing_new(int((base + layout.justification_spacing) * TO_UNITS))
        mark.start_index = len(layout.text[: run.start()].encode())
        mark.end_index = mark.start_index + len(run.group().encode())
        pango.pango_attr_list_change(marks, mark)
    pango.pango_layout_set_attributes(layout.layout, marks)
