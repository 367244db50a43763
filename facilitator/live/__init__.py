"""From a commit to every screen."""
