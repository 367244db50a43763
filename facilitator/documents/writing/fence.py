"""The only files a document may be made of: our own assets and the photos laid ready for it."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse

ORIGIN = "https://paper.invalid"
"""A name that can never be reached (RFC 2606): addresses below it are looked up in the two folders."""


class Outside(ValueError):
    """Something asked for an address beyond the fence."""


class Fence(URLFetcher):
    """Serves `/static/...` and `/photos/...` of our own origin from disk, and nothing else."""

    def __init__(self, static: Path, photos: Path) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._folders = {"static": static.resolve(), "photos": photos.resolve()}
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002
        path = self._inside(url)
        if path is None:
            self.refused.append(url[:200])
            raise Outside(f"not one of our files: {url[:200]}")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    def _inside(self, url: str) -> Path | None:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN or "\0" in unquote(url):
            return None
        folder, _, name = unquote(parts.path).lstrip("/").partition("/")
        root = self._folders.get(folder)
        path = (root / name).resolve() if root else None
        return path if root and path and path.is_relative_to(root) and path.is_file() else None
