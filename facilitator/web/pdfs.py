"""The first page of a PDF as a picture: `python -m facilitator.web.pdfs SOURCE TARGET`.

In a process of its own with little memory and little time: whatever a file from outside does to the library that reads
it, the room goes on. Nothing of the program is imported here.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

MOST_PAGES = 200
LONGEST = 1600
"""Pixels a side; no page is drawn larger, whatever size it says it has."""
SECONDS = 20
MEMORY = 1536 * 2**20
ENCRYPTED, BROKEN, EMPTY, LONG = "encrypted", "broken", "empty", "long"


def main(source: str, target: str) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.write(json.dumps(draw(Path(source), Path(target))))
    return 0


def draw(source: Path, target: Path) -> dict[str, object]:
    """Draw the first page into the target: `{"pages": 12}`, or `{"error": why not}`."""
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD

    try:
        with pypdfium2.PdfDocument(source) as document:
            pages = len(document)
            if not 0 < pages <= MOST_PAGES:
                return {"error": LONG if pages else EMPTY}
            page = document[0]
            scale = LONGEST / max(*page.get_size(), 1)
            picture = page.render(scale=min(scale, 8)).to_pil().convert("RGB")
            picture.save(target, "JPEG", quality=85, optimize=True)
            return {"pages": pages}
    except pypdfium2.PdfiumError as error:
        return {"error": ENCRYPTED if error.err_code == FPDF_ERR_PASSWORD else BROKEN}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
