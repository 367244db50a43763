"""`facilitator themes`: suggested themes for any list of ideas, without a workshop."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import click

if TYPE_CHECKING:
    from facilitator.methods.clustering import Pair, Suggestion

COLUMN = "text"
CORES = 2
"""As many as reckon at once: no room is beside it that would wait for one of them."""


class Themed(NamedTuple):
    """The ideas of a file with what is suggested for them."""

    ideas: Sequence[str]
    suggestion: Suggestion
    pairs: list[Pair]
    model: str
    warning: str | None
    seconds: float


@click.command("themes")
@click.argument("file", type=click.File("rb"))
@click.option("--finer", is_flag=True, help="More, smaller themes.")
@click.option("--coarser", is_flag=True, help="Fewer, larger themes.")
@click.option("--json", "as_json", is_flag=True, help="Print one line for another program.")
def themes_command(file: BinaryIO, finer: bool, coarser: bool, as_json: bool) -> None:
    """Suggest themes for the ideas in FILE: one on a line, or the column `text` of a table (CSV in UTF-8)."""
    if finer and coarser:
        raise click.UsageError("Either --finer or --coarser.")
    themed = _themed(_ideas(file), finer - coarser)
    if themed.warning:
        click.echo(f"Warning: {themed.warning}", err=True)
    click.echo(_json(themed) if as_json else _readable(themed))


def _themed(ideas: list[str], finer: int) -> Themed:
    """Seconds are those of vectors, themes, names and duplicates; a server has loaded its model long before."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(min(CORES, os.cpu_count() or 1)))
    from facilitator.methods import clustering

    model = clustering.best()
    clustering.prepare()
    began = time.perf_counter()
    vectors = clustering.embed(ideas, model)
    grain = (clustering.USUAL, clustering.FINER, clustering.COARSER)[finer]
    suggestion = clustering.suggest(vectors, ideas, grain=grain)
    pairs = clustering.duplicates(ideas, vectors)
    return Themed(ideas, suggestion, pairs, model.name, model.warning, time.perf_counter() - began)


def _ideas(file: BinaryIO) -> list[str]:
    """The file's ideas in order; rows without one are passed over."""
    try:
        text = file.read().decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError as error:
        raise click.ClickException("This file isn't text in UTF-8; save it as CSV UTF-8.") from error
    return [idea.strip() for idea in _column(text) or text.splitlines() if idea.strip()]


def _column(text: str) -> list[str] | None:
    """The column `text`, None where the first line names none."""
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        names = [name.strip().casefold() for name in header]
        place = names.index(COLUMN)
    except (ValueError, csv.Error):
        return None
    return [row[place] for row in rows if len(row) > place] or [""]


def _json(themed: Themed) -> str:
    alike: list[list[int]] = [[] for _ in themed.ideas]
    for pair in themed.pairs:
        alike[pair.first].append(pair.second)
        alike[pair.second].append(pair.first)
    ideas = [
        {"text": text, "theme": theme, "duplicates": sorted(duplicates)}
        for text, theme, duplicates in zip(themed.ideas, themed.suggestion.labels, alike, strict=True)
    ]
    themes = [
        {"theme": theme.number, "name": theme.title, "keywords": theme.keywords} for theme in themed.suggestion.themes
    ]
    said = {"ideas": ideas, "themes": themes, "seconds": round(themed.seconds, 3), "model": themed.model}
    return json.dumps(said | ({"warning": themed.warning} if themed.warning else {}), ensure_ascii=False)


def _readable(themed: Themed) -> str:
    parts = [
        _list(f"{theme.title}  ({_words(len(theme.members), theme.keywords)})", theme.members, themed)
        for theme in themed.suggestion.themes
    ]
    if themed.suggestion.unsorted:
        parts.append(_list(f"Unsorted  ({len(themed.suggestion.unsorted)})", themed.suggestion.unsorted, themed))
    for heading, sure in (("The same, it seems", True), ("Perhaps the same", False)):
        if same := [_same(pair, themed) for pair in themed.pairs if pair.sure == sure]:
            parts.append("\n".join([heading, *same]))
    count, themes = len(themed.ideas), len(themed.suggestion.themes)
    parts.append(f"{count} ideas, {themes} {'theme' if themes == 1 else 'themes'}, {themed.seconds:.2f} s.")
    return "\n\n".join(parts)


def _same(pair: Pair, themed: Themed) -> str:
    return f"  {themed.ideas[pair.first]}\n  = {themed.ideas[pair.second]}"


def _words(size: int, keywords: Sequence[str]) -> str:
    return ", ".join([str(size), *keywords])


def _list(heading: str, places: Sequence[int], themed: Themed) -> str:
    return "\n".join([heading, *(f"  {themed.ideas[place]}" for place in places)])
