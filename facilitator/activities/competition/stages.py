"""Where a competition can be: its gallery, the drawing of lots, the presentations, the public vote, the award."""

from __future__ import annotations

GALLERY, LOT, PRESENT, VOTE, AWARD = "gallery", "lot", "present", "vote", "award"
