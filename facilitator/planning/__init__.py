"""Planning a workshop: its details, its agenda, the templates to begin with."""
