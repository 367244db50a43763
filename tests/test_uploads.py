"""Photos: nothing of the file survives but its picture."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfWriter

from facilitator.web.errors import Refused
from facilitator.web.uploads import LONGEST, THUMB, keep_pdf, keep_photo, keep_picture, send_pdf

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


def booklet(pages: int = 2, password: str = "") -> BytesIO:
    writer, out = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password)
    writer.write(out)
    out.seek(0)
    return out


def test_a_picture_is_kept_for_the_screen_and_for_a_list(tmp_path: Path) -> None:
    photo_name, thumb = keep_picture(photo((2000, 1000), turned=6), tmp_path)
    with Image.open(tmp_path / photo_name) as large, Image.open(tmp_path / thumb) as small:
        assert (large.size, small.size) == ((LONGEST // 2, LONGEST), (THUMB // 2, THUMB))


def test_a_booklet_stays_as_it_came_and_its_first_page_becomes_a_picture(tmp_path: Path) -> None:
    came = booklet(3)
    kept = keep_pdf(came, tmp_path)
    assert (tmp_path / kept.pdf).read_bytes() == came.getvalue()
    with Image.open(tmp_path / kept.page) as page:
        assert (kept.pages, page.format, page.size) == (3, "JPEG", (1131, 1600))


def test_a_page_as_large_as_a_house_is_drawn_no_larger_than_a_screen(tmp_path: Path) -> None:
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(14400, 14400)
    writer.write(out)
    out.seek(0)
    with Image.open(tmp_path / keep_pdf(out, tmp_path).page) as page:
        assert page.size == (1600, 1600)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (photo((9, 9)).getvalue(), "isn't a PDF"),
        (b"%PDF-1.7 and no more", "can't be opened"),
        (booklet(password="secret").getvalue(), "password"),
        (booklet(201).getvalue(), "too many pages"),
        (b"%PDF-" + bytes(20 * 2**20), "too large"),
    ],
)
def test_a_booklet_that_cannot_be_kept_is_refused_in_words(
    app: Flask, tmp_path: Path, content: bytes, why: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}), pytest.raises(Refused, match=why):
        keep_pdf(BytesIO(content), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_booklet_is_sent_so_that_no_browser_runs_it(app: Flask, tmp_path: Path) -> None:
    kept = keep_pdf(booklet(), tmp_path)
    with app.test_request_context():
        answer = send_pdf(tmp_path, kept.pdf, "方案.pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()
