"""Questions from the room, for every kind in which somebody answers them: asked, carried up, called to speak."""
