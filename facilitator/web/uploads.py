"""Photos: checked, turned upright, scaled, re-encoded. Nothing of the file that came survives but its picture."""

from __future__ import annotations

import secrets
import warnings
from io import BytesIO
from pathlib import Path
from typing import IO

from flask_babel import lazy_gettext as _  # raised in a thread, worded where the request is
from PIL import Image, ImageOps

from facilitator.disk import write_whole
from facilitator.web.errors import Refused

LONGEST = 1600
MOST_PIXELS = 60_000_000


def keep_photo(upload: IO[bytes], folder: Path) -> str:
    """Save the upload as a JPEG of at most 1600 pixels a side without metadata; gives its file name.

    Raises Refused when it isn't a picture or is too large to open safely.
    """
    encoded = _encode(_open(upload))
    name = f"{secrets.token_hex(16)}.jpg"
    # The idea it belongs to is acknowledged next: the photo must be as durable.
    write_whole(folder / name, encoded)
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


def _encode(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST, LONGEST))
    flat = Image.new("RGB", upright.size, "white")
    rgba = upright.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    out = BytesIO()
    flat.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()
