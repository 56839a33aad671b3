"""The servers that tests use are real, private, and gone afterwards."""

from __future__ import annotations

import os
import signal

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

from launch import kinship, testbed


def test_postgres_hands_out_databases_and_survives_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_POSTGRES_URL", raising=False)
    with testbed.postgres_server() as server:
        first = server.create_database()
        engine = create_engine(server.url(first))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept (word text)"))
            connection.execute(text("INSERT INTO kept VALUES ('도장')"))
        engine.dispose()
        server.restart(immediate=True)
        copy = server.create_database(template=first)
        with psycopg.connect(server.url(copy).replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT word FROM kept").fetchall() == [("도장",)]
        server.drop_database(copy)
        assert server.process is not None
        pid, folder = server.process.pid, server.folder
        monkeypatch.setenv("TEST_POSTGRES_URL", server.admin)
        with testbed.postgres_server() as same:
            assert same.process is None
            assert server.url(same.create_database()).startswith("postgresql+psycopg://postgres@/t_")
    assert kinship.fingerprint(pid) is None
    assert folder is not None and not folder.exists()


def test_valkey_can_be_killed_and_comes_back_empty() -> None:
    with testbed.valkey_server() as server:
        client = redis.Redis.from_url(server.url)
        client.set("a", "1")
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert client.get("a") is None
        client.close()
        # A frozen one is ended too.
        os.kill(server.process.pid, signal.SIGSTOP)
        pid = server.process.pid
    assert kinship.fingerprint(pid) is None
