"""Every setting of the program, read once from the environment."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from sqlalchemy import make_url

from facilitator.disk import write_once

PREFIX = "FACILITATOR_"
_POSTGRES = re.compile(r"^postgres(ql)?(\+psycopg)?://")


@dataclass(frozen=True)
class Settings:
    """Each field is set by FACILITATOR_<FIELD> in the environment; the README holds the same list."""

    data: Path = Path("data")
    """Folder of the database, photos, exports and the secret key."""
    host: str = "0.0.0.0"  # noqa: S104  the hall's phones must reach it
    port: int = 8000
    base_url: str = ""
    """Address that phones use, when it isn't this machine's own (a proxy with TLS)."""
    database_url: str = ""
    """postgresql://user:password@host/name, also as DATABASE_URL; empty means one SQLite file in the data folder."""
    database_connections: int = 15
    """Connections that one worker opens to PostgreSQL at most."""
    workers: int = 1
    """Server processes on this machine; more than one need PostgreSQL."""
    secret_key: str = ""
    """Signs the cookies; empty means a key kept in the data folder."""
    tick_ms: int = 200
    """How often changes are gathered and sent to the screens, in milliseconds."""
    ping_seconds: int = 25
    """How often each screen is asked whether it is still there, in seconds."""
    patience_seconds: int = 40
    """How long its answer may take until it counts as gone: a hall that all presses at once is slow."""
    code_tries: str = "8 per 10 minutes"
    """Wrong personal codes allowed in one workshop before the form rests."""
    sign_in_tries: str = "8 per 10 minutes"
    """Sign-in attempts allowed for one account."""
    max_upload_mb: int = 12
    """Largest upload, in megabytes."""
    think_ahead: int = 1
    """1: ideas are read as they come, so that themes are suggested at once; 0: only when somebody asks for themes."""
    log_level: str = "warning"
    """The least grave that is logged: debug, info (every request), warning, error."""
    log_format: str = "plain"
    """plain for people, json for machines."""
    metrics_token: str = ""
    """Whoever shows it may read /metrics; empty means this machine alone, and nobody behind a proxy."""
    max_parcel_mb: int = 512
    """Largest workshop file that may be imported, in megabytes."""
    snapshot_minutes: int = 2
    """How often a changed database is copied while the server runs; 0 for never."""
    snapshot_folder: str = ""
    """Where the copies go, on another disk for example; empty means inside the data folder."""

    @classmethod
    def from_env(cls, **given: object) -> Self:
        """Settings from the environment; what is given (not None) goes before it."""
        values = _from_env(cls)
        values.update({name: value for name, value in given.items() if value is not None})
        return cls(**values)  # type: ignore[arg-type]  # the converters below gave each its type

    @property
    def database(self) -> str:
        """SQLAlchemy's address: PostgreSQL is spoken to through psycopg 3, whichever way the address was written."""
        if not self.database_url:
            return f"sqlite:///{(self.data / 'facilitator.db').resolve()}"
        return _POSTGRES.sub("postgresql+psycopg://", self.database_url)

    @property
    def on_postgres(self) -> bool:
        return self.database.startswith("postgresql")

    @property
    def file(self) -> Path | None:
        """The file of the SQLite database; None for another kind."""
        address = make_url(self.database)
        return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None

    @property
    def snapshots(self) -> Path:
        return Path(self.snapshot_folder) if self.snapshot_folder else self.data / "snapshots"

    def secret(self) -> str:
        """The signing key; made on first use and readable by its owner alone."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret_key"
        # On the disk before a cookie is signed with it, the same for all workers, and never empty.
        if path.exists() and not path.stat().st_size:
            path.unlink()
        write_once(path, secrets.token_urlsafe(48).encode(), mode=0o600)
        return path.read_text().strip()


def _text_of(name: str) -> str | None:
    """What the environment says. Hosting services say DATABASE_URL without our prefix."""
    plain = os.environ.get(name) if name == "DATABASE_URL" else None
    return os.environ.get(PREFIX + name) or plain


def _from_env(cls: type[Settings]) -> dict[str, object]:
    convert = {"Path": Path, "int": int, "str": str}
    found = ((field, _text_of(field.name.upper())) for field in fields(cls))
    return {field.name: convert[str(field.type)](text) for field, text in found if text}
