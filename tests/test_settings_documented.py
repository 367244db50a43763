"""The README's table of settings and the settings themselves say the same."""

import re
from dataclasses import fields
from pathlib import Path

from facilitator.config import PREFIX, Settings

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
ROW = re.compile(rf"^\| `({PREFIX}\w+)` \| ([^|]*) \| ([^|]+) \|$", re.MULTILINE)


def test_every_setting_stands_in_the_readme_with_its_default():
    settings = {
        PREFIX + field.name.upper(): f"`{field.default}`" if field.default else "" for field in fields(Settings)
    }
    settings = {name: default.replace("``", "") for name, default in settings.items()}
    assert {name: default.strip() for name, default, _about in ROW.findall(README)} == settings


def test_every_setting_is_named_once():
    names = [name for name, _default, _about in ROW.findall(README)]
    assert sorted(names) == sorted(set(names))
