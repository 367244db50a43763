"""The kind competition: entries, judges with a rubric, a public vote, a result that stands."""
