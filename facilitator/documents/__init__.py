"""Formal documents: gathered from the workshop, written as files."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the documents' pages and jobs."""
