"""A paper as Word: the same sentences, tables, charts and pictures as the PDF, as plain paragraphs that offices edit.

The page's own markup is read, ours alone and well known: a heading becomes a heading, a table a table, whatever holds
only words a paragraph. A kind's chapter therefore needs nothing of its own. Charts become pictures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from facilitator.documents import paper
from facilitator.documents.writing import pdf
from facilitator.documents.writing.cells import printable
from facilitator.documents.writing.listening import Tell

BLOCKS = frozenset(
    "address article aside blockquote body div dl dd dt figcaption figure footer h1 h2 h3 h4 header hr img li main nav "  # noqa: SIM905
    "ol p section table ul".split()
)
HEADINGS = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "h4": "Heading 3"}
LOOKS = {
    "blockquote": "Quote",
    "footer": "List Continue",
    "counts": "Counts",
    "figcaption": "Caption",
    "small": "Caption",
    "note": "Caption",
    "table-title": "Table Title",
    "all-ideas": "List",
    "colophon": "List",
    "subtitle": "Subtitle",
}
"""The style of what has this tag or this class; all but two are Word's own."""
KEPT = frozenset({"blockquote", "colophon"})
"""Tags and classes of what stays on one page: an idea with who said it, the code with what it is for."""
CLOSING, BEFORE_CLOSING = "minutes-signed", 2
"""The class of what closes a paper, and how many paragraphs before go with it, so that it stands on no page alone."""
NARROWEST, WIDEST = 4, 30
"""Characters for which a table's column asks, whatever stands in it."""
CHART = 620
"""Units of a chart that fill the width of the page."""
SHARP = 3
"""Pixels for each point of a chart."""
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_SIZE = re.compile(r'\bwidth="([\d.]+)"\s+height="([\d.]+)"')
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)


class Run(NamedTuple):
    """A stretch of words that look alike."""

    text: str
    bold: bool = False
    small: bool = False


class Chart(NamedTuple):
    svg: str
    wide: float
    high: float


