"""Nothing gets into a document but our own files."""

import pytest
from weasyprint import HTML

from facilitator.documents.writing import pdf
from facilitator.documents.writing.fence import ORIGIN, Fence, Outside

FILE = "file:" + "//"
ATTACKS = [
    f"{FILE}/etc/passwd",
    f"{FILE}localhost/etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:8000/",
    "https://example.org/x.png",
    "ftp://example.org/x",
    "data:text/plain,hello",
    "gopher://127.0.0.1/",
    "jar:file:/etc/passwd",
    "/etc/passwd",
    f"{ORIGIN}/static/../facilitator/config.py",
    f"{ORIGIN}/static/%2e%2e/facilitator/config.py",
    f"{ORIGIN}/static/..%2f..%2f..%2fetc/passwd",
    f"{ORIGIN}/photos/../secret_key",
    f"{ORIGIN}//etc/passwd",
    f"{ORIGIN}/static//etc/passwd",
    f"{ORIGIN}/data/secret_key",
    f"{ORIGIN}/static/css/print/proposal.css%00.png",
    f"{ORIGIN}.example.org/static/css/print/proposal.css",
    "http://paper.invalid/static/css/print/proposal.css",
]


@pytest.fixture
def fence(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "wall.jpg").write_bytes(b"picture")
    (tmp_path / "secret_key").write_text("secret")
    (tmp_path / "photos" / "link.jpg").symlink_to(tmp_path / "secret_key")
    return Fence(pdf.place().static, tmp_path / "photos")


@pytest.mark.parametrize("address", [*ATTACKS, f"{ORIGIN}/photos/link.jpg"])
def test_the_fence_refuses(fence, address):
    with pytest.raises(Outside):
        fence.fetch(address)


def test_the_fence_serves_our_own(fence):
    assert fence.fetch(f"{ORIGIN}/photos/wall.jpg").read() == b"picture"
    assert fence.fetch(f"{ORIGIN}/static/css/print/proposal.css").content_type == "text/css"


def test_a_page_full_of_attacks_fetches_nothing(fence):
    tags = "".join(
        f'<img src="{address}"><link rel="stylesheet" href="{address}"><object data="{address}"></object>'
        f'<link rel="attachment" href="{address}"><p class="x">{address}</p>'
        for address in ATTACKS
        if address.startswith(("http", "f", "d"))
    )
    made = HTML(string=f"<html><body>{tags}</body></html>", base_url=f"{ORIGIN}/", url_fetcher=fence).write_pdf()
    assert b"root:" not in made
    assert fence.refused
