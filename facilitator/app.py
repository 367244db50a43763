"""create_app(): extensions, blueprints, listeners; nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import gevent
from flask import Flask, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from facilitator import database
from facilitator.accounts import access
from facilitator.accounts.routes import accounts
from facilitator.activities import KINDS
from facilitator.config import Settings
from facilitator.documents import jobs
from facilitator.documents.drafts.comparing import documents
from facilitator.extensions import csrf, db, limiter, socketio
from facilitator.live.backlog import Backlog
from facilitator.live.broadcaster import Broadcaster
from facilitator.live.presence import Presence
from facilitator.live.socket import init_app as init_socket
from facilitator.live.wire import DirectManager, PlainJson, install_driver
from facilitator.planning.routes import workshops
from facilitator.programme.routes import programme
from facilitator.questions.routes import questions
from facilitator.safekeeping.parcel_routes import parcels
from facilitator.safekeeping.routes import storage
from facilitator.synthesis import thinking
from facilitator.synthesis.pairs import synthesis
from facilitator.synthesis.suggestions import several
from facilitator.synthesis.words import init_app as init_synthesis_words
from facilitator.voting.helping import voting
from facilitator.watch import numbers as figures
from facilitator.watch.health import health
from facilitator.watch.line import line
from facilitator.watch.numbers import numbers
from facilitator.web import answers, assets, errors, icons, language, packing, security, templates, trace
from facilitator.web.cookies import ForgivingCookies
from facilitator.web.patience import PatientFlask
from facilitator.workers import roll, tries
from facilitator.workshop import commits
from facilitator.workshop.console import console
from facilitator.workshop.phone import phone
from facilitator.workshop.preflight import preflight
from facilitator.workshop.projector import projector
from facilitator.workshop.words import init_app as init_words

PACKAGE = Path(__file__).parent
COOKIE_LIFE = timedelta(days=180)


def create_app(settings: Settings) -> Flask:
    app = PatientFlask(__name__, template_folder=str(_beside("templates")), static_folder=str(_beside("static")))
    app.session_interface = ForgivingCookies()
    app.jinja_options = templates.OPTIONS
    settings.data.mkdir(parents=True, exist_ok=True)
    _configure(app, settings)
    trace.init_app(app)
    for extension in (db, csrf, limiter):
        extension.init_app(app)
    database.init_app(app)
    for part in (language, security, packing, answers, errors, assets, icons, access, roll, tries, jobs):
        part.init_app(app)
    commits.init_app(app)
    init_words(app)
    init_synthesis_words(app)
    thinking.init_app(app)
    _register(app)
    _go_live(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        PUBLIC_URL=settings.base_url.rstrip("/") or f"http://localhost:{settings.port}",
        SECRET_KEY=settings.secret(),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings),
        TRIES_STORAGE=tries.storage(settings),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=COOKIE_LIFE,
        # The cookie is sent when something in it changes, not with each of a thousand dots.
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.base_url.startswith("https:"),
        # A page stays open all evening.
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=30),
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    if settings.base_url:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _register(app: Flask) -> None:
    for blueprint in (
        accounts,
        programme,
        workshops,
        console,
        preflight,
        projector,
        phone,
        synthesis,
        several,
        voting,
        questions,
        documents,
        parcels,
        storage,
    ):
        app.register_blueprint(blueprint)
    for blueprint in (health, line, numbers):
        app.register_blueprint(blueprint)
    for kind in KINDS.values():
        app.register_blueprint(kind.blueprint)
    app.add_url_rule("/", "home", _home)


def _go_live(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    pings = {"ping_interval": settings.ping_seconds, "ping_timeout": settings.patience_seconds}
    socketio.init_app(app, client_manager=DirectManager(), async_mode="gevent", json=PlainJson, **pings)
    install_driver(socketio.server)
    presence = Presence()
    broadcaster = Broadcaster(app, socketio, presence)
    init_socket(app, presence, broadcaster)
    app.extensions["backlog"] = Backlog(socketio.server, presence)
    figures.init_app(app)
    app.extensions["ticker"] = gevent.spawn(broadcaster.run)


def _home() -> str | Response:
    """Residents type their code here; staff go on to their workshops."""
    if current_user.is_authenticated:
        return redirect(url_for("workshops.index"), 303)
    return render_template("workshop/phone/home.html")


def _beside(folder: str) -> Path:
    """In a wheel the folder stands inside the package, in a checkout beside it."""
    inside = PACKAGE / folder
    return inside if inside.is_dir() else PACKAGE.parent / folder
