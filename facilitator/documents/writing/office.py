"""The page of GB/T 9704 in Word: type area, named faces, headings, page numbers. An empty document, ready to be filled.

No face travels with the file: the names are those that offices have, each with the one to take where it is missing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

WIDE, HIGH = 156, 225
"""Millimetres of the type area: 28 characters, 22 lines."""
LEAD = 29
BODY = 16
FANG, HEI, KAI, SONG, TITLE = "仿宋", "黑体", "楷体", "宋体", "方正小标宋简体"
LATIN, SANS = "Times New Roman", "Arial"
INSTEAD = {FANG: "FangSong", HEI: "SimHei", KAI: "KaiTi", SONG: "SimSun", TITLE: "SimSun"}
"""By the name of a face: its other name, or what to take instead."""
SOFT = RGBColor(0x5B, 0x66, 0x73)
CODES = {"zh": "zh-CN", "bi": "zh-CN", "en": "en-GB"}


def blank(title: str, subject: str, author: str, made_at: str, variant: str) -> WordDocument:
    """A document without a word in its body; header, footer, styles and properties are set."""
    document = Document()
    _set_page(document)
    _set_styles(document, variant)
    _name_faces(document)
    _set_properties(document, title, subject, author, made_at, variant)
    _set_margins_text(document, title)
    return document


def _set_page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.header_distance, section.footer_distance = Mm(24), Mm(26)
    for old in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001  no public way to the grid
        section._sectPr.remove(old)  # noqa: SLF001
    grid = '<w:docGrid {} w:type="lines" w:linePitch="580"/>'  # twentieths of a point
    section._sectPr.append(parse_xml(grid.format(nsdecls("w"))))  # noqa: SLF001


def _set_styles(document: WordDocument, variant: str) -> None:
    _set_text(document, variant)
    _set_headings(document, variant)
    for style in _smaller(document):
        _free(style)
    for name in ("Header", "Footer"):
        _space(_paragraph_style(document, name, (SANS, HEI, 9) if name == "Header" else (LATIN, SONG, 14)))
    document.styles["Header"].font.color.rgb = SOFT


def _set_text(document: WordDocument, variant: str) -> None:
    normal = document.styles["Normal"]
    _dress(normal, LATIN, FANG, BODY)
    language = f'<w:lang {nsdecls("w")} w:val="en-GB" w:eastAsia="zh-CN"/>'
    normal.element.get_or_add_rPr().append(parse_xml(language))
    _space(normal, exactly=LEAD)
    normal.paragraph_format.widow_control = True
    body = _paragraph_style(document, "Body Text", (LATIN, FANG, BODY), indent=_indent(variant), align=ALIGN.JUSTIFY)
    # A quarter of a point less between characters, so that 28 of them fill the 156 mm: a grid of characters would say
    # the same, but not every program reads it alike.
    body.element.rPr.find(qn("w:sz")).addprevious(parse_xml(f'<w:spacing {nsdecls("w")} w:val="-5"/>'))


def _indent(variant: str) -> int:
    """Points: two characters, where the paper is in Chinese."""
    return 2 * BODY if variant != "en" else 0


def _set_headings(document: WordDocument, variant: str) -> None:
    for name, face, latin in (("Heading 1", HEI, SANS), ("Heading 2", KAI, LATIN), ("Heading 3", FANG, LATIN)):
        style = _paragraph_style(document, name, (latin, face, BODY), indent=_indent(variant))
        style.font.bold = name == "Heading 3" or variant == "en"
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before = Pt(LEAD / 2 if name == "Heading 1" else 0)
    title = _paragraph_style(document, "Title", (LATIN, TITLE, 22), align=ALIGN.CENTER)
    _space(title, exactly=34, after=LEAD)
    borders = title.element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        title.element.pPr.remove(borders)
    subtitle = _paragraph_style(document, "Subtitle", (LATIN, KAI, BODY), align=ALIGN.CENTER)
    subtitle.font.italic = False


def _smaller(document: WordDocument) -> list[Any]:
    """What is set in another size than the text: captions, cells, quotes, pictures, lists."""
    small = _paragraph_style(document, "Caption", (SANS, HEI, 10), align=ALIGN.CENTER)
    small.font.bold, small.font.color.rgb = False, SOFT
    _space(small, before=3, after=9)
    above = document.styles.add_style("Table Title", WD_STYLE_TYPE.PARAGRAPH)
    above.base_style = small
    above.paragraph_format.keep_with_next = True
    cell = _paragraph_style(document, "List Paragraph", (LATIN, SONG, 11))
    _space(cell, before=1, after=1)
    cell.paragraph_format.left_indent = Pt(0)
    quote = _paragraph_style(document, "Quote", (LATIN, KAI, 14))
    quote.font.italic = False
    _space(quote, exactly=22, before=2, after=2)
    quote.paragraph_format.left_indent = Pt(2 * BODY)
    picture = _paragraph_style(document, "No Spacing", (LATIN, SONG, 11), align=ALIGN.CENTER)
    _space(picture, before=6)
    picture.paragraph_format.keep_with_next = True
    every = _paragraph_style(document, "List", (LATIN, SONG, 10.5))
    _space(every, after=3)
    every.paragraph_format.left_indent = every.paragraph_format.first_line_indent = Pt(0)
    told = _paragraph_style(document, "List Continue", (SANS, HEI, 10))
    told.font.color.rgb = SOFT
    _space(told, after=6)
    told.paragraph_format.left_indent, told.paragraph_format.first_line_indent = Pt(2 * BODY), Pt(0)
    counts = document.styles.add_style("Counts", WD_STYLE_TYPE.PARAGRAPH)
    counts.base_style = told
    counts.paragraph_format.keep_with_next = True
    return [small, cell, quote, picture, every, told]


def _paragraph_style(
    document: WordDocument, name: str, face: tuple[str, str, float] | None, indent: float = 0, align: Any = ALIGN.LEFT
) -> Any:
    style = document.styles[name]
    if face:
        _dress(style, *face)
    style.paragraph_format.first_line_indent = Pt(indent)
    style.paragraph_format.alignment = align
    _space(style, exactly=LEAD)
    return style


def _dress(style: Any, latin: str, han: str, size: float) -> None:
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    faces.attrib.clear()  # the names that a theme would choose
    for key, face in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", han)):
        faces.set(qn(f"w:{key}"), face)
    for spacing in style.element.rPr.findall(qn("w:spacing")):
        style.element.rPr.remove(spacing)


def _space(style: Any, exactly: float = 0, before: float = 0, after: float = 0) -> None:
    """From line to line; where nothing is said, as high as what stands in it."""
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    if exactly:
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(exactly)
    else:
        layout.line_spacing_rule = WD_LINE_SPACING.SINGLE


def _free(style: Any) -> None:
    """Its lines need not stand on the page's grid."""
    style.element.pPr.find(qn("w:spacing")).addprevious(parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>'))


def _name_faces(document: WordDocument) -> None:
    """The table of faces: under which other name Word finds each."""
    part = next(each for each in document.part.package.iter_parts() if each.partname == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in INSTEAD.items()
    )
    part._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()  # noqa: SLF001


def _set_properties(document: WordDocument, title: str, subject: str, author: str, made_at: str, variant: str) -> None:
    about = document.core_properties
    # A property holds 255 characters.
    about.title, about.subject, about.author = title[:255], subject[:255], author[:255]
    about.last_modified_by, about.comments, about.language = "聚议 Facilitator", "", CODES[variant]
    about.created = about.modified = datetime.fromisoformat(made_at).astimezone().replace(tzinfo=None)


def _set_margins_text(document: WordDocument, title: str) -> None:
    """The title above; below “— 1 —”, right on odd pages and left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    heads = (section.header, section.even_page_header)
    feet = ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT))
    for head in heads:
        head.is_linked_to_previous = False
        head.paragraphs[0].text = " ".join(title.split())[:60]
    for foot, side in feet:
        foot.is_linked_to_previous = False
        line = foot.paragraphs[0]
        line.alignment = side
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        line.add_run("— ")
        _field(line, "PAGE")
        line.add_run(" —")


def _field(line: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    line._p.append(field)  # noqa: SLF001
