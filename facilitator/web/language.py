"""Which language a reader gets: their choice, else their browser's, else Chinese."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from babel import Locale
from flask import Blueprint, Flask, has_request_context, redirect, request, session
from flask_babel import get_locale, get_translations
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from facilitator.extensions import babel
from facilitator.web.htmx import local_path

LOCALES = {"zh_Hans": "中文", "en": "English"}
web = Blueprint("web", __name__)
_KNOWN = ["zh", "zh-CN", "zh-Hans", "zh-TW", "zh-HK", "en", "en-US", "en-GB"]
PARSED = {code: Locale.parse(code) for code in LOCALES}
_PREFERENCES = 256
"""Browsers' lists of languages; a hall has a dozen."""


def init_app(app: Flask) -> None:
    babel.init_app(
        app, locale_selector=choose, default_locale="zh_Hans", default_translation_directories="translations"
    )
    app.register_blueprint(web)
    # A page says some twenty things: looked up once in each language, instead of through the context every time.
    app.jinja_env.globals.update(_=say, gettext=say, ngettext=say_of, locales=LOCALES)
    app.add_template_global(lang, "lang")
    app.add_template_global(senior, "senior")


def choose() -> Locale:
    """The reader's locale, parsed once and for all: parsing costs a tenth of a dot."""
    if not has_request_context():
        return PARSED["zh_Hans"]
    if session.get("lang") in LOCALES:
        return PARSED[session["lang"]]
    return PARSED[_preferred(request.headers.get("Accept-Language", ""))]


def lang() -> str:
    """The page's language as HTML wants it."""
    return "en" if get_locale().language == "en" else "zh-Hans"


def say(message: str, **values: Any) -> Markup:
    """The message in the reader's language, for templates; values are escaped."""
    found = _translated(get_locale().language, message)
    return found % values if values or "%" in found else found


def say_of(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """The message for so many."""
    return Markup(get_translations().ungettext(singular, plural, num)) % {"num": num, **values}  # noqa: S704  our own words


def senior() -> bool:
    """长者模式: everything larger."""
    return bool(has_request_context() and session.get("senior"))


@lru_cache(_PREFERENCES)
def _preferred(accepted: str) -> str:
    best = parse_accept_header(accepted, LanguageAccept).best_match(_KNOWN)
    return "en" if (best or "zh").startswith("en") else "zh_Hans"


@cache
def _translated(language: str, message: str) -> Markup:  # noqa: ARG001  the translations are those of the language
    return Markup(get_translations().ugettext(message))  # noqa: S704  our own words


@web.get("/language/<code>")
def language(code: str) -> Response:
    if code in LOCALES:
        session["lang"] = code
        session.permanent = True
    return redirect(local_path(request.args.get("back")), 303)


@web.post("/senior")
def toggle_senior() -> Response:
    session["senior"] = not session.get("senior")
    session.permanent = True
    return redirect(local_path(request.form.get("back")), 303)
