"""What the tables have grouped, each for itself, brought together into common themes. The desk looks and takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from facilitator.activities.world_cafe.notes import Note
from facilitator.activities.world_cafe.piles import notes_of_all
from facilitator.activities.world_cafe.tables import CafePile
from facilitator.synthesis.grouping import Group, Grouped, Part
from facilitator.synthesis.models import Statement, Theme
from facilitator.synthesis.names import key
from facilitator.synthesis.thinking import TablePile, reconciled

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe

Filled = tuple[CafePile, list[Note]]


def brought_together(cafe: WorldCafe) -> Grouped:
    """A theme for each group of piles that are alike. Raises Refused when nobody answers."""
    filled = [each for table in notes_of_all(cafe) for each in table.filled]
    themes = {theme.id: theme for theme in Theme.of(cafe)}
    found, is_poor = reconciled([_asked(*each, themes) for each in filled]) if filled else ([], False)
    groups = [_group(number, [filled[at] for at in places], themes) for number, places in enumerate(found)]
    groups = sorted((group for group in groups if group.ideas), key=lambda group: -len(group.ideas))
    taken = {idea.id for group in groups for idea in group.ideas}
    loose = [idea for idea in Statement.on_wall(cafe) if idea.theme_id not in themes and idea.id not in taken]
    return Grouped(groups, loose, is_poor)


def _asked(pile: CafePile, notes: Sequence[Note], themes: Mapping[int, Theme]) -> TablePile:
    return TablePile(pile.table.number, pile.name, [note.text for note in notes], _held(notes, themes))


def _held(notes: Sequence[Note], themes: Mapping[int, Theme]) -> int | None:
    """The theme in which most of them lie that lie in one."""
    placed = Counter(note.theme_id for note in notes if note.theme_id in themes)
    return min(placed, key=lambda theme: (-placed[theme], theme or 0), default=None)


def _group(number: int, filled: Sequence[Filled], themes: Mapping[int, Theme]) -> Group:
    """Under the name of its first pile, which is nearest to its middle, or of the theme that it goes to."""
    ideas = [note for _pile, notes in filled for note in notes if note.theme_id not in themes]
    held = next((theme for _pile, notes in filled if (theme := _held(notes, themes))), None)
    named = [theme for theme in themes.values() if key(theme.name) == key(filled[0][0].name)]
    into = [themes[held]] if held else named[:1]
    parts = [Part(_("Table %(number)d", number=pile.table.number), pile.public_name, notes) for pile, notes in filled]
    return Group(number, into[0].name if into else filled[0][0].public_name, [], list(ideas), into, parts=parts)
