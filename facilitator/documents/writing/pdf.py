"""Set a proposal as PDF: tagged (PDF/UA-1), archival (PDF/A-3a), with its data attached.

WeasyPrint and the system libraries under it load on first use, so that a machine without them still runs the room.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from facilitator.documents import paper
from facilitator.documents.writing import archive, view
from facilitator.documents.writing.listening import Tell, listening
from facilitator.web import templates

PACKAGE = Path(__file__).resolve().parents[2]
LIBRARIES = {
    "libgobject": "libglib2.0-0",
    "libpangoft2": "libpangoft2-1.0-0",
    "libpango": "libpango-1.0-0",
    "libharfbuzz-subset": "libharfbuzz-subset0",
    "libharfbuzz": "libharfbuzz0b",
    "libfontconfig": "libfontconfig1",
}
COMMON = ("kit", "summary", "minutes")
"""Papers that belong to no kind."""
CLOSER = ("minutes",)
"""Of these, which may be set closer."""
IDEAS_PER_PAGE = 26
FIRST_PAGES = 12
TRIES = 4
"""Of writing the file: one in a hundred has a table of objects whose last byte isn't allowed there."""
TIGHT_RUN = 40
TIGHT = re.compile(rf"[!-~\u00a1-\u2fff]{{{TIGHT_RUN}}}")
"""Letters that stand together without a place where a line may end; ideographs have one after each."""


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


def write(
    data: paper.Paper,
    variant: str,
    target: Path,
    photos: Path,
    tell: Tell | None = None,
    sheet: Mapping[str, Any] | None = None,
) -> Report:
    """Write the proposal, or a sheet of the same workshop, to `target`.

    Raises CannotPrint with one line when a system library is missing.
    """
    weasyprint = _weasyprint()
    from facilitator.documents.writing.fence import ORIGIN, Fence

    soft, soft_sheet = softened(data), softened(dict(sheet)) if sheet else None
    with listening(tell or _nobody, expected=FIRST_PAGES + len(data["ideas"]) // IDEAS_PER_PAGE) as missing:

        def laid_out(sheet: Mapping[str, Any] | None) -> Any:
            fence = Fence(place().static, photos)
            source = weasyprint.HTML(string=html(soft, variant, sheet), base_url=f"{ORIGIN}/", url_fetcher=fence)
            return source.render(**_options(data))

        document = laid_out(soft_sheet)
        if sheet and sheet["name"] in CLOSER and len(document.pages) > 1:
            # The last page often holds but a few lines.
            document = min(document, laid_out({**sheet, "closer": True}), key=lambda each: len(each.pages))
        document.metadata = archive.both_standards(document.metadata)
        for spare in range(TRIES):
            document.write_pdf(target, finisher=partial(archive.tidy_streams, spare=spare), **_options(data))
            if archive.is_tidy(target.read_bytes()):
                break
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


def html(data: paper.Paper, variant: str, sheet: Mapping[str, Any] | None = None, template: str | None = None) -> str:
    """The page that is set; every value in it is escaped. `template`: another than the document's own."""
    environment = _environment()
    charts = environment.get_template("documents/proposal/charts.html").module
    context = {**view.context(data, variant), **(_of_sheet(sheet) if sheet else {})}
    page = environment.get_template(template or _template(sheet))
    return page.render(**context, charts=charts, figure=plain_figure, photo="/photos/{}".format)


def _template(sheet: Mapping[str, Any] | None) -> str:
    """The proposal's, that of a common paper, or the one in the folder of the kind that offers it."""
    if sheet is None:
        return "documents/proposal/paper.html"
    if sheet["name"] in COMMON:
        return f"documents/{sheet['name']}.html"
    return f"activities/{sheet['parts'][0]['kind']}/print/{sheet['name']}.html"


def _of_sheet(sheet: Mapping[str, Any]) -> dict[str, Any]:
    parts = sheet["parts"]
    return {
        "closer": sheet.get("closer", False),
        "parts": parts,
        "part": parts[0] if parts else None,
        "kinds": sorted({part["kind"] for part in parts}),
    }


def plain_figure(value: object, source: str) -> Markup:  # noqa: ARG001  on the page the source is a link
    return Markup('<b class="figure">{}</b>').format(value)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(place().templates),
        autoescape=True,
        undefined=StrictUndefined,
        **templates.OPTIONS,
    )


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise CannotPrint(_missing_library(str(error))) from error
    from facilitator.documents.writing import justify

    justify.install()
    return weasyprint


def _missing_library(error: str) -> str:
    package = next((package for library, package in LIBRARIES.items() if library in error), "libpango-1.0-0")
    return f"PDF export needs the system package {package}: sudo apt-get install {package}"


def _options(data: paper.Paper) -> dict[str, Any]:
    return {"pdf_variant": "pdf/a-3a", "attachments": archive.attachments(data), "dpi": 220, "jpeg_quality": 82}
