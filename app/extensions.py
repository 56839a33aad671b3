"""Bare extension objects. Only the composition root binds them to an application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The declarative base. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def setting(name: str) -> Any:
    """Return a setting of the application in whose context this runs, for rooms that know no web."""
    return current_app.config[name]


def _coarse_limit() -> str:
    """Return how often one address may ask for this endpoint: less where there is something to guess.

    A method of its own count stands in front of its endpoint: "POST public.tasting".
    """
    limits: dict[str, str] = current_app.config["COARSE_LIMITS"]
    of_all = limits.get(request.endpoint or "", "1200 per minute")
    return limits.get(f"{request.method} {request.endpoint}", of_all)


class _OneDatabaseSession(Session):
    """Asks once where the database is: the extension looks for each statement, and there is only one."""

    _found: Engine | None = None

    def get_bind(
        self,
        mapper: Any = None,
        clause: Any = None,
        bind: Engine | Connection | None = None,
        **_unused: Any,
    ) -> Engine | Connection:
        """Return the application's database; a session lives no longer than its application's context."""
        if bind is not None:
            return bind
        if self._found is None:
            self._found = self._db.engine
        return self._found


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": _OneDatabaseSession})
if TYPE_CHECKING:  # the extension makes its base class at run time, out of a type checker's sight
    Model = Base
else:
    Model = db.Model
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, default_limits=[_coarse_limit])
migrate = Migrate()


def files_dir() -> Path:
    """Return the folder of customers' photos; like `db` it belongs to the application that is at work."""
    folder: Path = current_app.config["DANGOL"].files_dir
    return folder
