"""Static files under an address that changes with their content, sent small and kept for ever.

`app.css` and `phone.js` are written in many files and sent as one: their import lines are followed here, there is no
build step. In a browser that got the files one by one they would do the same. What only a reader of styles needs,
comments, indentation and line breaks, stays here.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from werkzeug.security import safe_join

assets = Blueprint("assets", __name__)
STYLE_IMPORT = re.compile(r'@import "([\w/.-]+)";\n')
FOR_READERS = re.compile(r"/\*.*?\*/\s*|^ +|^\n", re.DOTALL | re.MULTILINE)
BETWEEN_RULES = re.compile(r"(?<=[{};,])\n|(?<=\{) | (?=\{)|;\s*(?=\})")
SCRIPT_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"(\./[\w/.-]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)
WORTH_PACKING = (".css", ".js", ".svg")


def init_app(app: Flask) -> None:
    app.register_blueprint(assets)
    app.add_template_global(asset, "asset")


def asset(name: str) -> str:
    """The address of a static file."""
    return _address(str(current_app.static_folder), name)


@assets.get("/assets/<digest>/<path:name>")
def send(digest: str, name: str) -> Response:  # noqa: ARG001  only there to make the address change
    path = safe_join(str(current_app.static_folder), name)
    if path is None or not Path(path).is_file():
        abort(404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = Response(content_type=f"{kind}; charset=utf-8" if name.endswith(WORTH_PACKING) else kind)
    packed = name.endswith(WORTH_PACKING) and "gzip" in request.headers.get("Accept-Encoding", "")
    response.data = _packed(Path(path)) if packed else _content(Path(path))
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@cache
def _address(folder: str, name: str) -> str:
    return url_for("assets.send", digest=_digest(Path(folder)), name=name)


@cache
def _digest(folder: Path) -> str:
    """One digest for all: scripts import each other by relative address."""
    every = sorted(path for part in ("css", "js", "vendor") for path in (folder / part).rglob("*") if path.is_file())
    content = b"".join(path.read_bytes() for path in [*every, *sorted(folder.glob("icons*.svg"))])
    return sha256(content).hexdigest()[:12]


@cache
def _packed(path: Path) -> bytes:
    return gzip.compress(_content(path), mtime=0)


@cache
def _content(path: Path) -> bytes:
    if path.suffix == ".css":
        return BETWEEN_RULES.sub("", _style(path)).encode()
    if path.suffix == ".js" and "vendor" not in path.parts:
        return _script(path, set()).encode()
    return path.read_bytes()


def _style(path: Path) -> str:
    own = FOR_READERS.sub("", path.read_text("utf-8"))
    return STYLE_IMPORT.sub(lambda found: _style(path.parent / found[1]), own)


def _script(path: Path, included: set[Path]) -> str:
    """The module with those of its folder that it imports, each once: all share one scope, so names differ."""

    def imported(found: re.Match[str]) -> str:
        part = (path.parent / found[1]).resolve()
        if part in included:
            return ""
        included.add(part)
        return EXPORT.sub("", _script(part, included))

    return SCRIPT_IMPORT.sub(imported, path.read_text("utf-8"))
