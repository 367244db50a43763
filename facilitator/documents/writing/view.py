"""What the paper's partials need, on the page as in print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from facilitator.documents import paper, topics
from facilitator.documents.writing import drawing
from facilitator.documents.writing.words import DECISION_WORDS, SOURCE_WORDS, Voice, counted, han, lang_of, plural

LINE = 15
"""Characters of 29 pt that stand on one line of the cover."""
LABEL = 20
"""Letters that stand beside a bar; half as many ideographs."""
WIDE = 0x2E80
NOTICED = 5, 6
"""Topics for which the notice board has room, and as many where the last of them are tied."""
BREAKS = "的与及、，·—"
Row = tuple[str, str, int, int]
"""Of a chart: name, small print, value, colour."""


def context(data: paper.Paper, variant: str) -> dict[str, Any]:
    voice = Voice(variant)
    title = heading(data, voice)
    return {
        "title": title,
        "title_lines": balanced(title, (data["meta"]["neighbourhood"], data["meta"]["project"])),
        "paper": data,
        "voice": voice,
        "editable": False,
        "is_part": data["meta"].get("is_part", False),
        "scope": _scope(data),
        "wording": lambda key: voice.typed(data["wording"][key]["zh"], data["wording"][key]["en"]),
        "sections": paper.sections(data),
        "kinds": sorted({each["kind"] for each in paper.chapters(data)}),
        "topics": topics.topics(data),
        "strongest": topics.strongest(data),
        "leading": topics.leading(data),
        "noticed": topics.leading(data, *NOTICED),
        "by_dots": topics.by_dots(data),
        "numbered": paper.by_number(data),
        "theme_names": {theme["id"]: theme["name"] for theme in paper.themes(data)},
        "theme_colours": _colours(data),
        "idea_colours": idea_colours(data),
        "theme_rows": lambda question, voted: theme_rows(question, voted, voice),
        "shift_rows": lambda question: [
            {**each, "name": shortened(voice.pick(each["name"], each["name_en"]))} for each in question["shifts"]
        ],
        "source_parts": source_parts(data, voice),
        "source_words": "，".join(f"{name} {value}" for _key, name, value in source_parts(data, voice)),
        "signers": signers(data, voice),
        "reply_words": DECISION_WORDS,
        "few_themes": paper.FEW_THEMES,
        "named": named,
        "named_by_place": named_by_place,
        "english_date": english_date,
        "han": han,
        "counted": counted,
        "plural": plural,
        "lang_of": lang_of,
        "drawing": drawing,
    }


def heading(data: paper.Paper, voice: Voice) -> str:
    typed = data["wording"]["title"]
    return voice.pick(typed["zh"], typed["en"])


def balanced(title: str, words: Sequence[str] = ()) -> list[str]:
    """A Chinese title in lines of about the same length, so that no single character stands alone on the last.

    Lines typed as such are kept. `words`: names that are better not torn.
    """
    if "\n" in title:
        return [line.strip() for line in title.splitlines() if line.strip()]
    if len(title) <= LINE or lang_of(title) == "en":
        return [title]
    lines = -(-len(title) // LINE)
    cut = _cut(title, -(-len(title) // lines), words)
    return [title[:cut], *balanced(title[cut:], words)]


def _cut(title: str, near: int, words: Sequence[str]) -> int:
    """Where to end a line: after a joining character or at the edge of a name near the even length, else just there."""
    edges = {
        at for word in words if word and word in title for at in (title.index(word), title.index(word) + len(word))
    }
    spots = [
        at for at in range(near - 3, LINE + 1) if 1 < at < len(title) - 1 and (at in edges or title[at - 1] in BREAKS)
    ]
    return min(spots, key=lambda at: abs(at - near)) if spots else near


def idea_colours(data: paper.Paper) -> list[int]:
    """The colour of each idea's theme, theme by theme, the unsorted (0) last."""
    colours = _colours(data)
    order = list(colours)
    ideas = sorted(
        data["ideas"], key=lambda idea: order.index(idea["theme"]) if idea["theme"] in colours else len(order)
    )
    return [colours.get(idea["theme"] or 0, 0) for idea in ideas]


def theme_rows(question: paper.Question, voted: bool, voice: Voice) -> list[Row]:
    return [_theme_row(theme, voted, voice) for theme in question["themes"]]


def source_parts(data: paper.Paper, voice: Voice) -> list[tuple[str, str, int]]:
    return [
        (share["source"], str(voice.one(*SOURCE_WORDS[share["source"]])), share["ideas"]) for share in data["shares"]
    ]


def signers(data: paper.Paper, voice: Voice) -> list[str]:
    words = data["wording"]["signatures"]
    lines = voice.pick(words["zh"], words["en"]).splitlines()
    return [line.strip() for line in lines if line.strip()]


def named(themes: Sequence[topics.Topic | paper.Name], lang: str) -> str:
    """The themes' names as a list in a sentence: “坐一坐”“会长大的花园”, or “Seats” and “Light”."""
    if lang == "zh":
        return "、".join(f"“{theme['name']}”" for theme in themes)
    if not themes:
        return ""
    *most, last = [f"“{theme['name_en'] or theme['name']}”" for theme in themes]
    return f"{', '.join(most)} and {last}" if most else last


def named_by_place(themes: Sequence[topics.Topic], lang: str) -> str:
    """The same of what stands in order, with those that are tied told as such."""
    places = [(tied, list(each)) for tied, each in groupby(themes, key=lambda theme: theme["tied"] and theme["rank"])]
    if lang == "zh":
        return "，以及".join(("并列的" if tied else "") + named(each, lang) for tied, each in places)
    return ", then ".join(named(each, lang) + (" (tied)" if tied else "") for tied, each in places)


def _scope(data: paper.Paper) -> dict[str, str]:
    """What a paper on some themes alone speaks of, in either language."""
    themes = data["meta"].get("themes", [])
    return {"zh": named(themes, "zh") or "已不存在的主题", "en": named(themes, "en") or "themes that are gone"}


def shortened(name: str, most: int = LABEL) -> str:
    """A label that fits beside its bar; an ideograph is as wide as two letters."""
    wide = 0
    for at, char in enumerate(name):
        wide += 2 if ord(char) >= WIDE else 1
        if wide > most:
            return name[: at - 1].rstrip() + "…"
    return name


def english_date(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    return f"{moment.day} {moment:%B %Y}"


def _colours(data: paper.Paper) -> dict[int | None, int]:
    return {theme["id"]: theme["colour"] for theme in paper.themes(data)}


def _theme_row(theme: paper.Theme, voted: bool, voice: Voice) -> Row:
    name = shortened(voice.pick(theme["name"], theme["name_en"]))
    english = theme["name_en"] if voice.both else ""
    return (
        name,
        english or _small_print(theme, voted, voice),
        theme["dots"] if voted else theme["ideas"],
        theme["colour"],
    )


def _small_print(theme: paper.Theme, voted: bool, voice: Voice) -> str:
    if not voted:
        return ""
    voters = theme["voters"]
    if voters is None:
        return str(voice.one("{ideas}条意见", "{ideas} ideas", ideas=theme["ideas"]))
    return str(
        voice.one("{voters}人 · {ideas}条意见", "{voters} people · {ideas} ideas", voters=voters, ideas=theme["ideas"])
    )
