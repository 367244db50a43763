"""A town and an evening to look at: content in JSON, and what loads it."""