def write(
    data: paper.Paper,
    variant: str,
    target: Path,
    photos: Path,
    tell: Tell | None = None,
    sheet: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write the proposal, or a sheet of the same workshop, to `target`."""
    from lxml import html

    from facilitator.documents.writing import office

    tell = tell or (lambda _percent: None)
    clean, of_sheet = printable(data), printable(sheet)
    tell(5)
    source, charts = _without_charts(pdf.html(clean, variant, of_sheet, template=_template(of_sheet)))
    pictures = _drawn(charts)
    tell(40)
    tree = html.document_fromstring(source, parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    meta, title = clean["meta"], str(tree.findtext(".//title"))
    author = meta["neighbourhood"] or meta["workshop"]
    document = office.blank(title, meta["workshop"], author, meta["made_at"], variant)
    writer = _Writer(document, variant, photos, pictures, charts)
    parts = list(tree.find("body"))
    for at, part in enumerate(parts):
        writer.block(part)
        tell(40 + 50 * (at + 1) // len(parts))
    document.save(str(target))
    return {"bytes": target.stat().st_size, "missing": []}


def _template(sheet: Mapping[str, Any] | None) -> str | None:
    """The proposal goes without cover and contents; a sheet is the same in print."""
    return None if sheet else "documents/proposal/word.html"


def _without_charts(source: str) -> tuple[str, list[Chart]]:
    """The page with a numbered picture in the place of each chart."""
    charts: list[Chart] = []

    def taken(found: re.Match[str]) -> str:
        svg = found[0]
        size, title = _SIZE.search(svg), _TITLE.search(svg)
        wide, high = (float(size[1]), float(size[2])) if size else (CHART, CHART)
        charts.append(Chart(svg, wide, high))
        return f'<img data-chart="{len(charts) - 1}" alt="{title[1] if title else ""}">'

    return _SVG.sub(taken, source), charts


def _drawn(charts: list[Chart]) -> list[bytes]:
    """The charts as PNG: set as pages of their own size by the same library as the PDF's, then drawn."""
    if not charts:
        return []
    import pypdfium2

    weasyprint = pdf._weasyprint()  # noqa: SLF001
    from facilitator.documents.writing.fence import ORIGIN, Fence

    pages = "".join(
        f"<style>@page c{at}{{size:{each.wide}px {each.high}px;margin:0;"
        "@top-left{content:none}@top-right{content:none}@bottom-left{content:none}@bottom-right{content:none}}"
        f".c{at}{{page:c{at};break-before:page}}svg{{display:block}}</style>"
        f'<div class="c{at}">{each.svg}</div>'
        for at, each in enumerate(charts)
    )
    source = f'<link rel="stylesheet" href="/static/css/print/proposal.css">{pages}'
    fence = Fence(pdf.place().static, pdf.place().static)
    written = weasyprint.HTML(string=source, base_url=f"{ORIGIN}/", url_fetcher=fence).write_pdf()
    with pypdfium2.PdfDocument(written) as document:
        return [_png(page.render(scale=SHARP).to_pil()) for page in document]


def _png(image: Any) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def classes(element: Any) -> set[str]:
    return set((element.get("class") or "").split())


class _Writer:
    """Reads the page from top to bottom into the document."""

    def __init__(self, document: Any, variant: str, photos: Path, pictures: list[bytes], charts: list[Chart]) -> None:
        self._document, self._variant, self._photos = document, variant, photos
        self._pictures, self._charts = pictures, charts
        self._styles = {style.name: style.style_id for style in document.styles}
        self._end = document.element.body.sectPr
        self._has_questions = False

    def block(self, element: Any, style: str = "Body Text") -> None:
        """An element that stands by itself."""
        if element.tag == "table" or "glance" in classes(element):
            self._table(element)
        elif element.tag == "img":
            self._picture(element)
        elif "signer" in classes(element):  # name, line and day stand beside each other
            self._paragraph([run._replace(text=run.text.replace("\v", " ")) for run in _runs(element)], style)
        elif not any(child.tag in BLOCKS for child in element):
            self._paragraph(list(_runs(element)), self._style(element, style))
        else:
            before = self._end.getprevious()
            self._inside(element, self._style(element, style, deeper=True))
            if KEPT & {element.tag, *classes(element)}:
                self._keep_together(before)
            if CLOSING in classes(element):
                self._keep_closing(before)

    def _keep_together(self, before: Any) -> None:
        """All paragraphs that were written after this one."""
        last = self._end.getprevious()
        while last is not before and (last := last.getprevious()) is not before:
            _keep(last)

    def _keep_closing(self, before: Any) -> None:
        """What was written after this paragraph, and the last ones up to it, with what follows."""
        for _more in range(BEFORE_CLOSING):
            before = before if before is None else before.getprevious()
        self._keep_together(before)
        _keep(self._end.getprevious())

    def _inside(self, element: Any, style: str) -> None:
        """What an element holds; loose words before a heading, such as its rank, belong to it."""
        loose = [Run(element.text or "")]
        for child in element:
            if child.tag not in BLOCKS:
                loose += [*_runs(child), Run(child.tail or "")]
                continue
            if child.tag in HEADINGS:
                self._paragraph([*loose, Run(" "), *_runs(child)], self._style(child, style))
            else:
                self._paragraph(loose, style)
                self.block(child, style)
            loose = [Run(child.tail or "")]
        self._paragraph(loose, style)

    def _style(self, element: Any, style: str, *, deeper: bool = False) -> str:
        names = classes(element)
        if element.tag in HEADINGS and not deeper:
            return self._heading(element.tag, names)
        return next((LOOKS[key] for key in (element.tag, *sorted(names)) if key in LOOKS), style)

    def _heading(self, tag: str, names: set[str]) -> str:
        """Below an activity's question its themes stand one level deeper."""
        self._has_questions |= "question" in names
        return "Heading 3" if tag == "h3" and self._has_questions and "question" not in names else HEADINGS[tag]

    def _paragraph(self, runs: list[Run], style: str) -> None:
        if (made := self._words(runs, style)) is not None:
            self._end.addprevious(made)

    def _words(self, runs: list[Run], style: str, align: str = "") -> Any:
        """A paragraph of these runs; None where they say nothing. Written as elements: there may be thousands."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        tidy = list(_tidy(runs))
        if not tidy:
            return None
        made = OxmlElement("w:p")
        layout = _under(made, "w:pPr")
        _under(layout, "w:pStyle").set(qn("w:val"), self._styles[style])
        if align:
            _under(layout, "w:jc").set(qn("w:val"), align)
        for run in tidy:
            _write(made, run)
        return made

    def _picture(self, element: Any) -> None:
        from docx.shared import Mm

        from facilitator.documents.writing.office import HIGH, WIDE

        source, wide, high = self._source(element)
        if source is None:
            return
        scale = min(wide, WIDE, wide * HIGH / 2 / high)
        line = self._document.add_paragraph(style="No Spacing")
        shape = line.add_run().add_picture(source, width=Mm(scale))
        about = shape._inline.docPr  # noqa: SLF001  no public way to the words for those who don't see it
        about.set("descr", element.get("alt") or "")

    def _source(self, element: Any) -> tuple[Any, float, float]:
        """The file, and millimetres of its size; no file where there is none."""
        from facilitator.documents.writing.office import WIDE

        if (number := element.get("data-chart")) is not None:
            chart = self._charts[int(number)]
            unit = WIDE / CHART
            return io.BytesIO(self._pictures[int(number)]), chart.wide * unit, chart.high * unit
        return _photo(self._photos / Path(element.get("src") or "").name)

    def _table(self, element: Any) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        # The key figures stand beside each other, which makes them one row.
        rows = [element] if element.tag != "table" else [row for row in element.iter("tr") if len(row)]
        if not rows:
            return
        table = OxmlElement("w:tbl")
        about = _under(table, "w:tblPr")
        _under(about, "w:tblStyle").set(qn("w:val"), self._styles["Table Grid"])
        widths = _widths(rows)
        _wide(_under(about, "w:tblW"), sum(widths))
        _under(about, "w:tblLayout").set(qn("w:type"), "fixed")
        grid = _under(table, "w:tblGrid")
        for wide in widths:
            _under(grid, "w:gridCol").set(qn("w:w"), str(wide))
        for row in rows:
            self._row(table, row, widths)
        if "keep" in classes(element):
            for line in table.xpath("./w:tr[position() < last()]//w:p"):
                _keep(line)
        self._end.addprevious(table)
        self._end.addprevious(self._gap())

    def _row(self, table: Any, row: Any, widths: list[int]) -> None:
        from docx.oxml.ns import qn

        made = _under(table, "w:tr")
        about = _under(made, "w:trPr")
        _under(about, "w:cantSplit")
        if row.getparent().tag == "thead":
            _under(about, "w:tblHeader")
        at = 0
        for cell in row:
            span = min(int(cell.get("colspan") or 1), len(widths) - at)
            box = _under(made, "w:tc")
            look = _under(box, "w:tcPr")
            _wide(_under(look, "w:tcW"), sum(widths[at : at + span]))
            if span > 1:
                _under(look, "w:gridSpan").set(qn("w:val"), str(span))
            at += span
            box.append(self._cell(cell))
        for wide in widths[at:]:  # a row that is shorter than the others
            box = _under(made, "w:tc")
            _wide(_under(_under(box, "w:tcPr"), "w:tcW"), wide)
            _under(box, "w:p")

    def _cell(self, cell: Any) -> Any:
        runs = [run._replace(bold=run.bold or cell.tag == "th") for run in _runs(cell)]
        made = self._words(runs, "List Paragraph", "center" if "num" in classes(cell) else "")
        return made if made is not None else self._gap()

    def _gap(self) -> Any:
        """An empty line of a table's height."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        made = OxmlElement("w:p")
        _under(_under(made, "w:pPr"), "w:pStyle").set(qn("w:val"), self._styles["List Paragraph"])
        return made


def _keep(line: Any) -> None:
    """On the same page as what follows."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    style = line.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")  # a table has none
    if style is not None and line.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is None:
        style.addnext(OxmlElement("w:keepNext"))


def _under(parent: Any, name: str) -> Any:
    from docx.oxml import OxmlElement

    made = OxmlElement(name)
    parent.append(made)
    return made


def _write(line: Any, run: Run) -> None:
    """One run at the end of a paragraph."""
    from docx.oxml.ns import qn

    made = _under(line, "w:r")
    if run.bold or run.small:
        look = _under(made, "w:rPr")
        if run.bold:
            _under(look, "w:b")
        if run.small:
            _under(look, "w:color").set(qn("w:val"), "5B6673")
            _under(look, "w:sz").set(qn("w:val"), "20")
    for at, text in enumerate(run.text.split("\n")):
        if at:
            _under(made, "w:br")
        words = _under(made, "w:t")
        words.text = text
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _wide(size: Any, twentieths: int) -> None:
    from docx.oxml.ns import qn

    size.set(qn("w:w"), str(twentieths))
    size.set(qn("w:type"), "dxa")


def _runs(element: Any, bold: bool = False, small: bool = False) -> Iterator[Run]:
    """The words of an element that stands in a line, or of a cell with all that it holds."""
    names = classes(element)
    bold = bold or (element.tag in {"b", "strong"} and "figure" not in names)
    small = small or element.tag == "small" or "en" in names
    if element.tag == "br":
        yield Run("\v")
        return
    if "mark" in names:  # a dot of colour between two words
        yield Run(" ")
    yield Run(element.text or "", bold, small)
    for child in element:
        if child.tag in BLOCKS and child.getprevious() is not None:
            yield Run("\v")
        yield from _runs(child, bold, small)
        yield Run(child.tail or "", bold, small)


def _tidy(runs: list[Run]) -> Iterator[Run]:
    """As a browser would set them: white space is one space, none at either end; a new line that was meant is one."""
    last = "\n"
    found: list[Run] = []
    for run in runs:
        # Of the kinds of white space only ours: those of Chinese typesetting are meant.
        text = re.sub(r" *\v *", "\n", re.sub(r"[ \t\r\n\f]+", " ", run.text))
        if last in " \n":
            text = text.lstrip(" ")
        if text:
            found.append(run._replace(text=text))
            last = text[-1]
    while found and not (rest := found[-1].text.rstrip(" \n")):
        found.pop()
    if found:
        found[-1] = found[-1]._replace(text=rest)
    yield from found


def _widths(rows: list[Any]) -> list[int]:
    """Of the columns, in twentieths of a point: by the longest words in them, together the width of the page."""
    from facilitator.documents.writing.office import WIDE

    columns = max(sum(int(cell.get("colspan") or 1) for cell in row) for row in rows)
    asked = [NARROWEST] * columns
    for row in rows:
        if len(row) == columns:
            for at, cell in enumerate(row):
                asked[at] = min(WIDEST, max(asked[at], len(" ".join(cell.itertext()).strip()) + 1))
    whole = WIDE / 25.4 * 1440
    return [int(whole * each / sum(asked)) for each in asked]


def _photo(path: Path) -> tuple[Any, float, float]:
    """The photo as a file that Word knows, and the millimetres at which it is shown."""
    from PIL import Image, UnidentifiedImageError

    from facilitator.documents.writing.office import WIDE

    try:
        with Image.open(path) as image:
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=82)
            out.seek(0)
            wide = WIDE * 0.75
            return out, wide, wide * image.height / image.width
    except (OSError, UnidentifiedImageError):
        return None, 1, 1
