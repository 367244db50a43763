"""Photos: nothing of the file survives but its picture."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from facilitator.web.errors import Refused
from facilitator.web.uploads import LONGEST, keep_photo

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def photo(size: tuple[int, int], kind: str = "JPEG", **exif: object) -> BytesIO:
    tags = Image.Exif()
    tags[ORIENTATION] = exif.get("turned", 1)
    tags[MAKER] = "A telephone that says where it was"
    tags.get_ifd(GPS)[1] = "N"
    out = BytesIO()
    Image.new("RGB", size, "#1f6f6b").save(out, kind, exif=tags)
    out.seek(0)
    return out


def test_a_photo_loses_its_metadata_and_is_scaled(tmp_path: Path) -> None:
    with Image.open(tmp_path / keep_photo(photo((3200, 1600)), tmp_path)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (LONGEST, LONGEST // 2), {})


def test_a_photo_is_turned_upright_first(tmp_path: Path) -> None:
    with Image.open(tmp_path / keep_photo(photo((400, 200), turned=6), tmp_path)) as kept:
        assert kept.size == (200, 400)


def test_what_is_see_through_becomes_white(tmp_path: Path) -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    out.seek(0)
    with Image.open(tmp_path / keep_photo(out, tmp_path)) as kept:
        assert kept.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0 no picture", b"MZ" * 900])
def test_what_is_no_picture_is_refused_and_leaves_no_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused):
        keep_photo(BytesIO(content), tmp_path)
    assert list(tmp_path.iterdir()) == []
