"""Writes one export in a process of its own: `python -m facilitator.documents.render JOBDIR`.

Reads `job.json`, writes `out.<format>`, says how far it is in `progress.json` and how it went in `report.json`. It is
polite (nice), bounded (memory) and reads no database, so that the room never waits for a document.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from facilitator.disk import settle

MEMORY = 1_500_000_000
CPU_SECONDS = 600
POLITE = 10


def main(folder: Path) -> int:
    os.nice(POLITE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Even if the server that watches is gone, this ends.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    try:
        report = _write(folder, job)
    except MemoryError:
        report = {"error": "memory"}
    if "error" not in report:
        settle(folder / f"out.{job['format']}")  # it is offered as soon as the report is there
    say(folder, "report.json", report)
    return 1 if "error" in report else 0


def _write(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    target = folder / f"out.{job['format']}"
    if job["format"] in ("pdf", "docx"):
        return _set(folder, job, target)
    from facilitator.documents.writing import spreadsheet

    writer = {"xlsx": spreadsheet.write_xlsx, "json": spreadsheet.write_json}[job["format"]]
    writer(job["tables"], target)
    return {"bytes": target.stat().st_size, "missing": []}


def _set(folder: Path, job: dict[str, Any], target: Path) -> dict[str, Any]:
    """As pages, from the paper alone."""
    from facilitator.documents.writing import pdf, word

    def tell(percent: int) -> None:
        say(folder, "progress.json", {"percent": percent})

    write = pdf.write if job["format"] == "pdf" else word.write
    try:
        return dict(write(job["paper"], job["variant"], target, folder / "photos", tell, job.get("sheet")))
    except pdf.CannotPrint as error:
        return {"error": str(error)}


def say(folder: Path, name: str, content: dict[str, Any]) -> None:
    """Replace the file in one step: its reader never sees half of it."""
    part = folder / f"{name}.part"
    part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    part.replace(folder / name)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
