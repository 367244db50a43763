"""The wall while the room helps grouping: the ideas about to join each theme, as many as its card has room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from facilitator.voting.agreed import Proposed, Said
from facilitator.voting.wall.columns import MOST, Spread, cut, spread
from facilitator.voting.wall.hanging import Heading

HIGH, HIGHEST = 480, 520
"""Below the line that says how far the room agrees; it gets smaller where cards lie in three rows."""
VOTES = 5
"""Room for how many put an idea there, in characters."""


class Tile(NamedTuple):
    """A card: the clearest ideas of those that would join a theme, or on which the room doesn't agree."""

    theme: Heading | None
    ideas: Sequence[Proposed]
    many: int
    lines: int
    """That each idea may take."""

    @property
    def more(self) -> int:
        return self.many - len(self.ideas)


def shown(said: Said, themes: Sequence[Heading]) -> dict[str, object]:
    """Context of the template: how the cards are laid out, and what they show; none before anything is agreed on."""
    joining = [(theme, found) for theme in themes if (found := said.joining(theme.id))]
    contested = [(None, said.contested)] if said.contested and len(joining) < MOST else []
    layout = spread(len(joining) + len(contested))
    return {"layout": layout, "tiles": [_tile(theme, ideas, layout) for theme, ideas in (*joining, *contested)]}


def _tile(theme: Heading | None, ideas: Sequence[Proposed], layout: Spread) -> Tile:
    name = theme.name if theme else _("We don't agree yet")
    high = HIGHEST if layout.rows > 2 else HIGH
    said = [(each.idea.public_text, VOTES if theme else 0) for each in ideas]
    found = cut(name, said, others=False, layout=layout, high=high)
    return Tile(theme, ideas[: found.many], len(ideas), found.lines)
