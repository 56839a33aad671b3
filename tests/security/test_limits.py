"""S06, S14: guessing codes and tokens from one address soon meets a closed door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import limiter
from tests import world
from tests.world import Clock

GUESSES = 100


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Flask]:
    """An application with its coarse net on, as in production."""
    database = f"sqlite:///{tmp_path / 'limits.db'}"
    app = world.build(tmp_path, Clock(), APP_ENV="production", DATABASE_URL=database)
    world.migrate(app)
    with app.app_context():
        limiter.reset()
        yield app
        limiter.reset()
    limiter.enabled = False
    world.close(app)


@pytest.mark.parametrize(
    "path", ["/s/NOCODE{}", "/o/notatoken{}", "/owner/enter/nothing{}", "/demo/phone/x{}", "/setup/x{}"]
)
def test_a_hundred_guesses_are_stopped(limited: Flask, path: str) -> None:
    client = limited.test_client()
    codes = [client.get(path.format(number)).status_code for number in range(GUESSES)]
    assert 200 not in codes
    assert codes[-1] == 429


def test_a_page_full_of_photos_is_no_guessing(limited: Flask) -> None:
    client = limited.test_client()
    codes = {client.get(f"/s/NOCODE/photos/{number:022d}/small").status_code for number in range(GUESSES)}
    assert codes == {404}


def test_supervisors_are_not(limited: Flask) -> None:
    client = limited.test_client()
    assert {client.get("/healthz").status_code for _ in range(GUESSES)} == {200}
