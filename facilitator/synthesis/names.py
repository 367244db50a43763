"""One name is one theme in the whole workshop: in every activity of the same colour, and known again in documents."""

from __future__ import annotations

from collections.abc import Sequence

from facilitator.extensions import db
from facilitator.synthesis.models import COLOURS, Theme
from facilitator.workshop.models import Activity, Workshop


def key(name: str) -> str:
    """What is the same in two names that are the same."""
    return " ".join(name.split()).casefold()


class Names:
    """The living themes of a workshop by their names."""

    def __init__(self, workshop: Workshop, among: Sequence[Activity]) -> None:
        self._themes = [theme for activity in workshop.activities for theme in Theme.of(activity)]
        self._among = {activity.id for activity in among}
        """Activities in which a new theme's colour should not be taken yet."""

    def theme(self, activity: Activity, name: str) -> Theme:
        """The activity's theme of this name; a new one if it has none, as it is called and coloured elsewhere."""
        same = [theme for theme in self._themes if key(theme.name) == key(name)]
        own = next((theme for theme in same if theme.activity_id == activity.id), None)
        return own or self._add(activity, name, same)

    def _add(self, activity: Activity, name: str, same: list[Theme]) -> Theme:
        theme = Theme.add(activity, same[0].name if same else name)
        theme.colour = same[0].colour if same else self._colour()
        theme.name_en = same[0].name_en if same else ""
        db.session.flush()
        self._themes.append(theme)
        return theme

    def _colour(self) -> int:
        used = [theme.colour for theme in self._themes if theme.activity_id in self._among]
        return min(range(1, COLOURS + 1), key=used.count)
