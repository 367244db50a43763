"""The eleven steps of a micro-renewal, in order."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

STAGES = {
    "survey": _("Community survey"),
    "interviews": _("Resident interviews"),
    "drafts": _("Alternative drafts"),
    "co-design": _("Co-design with residents"),
    "adjustment": _("Adjustment of the scheme"),
    "first-joint-meeting": _("Joint meeting"),
    "optimisation": _("Optimisation of the scheme"),
    "consultation": _("Public consultation"),
    "revision": _("Revision of the scheme"),
    "second-joint-meeting": _("Second joint meeting"),
    "publicity": _("Publicity of the scheme"),
}
FIRST_STAGE = next(iter(STAGES))
