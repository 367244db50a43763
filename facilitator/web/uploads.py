"""Files that people send: photos and booklets, checked before they are kept.

Of a photo nothing survives but its picture: turned upright, scaled, re-encoded. A booklet (PDF) stays as it came; it is
opened by a process that may fail, and later sent so that no browser runs what is in it.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
import warnings
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple

from flask import Response, send_from_directory
from flask_babel import lazy_gettext as _  # raised in a thread, worded where the request is
from gevent import subprocess
from gevent.lock import BoundedSemaphore
from PIL import Image, ImageOps

from facilitator.disk import write_whole
from facilitator.web import pdfs
from facilitator.web.errors import Refused

LONGEST = 1600
THUMB = 480
"""Pixels a side of a picture as it stands in a list."""
MOST_PIXELS = 60_000_000
MOST_PDF_MB = 20
PATIENCE = 40
"""Seconds that drawing a booklet's first page may take."""
_PACKAGE = Path(__file__).resolve().parents[1]
_one_by_one = BoundedSemaphore(1)


class Booklet(NamedTuple):
    """A PDF that was kept, and its first page as a picture."""

    pdf: str
    page: str
    pages: int


def keep_photo(upload: IO[bytes], folder: Path) -> str:
    """Save the upload as a JPEG of at most 1600 pixels a side without metadata; gives its file name.

    Raises Refused when it isn't a picture or is too large to open safely.
    """
    return _keep(_encode(_open(upload), LONGEST), folder)


def keep_picture(upload: IO[bytes], folder: Path) -> tuple[str, str]:
    """Save the upload in the size of a screen and in the size of a stamp; gives both names. Raises Refused."""
    picture = _open(upload)
    large, small = _encode(picture, LONGEST), _encode(picture, THUMB)
    return _keep(large, folder), _keep(small, folder)


def keep_pdf(upload: IO[bytes], folder: Path) -> Booklet:
    """Save a PDF as it came, and its first page as a picture. Raises Refused.

    Waits for another process without keeping the room waiting; not for a thread.
    """
    content = _read_pdf(upload)
    with tempfile.TemporaryDirectory() as aside:
        source, target = Path(aside, "in.pdf"), Path(aside, "page.jpg")
        source.write_bytes(content)
        found = _draw(source, target)
        if "error" in found or not target.is_file():
            raise Refused(_why_not(str(found.get("error"))))
        page = _keep(target.read_bytes(), folder)
    return Booklet(_keep(content, folder, "pdf"), page, int(found["pages"]))


def take_pdf(upload: IO[bytes], folder: Path) -> str:
    """Save a PDF of which the first page is known already; gives its name. Raises Refused."""
    return _keep(_read_pdf(upload), folder, "pdf")


def _read_pdf(upload: IO[bytes]) -> bytes:
    content = upload.read(MOST_PDF_MB * 2**20 + 1)
    if len(content) > MOST_PDF_MB * 2**20:
        raise Refused(_("That PDF is too large: %(most)d MB is the limit.", most=MOST_PDF_MB), 413)
    if not content.startswith(b"%PDF-"):
        raise Refused(_("That file isn't a PDF."))
    return content


def send_pdf(folder: Path, name: str, called: str) -> Response:
    """Answer with a booklet: always as a download, and nothing in it can act in this site's name."""
    answer = send_from_directory(
        folder.resolve(), name, mimetype="application/pdf", as_attachment=True, download_name=called, max_age=0
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _keep(content: bytes, folder: Path, ending: str = "jpg") -> str:
    name = f"{secrets.token_hex(16)}.{ending}"
    # What it belongs to is acknowledged next: the file must be as durable.
    write_whole(folder / name, content)
    return name


def _open(upload: IO[bytes]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=("JPEG", "PNG", "WEBP", "GIF"))
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(_("That picture is too large to open. Please choose a smaller one."))
            picture.draft("RGB", (LONGEST, LONGEST))
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(_("That file isn't a picture we can read. JPEG, PNG, WebP and GIF work.")) from error
    return picture


def _encode(picture: Image.Image, longest: int) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((longest, longest))
    flat = Image.new("RGB", upright.size, "white")
    rgba = upright.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    out = BytesIO()
    flat.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _draw(source: Path, target: Path) -> dict[str, Any]:
    search = os.pathsep.join(filter(None, (str(_PACKAGE.parent), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "facilitator.web.pdfs", str(source), str(target)]
    with _one_by_one:  # each takes much memory for a moment
        process: Any = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": search},
        )
        try:
            said = process.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0]
    try:
        return dict(json.loads(said))
    except ValueError:
        return {"error": pdfs.BROKEN}


def _why_not(reason: str) -> Any:
    words = {
        pdfs.ENCRYPTED: _("That PDF is protected by a password. Save it without one, then choose it again."),
        pdfs.LONG: _("That PDF has too many pages: %(most)d is the limit.", most=pdfs.MOST_PAGES),
        pdfs.EMPTY: _("That PDF has no pages."),
    }
    return words.get(reason, _("That PDF can't be opened. Save it once more, then choose it again."))
