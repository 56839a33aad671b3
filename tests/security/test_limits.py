"""S06, S14: guessing codes and tokens from one address soon meets a closed door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.extensions import limiter

GUESSES = 100


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    """The application with its coarse net on, as in production."""
    app.config["RATELIMIT_ENABLED"] = True
    limiter.enabled = True
    limiter.init_app(app)
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = False


@pytest.mark.parametrize("path", ["/s/NOCODE{}", "/o/notatoken{}", "/owner/enter/nothing{}", "/demo/phone/x{}"])
def test_a_hundred_guesses_are_stopped(limited: Flask, path: str) -> None:
    client = limited.test_client()
    codes = [client.get(path.format(number)).status_code for number in range(GUESSES)]
    assert 200 not in codes
    assert codes[-1] == 429


def test_supervisors_are_not(limited: Flask) -> None:
    client = limited.test_client()
    assert {client.get("/healthz").status_code for _ in range(GUESSES)} == {200}
