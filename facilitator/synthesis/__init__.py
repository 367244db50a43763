"""Statements and themes."""
