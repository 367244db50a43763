"""Grouping and dots, for every kind of activity in which something was said: themes, votes, results."""
