"""The workshop: agenda, people, the three screens."""
