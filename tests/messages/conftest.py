"""The town's pieces as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from tests.messages.world import Clock, Provider, a_provider, an_app


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_provider() as running:
        yield running


@pytest.fixture
def town(tmp_path: Path, clock: Clock, provider: Provider) -> Iterator[Flask]:
    """The application with its context open and its carrier at hand; there is no PUBLIC_URL."""
    app = an_app(tmp_path, clock, DEMO_PHONE_URL=provider.url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
