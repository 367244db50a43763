"""The walls of the house stand where they were drawn."""

import ast
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Documents are written to a file, not sent under the content security policy, and carry their drawing inline.
PRINTED = ROOT / "templates" / "documents" / "proposal"
EVERY_TEMPLATE = sorted((ROOT / "templates").rglob("*.html"))
TEMPLATES = [path for path in EVERY_TEMPLATE if not path.is_relative_to(PRINTED)]
KINDS = sorted(path.parent.name for path in (ROOT / "facilitator" / "activities").glob("*/models.py"))
OUR_PYTHON = sorted(path for part in ("facilitator", "tests", "bin") for path in (ROOT / part).rglob("*.py"))
SENT = sorted([*(ROOT / "static/css").rglob("*.css"), *(ROOT / "static/js").rglob("*.js")])
LONGEST_LINE = 120
STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
# Addresses of this or that machine, and of package indexes, have no place in what we publish.
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users)/|pypi\.org|pythonhosted|npmjs|deb\.debian|file:///")


def test_layers():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_no_inline_script_or_style(path):
    assert _inline(path.read_text(encoding="utf-8")) == []


def test_the_list_of_kinds_is_the_list_of_folders():
    from facilitator.activities import KINDS as LISTED

    assert sorted(LISTED) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_the_same_name_everywhere(kind):
    expected = [
        f"facilitator/activities/{kind}/routes.py",
        f"templates/activities/{kind}",
        f"static/css/activities/{kind}.css",
        f"tests/activities/test_{kind}.py",
    ]
    assert [path for path in expected if not (ROOT / path).exists()] == []


def test_no_file_names_a_machine_or_an_index():
    assert [f"{path}: {found[0]}" for path, text in _published() if (found := MACHINE.search(text))] == []


@pytest.mark.parametrize("path", SENT, ids=lambda path: path.name)
def test_no_line_of_style_or_script_is_longer_than_one_of_python(path):
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > LONGEST_LINE] == []


@pytest.mark.parametrize("path", EVERY_TEMPLATE, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_line_of_a_template_is_longer_only_for_one_sentence_in_it(path):
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if _without_words(line) > LONGEST_LINE] == []


def _without_words(line):
    """How long it is beside the longest string in it, which can't be broken."""
    return len(line) - max(map(len, STRING.findall(line)), default=0)


@pytest.mark.parametrize("path", EVERY_TEMPLATE, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_tag_keeps_its_name_where_the_line_breaks_after_a_block(path):
    glued = re.findall(r"<[a-z][\w-]*\{%[^\n]*%\}\n\s*[a-z][^\n]*", path.read_text(encoding="utf-8"))
    assert glued == []


def test_nothing_of_ours_is_called_session():
    """Flask, SQLAlchemy and Socket.IO each have one; ours is a Workshop."""
    assert [where for path in OUR_PYTHON for where in _sessions(path)] == []


class _Inline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = {name for name, _value in attrs}
        if tag == "style" or (tag == "script" and "src" not in names and ("type", "application/json") not in attrs):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}>" for name in names if name == "style" or re.fullmatch(r"on[a-z]+", name)]


def _inline(template):
    parser = _Inline()
    parser.feed(re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", template, flags=re.DOTALL))
    return parser.found


def _published():
    """Every text file in the repository, as git has it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path == Path(__file__).resolve() or "vendor" in path.parts or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content[:4096]:
            yield name, content.decode("utf-8")


def _sessions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named = {
            ast.ClassDef: lambda node: [node.name],
            ast.alias: lambda node: [node.asname or node.name],
        }.get(type(node), lambda _node: [])(node)
        for name in named:
            if name.rpartition(".")[2] == "Session":
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)} {name}"
