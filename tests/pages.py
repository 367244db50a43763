"""What a person sees and presses: pages read as text, forms and buttons, without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

QUIET = {"script", "style", "svg", "title"}
VOID = {"input", "img", "link", "meta", "br", "path", "use", "rect"}


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Button:
    text: str
    address: str
    """Where it posts to; empty for a button that only opens a panel."""
    fields: dict[str, str]
    panel: str
    disabled: bool


class Page(HTMLParser):
    """One answer's HTML: its visible text, forms, buttons, and attributes of the elements with an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.buttons: list[Button] = []
        self.ids: dict[str, dict[str, str]] = {}
        self.links: list[str] = []
        self.labels: list[str] = []
        self.titles: list[str] = []
        self.body: dict[str, str] = {}
        self.csrf = ""
        self._words: list[str] = []
        self._quiet: list[str] = []
        self._unseen = ""
        self._form: Form | None = None
        self._button: tuple[dict[str, str], int] | None = None
        self._field = ""
        self._inside: list[tuple[str, str]] = []
        self._by_id: dict[str, list[str]] = {}
        self.feed(html)
        self.text = _one_line(self._words)

    def text_of(self, element_id: str) -> str:
        """The visible text of the element with this id."""
        return _one_line(self._by_id[element_id])

    def button(self, text: str) -> Button:
        """The button whose words begin so; a disabled one is no button to a person."""
        found = [each for each in self.buttons if each.text.startswith(text) and not each.disabled]
        assert found, f"no button {text!r} among {[each.text for each in self.buttons]}"
        return found[0]

    def has_button(self, text: str) -> bool:
        return any(each.text.startswith(text) and not each.disabled for each in self.buttons)

    def form(self, action: str) -> Form:
        """The form whose address ends so; without one, the form that goes back to its own page."""
        found = [each for each in self.forms if each.action.endswith(action) and bool(each.action) == bool(action)]
        assert found, f"no form to {action!r} among {[each.action for each in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._inside.append((tag, given.get("id", "")))
        if "id" in given:
            self.ids[given["id"]] = given
            self._by_id.setdefault(given["id"], [])
        if "aria-label" in given:
            self.labels.append(given["aria-label"])
        if "title" in given:
            self.titles.append(given["title"])
        # Not seen, but others may be named by it.
        if "hidden" in given and tag not in VOID:
            self._unseen = tag
        # A sign inside a button is drawn for the eye; its name is in the words beside it.
        if tag in QUIET or (tag == "span" and self._button and given.get("aria-hidden") == "true"):
            self._quiet.append(tag)
        handler = getattr(self, f"_start_{tag}", None)
        if handler:
            handler(given)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and any(tag == name for name, _id in self._inside):
            if self._inside.pop()[0] == tag:
                break
        if self._quiet and self._quiet[-1] == tag:
            self._quiet.pop()
        if self._unseen == tag:
            self._unseen = ""
        if tag in ("select", "textarea"):
            self._field = ""
        if tag == "form":
            self._form = None
        if tag == "button" and self._button:
            self._end_button(*self._button)

    def handle_data(self, data: str) -> None:
        if self._quiet:
            return
        if self._form and self._field and self._inside[-1][0] == "textarea":
            self._form.fields[self._field] += data.removeprefix("\n").removeprefix("\r\n")
        if not self._unseen:
            self._words.append(data)
        for _tag, element_id in self._inside:
            if element_id:
                self._by_id[element_id].append(data)

    def _start_form(self, given: dict[str, str]) -> None:
        self._form = Form(given.get("hx-post") or given.get("action", ""))
        self.forms.append(self._form)

    def _start_input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        unchosen = kind in ("checkbox", "radio") and "checked" not in given
        if self._form and given.get("name") and kind != "file" and not unchosen:
            self._form.fields[given["name"]] = given.get("value", "on" if kind == "checkbox" else "")

    def _start_textarea(self, given: dict[str, str]) -> None:
        self._field = given.get("name", "")
        if self._form:
            self._form.fields[self._field] = ""

    def _start_select(self, given: dict[str, str]) -> None:
        self._field = given.get("name", "")

    def _start_option(self, given: dict[str, str]) -> None:
        if self._form and self._field and (self._field not in self._form.fields or "selected" in given):
            self._form.fields[self._field] = given.get("value", "")

    def _start_meta(self, given: dict[str, str]) -> None:
        if given.get("name") == "csrf-token":
            self.csrf = given["content"]

    def _start_a(self, given: dict[str, str]) -> None:
        self.links.append(given.get("href", ""))

    def _start_body(self, given: dict[str, str]) -> None:
        self.body = given

    def _start_button(self, given: dict[str, str]) -> None:
        self._button = (given, len(self._words))

    def _end_button(self, given: dict[str, str], began: int) -> None:
        form = self._form or Form("")
        fields = dict(form.fields)
        if given.get("name"):
            fields[given["name"]] = given.get("value", "")
        fields.update({name: str(value) for name, value in json.loads(given.get("hx-vals") or "{}").items()})
        named_by = self._named(given.get("aria-labelledby", "").split())
        text = given.get("aria-label") or named_by or _one_line(self._words[began:])
        own = given.get("hx-post") or given.get("formaction")
        address = own or ("" if given.get("type") == "button" else form.action)
        self.buttons.append(Button(text, address, fields, given.get("data-panel-url", ""), "disabled" in given))
        self._button = None

    def _named(self, ids: list[str]) -> str:
        """What these elements say; an answer that changes part of a page may be named by what stands elsewhere."""
        return " ".join(self.text_of(each) for each in ids if each in self._by_id)


def _one_line(words: list[str]) -> str:
    return re.sub(r"\s+", " ", "".join(words)).strip()
