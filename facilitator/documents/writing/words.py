"""The paper's own two voices.

A document speaks the language it is made in, not its reader's: a bilingual one speaks both on one page. Its sentences
are therefore written in both languages side by side in the templates, and this decides which are heard.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from markupsafe import Markup

from facilitator.documents.paper import Also, Idea

DIGITS = "〇一二三四五六七八九"
NOTHING = Markup()
LANG = {"zh": "zh-Hans", "bi": "zh-Hans", "en": "en"}
SOURCE_WORDS = {
    "phone": ("手机", "Phone"),
    "helper": ("代填", "Helper"),
    "paper": ("纸质", "Paper"),
    "hands": ("举手", "Hands"),
}

DECISION_WORDS = {
    "accepted": ("采纳", "Accepted"),
    "partly": ("部分采纳", "Accepted in part"),
    "declined": ("未采纳", "Not accepted"),
    "studied": ("研究中", "Under study"),
}


class Voice:
    """Chooses between Chinese and English, or says both: `zh`, `en` or `bi`."""

    def __init__(self, variant: str) -> None:
        self.variant = variant
        self.both = variant == "bi"
        self.lang = LANG[variant]

    def word(self, zh: str, en: str, /, **values: Any) -> Markup:
        """A few words in a line; in a bilingual paper the English follows, smaller."""
        if not self.both:
            return self.one(zh, en, **values)
        return Markup('{} <span class="en" lang="en">{}</span>').format(_fill(zh, values), _fill(en, values))

    def one(self, zh: str, en: str, /, **values: Any) -> Markup:
        """One language only, where there is no room for two: Chinese unless the paper is English."""
        return _fill(en if self.variant == "en" else zh, values)

    def say(self, zh: str, en: str, /, **values: Any) -> Markup:
        """A paragraph; `{name}` stands for a value."""
        if self.both:
            pair = Markup('<div class="pair"><p>{}</p><p lang="en">{}</p></div>')
            return pair.format(_fill(zh, values), _fill(en, values))
        return Markup("<p>{}</p>").format(self.one(zh, en, **values))

    def typed(self, zh: str, en: str) -> Markup:
        """Wording as people typed it: each line a paragraph; what one language lacks the other says."""
        if self.both and zh.strip() and en.strip():
            pair = Markup('<div class="pair"><div>{}</div><div lang="en">{}</div></div>')
            return pair.format(_paragraphs(zh), _paragraphs(en))
        text = self.pick(zh.strip(), en.strip())
        return Markup('<div lang="{}">{}</div>').format(lang_of(text), _paragraphs(text)) if text else NOTHING

    def pick(self, zh: str, en: str) -> str:
        """What people typed, in the paper's language or else in the other. Plain text: templates escape it."""
        return (en or zh) if self.variant == "en" else (zh or en)

    def name(self, zh: str, en: str) -> Markup:
        """A proper name; in a bilingual paper with its English, where it has one."""
        if not (self.both and zh and en):
            return Markup.escape(self.pick(zh, en))
        return self.word("{zh}", "{en}", zh=zh, en=en)

    def date(self, iso: str) -> str:
        """2026年11月23日, or 23 November 2026."""
        moment = datetime.fromisoformat(iso)
        return (
            f"{moment.day} {moment:%B %Y}" if self.variant == "en" else f"{moment.year}年{moment.month}月{moment.day}日"
        )

    def author(self, idea: Idea | Also) -> str:
        """A pseudonym: the masked name, else the number of the person."""
        if idea["name"]:
            return idea["name"]
        return (
            str(self.one("参与者 {number:02d}", "Participant {number:02d}", number=idea["person"]))
            if idea["person"]
            else ""
        )

    def origin(self, idea: Idea) -> str:
        """Who said it and how it arrived."""
        return " · ".join(filter(None, (self.author(idea), str(self.source(idea["source"])))))

    def also(self, idea: Idea) -> str:
        """Which ideas say the same as this one, and who said them; empty where it stands for itself alone."""
        others = [" ".join(filter(None, (f"#{each['number']}", self.author(each)))) for each in idea.get("also", [])]
        return (
            str(self.one("同此意见：{zh}", "also {en}", zh="、".join(others), en=", ".join(others))) if others else ""
        )

    def source(self, key: str) -> Markup:
        return self.one(*SOURCE_WORDS[key])


def han(number: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十; for 1 to 99."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones or not tens else "")


def counted(number: int) -> str:
    """The same before what is counted: 两个, not 二个."""
    return "两" if number == 2 else han(number)


def plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def lang_of(text: str) -> str:
    """Chinese if there is any ideograph in the text, else English typesetting."""
    return "zh-Hans" if any("\u3400" <= char <= "\u9fff" or char >= "\U00020000" for char in text) else "en"


def _fill(text: str, values: dict[str, Any]) -> Markup:
    return Markup(text).format(**values)  # noqa: S704  the sentence is ours, the values are escaped


def _paragraphs(text: str) -> Markup:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return Markup().join(Markup("<p>{}</p>").format(line) for line in lines)
