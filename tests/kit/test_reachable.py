"""An opt-out link opens at the customer's home, or nothing is promised."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.kit.reachable import opens_at_home


@pytest.mark.parametrize(
    ("url", "opens"),
    [
        ("https://192.168.0.7:8000", False),
        ("https://10.0.0.7", False),
        ("https://127.0.0.1", False),
        ("https://[fe80::1]", False),
        ("https://203.0.113.9", False),  # TEST-NET-3 (RFC 5737): nobody's
        ("https://shop.local", False),
        ("https://shopserver", False),
        ("", False),
        ("https://8.8.8.8", True),
        ("https://card.example.kr", True),
    ],
)
def test_who_can_open_an_address(url: str, opens: bool) -> None:
    assert opens_at_home(url) is opens


def test_what_message_senders_are_promised(make_app: Callable[..., Flask]) -> None:
    def promised(**env: str) -> str | None:
        base: str | None = make_app(**{"PUBLIC_URL": "", **env}).config["WIRE"].public_url
        return base

    at_home = "https://card.example.kr:8000"
    assert promised(PUBLIC_URL="https://shop.example", REACH_URL=at_home) == "https://shop.example"
    assert promised(TLS="1", REACH_URL=at_home) == at_home
    assert promised(REACH_URL=at_home) is None, "without TLS it is no promise"
    assert promised(TLS="1", REACH_URL="https://192.168.0.7:8000") is None
