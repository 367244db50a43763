"""What the pages at the facilitator's desk share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff
from facilitator.activities.competition import audit
from facilitator.activities.competition.models import Competition
from facilitator.extensions import db
from facilitator.web.htmx import wants_partial
from facilitator.workshop.versions import hold


def page(name: str, here: Competition, **context: Any) -> str:
    return render_template(f"activities/competition/{name}.html", activity=here, workshop=here.workshop, **context)


def link_page(here: Competition, link: str, whom: str, what: str, back: str) -> str:
    """A personal link with its QR code."""
    return page("link", here, link=link, whom=whom, what=what, back=back)


def done(here: Competition, name: str) -> Response:
    """For htmx what is on the page learns of it by `deed-done`."""
    if wants_partial():
        return Response(status=204, headers={"HX-Trigger": "deed-done"})
    return redirect(url_for(f"competition.{name}", activity_id=here.id), 303)


def note(here: Competition, act: str, **about: Any) -> None:
    """A line in the log, of what the signed-in member of staff does."""
    audit.note(here, act, staff_id=current_staff().id, **about)


@contextmanager
def logged(here: Competition) -> Iterator[None]:
    """For what can't be undone, since the log has it: nobody else writes meanwhile; committed at the end."""
    hold(here.workshop_id)
    yield
    db.session.commit()
