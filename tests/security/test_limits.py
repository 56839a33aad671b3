"""S06, S14: guessing codes and tokens from one address soon meets a closed door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.extensions import limiter
from tests import world
from tests.migrated import Migrated
from tests.world import Clock

GUESSES = 100


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory, migrated: Migrated) -> Iterator[Flask]:
    """An application with its coarse net on, as in production."""
    folder = tmp_path_factory.mktemp("limits")
    database = migrated("sqlite", folder / "limits.db")
    app = world.build(folder, Clock(), APP_ENV="production", DATABASE_URL=database)
    yield app
    limiter.enabled = False
    world.close(app)


@pytest.fixture
def limited(net: Flask) -> Iterator[Flask]:
    """The same, nobody counted yet."""
    with net.app_context():
        limiter.reset()
        yield net
        limiter.reset()


@pytest.mark.parametrize(
    "path",
    [
        "/s/NOCODE{}",
        "/o/notatoken{}",
        "/owner/enter/nothing{}",
        "/demo/phone/x{}",
        "/setup/x{}",
        "/w/nothing{}",
    ],
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


def test_one_address_taps_at_a_counter_as_a_queue_does_and_no_faster(limited: Flask) -> None:
    client, path = limited.test_client(), f"/s/NOCODE/tasting/{'0' * 22}"
    taps = [client.post(path, data={"number": "5"}).status_code for _ in range(21)]
    assert (429 in taps[:20], taps[20]) == (False, 429)
    assert client.get(path).status_code == 404, "who only looks is counted by themselves"
    assert {client.get(path).status_code for _ in range(GUESSES)} == {404}
