"""Settings: each wrong value is one sentence, all come at once, and what is right is rewritten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import config
from config import BadSettings, Config, load_config, read_config
from launch import keys, kinship, reach
from launch.run import busy_ports, make_plan


def with_keys(tmp_path: Path, **settings: str) -> Config:
    """Return a configuration whose keys exist."""
    env = {"DATA": str(tmp_path), **settings}
    keys.make_missing(read_config(env, need_secrets=False)[0])
    return load_config(env)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT=eighty is not a whole number from 1 to 65535."),
        ("PORT", "65536", "PORT=65536 is not a whole number from 1 to 65535."),
        ("PORT", "0", "PORT=0 is not a whole number from 1 to 65535."),
        ("TLS", "2", "TLS=2 is neither 1 nor 0."),
        ("DEMO", "ja", "DEMO=ja is neither 1 nor 0."),
        ("ADS_NEED_080", "?", "ADS_NEED_080=? is neither 1 nor 0."),
        ("APP_ENV", "prod", "APP_ENV=prod is not one of: production, test."),
        ("CLOCK_SHIFT", "3600", "CLOCK_SHIFT is for fault tests: it needs APP_ENV=test."),
        ("WEB_THREADS", "0", "WEB_THREADS=0 is not a whole number from 1 to 64."),
        ("PUBLIC_URL", "shop.example", "PUBLIC_URL must look like http://host:port/path."),
        ("PUBLIC_URL", "https://shop.example:port", "PUBLIC_URL must look like http://host:port/path."),
        ("PUBLIC_URL", "https://[::1", "PUBLIC_URL must look like http://host:port/path."),
        (
            "PUBLIC_URL",
            "https://a.b/c",
            "PUBLIC_URL must be only scheme and host, like https://shop.example.",
        ),
        (
            "PUBLIC_URL",
            "https://u:p@a.b",
            "PUBLIC_URL must be only scheme and host, like https://shop.example.",
        ),
        ("DEMO_PHONE_URL", "ftp://a", "DEMO_PHONE_URL must look like http://host:port/path."),
        ("REDIS_URL", "http://a", "REDIS_URL must start with redis://, rediss:// or unix://."),
        (
            "DATABASE_URL",
            "mysql://root:secret@a/b",
            "DATABASE_URL must start with postgresql:// or be sqlite:///path/to/file.db.",
        ),
    ],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    _, wrong = read_config({"DATA": str(tmp_path), name: value}, need_secrets=False)
    assert wrong == [sentence]


def test_all_wrong_settings_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as caught:
        load_config({"DATA": str(tmp_path), "PORT": "x", "TLS": "1", "PUBLIC_URL": "http://shop.example"})
    assert len(caught.value.sentences) == 3
    assert f"are missing in {tmp_path}/secrets" in caught.value.sentences[-1]


def test_defaults_and_rewritten_values(tmp_path: Path) -> None:
    found = with_keys(
        tmp_path, DATABASE_URL="postgres://u@db/x", PUBLIC_URL="https://Shop.Example/", PORT=" "
    )
    assert (found.host, found.port, found.demo, found.redis_url) == ("127.0.0.1", 8000, True, None)
    assert found.database_url == "postgresql+psycopg://u@db/x"
    assert found.public_url == "https://shop.example"
    assert found.demo_phone_url == "http://127.0.0.1:8000/demo/gateway"
    assert len(found.secret_key) == len(found.master_key) == 32
    assert found.secret_key != found.master_key
    assert with_keys(tmp_path).database_url == f"sqlite:///{tmp_path}/dangol.db"
    assert with_keys(tmp_path, APP_ENV="test", CLOCK_SHIFT="-3600").clock_shift_seconds == -3600


def test_the_environment_wins_over_the_dotenv_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nDEMO=0\n# a comment\nPUBLIC_URL='https://shop.example'\n")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("PORT", "9002")
    monkeypatch.delenv("DEMO", raising=False)
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    found = read_config(need_secrets=False)[0]
    assert (found.port, found.demo, found.public_url) == (9002, False, "https://shop.example")


def test_no_secret_in_a_repr(tmp_path: Path) -> None:
    found = with_keys(tmp_path, DATABASE_URL="postgresql://u:hunter2@db/x", REDIS_URL="redis://:hunter2@r")
    shown = repr(found)
    assert "hunter2" not in shown
    assert repr(found.master_key) not in shown
    assert found.demo_phone_secret not in shown


def test_addresses_a_phone_can_and_cannot_reach(tmp_path: Path) -> None:
    assert not reach.reachable_from_phone(reach.base_url(with_keys(tmp_path)))
    assert not reach.reachable_from_phone("http://[::1]:8000")
    everywhere = with_keys(tmp_path, HOST="0.0.0.0")
    assert everywhere.local_url == "http://127.0.0.1:8000"
    public = with_keys(tmp_path, PUBLIC_URL="https://shop.example")
    assert reach.base_url(public) == "https://shop.example"
    assert reach.reachable_from_phone(reach.base_url(public))
    six = with_keys(tmp_path, HOST="::")
    assert (six.bind, six.local_url) == ("[::]:8000", "http://[::1]:8000")
    # TLS=1 exists for phones nearby, so it listens for them unless told otherwise.
    assert with_keys(tmp_path, TLS="1").host == "0.0.0.0"
    assert with_keys(tmp_path, HOST="192.168.0.9").demo_phone_url == "http://192.168.0.9:8000/demo/gateway"


def test_a_host_that_is_not_ours_is_one_line(tmp_path: Path) -> None:
    assert busy_ports(with_keys(tmp_path, HOST="no such host")) == [
        "HOST=no such host is no address of this machine."
    ]
    assert len(busy_ports(with_keys(tmp_path, HOST="192.0.2.1"))) == 1


def test_a_recorded_process_that_became_somebody_else_is_left_alone(tmp_path: Path) -> None:
    mine = os.getpid()
    (tmp_path / "web.json").write_text(json.dumps({"pid": mine, "fingerprint": "another boot:1"}))
    (tmp_path / "worker.json").write_text("cut off in the mid")
    assert kinship.clear_stale(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_printed_links_carry_the_address_that_phones_reach(tmp_path: Path) -> None:
    """The launcher tells the children what it found out; 127.0.0.1 on a poster opens nobody's card."""
    lan = with_keys(tmp_path, HOST="0.0.0.0", REACH_URL="http://192.168.0.7:8000")
    assert (lan.base_url, lan.local_url) == ("http://192.168.0.7:8000", "http://127.0.0.1:8000")
    assert with_keys(tmp_path).base_url == "http://127.0.0.1:8000"
    both = with_keys(tmp_path, PUBLIC_URL="https://shop.example", REACH_URL="http://192.168.0.7:8000")
    assert both.base_url == "https://shop.example"
    plan = make_plan(with_keys(tmp_path, HOST="0.0.0.0"))
    assert plan.env["REACH_URL"] == plan.base_url
