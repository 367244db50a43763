"""Staff and how one becomes staff."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Self

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.extensions import Model, Moment, db, now

SECRETARIAT = "secretariat"
FACILITATOR = "facilitator"
ROLES = (SECRETARIAT, FACILITATOR)
INVITATION_LIFE = timedelta(days=7)

_hasher = PasswordHasher()
# Verified against when the account doesn't exist, so that both answers take the same time.
_NOBODY = _hasher.hash(secrets.token_hex(16))


class Staff(Model):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    epoch: Mapped[int] = mapped_column(default=1)
    """Raised by "sign out everywhere": cookies carry it, and older ones no longer count."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    left_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def is_secretariat(self) -> bool:
        return self.role == SECRETARIAT

    # What Flask-Login asks of a user.

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.left_at is None

    def get_id(self) -> str:
        return f"{self.id}.{self.epoch}"

    @classmethod
    def from_cookie(cls, cookie_id: str) -> Self | None:
        number, _, epoch = cookie_id.partition(".")
        staff = db.session.get(cls, int(number)) if number.isdigit() else None
        return staff if staff and staff.is_active and str(staff.epoch) == epoch else None

    @classmethod
    def by_email(cls, email: str) -> Self | None:
        return db.session.scalar(select(cls).where(cls.email == tidy_email(email), cls.left_at.is_(None)))

    @classmethod
    def email_taken(cls, email: str) -> bool:
        """Also by someone who has left."""
        return bool(db.session.scalar(select(func.count(cls.id)).where(cls.email == tidy_email(email))))

    def sign_out_everywhere(self) -> None:
        self.epoch += 1


class Invitation(Model):
    """A one-time link that creates an account; only the hash of its secret is kept."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def make(cls, role: str, invited_by: Staff | None = None) -> str:
        """Add an invitation; gives the secret for the link, which can't be read again later."""
        secret = secrets.token_urlsafe(24)
        db.session.add(cls(secret_hash=_digest(secret), role=role, invited_by_id=invited_by.id if invited_by else None))
        return secret

    @classmethod
    def open_for(cls, secret: str) -> Self | None:
        oldest = now() - INVITATION_LIFE
        return db.session.scalar(
            select(cls).where(cls.secret_hash == _digest(secret), cls.used_at.is_(None), cls.created_at > oldest)
        )

    def accept(self, email: str, name: str, password_hash: str) -> Staff:
        self.used_at = now()
        staff = Staff(email=tidy_email(email), name=name, role=self.role, password_hash=password_hash)
        db.session.add(staff)
        return staff


def anyone_on_staff() -> bool:
    return bool(db.session.scalar(select(func.count(Staff.id))))


def tidy_email(email: str) -> str:
    return email.strip().lower()


def hash_password(password: str) -> str:
    """Argon2id with the library's defaults. Takes tens of milliseconds: call it off the loop."""
    return _hasher.hash(password)


def password_fits(password_hash: str | None, password: str) -> bool:
    """True if the password belongs to the hash; as slow without a hash as with one. Call it off the loop."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
