"""What a fresh proposal says before anyone has typed: its matter and who signs."""

from __future__ import annotations

from collections.abc import Sequence

from facilitator.documents.drafts.scope import Topic
from facilitator.workshop.models import Workshop

NAMED = 3
"""Themes that a title names; of more it says how many."""


def first_words(workshop: Workshop, topics: Sequence[Topic] = ()) -> dict[tuple[str, str], str]:
    """By section and language. `topics`: what it speaks of, where that isn't the whole workshop."""
    about, about_en = _subject(workshop)
    title = f"A proposal for {about_en}" if about_en else f"A proposal from “{workshop.title}”"
    return {
        ("title", "zh"): f"关于{about}{_names(topics)}的建议",
        ("title", "en"): f"{title}: {_names_en(topics)}" if topics else title,
        ("proposers", "zh"): f"{workshop.home.name}居民" if workshop.home else "",
        ("matter", "zh"): workshop.purpose,
        ("signatures", "zh"): "居民代表\n居民委员会\n社区规划师\n引导师",
        ("signatures", "en"): "Residents’ representative\nResidents’ committee\nCommunity planner\nFacilitator",
    }


def _subject(workshop: Workshop) -> tuple[str, str]:
    place, project = workshop.home, workshop.project
    if not project:
        return workshop.title, ""
    return f"{place.name if place else ''}{project.name}", project.name_en


def _names(topics: Sequence[Topic]) -> str:
    listed = "".join(f"“{topic.name}”" for topic in topics[:NAMED])
    return f"{listed}等{len(topics)}个主题" if len(topics) > NAMED else listed


def _names_en(topics: Sequence[Topic]) -> str:
    names = [f"“{topic.name_en or topic.name}”" for topic in topics[:NAMED]]
    if len(topics) > NAMED:
        return f"{', '.join(names)} and {len(topics) - NAMED} more"
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
