"""The bench's own shop fits the schema and its books balance, so that what is measured is a real shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import create_app
from app.extensions import db
from bench import data
from config import load_config
from launch.testbed import PostgresServer


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_filled_shop_balances_and_opens_its_cards(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    env = {}
    if kind == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        env["DATABASE_URL"] = server.url(server.create_database())
    filled = data.fill(tmp_path / "data", customers=90, ledger=450, **env)
    assert data.check_sums(filled.env) == (0, 0)
    app = create_app(load_config(filled.env))
    try:
        for path, cookie, sign in (
            (f"/c/{filled.shop_code}", f"__Host-card={data.browser(7)}", data.REWARD),
            (f"/owner/people?after={filled.middle_page}", filled.staff_cookie, "손님"),
        ):
            client = app.test_client()
            name, _, value = cookie.partition("=")
            client.set_cookie(name, value, domain="127.0.0.1")
            answer = client.get(path, base_url="http://127.0.0.1:8000")
            assert answer.status_code == 200
            assert sign in answer.text
    finally:
        with app.app_context():
            db.engine.dispose()
