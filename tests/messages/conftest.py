"""The town's pieces as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.flows import deliver
from app.messages import retries
from tests.messages.accounts import connect
from tests.messages.world import Provider, a_provider
from tests.provider import Bench, running


@pytest.fixture(autouse=True)
def pauses_of_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be due again at once by chance, nor because this machine was busy: leases go by the real clock."""
    monkeypatch.setattr(deliver._jitter, "random", lambda: 0.9, raising=False)
    monkeypatch.setattr(retries, "FIRST_WAIT_S", 60.0)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_provider() as running:
        yield running


@pytest.fixture
def bench(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The provider of everybody's account."""
    with running(hang_s=0.1) as running_bench:
        connect(app, running_bench, monkeypatch)
        yield running_bench


@pytest.fixture
def town(app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with its carrier at hand; there is no PUBLIC_URL."""
    wire = replace(
        app.config["WIRE"], demo_phone_url=provider.url, public_url=None, base_url="http://127.0.0.1:8000"
    )
    monkeypatch.setitem(app.config, "WIRE", wire)
    return app
