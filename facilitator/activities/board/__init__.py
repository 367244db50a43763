"""The kind board: ideas on a wall, themes, dots."""
