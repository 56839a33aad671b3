"""Databases at the newest step: the steps are walked once, and everybody who begins there gets a copy."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from launch.testbed import PostgresServer
from tests import world


class Migrated:
    """Hands out addresses of empty databases at the newest step.

    `folder` is shared by the test processes of one run, and by no other run: the steps may have changed.
    """

    def __init__(self, folder: Path, server: Callable[[], PostgresServer]) -> None:
        self.folder, self.server = folder, server
        self._template = ""

    def __call__(self, kind: str, file: Path) -> str:
        """Return the address of a new database of this kind (sqlite, postgres); SQLite's is this file."""
        if kind == "postgres":
            return self.server().url(self.postgres())
        shutil.copyfile(self.sqlite(), file)
        return f"sqlite:///{file}"

    def sqlite(self) -> Path:
        """Return the file that is copied. The first process that asks makes it, the others wait for it."""
        whole = self.folder / "migrated.db"
        # The lock of a process that was killed is free, and only what is whole bears the name.
        with (self.folder / "migrated.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                with tempfile.TemporaryDirectory(dir=self.folder) as made:
                    begun = Path(made) / "begun.db"
                    _walk(Path(made), f"sqlite:///{begun}")
                    assert list(begun.parent.glob("begun.db-*")) == [], "a part of it lies beside it"
                    begun.rename(whole)
        return whole

    def postgres(self) -> str:
        """Return the name of a new database; each server walks the steps once, for as many as are asked for."""
        server = self.server()
        if not self._template:
            template = server.create_database()
            _walk(self.folder, server.url(template))
            self._template = template
        return server.create_database(self._template)


def _walk(folder: Path, url: str) -> None:
    app = world.build(folder, world.Clock(), DATABASE_URL=url)
    try:
        world.migrate(app)
    finally:
        world.close(app)
