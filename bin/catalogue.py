"""Keeps the Chinese translation in step with the source: collects what is to be translated, fills in, compiles.

`bin/translate` brings `messages.po` and `messages.mo` up to date and lists what has no translation yet.
`bin/translate words.json ...` first fills in translations from JSON files of `{"English": "中文"}`; those that stand
already are left as they are, unless `--replace` is given.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
PO = ROOT / "facilitator" / "translations" / LOCALE / "LC_MESSAGES" / "messages.po"
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
NOISE = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid).*\n', re.MULTILINE
)
HEADER = "# 聚议 Facilitator: the Chinese translation. Kept in step by bin/translate."
# A catalogue without dates: the same words make the same bytes.
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> int:
    """Update the catalogue; 1 if something is still untranslated."""
    asked = _arguments()
    catalogue = extracted()
    _take_over(catalogue, read(PO))
    for path in asked.words:
        _fill(catalogue, json.loads(path.read_text(encoding="utf-8")), asked.replace)
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_po(catalogue))
    PO.with_suffix(".mo").write_bytes(as_mo(catalogue))
    missing = [message for message in messages(catalogue) if not is_translated(message)]
    for message in missing:
        print(json.dumps(name(message), ensure_ascii=False))
    print(f"{len(messages(catalogue))} messages, {len(missing)} without a translation", file=sys.stderr)
    return 1 if missing else 0


def extracted() -> Catalog:
    """What the source wants translated, sorted, without translations."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        options = [part for keyword in KEYWORDS for part in ("-k", keyword)]
        command = [
            "pybabel",
            "-q",
            "extract",
            "-F",
            str(ROOT / "babel.cfg"),
            *options,
            "--no-location",
            "--sort-output",
        ]
        CommandLineInterface().run([*command, "-o", str(pot), str(ROOT)])
        with pot.open("rb") as file:
            template = read_po(file)
    fresh = Catalog(locale=LOCALE, project="Facilitator", version="1", header_comment=HEADER, fuzzy=False)
    for message in messages(template):
        fresh.add(message.id, context=message.context, flags=message.flags - {"fuzzy"})
    return fresh


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def name(message: Message) -> str:
    """The English text, of a plural its singular; before it "context|" where it has one."""
    english = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}|{english}" if message.context else english


def is_translated(message: Message) -> bool:
    forms = (message.string,) if isinstance(message.string, str) else message.string
    return bool(forms) and all(forms) and not message.fuzzy


def placeholders(message: Message) -> tuple[set[str], set[str]]:
    """Placeholders of the English and of the Chinese text."""
    return _found(message.id), _found(message.string)


def as_po(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, width=0, sort_output=True, ignore_obsolete=True, no_location=True)
    return NOISE.sub(b"", out.getvalue())


def as_mo(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    write_mo(out, catalogue)
    return out.getvalue()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/translate", description=__doc__)
    parser.add_argument("words", nargs="*", type=Path, help="JSON files of translations to fill in")
    parser.add_argument("--replace", action="store_true", help="also where a translation stands already")
    return parser.parse_args()


def _take_over(catalogue: Catalog, old: Catalog) -> None:
    for message in messages(catalogue):
        before = old.get(message.id, message.context)
        if before and not before.fuzzy:
            message.string = before.string


def _fill(catalogue: Catalog, words: dict[str, str], replace: bool) -> None:
    for message in messages(catalogue):
        chinese = words.get(name(message))
        if chinese and (replace or not is_translated(message)):
            message.string = chinese if isinstance(message.id, str) else (chinese,)


def _found(texts: str | tuple[str, ...] | list[str] | None) -> set[str]:
    return set(PLACEHOLDER.findall(texts if isinstance(texts, str) else " ".join(texts or ())))


if __name__ == "__main__":
    sys.exit(main())
