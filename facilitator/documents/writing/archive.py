"""What makes a PDF last and open to everybody: PDF/A-3 and PDF/UA-1 in one file, and its data attached."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from typing import Any

from facilitator.documents import paper
from facilitator.documents.writing.cells import harmless
from facilitator.documents.writing.words import Voice


def tidy_streams(document: Any, pdf: Any, spare: int = 0) -> None:  # noqa: ARG001  the library passes both
    """What PDF/A and PDF/UA ask beyond what the library does.

    Metadata in the clear; no glyph that stands for nothing (the second of an emoji's cluster); no stream whose last
    byte could be read as the start of a line's end. `spare` objects that nothing refers to make the table of objects,
    which the library writes only afterwards, another one.
    """
    import pydyf

    for _ in range(spare):
        pdf.add_object(pydyf.Array())
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


def is_tidy(written: bytes) -> bool:
    """Does no stream of the file end where a line could end?"""
    return b"\r\nendstream" not in written


def _ends_in_return(stream: Any) -> bool:
    """Compressed data ends in its Adler-32 sum, so this costs no compression."""
    raw = b"\n".join(_as_written(part) for part in stream.stream)
    return zlib.adler32(raw) & 0xFF == ord("\r")


def _as_written(part: Any) -> bytes:
    """What stands in the file: of a tag's dictionary its data, not how Python shows it."""
    if isinstance(part, bytes):
        return part
    data = getattr(part, "data", None)
    return data if isinstance(data, bytes) else str(part).encode()


def _whole(raw: bytes) -> bytes:
    """The same text, not ending in what `tidy_streams` avoids: an attachment can't be changed once it is summed."""
    return raw if zlib.adler32(raw) & 0xFF != ord("\r") else raw + b"\n"


def attachments(data: paper.Paper) -> list[Any]:
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
    rows.writerow(("number", "idea", "theme", "dots", "author", "source", "merged into"))
    names = {theme["id"]: theme["name"] for theme in paper.themes(data)}
    voice = Voice("zh")
    for idea in data["ideas"]:
        theme = names.get(idea["theme"] or 0, "")
        told = (idea["number"], idea["text"], theme, idea["dots"], voice.author(idea), idea["source"])
        rows.writerow(harmless(value) for value in (*told, idea.get("merged_into", "")))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def both_standards(metadata: Any) -> Any:
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
