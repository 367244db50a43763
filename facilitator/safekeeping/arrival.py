"""What came of an import, and how it is told to the one who asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext


@dataclass
class Arrival:
    workshop_id: int = 0
    title: str = ""
    people: int = 0
    photos: int = 0
    code: str = ""
    new_code: bool = False
    """The join code was taken, so it has another now."""
    added: list[str] = field(default_factory=list)
    """Neighbourhoods and projects that were not known here."""
    renumbered: bool = False
    """Another proposal had the number."""
    lost_photos: int = 0
    """Photos that the file spoke of and did not hold."""

    def told(self) -> list[str]:
        """Sentences in the reader's language; in English outside of a request."""
        people = ngettext("%(num)d person", "%(num)d people", self.people)
        photos = ngettext("%(num)d photo", "%(num)d photos", self.photos)
        first = _(
            "“%(title)s” is here, with %(people)s and %(photos)s.", title=self.title, people=people, photos=photos
        )
        return [first, *self._changes()]

    def _changes(self) -> list[str]:
        lines = [_("Added to the town: %(name)s.", name=name) for name in self.added]
        if self.new_code:
            lines.append(_("Its join code was taken here; the new one is %(code)s.", code=self.code))
        if self.renumbered:
            lines.append(_("The number of its proposal was taken here; it has the next one now."))
        if self.lost_photos:
            missing = ngettext("%(num)d photo is missing", "%(num)d photos are missing", self.lost_photos)
            lines.append(_("In the file: %(missing)s.", missing=missing))
        return lines
