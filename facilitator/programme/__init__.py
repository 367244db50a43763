"""The town and its projects."""
