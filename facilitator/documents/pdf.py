"""Set a proposal as PDF: tagged (PDF/UA-1), archival (PDF/A-3a), with its data attached.

WeasyPrint and the system libraries under it load on first use, so that a machine without them still runs the room.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from facilitator.documents import paper, view
from facilitator.documents.cells import harmless
from facilitator.documents.words import Voice

PACKAGE = Path(__file__).resolve().parent.parent
LIBRARIES = {
    "libgobject": "libglib2.0-0",
    "libpangoft2": "libpangoft2-1.0-0",
    "libpango": "libpango-1.0-0",
    "libharfbuzz-subset": "libharfbuzz-subset0",
    "libharfbuzz": "libharfbuzz0b",
    "libfontconfig": "libfontconfig1",
}
IDEAS_PER_PAGE = 26
FIRST_PAGES = 12
TIGHT_RUN = 40
TIGHT = re.compile(rf"[!-~\u00a1-\u2fff]{{{TIGHT_RUN}}}")
"""Letters that stand together without a place where a line may end; ideographs have one after each."""
STEP = re.compile(r"Step (\d)(?:.*Page (\d+))?")
BEFORE_STEP = {1: 2, 2: 5, 3: 12, 4: 16, 5: 20, 6: 84, 7: 92}
"""Percent done when WeasyPrint says that it begins a step; 5 is the layout, which counts its pages."""

Tell = Callable[[int], None]


class CannotPrint(RuntimeError):
    """The machine lacks something; the message names it in one line."""


class Report(TypedDict):
    pages: int
    bytes: int
    missing: list[str]
    """Characters that no face could draw."""


class Place(NamedTuple):
    """Where templates and static files are: at the root of a checkout, inside the package of a wheel."""

    templates: Path
    static: Path


def place() -> Place:
    root = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent
    return Place(root / "templates", root / "static")


def write(data: paper.Paper, variant: str, target: Path, photos: Path, tell: Tell | None = None) -> Report:
    """Write the proposal to `target`. Raises CannotPrint with one line when a system library is missing."""
    weasyprint = _weasyprint()
    from facilitator.documents.fence import ORIGIN, Fence

    soft = softened(data)
    with _listening(tell or _nobody, expected=FIRST_PAGES + len(data["ideas"]) // IDEAS_PER_PAGE) as missing:
        source = weasyprint.HTML(
            string=html(soft, variant), base_url=f"{ORIGIN}/", url_fetcher=Fence(place().static, photos)
        )
        document = source.render(**_options(data))
        document.metadata = _both_standards(document.metadata)
        document.write_pdf(target, finisher=_tidy_streams, **_options(data))
    return Report(pages=len(document.pages), bytes=target.stat().st_size, missing=sorted(missing))


def _nobody(percent: int) -> None:
    """Where nobody waits for progress."""


def softened(content: Any) -> Any:
    """The same data in which a run without any place to break has some.

    A line of ten thousand letters W would take minutes to set.
    """
    if isinstance(content, str):
        return TIGHT.sub("\\g<0>\u200b", content) if len(content) > TIGHT_RUN else content
    if isinstance(content, list):
        return [softened(each) for each in content]
    return {key: softened(each) for key, each in content.items()} if isinstance(content, dict) else content


def html(data: paper.Paper, variant: str) -> str:
    """The page that is set; every value in it is escaped."""
    environment = _environment()
    charts = environment.get_template("documents/proposal/charts.html").module
    template = environment.get_template("documents/proposal/paper.html")
    return template.render(**view.context(data, variant), charts=charts, figure=plain_figure, photo="/photos/{}".format)


def plain_figure(value: object, source: str) -> Markup:  # noqa: ARG001  on the page the source is a link
    return Markup('<b class="figure">{}</b>').format(value)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(place().templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise CannotPrint(_missing_library(str(error))) from error
    from facilitator.documents import justify

    justify.install()
    return weasyprint


def _missing_library(error: str) -> str:
    package = next((package for library, package in LIBRARIES.items() if library in error), "libpango-1.0-0")
    return f"PDF export needs the system package {package}: sudo apt-get install {package}"


def _options(data: paper.Paper) -> dict[str, Any]:
    return {"pdf_variant": "pdf/a-3a", "attachments": _attachments(data), "dpi": 220, "jpeg_quality": 82}


def _tidy_streams(document: Any, pdf: Any) -> None:  # noqa: ARG001  the library passes both
    """What PDF/A and PDF/UA ask beyond what the library does.

    Metadata in the clear; no glyph that stands for nothing (the second of an emoji's cluster); no stream whose last
    byte could be read as the start of a line's end.
    """
    metadata = pdf.catalog["Metadata"]
    for stream in pdf.objects:
        if not hasattr(stream, "compress"):
            continue
        if b"begincmap" in stream.stream:
            stream.stream[:] = [re.sub(b" <>$", b" <200b>", part) for part in stream.stream]
        if stream.reference == metadata:
            stream.compress = False
        elif stream.compress and "EmbeddedFile" not in str(stream.extra.get("Type")) and _ends_in_return(stream):
            stream.stream.append(b" ")


def _ends_in_return(stream: Any) -> bool:
    """Compressed data ends in its Adler-32 sum, so this costs no compression."""
    raw = b"\n".join(part if isinstance(part, bytes) else str(part).encode() for part in stream.stream)
    return zlib.adler32(raw) & 0xFF == ord("\r")


def _whole(raw: bytes) -> bytes:
    """The same text, not ending in what `_tidy_streams` avoids: an attachment can't be changed once it is summed."""
    return raw if zlib.adler32(raw) & 0xFF != ord("\r") else raw + b"\n"


def _attachments(data: paper.Paper) -> list[Any]:
    from weasyprint import Attachment

    number = data["meta"]["check_code"] or "proposal"
    raw = json.dumps(data, ensure_ascii=False, indent=1).encode()
    return [
        Attachment(
            file_obj=io.BytesIO(_whole(raw)),
            name=f"{number}.json",
            description="All data of this proposal",
            relationship="Source",
        ),
        Attachment(
            file_obj=io.BytesIO(_whole(_ideas_csv(data))),
            name=f"{number}-ideas.csv",
            description="Every idea",
            relationship="Data",
        ),
    ]


def _ideas_csv(data: paper.Paper) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("number", "idea", "theme", "dots", "author", "source"))
    names = {theme["id"]: theme["name"] for theme in paper.themes(data)}
    voice = Voice("zh")
    for idea in data["ideas"]:
        theme = names.get(idea["theme"] or 0, "")
        rows.writerow(
            harmless(value)
            for value in (idea["number"], idea["text"], theme, idea["dots"], voice.author(idea), idea["source"])
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


@contextmanager
def _listening(tell: Tell, expected: int) -> Iterator[set[str]]:
    """Turn WeasyPrint's log into percent and into the characters it could not draw."""
    ear = _Ear(tell, expected)
    loggers = [logging.getLogger("weasyprint"), logging.getLogger("weasyprint.progress")]
    for logger in loggers:
        logger.addHandler(ear)
    loggers[1].setLevel(logging.INFO)
    loggers[1].propagate = False
    try:
        yield ear.missing
    finally:
        for logger in loggers:
            logger.removeHandler(ear)


class _Ear(logging.Handler):
    def __init__(self, tell: Tell, expected: int) -> None:
        super().__init__()
        self.missing: set[str] = set()
        self._tell, self._expected, self._told = tell, expected, -1

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple):
            self.missing.add(str(record.args[0]))
        elif found := STEP.match(record.getMessage()):
            self._progress(int(found[1]), int(found[2] or 0))

    def _progress(self, step: int, page: int) -> None:
        span = BEFORE_STEP[6] - BEFORE_STEP[5]
        percent = BEFORE_STEP[step] + (min(span, span * page // self._expected) if step == 5 else 0)
        if percent > self._told:
            self._told = percent
            self._tell(percent)


def _both_standards(metadata: Any) -> Any:
    """Metadata that claims PDF/UA-1 beside PDF/A-3, with the schema that PDF/A wants for a foreign property."""
    from weasyprint.pdf.metadata import DocumentMetadata

    class Both(DocumentMetadata):
        def generate_rdf_metadata(self, *args: Any) -> bytes:
            rdf: bytes = super().generate_rdf_metadata(*args)
            return rdf.replace(b"</rdf:RDF>", ACCESSIBLE + b"</rdf:RDF>")

    return Both(**vars(metadata))


ACCESSIBLE = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
