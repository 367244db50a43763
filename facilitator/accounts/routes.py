"""Signing in and out, and inviting colleagues."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required, off_the_loop, require_secretariat
from facilitator.accounts.forms import AcceptForm, InviteForm, SignInForm
from facilitator.accounts.models import Invitation, Staff, hash_password, password_fits, tidy_email
from facilitator.extensions import db, limiter, now
from facilitator.web.htmx import local_path

accounts = Blueprint("accounts", __name__)


@accounts.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    if current_user.is_authenticated:
        return redirect(url_for("workshops.index"), 303)
    if request.method == "POST":
        _count_try()
    form = SignInForm()
    if form.validate_on_submit():
        staff = _staff_with_password(str(form.email.data), str(form.password.data))
        if staff:
            login_user(staff, remember=True)
            return redirect(local_path(request.args.get("next"), url_for("workshops.index")), 303)
        form.password.errors = [_("E-mail and password don't belong together.")]
    return render_template("accounts/sign_in.html", form=form), 422 if form.errors else 200


def _count_try() -> None:
    """Of the account, not of the address: a whole office shares one."""
    account = tidy_email(request.form.get("email", ""))
    if not limiter.hit(current_app.config["SETTINGS"].sign_in_tries, "sign-in", account):
        abort(429)


def _staff_with_password(email: str, password: str) -> Staff | None:
    staff = Staff.by_email(email)
    fits = off_the_loop(password_fits, staff.password_hash if staff else None, password)
    return staff if fits else None


@accounts.post("/sign-out")
def sign_out() -> Response:
    logout_user()
    return redirect(url_for("accounts.sign_in"), 303)


@accounts.post("/sign-out-everywhere")
@login_required
def sign_out_everywhere() -> Response:
    current_staff().sign_out_everywhere()
    db.session.commit()
    logout_user()
    flash(_("Signed out on every device."))
    return redirect(url_for("accounts.sign_in"), 303)


@accounts.route("/invitations/<secret>", methods=["GET", "POST"])
def invitation(secret: str) -> Response | str | tuple[str, int]:
    invited = Invitation.open_for(secret) or abort(404)
    form = AcceptForm()
    if form.validate_on_submit() and not _taken(form):
        password_hash = off_the_loop(hash_password, str(form.password.data))
        # Loaded again: while the hash was made the link may have been used in another window.
        invited = Invitation.open_for(secret) or abort(404)
        staff = invited.accept(str(form.email.data), str(form.name.data), password_hash)
        db.session.commit()
        login_user(staff, remember=True)
        return redirect(url_for("workshops.index"), 303)
    return render_template("accounts/invitation.html", form=form, role=invited.role), 422 if form.errors else 200


def _taken(form: AcceptForm) -> bool:
    taken = Staff.email_taken(str(form.email.data))
    if taken:
        form.email.errors = [_("This e-mail already has an account.")]
    return taken


@accounts.get("/staff")
@login_required
def index() -> str:
    return _staff_page(InviteForm())


@accounts.post("/staff/invitations")
@login_required
def invite() -> str | Response:
    form = InviteForm()
    if not form.validate_on_submit():
        return redirect(url_for("accounts.index"), 303)
    secret = Invitation.make(str(form.role.data), require_secretariat())
    db.session.commit()
    return _staff_page(form, link=url_for("accounts.invitation", secret=secret, _external=True))


@accounts.post("/staff/<int:staff_id>/leaving")
@login_required
def leave(staff_id: int) -> Response:
    """A colleague leaves (no more signing in; what they made stays) or comes back."""
    me, colleague = require_secretariat(), db.session.get(Staff, staff_id)
    if colleague is None or colleague.id == me.id:
        abort(404)
    colleague.left_at = now() if request.form.get("left") == "1" else None
    db.session.commit()
    return redirect(url_for("accounts.index"), 303)


def _staff_page(form: InviteForm, link: str = "") -> str:
    require_secretariat()
    everyone = db.session.scalars(select(Staff).order_by(Staff.left_at.is_not(None), Staff.name)).all()
    return render_template("accounts/staff.html", everyone=everyone, form=form, link=link)
