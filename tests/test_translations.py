"""Chinese is complete: every message is translated, with the same placeholders, and compiled."""

import ast
import re
from pathlib import Path

import pytest

from bin import catalogue
from facilitator.activities.board.forms import BoardForm

ROOT = Path(__file__).resolve().parent.parent
IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
# The name of the product, a language by its own name, the town, and the parts of a Chinese date.
MEANT = {"聚议", "中文", "高境", "年", "月", "日"}
# Documents are written in both languages side by side; the demo's content is Chinese.
BILINGUAL = re.compile(
    r"(facilitator|templates)/documents/|facilitator/demo/"
    r"|facilitator/activities/\w+/(chapter|papers)\.py|templates/activities/\w+/print/"
)


@pytest.fixture(scope="module")
def wanted():
    return catalogue.extracted()


@pytest.fixture(scope="module")
def kept():
    return catalogue.read(catalogue.PO)


def test_every_message_is_translated(wanted, kept):
    untranslated = [
        catalogue.name(message)
        for message in catalogue.messages(wanted)
        if not (found := kept.get(message.id, message.context)) or not catalogue.is_translated(found)
    ]
    assert untranslated == [], "bin/translate words.json fills them in"


def test_nothing_is_translated_that_is_gone(wanted, kept):
    gone = [
        catalogue.name(message) for message in catalogue.messages(kept) if not wanted.get(message.id, message.context)
    ]
    assert gone == [], "bin/translate takes them out"


def test_placeholders_are_the_same(kept):
    different = {}
    for message in catalogue.messages(kept):
        english, chinese = catalogue.placeholders(message)
        if english != chinese:
            different[catalogue.name(message)] = chinese
    assert different == {}


def test_compiled_words_are_those_of_the_catalogue(kept):
    assert catalogue.PO.with_suffix(".mo").read_bytes() == catalogue.as_mo(kept), "bin/translate compiles them"


def test_source_strings_are_english():
    assert [*_chinese_in_templates(), *_chinese_in_python()] == []


@pytest.mark.parametrize(
    ("browser", "letters"), [("zh-CN,zh;q=0.9,en;q=0.8", "[A-Za-z]"), ("en-GB,en;q=0.9", IDEOGRAPHS)]
)
def test_what_forms_say_by_themselves_is_in_the_readers_language(app, browser, letters):
    wrong = {"title": "x" * 81, "instruction": "", "minutes": "soon", "budget": "0", "vote_on": "?"}
    with app.test_request_context("/", method="POST", headers={"Accept-Language": browser}, data=wrong):
        form = BoardForm()
        form.validate()
        said = [str(message) for name in wrong for message in form[name].errors]
    assert len(said) >= len(wrong)
    assert [message for message in said if re.search(letters, message)] == []


def _chinese_in_templates():
    for path in _ours("templates", "*.html"):
        yield from _chinese(path, re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL))


def _chinese_in_python():
    for path in _ours("facilitator", "*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
                yield from _chinese(path, node.value)


def _ours(folder, pattern):
    for path in sorted((ROOT / folder).rglob(pattern)):
        if not BILINGUAL.match(path.relative_to(ROOT).as_posix()):
            yield path


def _chinese(path, text):
    for run in IDEOGRAPHS.findall(text):
        if run not in MEANT:
            yield f"{path.relative_to(ROOT)}: {run}"
