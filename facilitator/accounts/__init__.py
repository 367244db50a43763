"""Staff: who they are and how they get in."""
